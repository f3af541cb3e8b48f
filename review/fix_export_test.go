package review

import "github.com/ai-lsp/ai-lsp/server/text"

// Suggest makes a finding about lines of doc with what becomes of a suggestion.
func Suggest(doc *text.Document, first, last int, severity Severity, suggestion string) Finding {
	f := Finding{Severity: severity, Anchor: doc.Anchor(first, last)}
	f.fix, f.fixRefused = fixLines(doc, first, last, suggestion)
	return f
}

// StrictFaults is what is seen of a text beyond its grammar.
var StrictFaults = strictFaults
