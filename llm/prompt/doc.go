// Package prompt holds what is said to the model: prompts as versioned files
// with their schema and parameters, and the Go types that the answers have.
//
// A version is one Markdown file, embedded: front matter in TOML between +++
// lines, then turns that begin with "=== system", "=== user" or
// "=== assistant". The last turn is a text/template; the turns before it are
// sent as they stand. A file that was released is never edited: a change is a
// new file with a new id, and the file that it replaces goes.
//
// The lines of source that a prompt shows are given as [Part]s: some are asked
// about, others are context, and lines between them may be missing. What a
// person or a model wrote never begins a line of the prompt.
//
// The package must never know where the text comes from or what becomes of
// the answer. Start at [Review].
package prompt
