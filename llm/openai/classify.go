package openai

import (
	"net/http"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm"
)

// class says what can be done about the fault. begun: text of the answer had
// arrived, so that what broke is the answer and not the asking.
func (f *fault) class(begun bool) llm.Class {
	switch f.kind {
	case faultStatus, faultEvent:
		return f.obey(f.classOfRefusal())
	case faultNetwork:
		if begun {
			return llm.ClassTruncated
		}
		return networkClass(f.err)
	case faultCut, faultMalformed, faultSilent:
		if begun {
			return llm.ClassTruncated
		}
		return llm.ClassRetry
	case faultNotStream:
		return llm.ClassRetry // the login page of a network goes away by itself
	case faultLength:
		return llm.ClassTruncated
	case faultTooLarge, faultRefused, faultFiltered, faultTools, faultEmpty:
		return llm.ClassUnusable
	case faultRedirect, faultOurs:
		return llm.ClassFatal
	}
	return llm.ClassFatal
}

// obey lets x-should-retry overrule the status, as the provider's own
// libraries do. What needs a person it cannot mend.
func (f *fault) obey(c llm.Class) llm.Class {
	switch {
	case f.again == "true" && c == llm.ClassFatal && !f.needsPerson():
		return llm.ClassRetry
	case f.again == "false" && (c == llm.ClassRetry || c == llm.ClassWait):
		return llm.ClassUnusable
	}
	return c
}

func (f *fault) needsPerson() bool {
	return f.isQuota() || f.status == http.StatusUnauthorized || f.status == http.StatusForbidden
}

// classOfRefusal goes from the most telling sign to the least: what the words
// say about the request, then the status, then the words alone.
func (f *fault) classOfRefusal() llm.Class {
	switch {
	case f.isQuota():
		return llm.ClassFatal
	case f.isTooLong():
		return llm.ClassTooLong
	case f.isFiltered():
		return llm.ClassUnusable
	}
	switch f.status {
	case 0:
		return f.classOfWords()
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusNetworkAuthenticationRequired:
		return llm.ClassRetry
	case http.StatusRequestEntityTooLarge:
		return llm.ClassTooLong
	case http.StatusTooManyRequests, statusOverloaded:
		return llm.ClassWait
	case http.StatusServiceUnavailable:
		if f.wait > 0 || f.names("overloaded", "slow_down") {
			return llm.ClassWait
		}
		return llm.ClassRetry
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return llm.ClassFatal
	}
	if f.status >= 500 || f.status < 300 {
		return llm.ClassRetry
	}
	return llm.ClassFatal
}

// statusOverloaded is not registered; several providers send it.
const statusOverloaded = 529

// classOfWords judges an error inside a stream that carries no status. One
// that says nothing we know may well pass.
func (f *fault) classOfWords() llm.Class {
	switch {
	case f.names("rate_limit", "rate limit", "slow_down", "overloaded", "resource_exhausted"):
		return llm.ClassWait
	case f.names("invalid_api_key", "authentication", "permission", "model_not_found", "invalid_request"):
		return llm.ClassFatal
	}
	return llm.ClassRetry
}

// isQuota finds a 429 that no waiting heals: the account is out of money. Only
// code and type count, since some servers call a limit per minute a quota in
// their messages.
func (f *fault) isQuota() bool {
	if f.status == http.StatusPaymentRequired {
		return true
	}
	for _, s := range []string{strings.ToLower(f.problem.code), strings.ToLower(f.problem.kind)} {
		switch s {
		case "insufficient_quota", "credit_balance_exhausted", "billing_not_active",
			"billing_hard_limit_reached", "enforced_spend_limit_reached", "insufficient_balance":
			return true
		}
		if strings.HasSuffix(s, "_spend_limit_exceeded") || strings.HasSuffix(s, "_usage_limit_exceeded") {
			return true
		}
	}
	return false
}

// isTooLong finds a request that does not fit the model, by code where the
// server has one and by its words where it does not.
func (f *fault) isTooLong() bool {
	if f.status == http.StatusUnauthorized || f.status == http.StatusForbidden {
		return false
	}
	if f.names("context_length_exceeded", "exceed_context_size", "string_above_max_length") {
		return true
	}
	if f.status == http.StatusTooManyRequests {
		return f.names("request too large") // one request above the limit per minute
	}
	return f.names("maximum context length", "context window", "context length", "context size",
		"prompt is too long", "input is too long", "too many tokens", "reduce the length")
}

func (f *fault) isFiltered() bool {
	return f.status < 500 && f.names("content_filter", "content_policy", "responsibleaipolicyviolation")
}

// isUnknownModel tells a wrong model from a wrong path.
func (f *fault) isUnknownModel() bool {
	if f.names("model_not_found", "deploymentnotfound") {
		return true
	}
	return f.status == http.StatusNotFound && !f.page && f.names("model", "deployment")
}
