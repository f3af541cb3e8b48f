package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
	"github.com/ai-lsp/ai-lsp/review"
)

// dismiss puts a dismissal into the store of a home, as a window would.
func dismiss(t *testing.T, h *home, one review.Dismissal) {
	t.Helper()
	s := store.Open(t.Context(), store.Options{Path: h.path("state", "ai-lsp", "store.db")})
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	d := review.NewDismissals(dismissalStore{func(context.Context) *store.Store { return s }})
	if err := d.Add(t.Context(), one); err != nil {
		t.Fatal(err)
	}
}

func dismissal(quote string) review.Dismissal {
	return review.Dismissal{
		Identity: review.Identity{Type: "bug", Unit: "Stack.Pop", Quote: []string{quote}},
		Message:  "It may be empty.", Reason: "callers check", File: "stack.go", By: "ann",
		At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
	}
}

// listDismissed gives what the program lists, as JSON.
func listDismissed(t *testing.T, h *home) (list []struct {
	ID     string   `json:"id"`
	Unit   string   `json:"unit"`
	Quote  []string `json:"quote"`
	Shared bool     `json:"shared"`
},
) {
	t.Helper()
	o := h.run("dismissed", "--format", "json")
	o.check(t, exitFine)
	if err := json.Unmarshal([]byte(o.stdout), &list); err != nil || list == nil {
		t.Fatalf("%v in %s", err, o.stdout)
	}
	return list
}

func TestDismissedListsAndRestores(t *testing.T) {
	h := newHome(t)
	h.run("dismissed").check(t, exitFine, "Nothing is dismissed.")
	dismiss(t, h, dismissal("return s[len(s)-1]"))
	h.run("dismissed").check(t, exitFine, "  bug  Stack.Pop  stack.go  ann  2026-11-2",
		"It may be empty.", "because: callers check", "| return s[len(s)-1]")
	list := listDismissed(t, h)
	if len(list) != 1 || list[0].Unit != "Stack.Pop" || list[0].Shared {
		t.Fatalf("listed %+v", list)
	}
	h.run("dismissed", "restore", list[0].ID).check(t, exitFine, list[0].ID+" is restored")
	h.run("dismissed", "restore", list[0].ID).check(t, exitFault, `nothing is dismissed as "`+list[0].ID+`"`)
	if list := listDismissed(t, h); len(list) != 0 {
		t.Errorf("still listed: %+v", list)
	}
}

func TestDismissedReadsTheFileOfTheTeam(t *testing.T) {
	h := newHome(t)
	file := h.write("work/.ai-lsp/dismissed.jsonl", `{"type":"style","quote":["x\u001b[31m\u202e"],"message":"m"}`+"\nnonsense\n")
	o := h.run("dismissed")
	o.check(t, exitFine, "  style  shared", "dismissed.jsonl:2 is no dismissal and was skipped.")
	if strings.ContainsAny(o.stdout, "\x1b\u202e") {
		t.Errorf("it acts on a terminal: %q", o.stdout)
	}
	list := listDismissed(t, h)
	if len(list) != 1 || !list[0].Shared {
		t.Fatalf("listed %+v", list)
	}
	h.run("dismissed", "restore", list[0].ID).check(t, exitFine)
	if list := listDismissed(t, h); len(list) != 0 {
		t.Errorf("still listed: %+v", list)
	}
	content, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(content), `{"restored":"`+list[0].ID+`","type":"style","message":"m","at":"`) {
		t.Errorf("the file holds %s, %v", content, err)
	}
}

func TestDismissedUsage(t *testing.T) {
	h := newHome(t)
	h.run("dismissed", "--help").check(t, exitFine, "list", "restore", "--workspace")
	h.run("dismissed", "restore").check(t, exitUsage, "expected")
	h.run("dismissed", "list", "--format", "xml").check(t, exitUsage, `must be one of "text","json"`)
}
