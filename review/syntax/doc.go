// Package syntax tells where a piece of code begins and ends, in any text.
//
// It goes by indentation, by closing lines and by the words that open
// declarations, which needs no grammar and works in nearly every language that
// people indent. It must never fail, and never know what the piece is wanted
// for. Start at [Enclosing].
package syntax
