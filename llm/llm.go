package llm

import (
	"context"
	"encoding/json"
)

// Role says who speaks in a [Message].
type Role string

// The roles that every chat completion server knows.
const (
	System    Role = "system"
	User      Role = "user"
	Assistant Role = "assistant"
)

// Message is one turn of the conversation that is sent.
type Message struct {
	Role    Role
	Content string
}

// Schema is a JSON schema that the answer must follow.
type Schema struct {
	Name string          // at most 64 of [a-zA-Z0-9_-]
	JSON json.RawMessage // in the strict subset: every property required, no extras
}

// Request is one question to the model.
type Request struct {
	Task        string // what it is for, such as "review": for logs and figures, never sent
	Prompt      string // id of the prompt version, such as "review@1.1.0": likewise
	Messages    []Message
	Temperature float64 // 0 to 2; always sent, also when 0
	MaxTokens   int     // upper bound of the answer in tokens; always sent, above 0
	Schema      *Schema // nil: the answer is free text

	// Restartable says that the receiver can begin again after a part of an
	// answer: it gets an event with Restart set, and then the answer from its
	// start. A request without it is not retried once text has arrived.
	Restartable bool
	// Interactive says that a person waits: fewer attempts, shorter pauses.
	Interactive bool
}

// Event is a piece of an answer while it arrives.
type Event struct {
	Text    string // never splits a UTF-8 sequence
	Restart bool   // what came before is void; the answer begins again
}

// Sink takes the events of one call, in order, from one goroutine. It must
// return quickly: while it runs, nothing is read from the upstream.
type Sink func(Event)

// Usage is what a call used, as the upstream counted it.
type Usage struct {
	Input       int // prompt tokens
	Output      int // completion tokens
	CachedInput int // the part of Input that the provider had cached
}

// Reply is a whole answer. A call that ended early returns the part that
// arrived beside its error.
type Reply struct {
	Text   string
	Model  string // the model that answered, as the upstream names it
	Finish string // finish_reason; empty when none was sent
	Usage  *Usage // nil when the upstream did not say
}

// Model answers requests. The error of Complete is an [*Error], and its class
// says what may be done about it. An answer that was cut is never returned
// without one.
type Model interface {
	Complete(ctx context.Context, req Request, sink Sink) (Reply, error)
}
