// Package syntax tells where a piece of code begins and ends, in any text.
//
// Today it goes by indentation and the words that open declarations, which
// needs no grammar and works in nearly every language that people indent. It
// must never fail, and never know what the piece is wanted for. Start at
// [Enclosing].
package syntax
