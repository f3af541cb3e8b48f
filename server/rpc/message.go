package rpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Message is one decoded request or notification.
type Message struct {
	// ID is the client's id as it was written, so that "1", 1 and 5000000000
	// survive. It is nil for a notification.
	ID     json.RawMessage
	Method string
	// Params is nil when the member was absent or null. A handler reads that
	// as {}.
	Params json.RawMessage
}

// incoming is any message of the client. Exactly one of its two halves is set.
type incoming struct {
	message  *Message
	response *response
}

// response is the client's answer to a call of ours.
type response struct {
	id      json.RawMessage
	result  json.RawMessage // nil: absent
	failure *Error
	// empty says that neither result nor error was there. Some clients leave
	// out a null result, so it counts as an answer where one is awaited.
	empty bool
}

// refusal is why a body is no message, and to whom that is said.
type refusal struct {
	id  json.RawMessage // nil: null on the wire
	err *Error
}

// decode tells requests, notifications and responses apart. Member names are
// case-sensitive, as JSON-RPC says; the version member is not looked at.
func decode(body []byte) (incoming, *refusal) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return incoming{}, &refusal{err: Errorf(InvalidRequest, "message is not a JSON object")}
		}
		return incoming{}, &refusal{err: Errorf(ParseError, "message is not valid JSON")}
	}
	id, hasID := members["id"]
	if method, ok := members["method"]; ok {
		return decodeMessage(id, hasID, method, present(members["params"]))
	}
	r := &response{id: id, result: members["result"]}
	if failure := present(members["error"]); failure != nil {
		r.failure = decodeFailure(failure)
	}
	r.empty = r.result == nil && r.failure == nil
	if !hasID || (!isID(id) && r.empty) {
		return incoming{}, &refusal{err: Errorf(InvalidRequest, "message is neither request, notification nor response")}
	}
	return incoming{response: r}, nil
}

func decodeMessage(id json.RawMessage, hasID bool, method, params json.RawMessage) (incoming, *refusal) {
	if hasID && !isID(id) {
		return incoming{}, &refusal{err: Errorf(InvalidRequest, "id is neither a string nor a number")}
	}
	m := &Message{ID: id, Params: params}
	if method[0] != '"' || json.Unmarshal(method, &m.Method) != nil {
		return incoming{}, &refusal{id: id, err: Errorf(InvalidRequest, "method is not a string")}
	}
	return incoming{message: m}, nil
}

func decodeFailure(raw json.RawMessage) *Error {
	var e struct {
		Code    int             `json:"code"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return Errorf(InternalError, "the client answered with an unreadable error")
	}
	failure := &Error{Code: e.Code, Message: e.Message}
	if data := present(e.Data); data != nil {
		failure.Data = data
	}
	return failure
}

// present is raw, or nil where it is JSON's null.
func present(raw json.RawMessage) json.RawMessage {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return raw
}

// isID says whether raw is a string or a number.
func isID(raw json.RawMessage) bool {
	return len(raw) > 0 && (raw[0] == '"' || raw[0] == '-' || (raw[0] >= '0' && raw[0] <= '9'))
}

// keyOf makes ids comparable: two spellings of one string are one id.
func keyOf(id json.RawMessage) string {
	if id[0] == '"' && bytes.IndexByte(id, '\\') >= 0 {
		var text string
		if json.Unmarshal(id, &text) == nil {
			return `"` + text + `"`
		}
	}
	return string(id)
}

// encode is json.Marshal without the escapes that only HTML needs, and with a
// marshaller's panic turned into an error.
func encode(v any) (_ json.RawMessage, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("encode %T: panic: %v", v, p)
		}
	}()
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}

// encodeMessage makes a notification, or a request when id is not nil.
func encodeMessage(id json.RawMessage, method string, params any) ([]byte, error) {
	raw, err := encode(params)
	if err != nil {
		return nil, err
	}
	name, err := encode(method)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(raw)+len(name)+64)
	b = append(b, `{"jsonrpc":"2.0"`...)
	if id != nil {
		b = append(append(b, `,"id":`...), id...)
	}
	b = append(append(b, `,"method":`...), name...)
	if present(raw) != nil {
		b = append(append(b, `,"params":`...), raw...)
	}
	return append(b, '}'), nil
}

// encodeResult makes a successful response.
func encodeResult(id json.RawMessage, result any) ([]byte, error) {
	raw, err := encode(result)
	if err != nil {
		return nil, err
	}
	return encodeResponse(id, `,"result":`, raw), nil
}

// encodeError makes an error response. A nil id is null on the wire. Data that
// cannot be encoded is left out rather than the answer.
func encodeError(id json.RawMessage, e *Error) []byte {
	raw, err := encode(e)
	if err != nil {
		raw, _ = encode(&Error{Code: e.Code, Message: e.Message})
	}
	return encodeResponse(id, `,"error":`, raw)
}

func encodeResponse(id json.RawMessage, member string, raw json.RawMessage) []byte {
	if id == nil {
		id = json.RawMessage("null")
	}
	b := make([]byte, 0, len(id)+len(raw)+48)
	b = append(append(b, `{"jsonrpc":"2.0","id":`...), id...)
	b = append(append(b, member...), raw...)
	return append(b, '}')
}
