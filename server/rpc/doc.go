// Package rpc carries JSON-RPC 2.0 between an editor and this server, framed
// and ordered as the Language Server Protocol wants it.
//
// One goroutine reads, one works through an ordered lane, one writes, and each
// request that takes longer has a goroutine of its own. What must not wait for
// the lane does not: $/cancelRequest, window/workDoneProgress/cancel and the
// answers to our own requests are handled where they are read. What must not
// grow does not: messages waiting for the lane, answers waiting for a client
// that does not read, and requests at work are all bounded.
//
// The package knows the life of a session (initialize, shutdown, exit) and no
// other method. It must never know a document, a finding or a model, and it
// never touches the process's own standard streams, signals or exit code.
//
// Start at [Dispatcher], which is what a server implements, then at
// [Conn.Serve].
package rpc
