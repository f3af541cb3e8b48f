package openai

import (
	"bytes"
	"encoding/json"
)

// wholeAnswer is an answer that came in one piece although a stream was asked
// for.
type wholeAnswer struct {
	Model   string `json:"model"`
	Choices []struct {
		Index   int             `json:"index"`
		Message json.RawMessage `json:"message"`
		Delta   json.RawMessage `json:"delta"`
		Finish  *string         `json:"finish_reason"`
	} `json:"choices"`
	Usage json.RawMessage `json:"usage,omitempty"`
}

// asChunk rewrites a whole JSON answer as the one chunk of a stream. What is
// no answer is a fault.
func asChunk(data []byte) ([]byte, *fault) {
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\xef\xbb\xbf"))
	if p, ok := parseProblem(data); ok {
		return nil, eventFault(p)
	}
	var a wholeAnswer
	// A decoder, since something may follow the value.
	if json.NewDecoder(bytes.NewReader(data)).Decode(&a) != nil || len(a.Choices) == 0 {
		return nil, &fault{kind: faultNotStream, page: isPage("", data)}
	}
	for i := range a.Choices {
		c := &a.Choices[i]
		if c.Message != nil {
			c.Delta, c.Message = c.Message, nil
		}
	}
	chunk, err := json.Marshal(a)
	if err != nil {
		return nil, &fault{kind: faultMalformed}
	}
	return chunk, nil
}
