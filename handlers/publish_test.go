package handlers

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/server/lsp"
)

const uri = "file:///project/a.go"

// desk is a publisher whose sets are made by a test.
type desk struct {
	*publisher

	mu   sync.Mutex
	of   map[string]string // messages by document, with blanks between them
	sent []string
}

// atDesk runs a test in a bubble, where time passes only when all wait.
func atDesk(t *testing.T, run func(t *testing.T, d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{of: map[string]string{}}
		began := time.Now()
		d.publisher = newPublisher(d.set, func(set lsp.PublishDiagnosticsParams) {
			var messages []string
			for _, one := range set.Diagnostics {
				messages = append(messages, one.Message)
			}
			d.sent = append(d.sent, fmt.Sprintf("%v %s: %s", time.Since(began), nameOf(set.URI), strings.Join(messages, " ")))
		})
		run(t, d)
	})
}

func (d *desk) set(uri string) lsp.PublishDiagnosticsParams {
	d.mu.Lock()
	defer d.mu.Unlock()
	set := lsp.PublishDiagnosticsParams{URI: uri, Diagnostics: []lsp.Diagnostic{}}
	for message := range strings.FieldsSeq(d.of[uri]) {
		set.Diagnostics = append(set.Diagnostics, lsp.Diagnostic{Message: message})
	}
	return set
}

func (d *desk) found(uri, messages string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.of[uri] = messages
}

func (d *desk) check(t *testing.T, want ...string) {
	t.Helper()
	d.publisher.mu.Lock() // sets are sent with it held
	defer d.publisher.mu.Unlock()
	if got := strings.Join(d.sent, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("sent:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
	d.sent = nil
}

func TestTheFirstFindingIsSentAtOnceAndWhatFollowsIsJoined(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.found(uri, "one")
		d.soon(uri)
		d.check(t, "0s a.go: one")
		for _, messages := range []string{"one two", "one two three", "one two three four"} {
			time.Sleep(30 * time.Millisecond)
			d.found(uri, messages)
			d.soon(uri)
		}
		d.check(t)
		time.Sleep(time.Second)
		d.check(t, "100ms a.go: one two three four")
		d.found(uri, "five")
		d.soon(uri)
		d.check(t, "1.09s a.go: five")
	})
}

func TestASetIsTakenWhenItIsSentSoThatNoneIsOld(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.found(uri, "one")
		d.soon(uri)
		d.found(uri, "one two")
		d.soon(uri)
		time.Sleep(50 * time.Millisecond)
		d.found(uri, "two") // one was edited
		d.now(uri)
		time.Sleep(time.Second)
		d.check(t, "0s a.go: one", "50ms a.go: two") // and nothing when the window ends
	})
}

func TestManyTellersNeverBringAnOlderSetLast(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		var tellers sync.WaitGroup
		messages := ""
		for n := range 50 {
			messages += fmt.Sprintf("m%d ", n)
			d.found(uri, messages)
			tellers.Go(func() { d.soon(uri) })
			tellers.Go(func() { d.now(uri) })
		}
		tellers.Wait()
		time.Sleep(time.Second)
		d.mu.Lock()
		defer d.mu.Unlock()
		for i := 1; i < len(d.sent); i++ {
			if len(d.sent[i]) < len(d.sent[i-1]) {
				t.Errorf("%q is sent after %q", d.sent[i], d.sent[i-1])
			}
		}
		if last := d.sent[len(d.sent)-1]; !strings.HasSuffix(last, "m49") {
			t.Errorf("the last set is %q", last)
		}
	})
}

func TestOnlyNewsIsSent(t *testing.T) {
	for _, tc := range []struct {
		name  string
		found []string
		want  string
	}{
		{"a set that the editor shows already", []string{"one", "one"}, "0s a.go: one"},
		{"an empty set where nothing is shown", []string{"", ""}, ""},
		{"an empty set takes back what is shown, once", []string{"one", "", ""}, "0s a.go: one|0s a.go: "},
		{"what came back is sent again", []string{"one", "", "one"}, "0s a.go: one|0s a.go: |0s a.go: one"},
		{"the order is news", []string{"one two", "two one"}, "0s a.go: one two|0s a.go: two one"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			atDesk(t, func(t *testing.T, d *desk) {
				for _, messages := range tc.found {
					d.found(uri, messages)
					d.now(uri)
				}
				if got := strings.Join(d.sent, "|"); got != tc.want {
					t.Errorf("sent %q, want %q", got, tc.want)
				}
			})
		})
	}
}

func TestDocumentsDoNotWaitForEachOther(t *testing.T) {
	const other = "file:///project/b.go"
	atDesk(t, func(t *testing.T, d *desk) {
		d.found(uri, "one")
		d.found(other, "two")
		d.soon(uri)
		d.soon(other)
		d.check(t, "0s a.go: one", "0s b.go: two")
	})
}

func TestAClosedDocumentShowsNothing(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.found(uri, "one")
		d.soon(uri)
		d.found(uri, "one two")
		d.soon(uri) // waits
		d.found(uri, "")
		d.forget(uri)
		d.forget(uri)
		d.check(t, "0s a.go: one", "0s a.go: ")
		d.found(uri, "one") // it was opened again
		d.soon(uri)
		time.Sleep(time.Second)
		d.check(t, "0s a.go: one")
	})
}

func TestNothingIsSentAfterTheEndOfTheSession(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.found(uri, "one")
		d.soon(uri)
		d.found(uri, "one two")
		d.soon(uri) // waits
		d.close()
		d.now(uri)
		d.soon("file:///project/b.go")
		d.forget(uri)
		time.Sleep(time.Second)
		d.check(t, "0s a.go: one")
	})
}
