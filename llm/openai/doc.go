// Package openai is the wire to OpenAI, Azure OpenAI and every server that
// speaks their chat completions: Ollama, llama.cpp, vLLM, LM Studio.
//
// The request is opened by the go-openai library. Under it sits a
// [net/http.RoundTripper] of ours, one per call, that writes the body, reads
// the server-sent events and turns every way in which a stream can fail into
// one typed fault; what the library would take for a clean end never reaches
// it. A fault becomes an [*llm.Error] with a sentence for the user in exactly
// one place.
//
// This package must never know what a prompt means, retry a failed call, or
// put a key, a prompt or an answer into an error. Asking again without a
// parameter that the server refused is no retry: nothing was computed.
//
// Start at [Client.Complete], then read exchange.go (the RoundTripper),
// events.go (the stream) and classify.go (what can be done about a fault).
package openai
