package settings

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/adrg/xdg"
)

// fileName is the settings file of a workspace folder.
const fileName = ".ai-lsp.toml"

// Source is where settings come from at the start.
type Source struct {
	Environ []string          // as os.Environ gives it
	Flags   map[string]string // dotted name to text; lists and tables as JSON
}

// Live holds the settings while the program runs. Its methods may be called
// from any goroutine. Those that change something wait for each other.
type Live struct {
	now atomic.Pointer[state]
	key Secret

	// turn is held through a whole change, its listeners included, so that
	// they hear of changes in the order in which they happened. It guards all
	// fields below.
	turn      sync.Mutex
	user      *file
	roots     []*file
	env       *layer
	initial   *layer // initializationOptions
	editor    *layer // what the editor sent since
	flags     *layer
	listeners []func(old, now *Settings)
	told      []Problem // of those that stand: what a change has returned
}

// Open reads the user's file, the environment and the flags. It never fails:
// what is wrong is told by Problems, and the rest applies.
func Open(src Source) *Live {
	env := environment(src.Environ)
	l := &Live{
		key:     NewSecret(strings.TrimSpace(env["OPENAI_API_KEY"])),
		user:    userFile(env),
		env:     fromTexts(LayerEnvironment, variables(env)),
		initial: &layer{from: LayerEditor},
		editor:  &layer{from: LayerEditor},
		flags:   fromTexts(LayerFlag, src.Flags),
	}
	l.user.refresh()
	l.now.Store(l.merged())
	return l
}

// Now is the effective settings. They do not change; ask again for later ones.
func (l *Live) Now() *Settings { return l.now.Load().settings }

// Key is the API key from OPENAI_API_KEY; it is no setting.
func (l *Live) Key() Secret { return l.key }

// Problems are all that stand now, in the order of the layers.
func (l *Live) Problems() []Problem { return slices.Clone(l.now.Load().problems) }

// SetWorkspace takes the absolute paths of the workspace's folders, in place
// of those before, and reads the settings file of each. It returns the
// problems that are new, which means: no change has returned them since they
// came up. What Open met is new to the first change.
func (l *Live) SetWorkspace(roots []string) []Problem {
	_, problems := l.change(func() bool {
		before := l.roots
		l.roots = nil
		for _, root := range roots {
			path := filepath.Join(root, fileName)
			isHere := func(f *file) bool { return f.path == path }
			if root == "" || slices.ContainsFunc(l.roots, isHere) {
				continue
			}
			f := &file{path: path, from: LayerWorkspace}
			if i := slices.IndexFunc(before, isHere); i >= 0 {
				f = before[i] // which knows the last good content
			}
			f.refresh()
			l.roots = append(l.roots, f)
		}
		return true
	})
	return problems
}

// SetInitOptions takes the editor's initializationOptions. Null and an empty
// object change nothing. It returns the problems that are new.
func (l *Live) SetInitOptions(raw json.RawMessage) []Problem {
	_, problems := l.change(func() bool {
		l.initial = fromEditor(raw, l.initial)
		return true
	})
	return problems
}

// SetEditor takes the editor's settings of now, from workspace/configuration
// or didChangeConfiguration, in place of those before; they stand over the
// initializationOptions. Null and an empty object change nothing. It returns
// the problems that are new.
func (l *Live) SetEditor(raw json.RawMessage) []Problem {
	_, problems := l.change(func() bool {
		l.editor = fromEditor(raw, l.editor)
		return true
	})
	return problems
}

// Reload looks at the files and reads those that changed. It reports whether
// the effective settings did, and the problems that are new. When nothing
// changed it costs one stat a file.
func (l *Live) Reload() (changed bool, problems []Problem) {
	return l.change(func() bool {
		read := l.user.refresh()
		for _, f := range l.roots {
			read = f.refresh() || read
		}
		return read
	})
}

// OnChange has fn called after each change of the effective settings, before
// the method that made the change returns. Calls come one after the other. fn
// may read from l, but must call none of its methods that change something,
// this one included.
func (l *Live) OnChange(fn func(old, now *Settings)) {
	l.turn.Lock()
	defer l.turn.Unlock()
	l.listeners = append(l.listeners, fn)
}

// change has apply change the layers and, where it did, tells what came of it.
func (l *Live) change(apply func() bool) (changed bool, fresh []Problem) {
	l.turn.Lock()
	defer l.turn.Unlock()
	if !apply() {
		return false, l.untold()
	}
	old, now := l.now.Load(), l.merged()
	changed = !reflect.DeepEqual(old.settings, now.settings)
	if !changed {
		now.settings = old.settings // so that equal settings are one pointer
	}
	l.now.Store(now)
	if changed {
		for _, tell := range l.listeners {
			tell(old.settings, now.settings)
		}
	}
	return changed, l.untold()
}

// untold are the problems that no change has returned since they came up, those
// that Open met included: there was nobody yet to be told.
func (l *Live) untold() (fresh []Problem) {
	standing := l.now.Load().problems
	for _, p := range standing {
		if !slices.Contains(l.told, p) {
			fresh = append(fresh, p)
		}
	}
	l.told = standing
	return fresh
}

func (l *Live) merged() *state {
	workspace := make([]*layer, len(l.roots))
	for i, f := range l.roots {
		workspace[i] = f.layer
	}
	return merge(l.user.layer, workspace, []*layer{l.env, l.initial, l.editor, l.flags})
}

// fromEditor reads what an editor sent; last is what it sent before.
func fromEditor(raw json.RawMessage, last *layer) *layer {
	document, err := parseJSON(raw)
	if err != nil {
		return failed(LayerEditor, "", place{}, "The settings that the editor sent cannot be used: "+inert(clip(err.Error(), 2*longestQuote)), last)
	}
	if l := read(LayerEditor, "", document, nowhere); !l.isEmpty {
		return l
	}
	return last
}

// fromTexts reads a layer whose values are all texts.
func fromTexts(from Layer, texts map[string]string) *layer {
	document := make(map[string]any, len(texts))
	for name, text := range texts {
		if f := byName[name]; f != nil {
			document[name] = f.fromText(text)
		} else {
			document[name] = text
		}
	}
	return read(from, "", document, nowhere)
}

// environment is the variables by name. As in os.Getenv, the first of several
// with one name counts.
func environment(environ []string) map[string]string {
	env := map[string]string{}
	for _, pair := range slices.Backward(environ) {
		if name, value, ok := strings.Cut(pair, "="); ok {
			env[name] = value
		}
	}
	return env
}

// variables are the settings that variables stand for; an empty one is not set.
func variables(env map[string]string) map[string]string {
	texts := map[string]string{"provider.baseUrl": strings.TrimSpace(env["OPENAI_BASE_URL"])}
	maps.DeleteFunc(texts, func(_, text string) bool { return text == "" })
	return texts
}

// userFile is the file that AI_LSP_CONFIG names, or else the one in the XDG
// configuration folder.
func userFile(env map[string]string) *file {
	if named := env["AI_LSP_CONFIG"]; named != "" {
		if absolute, err := filepath.Abs(named); err == nil {
			named = absolute
		}
		return &file{path: named, from: LayerUser, required: true}
	}
	folder := env["XDG_CONFIG_HOME"]
	if !filepath.IsAbs(folder) { // the specification has relative ones ignored
		folder = xdg.ConfigHome
	}
	return &file{path: filepath.Join(folder, section, "config.toml"), from: LayerUser}
}
