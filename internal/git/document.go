package git

import "github.com/ai-lsp/ai-lsp/server/text"

// Document is the base as a document of a language, its line ends and trailing
// blanks folded; nil where there is none.
func (b Base) Document(uri, language string) *text.Document {
	if !b.Known {
		return nil
	}
	return text.New(uri, language, 0, b.lines.Text())
}
