// Package text holds documents as an editor and its server see them: immutable
// versions, positions in the three encodings of the Language Server Protocol,
// edits, and runs of lines that are carried from one version to the next.
//
// A [Document] never changes, so a snapshot is a pointer: whoever holds one may
// read it from any goroutine, for as long as it likes. [Document.Apply] makes
// the next version and says what was edited; an [Anchor] follows its lines
// through those edits or is gone. [Store] keeps the open documents.
//
// Lines and characters are counted from zero. A line ends with "\n", "\r\n" or
// "\r"; what follows the last terminator is a line too, so a text has at least
// one. Offsets and spans are in bytes. A byte order mark is text like any other.
//
// The package must never know a protocol library, a finding or a file system.
// Start at [Document].
package text
