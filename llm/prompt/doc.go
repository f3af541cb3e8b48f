// Package prompt holds what is said to the model: prompts as versioned files
// with their schema and parameters, and the Go types that the answers have.
//
// A version is one Markdown file, embedded: front matter in TOML between +++
// lines, then turns that begin with "=== system", "=== user" or
// "=== assistant". The last turn is a text/template over [Data]; the turns
// before it are sent as they stand. A file that was released is never edited:
// a change is a new file with a new id.
//
// The package must never know where the text comes from or what becomes of
// the answer. Start at [Review].
package prompt
