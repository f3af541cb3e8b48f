// Package review is the product: what to ask a model about a text, how to read
// the answer, and which findings stand.
//
// A [Reviewer] takes an immutable document, asks, and anchors each issue of the
// answer by its quote in the very text that was sent. A [Board] keeps what
// stands: it carries each finding through every edit and drops it when its own
// lines change, so that what it shows is always about the text of now.
//
// The package must never know LSP, HTTP, or where settings come from. Start at
// [Reviewer.Review].
package review
