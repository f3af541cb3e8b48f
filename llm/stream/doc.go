// Package stream reads an answer while it arrives: it cuts text for people at
// places where a reader can pause, and takes JSON elements out the moment they
// close.
//
// Everything here is fed with pieces cut anywhere, inside a character as well
// as inside an escape, and gives the same result for every cut. Nothing starts
// a goroutine, and nothing fails on what a model wrote.
//
// The package must never know who sent the text or what an element means.
// Start at [Boundary] for text that is shown, at [Items] for JSON that is read
// as it streams, at [Whole] for a reply that has ended.
package stream
