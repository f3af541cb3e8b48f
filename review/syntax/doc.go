// Package syntax tells where the pieces of a text begin and end, in any text.
//
// [Parse] splits a text into units that cover it: functions, methods, heads of
// types, and the statements between them, each with the few lines of the same
// text that it is not understood without. A unit's text is what the answer about
// it is remembered by. So the cuts depend on nothing far away: to edit, add or
// remove one declaration leaves the units beyond its neighbours as they are.
//
// Tree-sitter grammars do this for thirteen languages in a build with cgo. All
// other texts, broken stretches of parsed ones, and builds without cgo get a
// plain splitter, which goes by indentation, by closing lines and by the words
// that open declarations. No tree is kept: to parse afresh takes some ten
// milliseconds for each thousand lines, once in a review. [Faults] counts what
// does not parse.
//
// [Enclosing] needs no grammar and looks at no more lines than it must; it is
// for answers that an editor waits for.
//
// The package must never fail, and never know what the pieces are wanted for.
// Start at [Outline]. The way of a text is: outliner.go with the tables of
// rules*.go, or plain.go, mark what may stand alone; pack.go and cut.go make
// units of that; context.go says what goes with each.
package syntax
