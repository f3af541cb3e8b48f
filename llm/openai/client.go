package openai

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"
	"go.uber.org/zap"

	"github.com/ai-lsp/ai-lsp/llm"
)

// tailTime is how long the usage and the closing event are waited for once the
// model has said that it is done.
const tailTime = 2 * time.Second

// Client speaks to one model at one address. It is safe for many goroutines.
type Client struct {
	cfg     Config
	at      endpoint
	broken  error // settings that cannot work: the answer to every call
	learned learned
}

var _ llm.Model = (*Client)(nil)

// New gives a client; it does not connect. Settings that cannot work are the
// error of each later call, since the server starts with whatever is set.
func New(cfg Config) *Client {
	c := &Client{cfg: cfg.withDefaults()}
	c.at, c.broken = parseEndpoint(c.cfg.BaseURL, c.cfg.Kind)
	c.learned.now = firstDialect(c.cfg, c.at)
	return c
}

// Close drops the connections that are kept for later calls. Running calls are
// not touched.
func (c *Client) Close() {
	if t, ok := c.cfg.Transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Complete asks the model and streams its answer into sink. Its error is an
// [*llm.Error]; with one, the reply holds what arrived. Parameters that the
// server refuses are left out and the question is asked again, each once;
// what worked is where the next call begins.
func (c *Client) Complete(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
	if c.cfg.Model == "" {
		return llm.Reply{}, misconfigured("No model is chosen: set provider.model.")
	}
	if sink == nil {
		sink = func(llm.Event) {}
	}
	key, err := c.key(ctx)
	if err != nil {
		return llm.Reply{}, err
	}
	for d := c.learned.load(); ; {
		out := c.ask(ctx, key, req, d, sink)
		if out.opened && c.learned.keep(d) {
			c.cfg.Log.Info("the server refuses a parameter, which is left out from now on",
				zap.String("model", c.cfg.Model), zap.Int("format", int(d.format)), zap.String("tokens", d.tokensField()),
				zap.Bool("temperature", !d.noTemperature), zap.Bool("usage", !d.noUsage))
		}
		if out.fault == nil {
			return out.reply, nil
		}
		if ctx.Err() != nil {
			return out.reply, cancelled(ctx)
		}
		if next, ok := d.fall(c.cfg, out.fault, req.Schema != nil); ok && out.reply.Text == "" {
			d = next
			continue
		}
		return out.reply, c.call(req, key, out.reply.Text).explain(out.fault)
	}
}

// outcome is how one exchange ended.
type outcome struct {
	reply  llm.Reply
	fault  *fault
	opened bool // the server took the request
}

// ask is one exchange.
func (c *Client) ask(ctx context.Context, key string, req llm.Request, d dialect, sink llm.Sink) outcome {
	body, err := encode(c.cfg.Model, req, d)
	if err != nil {
		return outcome{fault: &fault{kind: faultOurs, err: err}}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	x := c.exchange(key, cancel)
	x.body = body
	// The library checks parameters against the model's name. It sees none of
	// them: the body is ours, and the server decides.
	stream, err := c.api(x).CreateChatCompletionStream(ctx, openai.ChatCompletionRequest{Model: c.cfg.Model})
	if err != nil {
		return outcome{fault: faultOf(err), opened: x.opened}
	}
	defer stream.Close()
	a := answer{structured: req.Schema != nil, sink: sink}
	broken := receive(stream, &a, x.watch)
	return outcome{reply: a.whole(), fault: a.end(broken), opened: true}
}

// receive reads the stream to its end. nil: it was closed as it should be.
func receive(stream *openai.ChatCompletionStream, a *answer, w *watch) *fault {
	for {
		data, err := stream.RecvRaw()
		if err == io.EOF { //nolint:errorlint // the end comes bare: inside a fault it is a broken connection
			return nil
		}
		if err != nil {
			return faultOf(err)
		}
		if f := a.take(data); f != nil {
			return f
		}
		if a.finished() {
			w.limit = min(w.limit, tailTime)
		}
	}
}

// api is the library over one exchange. It holds no connection, so that making
// one for each call costs nothing.
func (c *Client) api(x *exchange) *openai.Client {
	cfg := openai.DefaultConfig("")
	cfg.BaseURL = c.at.base
	cfg.HTTPClient = &http.Client{Transport: streams{x}}
	if c.at.deployments {
		cfg.APIType = openai.APITypeAzure
		cfg.APIVersion = c.at.version
		cfg.AzureModelMapperFunc = url.PathEscape
	}
	return openai.NewClientWithConfig(cfg)
}

func (c *Client) exchange(key string, cancel context.CancelCauseFunc) *exchange {
	return &exchange{
		next: c.cfg.Transport, header: c.cfg.Headers, key: key, azure: c.at.azure,
		watch: newWatch(c.cfg.Timeout, cancel), cancel: cancel,
	}
}

// key asks for the key of this call, after it is clear that the call can be
// made at all.
func (c *Client) key(ctx context.Context) (string, error) {
	if c.broken != nil {
		return "", c.broken
	}
	if ctx.Err() != nil {
		return "", cancelled(ctx)
	}
	if c.cfg.Key == nil {
		return "", nil
	}
	key, err := c.cfg.Key(ctx)
	if err == nil {
		return strings.TrimSpace(key), nil
	}
	if ctx.Err() != nil {
		return "", cancelled(ctx)
	}
	if e, ok := errors.AsType[*llm.Error](err); ok {
		return "", e
	}
	return "", &llm.Error{
		Class: llm.ClassFatal, Code: "key", Err: err,
		Say: "The key could not be read; the log says why.",
	}
}

// call is what an explanation may need to know.
func (c *Client) call(req llm.Request, key, text string) call {
	about := call{
		origin: c.at.origin, url: c.at.base + "/chat/completions", model: c.cfg.Model,
		timeout: c.cfg.Timeout, hasKey: key != "", limit: req.MaxTokens,
		secrets: []string{key}, quoted: []string{text}, begun: text != "",
	}
	for _, value := range c.cfg.Headers {
		about.secrets = append(about.secrets, value)
	}
	for _, m := range req.Messages {
		about.quoted = append(about.quoted, m.Content)
	}
	return about
}

// cancelled is a call that its caller ended.
func cancelled(ctx context.Context) *llm.Error {
	return &llm.Error{Class: llm.ClassCancelled, Err: context.Cause(ctx), Say: "Cancelled."}
}
