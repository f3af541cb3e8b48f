package syntax

import "context"

// Faults is how many places of a text do not parse: what its grammar makes no
// sense of, and what it misses. The language may be any editor's name for it.
//
// It is not known where there is no grammar, where the text is longer than a
// MiB, and where the time runs out: a second, or the context's.
func Faults(ctx context.Context, language, source string) (n int, known bool) {
	return faults(ctx, Language(language), source)
}
