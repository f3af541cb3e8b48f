// Package editor is a small LSP client: what an editor does with a language
// server, without a screen. The demo and the tests drive the real server with
// it, over the real protocol.
//
// It must never know what the server is made of: it sees messages only. Start
// at [Connect].
package editor
