// Package server is one session with one editor: it joins the wire, the
// handlers and the lifetime of both.
//
// A [Session] is a glsp.Handler, so handler functions have the shape that
// library defines, and an rpc.Dispatcher, so they run on our own transport. It
// must never know what any method means. Start at [New].
package server
