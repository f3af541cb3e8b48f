package openai

import (
	"strings"
	"sync"
)

// answerFormat is how the shape of the answer is asked for. Each next one asks
// for less of the server.
type answerFormat int

const (
	formatSchema answerFormat = iota
	formatObject
	formatNone // only the prompt asks
)

// dialect is what a server is known to accept. It only ever falls: each change
// asks for less than before, so a call that learns comes to an end.
type dialect struct {
	format        answerFormat
	completion    bool // max_completion_tokens instead of max_tokens
	renamed       bool // the token field was changed once; never back
	noTemperature bool
	noUsage       bool // no stream_options
}

// firstDialect is where a client begins with a server it does not know.
func firstDialect(cfg Config, e endpoint) dialect {
	d := dialect{completion: e.completion}
	switch cfg.TokensField {
	case "max_tokens":
		d.completion = false
	case "max_completion_tokens":
		d.completion = true
	}
	switch cfg.StructuredOutput {
	case "json_object":
		d.format = formatObject
	case "off":
		d.format = formatNone
	}
	return d
}

// fall gives the dialect to ask again with after a refusal, and false where
// the refusal names nothing that could be left out.
func (d dialect) fall(cfg Config, f *fault, structured bool) (dialect, bool) {
	if !f.isRefusal() || f.isTooLong() {
		return d, false
	}
	switch {
	case cfg.StructuredOutput == auto && structured && d.format < formatNone && f.names(formatWords...):
		d.format++
	case cfg.TokensField == auto && !d.renamed && f.names(d.tokensField()) && f.refusesName():
		d.completion, d.renamed = !d.completion, true
	case !d.noTemperature && f.names("temperature"):
		d.noTemperature = true
	case !d.noUsage && f.names("stream_options", "include_usage"):
		d.noUsage = true
	default:
		return d, false
	}
	return d, true
}

// formatWords are how servers speak of a response format that they cannot do.
var formatWords = []string{
	"response_format", "response format", "json_schema", "json_object", "json schema",
	"schema", "grammar", "structured output", "guided",
}

func (d dialect) tokensField() string {
	if d.completion {
		return "max_completion_tokens"
	}
	return "max_tokens"
}

// isRefusal reports whether the server answered that it will not do the
// request as it stands. Some say so with a 5xx, and only their words tell it
// from an outage.
func (f *fault) isRefusal() bool {
	switch f.status {
	case 400, 404, 415, 422, 500, 501:
		return f.kind == faultStatus || f.kind == faultEvent
	}
	return f.kind == faultEvent && f.status == 0
}

// names reports whether the refusal speaks of one of the words.
func (f *fault) names(words ...string) bool {
	text := f.problem.words()
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// refusesName tells a refused field from a refused value: a limit that is too
// large is not mended by calling it something else.
func (f *fault) refusesName() bool {
	return !f.names("too large", "too high", "at most", "less than", "greater than", "exceed")
}

// learned is a dialect that several calls share.
type learned struct {
	mu  sync.Mutex
	now dialect // guarded by mu
}

func (l *learned) load() dialect {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// keep joins what a call found to work with what others found meanwhile, and
// reports whether that was news.
func (l *learned) keep(d dialect) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.now
	l.now.format = max(l.now.format, d.format)
	if d.renamed {
		l.now.completion, l.now.renamed = d.completion, true
	}
	l.now.noTemperature = l.now.noTemperature || d.noTemperature
	l.now.noUsage = l.now.noUsage || d.noUsage
	return l.now != before
}
