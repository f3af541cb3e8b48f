package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/ai-lsp/ai-lsp/llm"
)

// maxModels bounds a list of models; the longest known ones are half as large.
const maxModels = 4 << 20

// Models lists what the server offers, in its order. Its error is an
// [*llm.Error]; one with status 404 says that the server has no such list.
func (c *Client) Models(ctx context.Context) ([]string, error) {
	key, err := c.key(ctx)
	if err != nil {
		return nil, err
	}
	names, f := c.models(ctx, key)
	if f == nil {
		return names, nil
	}
	if ctx.Err() != nil {
		return nil, cancelled(ctx)
	}
	about := c.call(llm.Request{}, key, "")
	about.url = c.at.modelsURL()
	return nil, about.explain(f)
}

func (c *Client) models(ctx context.Context, key string) ([]string, *fault) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.at.modelsURL(), nil)
	if err != nil {
		return nil, &fault{kind: faultOurs, err: err}
	}
	req.Header.Set("Accept", "application/json")
	x := c.exchange(key, cancel)
	resp, err := x.RoundTrip(req) //nolint:bodyclose // leave closes it
	if err != nil {
		return nil, faultOf(err)
	}
	data, err := io.ReadAll(x.watch.reader(io.LimitReader(resp.Body, maxModels)))
	x.leave(resp.Body, err == nil)
	if err != nil {
		return nil, bodyFault(ctx, err)
	}
	names, ok := modelNames(data)
	if ok {
		return names, nil
	}
	if p, ok := parseProblem(data); ok {
		return nil, eventFault(p)
	}
	return nil, &fault{kind: faultNotStream, page: isPage(resp.Header.Get("Content-Type"), data)}
}

// modelNames reads a list of models: under data, or bare. false: it is none.
func modelNames(data []byte) ([]string, bool) {
	type model struct {
		ID string `json:"id"`
	}
	var list []model
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		if json.Unmarshal(data, &list) != nil {
			return nil, false
		}
	} else {
		var o struct {
			Data *[]model `json:"data"`
		}
		if json.Unmarshal(data, &o) != nil || o.Data == nil {
			return nil, false
		}
		list = *o.Data
	}
	names := make([]string, 0, len(list))
	for _, m := range list {
		if m.ID != "" {
			names = append(names, m.ID)
		}
	}
	return names, true
}
