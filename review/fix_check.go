package review

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"weak"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// ErrUnsafe says that a fix must not be applied; what wraps it says why.
var ErrUnsafe = errors.New("the suggested fix is not safe to apply")

// SafeEdits is what [Finding.Edits] gives, when the text parses with them at
// least as well as it does without. The error is [ErrNoFix], or wraps
// [ErrUnsafe]. It takes as long as parsing does, unless the same was asked about
// this very document before.
func (f Finding) SafeEdits(ctx context.Context, doc *text.Document) ([]Edit, error) {
	edits, err := f.Edits(doc)
	if err != nil {
		return nil, err
	}
	if refused := f.refusal(doc, within(ctx)); refused != "" {
		return nil, fmt.Errorf("%w: %s", ErrUnsafe, refused)
	}
	return edits, nil
}

// refusal says why the fix would not leave doc parsing as well as it does;
// empty: it would.
func (f Finding) refusal(doc *text.Document, examine examiner) string {
	known := checkupOf(doc)
	key := fmt.Sprintf("%d %d %s", f.Anchor.First(), f.Anchor.Last(), strings.Join(f.fix, "\n"))
	if verdict, there := known.verdict(key); there {
		return verdict
	}
	verdict, err := f.check(doc, known, examine)
	if err != nil {
		return err.Error()
	}
	known.remember(key, verdict)
	return verdict
}

// The verdicts on a fix.
const (
	parses       = ""
	doesNotParse = "it does not parse"
	breaks       = "its brackets are not those of the lines that it replaces"
	misplaced    = "its indentation is not that of the lines that it replaces"
	beyond       = "it changes lines beyond the finding"
	prose        = "it holds words that are no code"
)

func (f Finding) check(doc *text.Document, known *checkup, examine examiner) (verdict string, err error) {
	language := syntax.Language(doc.Language())
	old := linesOf(doc, f.Anchor.First(), f.Anchor.Last())
	switch {
	case !sameLayout(language, old, f.fix):
		return misplaced, nil
	case !sameWords(language, old, f.fix):
		return doesNotParse, nil
	case anyWords[language] && !sameGroups(language, old, f.fix):
		return breaks, nil
	case leavesBlock(language, old, f.fix):
		return beyond, nil
	}
	before, err := known.health(doc, examine)
	if err != nil {
		return "", err
	}
	// A text without a fault shows each fault of the fix. In one that has some,
	// or in a language without a grammar, a new one may go unseen.
	if !before.flawless() && !sameBrackets(language, old, f.fix) {
		return breaks, nil
	}
	if (!before.flawless() || anyWords[language]) && tells(language, old, f.fix) {
		return prose, nil
	}
	edits, err := f.Edits(doc)
	if err != nil {
		return "", err
	}
	after, err := examine(language, applied(doc, edits))
	if err != nil {
		return "", err
	}
	if after.worseThan(before) {
		return doesNotParse, nil
	}
	return parses, nil
}

// anyWords are languages that take a sentence, or a bracket, for a command.
var anyWords = map[string]bool{"bash": true, "ruby": true}

// health is how well a text parses.
type health struct {
	known  bool // there is a grammar
	faults int  // that its parser had to step over
	strict int  // that it forgives and the language does not
}

func (h health) flawless() bool { return h == health{known: true} }

func (h health) worseThan(before health) bool {
	return h.faults > before.faults || h.strict > before.strict || h.known != before.known
}

var (
	errSlow  = errors.New("it takes too long to see whether it parses")
	errFault = errors.New("it could not be parsed")
)

// examiner tells how well a text of a language parses.
type examiner func(language, source string) (health, error)

// unhurried is for findings that are being made: nobody waits for them, and a
// parser ends by itself within a second.
var unhurried = within(context.Background())

// within examines for as long as ctx allows.
func within(ctx context.Context) examiner {
	return func(language, source string) (h health, err error) {
		defer func() {
			if recover() != nil { // in the parser's binding
				err = errFault
			}
		}()
		h.faults, h.known = syntax.Faults(ctx, language, source)
		if ctx.Err() != nil && !h.known {
			return health{}, errSlow
		}
		h.strict = strictFaults(language, source)
		return h, nil
	}
}

// checkup is what is known of one document: how well it parses, and what came of
// fixes that were tried on it.
type checkup struct {
	mu       sync.Mutex
	examined bool
	before   health
	verdicts map[string]string
}

// checkups has one for each document that is still in use. A document never
// changes, so neither does what is known of it.
var checkups sync.Map // of *checkup by weak.Pointer[text.Document]

func checkupOf(doc *text.Document) *checkup {
	key := weak.Make(doc)
	known, there := checkups.LoadOrStore(key, &checkup{verdicts: map[string]string{}})
	if !there {
		runtime.AddCleanup(doc, func(key weak.Pointer[text.Document]) { checkups.Delete(key) }, key)
	}
	return known.(*checkup)
}

// health examines the document once.
func (c *checkup) health(doc *text.Document, examine examiner) (health, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.examined {
		return c.before, nil
	}
	before, err := examine(syntax.Language(doc.Language()), doc.Text())
	if err == nil {
		c.examined, c.before = true, before
	}
	return before, err
}

func (c *checkup) verdict(key string) (verdict string, there bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	verdict, there = c.verdicts[key]
	return verdict, there
}

func (c *checkup) remember(key, verdict string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.verdicts[key] = verdict
}
