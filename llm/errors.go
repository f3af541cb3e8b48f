package llm

import (
	"errors"
	"fmt"
	"time"
)

// ErrConnectionLost is in the chain of an [*Error] whose connection broke
// before a byte of the answer came. A kept connection that the other side had
// long dropped looks like this, so one retry at once is sensible.
var ErrConnectionLost = errors.New("connection lost before the answer began")

// Class says what can be done about a failed call.
type Class int

// The classes, from harmless to final.
const (
	ClassCancelled Class = iota // we ended it: a person, a newer version, the end of the session
	ClassRetry                  // may work at once or soon: refused, reset, 5xx
	ClassWait                   // may work after RetryAfter: 429, overloaded
	ClassTruncated              // the answer began and did not end
	ClassUnusable               // the answer is whole and no use: not what was asked for
	ClassTooLong                // the request does not fit the model: never as it is
	ClassFatal                  // needs a person: key, address, model, account
)

// String names the class for logs.
func (c Class) String() string {
	switch c {
	case ClassCancelled:
		return "cancelled"
	case ClassRetry:
		return "retry"
	case ClassWait:
		return "wait"
	case ClassTruncated:
		return "truncated"
	case ClassUnusable:
		return "unusable"
	case ClassTooLong:
		return "too long"
	case ClassFatal:
		return "fatal"
	}
	return fmt.Sprintf("Class(%d)", int(c))
}

// Error is a failed call. Neither its text nor Say holds the key, the prompt
// or an answer.
type Error struct {
	Class      Class
	Status     int           // HTTP status; 0 when there was no response
	Code       string        // the provider's code or type as text; may be empty
	RetryAfter time.Duration // what the upstream asked for; 0 when it did not
	Say        string        // one sentence for the user: what is wrong and the cure
	Err        error         // the cause; may be nil
}

// Error is the text for logs.
func (e *Error) Error() string {
	text := e.Class.String()
	if e.Status != 0 {
		text += fmt.Sprintf(": HTTP %d", e.Status)
	}
	if e.Code != "" {
		text += ": " + e.Code
	}
	if e.Err != nil {
		return text + ": " + e.Err.Error()
	}
	if e.Say != "" {
		return text + ": " + e.Say
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// ClassOf is the class of err. What is no [*Error] is fatal: a fault of ours
// is not mended by trying again.
func ClassOf(err error) Class {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return ClassFatal
}
