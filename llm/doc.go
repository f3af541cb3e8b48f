// Package llm is the model's side of the house: what is asked, what streams
// back, what the whole answer was, and how a call can fail.
//
// Its packages are links of one chain; each link is a [Model] around another
// [Model], and the order is written down in llm/chain. This package must never
// know what a review, a document or an editor is. Start at [Request], then
// [Error].
package llm
