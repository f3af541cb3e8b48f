// Package demo shows the main job with no key and no network: a small
// OpenAI-compatible upstream that answers from a script, and a story told with
// the real server and an editor without a screen.
//
// The upstream also serves tests and `ai-lsp demo --serve`. The package must
// never be needed by the server itself. Start at [Stage.Tell] and [Upstream].
package demo
