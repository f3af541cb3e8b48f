// Package cache answers from memory first and from the store behind it. It is
// what a caller uses who wants an answer that was paid for before, and who, if
// there is none, is the one to ask for it.
//
// The memory tier is ristretto, which may drop what it is given: nothing is
// ever in memory alone, and an entry is written to the store first. A cache
// that fails is a miss: errors are logged and never returned.
//
// This package must never know what a value means, nor how a key was made.
// Keys are exact; nothing here looks for what is similar. Start at [Cache].
package cache
