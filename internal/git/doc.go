// Package git tells which lines of a text differ from the newest commit, by the
// git program.
//
// The repository is not trusted: it came with the code. Only plumbing that
// reads objects is run, so that nothing in the repository's configuration,
// attributes or hooks can start a program; nothing is written, and nothing goes
// over the network. Whatever can not be found out is a reason in words, never
// an error: then all of the text counts as changed.
//
// The package must never know what the lines are for. Start at [Reader.Head].
package git
