package openai

import (
	"encoding/json"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm"
)

// chunk is what we read of an event. What servers disagree about is kept raw,
// so that an odd side field cannot break an answer.
type chunk struct {
	Model   string `json:"model"`
	Choices []struct {
		Index  int     `json:"index"`
		Delta  delta   `json:"delta"`
		Finish *string `json:"finish_reason"`
	} `json:"choices"`
	Usage json.RawMessage `json:"usage"`
}

type delta struct {
	Content      json.RawMessage `json:"content"`
	Refusal      json.RawMessage `json:"refusal"`
	Reasoning    json.RawMessage `json:"reasoning_content"`
	ReasoningAlt json.RawMessage `json:"reasoning"`
	ToolCalls    json.RawMessage `json:"tool_calls"`
	FunctionCall json.RawMessage `json:"function_call"`
}

// answer gathers the chunks of one stream.
type answer struct {
	structured bool // JSON was asked for
	sink       llm.Sink

	text      strings.Builder
	reply     llm.Reply // its Text stays empty until the end
	reasoning int       // bytes
	refused   bool
	tools     bool
}

// take reads one event.
func (a *answer) take(data []byte) *fault {
	var c chunk
	if json.Unmarshal(data, &c) != nil {
		return &fault{kind: faultMalformed} // the cause would quote the answer
	}
	if c.Model != "" {
		a.reply.Model = c.Model
	}
	if u := usageOf(c.Usage); u != nil {
		a.reply.Usage = u
	}
	for _, choice := range c.Choices {
		if choice.Index != 0 {
			continue // we asked for one
		}
		if f := a.add(choice.Delta); f != nil {
			return f
		}
		// Some servers write "null" in quotes while the answer goes on.
		if choice.Finish != nil && *choice.Finish != "" && *choice.Finish != "null" {
			a.reply.Finish = *choice.Finish
		}
	}
	return nil
}

func (a *answer) add(d delta) *fault {
	a.refused = a.refused || content(d.Refusal) != ""
	a.reasoning += len(content(d.Reasoning)) + len(content(d.ReasoningAlt))
	a.tools = a.tools || holds(d.ToolCalls) || holds(d.FunctionCall)
	piece := content(d.Content)
	if a.text.Len()+len(piece)+a.reasoning > maxAnswer {
		return &fault{kind: faultTooLarge, err: errTooLarge}
	}
	if piece != "" {
		a.text.WriteString(piece)
		a.sink(llm.Event{Text: piece})
	}
	return nil
}

// finished reports whether the model said that it is done; what can still come
// is the usage.
func (a *answer) finished() bool { return a.reply.Finish != "" }

// whole is the reply with its text.
func (a *answer) whole() llm.Reply {
	a.reply.Text = a.text.String()
	return a.reply
}

// end judges the answer when the stream is over. broken is how it ended, nil
// for the closing event. An answer is complete when the model said so, when
// the stream was closed as it should be, or when the JSON that was asked for
// is closed; nothing else is. JSON that is closed is complete whatever else
// was said: a token limit that was reached behind it took nothing away.
func (a *answer) end(broken *fault) *fault {
	state := jsonNone
	if a.structured || !a.finished() {
		state = closure(a.text.String())
	}
	switch {
	case a.structured && state == jsonClosed && a.refused:
		return &fault{kind: faultRefused}
	case a.structured && state == jsonClosed:
		return nil
	case a.finished():
		return a.use()
	case broken != nil:
		return broken
	case a.structured && state == jsonOpen:
		return &fault{kind: faultCut}
	}
	return a.use()
}

// use judges an answer by why it ended, and by what is in it. Only reasons that
// are known to mean a whole answer count as such: a word that a server makes up
// may stand for anything that cut it.
func (a *answer) use() *fault {
	switch strings.ToLower(a.reply.Finish) {
	case "", "stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete", "completed":
		return a.judge()
	case "length", "max_tokens", "max_output_tokens", "model_length":
		return &fault{kind: faultLength}
	case "content_filter", "safety":
		return &fault{kind: faultFiltered}
	case "refusal":
		return &fault{kind: faultRefused}
	case "tool_calls", "function_call", "tool_use":
		return &fault{kind: faultTools}
	}
	return &fault{kind: faultCut}
}

// judge looks at what is in an answer that ended by itself.
func (a *answer) judge() *fault {
	switch {
	case a.refused:
		return &fault{kind: faultRefused}
	case strings.TrimSpace(a.text.String()) != "":
		return nil
	case a.tools:
		return &fault{kind: faultTools}
	}
	return &fault{kind: faultEmpty, reasoning: a.reasoning > 0}
}

// content is text that may come as a string or as a list of parts.
func content(data json.RawMessage) string {
	if len(data) == 0 {
		return ""
	}
	switch data[0] {
	case '"':
		var s string
		_ = json.Unmarshal(data, &s) // a string within decoded JSON
		return s
	case '[':
		var parts []struct {
			Text json.RawMessage `json:"text"`
		}
		_ = json.Unmarshal(data, &parts)
		var all strings.Builder
		for _, p := range parts {
			if len(p.Text) > 0 && p.Text[0] == '"' {
				all.WriteString(content(p.Text))
			}
		}
		return all.String()
	}
	return ""
}

// holds reports whether an optional value is there and not empty.
func holds(data json.RawMessage) bool {
	switch string(data) {
	case "", "null", "[]", "{}":
		return false
	}
	return true
}

// usageOf reads the counts. Negative ones count as 0, and without any count
// the upstream did not say.
func usageOf(data json.RawMessage) *llm.Usage {
	if !holds(data) {
		return nil
	}
	var u struct {
		Prompt     float64 `json:"prompt_tokens"`
		Completion float64 `json:"completion_tokens"`
		Details    *struct {
			Cached float64 `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	}
	if json.Unmarshal(data, &u) != nil || u.Prompt <= 0 && u.Completion <= 0 {
		return nil
	}
	usage := &llm.Usage{Input: count(u.Prompt), Output: count(u.Completion)}
	if u.Details != nil {
		usage.CachedInput = min(count(u.Details.Cached), usage.Input)
	}
	return usage
}

// count bounds a number of tokens, which may be absurd.
func count(n float64) int { return int(min(max(n, 0), 1e9)) }
