package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/user"
	"path"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm/store"
	"github.com/ai-lsp/ai-lsp/review"
)

// kindDismissed is what the store calls dismissals. They never expire.
const kindDismissed = "dismissed"

// dismissalStore keeps dismissals in the store of now.
type dismissalStore struct {
	now func(context.Context) *store.Store
}

var _ review.DismissalStore = dismissalStore{}

// newDismissals are the dismissals of one person, who signs with the name that
// the machine knows them by.
func newDismissals(kept *keeper) *review.Dismissals {
	d := review.NewDismissals(dismissalStore{func(ctx context.Context) *store.Store { return kept.open(ctx).store }})
	if me, err := user.Current(); err == nil {
		d.SignAs(path.Base(strings.ReplaceAll(me.Username, `\`, "/"))) // Windows puts a domain before it
	}
	return d
}

// List gives all dismissals. What can not be read is left out: the store has
// checked that it is as it was written, so another version wrote it.
func (s dismissalStore) List(ctx context.Context) ([]review.Dismissal, error) {
	entries, err := s.now(ctx).List(ctx, kindDismissed)
	if err != nil {
		return nil, err
	}
	var all []review.Dismissal
	for _, entry := range entries {
		var d review.Dismissal
		if json.Unmarshal(entry.Value, &d) == nil {
			all = append(all, d)
		}
	}
	return all, nil
}

// Put keeps a dismissal.
func (s dismissalStore) Put(ctx context.Context, d review.Dismissal) error {
	value, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode a dismissal: %w", err)
	}
	kept := s.now(ctx)
	if err := kept.Put(ctx, store.Entry{Kind: kindDismissed, Key: d.ID, Value: value}); err != nil {
		return err
	}
	if note := kept.Note(); note != "" {
		return errors.New(note) // it is in memory, which ends with the window
	}
	return nil
}

// Delete removes a dismissal.
func (s dismissalStore) Delete(ctx context.Context, id string) error {
	return s.now(ctx).Delete(ctx, kindDismissed, id)
}

// Generation rises with each change, whichever window made it.
func (s dismissalStore) Generation(ctx context.Context) (int64, error) {
	return s.now(ctx).Generation(ctx, kindDismissed)
}
