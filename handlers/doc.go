// Package handlers answers the editor: one file for each LSP method or command.
// A handler decodes, asks the board or the reviewer, and encodes.
//
// Nothing that an editor sends by itself waits for the model here: hover, code
// actions and synchronisation are answered from memory, on the ordered lane.
// Only what a person started comes back as [Later], to be run beside it.
//
// The package must never know prompts, HTTP, or how messages are framed. Start
// at [Handlers.Routes].
package handlers
