// Package lsp has the parts of LSP 3.17 and 3.18 that the server speaks and
// that the glsp library lacks or loses data with, and the client's
// capabilities, read once into plain answers.
//
// It must never know what a review is, and holds no state. Start at [Client]:
// every "can this editor do that" in the program is a field of it.
package lsp
