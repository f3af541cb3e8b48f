package rpc

import (
	"errors"
	"fmt"
)

// The error codes of JSON-RPC 2.0 and of LSP 3.17.
const (
	ParseError           = -32700 // the message is not JSON
	InvalidRequest       = -32600 // JSON, but not a message that may be sent now
	MethodNotFound       = -32601
	InvalidParams        = -32602
	InternalError        = -32603 // a fault of the server
	ServerNotInitialized = -32002 // a request came before initialize
	RequestFailed        = -32803 // a well-formed request that could not be fulfilled
	ServerCancelled      = -32802 // the server gave the request up
	ContentModified      = -32801 // the text has changed in the meantime
	RequestCancelled     = -32800 // the client gave the request up
)

var (
	// ErrClosed is returned for what is sent after the session has ended.
	ErrClosed = errors.New("rpc: the session has ended")
	// ErrBackpressure is returned for a notification or a request of ours that
	// was not queued, because the client has not read for too long. The session
	// goes on; the same call may succeed later.
	ErrBackpressure = errors.New("rpc: the client does not read")
)

// errEnding is the cause of the contexts that end with the session.
var errEnding = errors.New("rpc: the session is ending")

// errGivenUp is the cause of a context that ends by $/cancelRequest.
var errGivenUp = errors.New("rpc: the client cancelled the request")

// Error is the error member of a response: from us to the client, or from the
// client to a [Conn.Call]. Everything in it goes over the wire.
type Error struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"` // a json.RawMessage when it came from the client
}

// Error is the text for logs.
func (e *Error) Error() string { return fmt.Sprintf("%s (%d)", e.Message, e.Code) }

// Errorf makes an Error with a formatted message and no data.
func Errorf(code int, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// UnknownMethod is what a [Dispatcher] returns for a method that it does not
// have. For a notification whose name begins with "$/" nothing is logged.
func UnknownMethod(method string) *Error {
	return Errorf(MethodNotFound, "method %.80q is not supported", method)
}

// toError turns what a Work or a Dispatcher returned into what the client is
// told. A request that the client cancelled never gets here: it was answered
// at once.
func toError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		if e == nil { // a typed nil came back as an error
			return Errorf(InternalError, "internal error")
		}
		return e
	}
	if isCancel(err) {
		return Errorf(ServerCancelled, "cancelled by the server")
	}
	return Errorf(RequestFailed, "%s", err.Error())
}
