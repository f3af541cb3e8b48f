package openai

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
)

// call is what an explanation needs to know about the exchange.
type call struct {
	origin  string // where it went
	url     string // the whole address: that of the route
	model   string
	timeout time.Duration
	hasKey  bool
	limit   int // tokens
	secrets []string
	quoted  []string // the prompt and the answer, of which no message may show a part
	begun   bool     // text had arrived
}

// explain turns a fault into the error of the chain. It is the only place
// where a provider's words pass, and they pass through [scrub].
func (c call) explain(f *fault) *llm.Error {
	e := &llm.Error{
		Class:      f.class(c.begun),
		Status:     f.status,
		Code:       codeOf(f, c),
		RetryAfter: f.wait,
		Say:        c.say(f),
		Err:        f,
	}
	if f.kind == faultNetwork && isNoHTTP(f.err) {
		e.Err = &fault{kind: faultNetwork} // the error of net/http quotes what came
	}
	return e
}

// codeOf is the provider's code, or its type, as one short word.
func codeOf(f *fault, c call) string {
	code := f.problem.code
	if code == "" || code == fmt.Sprint(f.status) {
		code = f.problem.kind
	}
	if len(code) > 80 || strings.ContainsAny(code, " \n") {
		return ""
	}
	return scrub(code, c.secrets, c.quoted)
}

// say is the one sentence for the user.
func (c call) say(f *fault) string {
	switch f.kind {
	case faultNetwork:
		if c.begun {
			return fmt.Sprintf("The connection to %s broke in the middle of the answer.", c.origin)
		}
		return networkSay(c.origin, f.err, time.Now())
	case faultStatus, faultEvent:
		return c.sayRefusal(f)
	case faultRedirect:
		return fmt.Sprintf("%s sends requests on to %s (%d), which is not followed, since code and key would go there: if it is right, make it provider.baseUrl.", c.origin, f.target, f.status)
	case faultNotStream:
		if f.page {
			return fmt.Sprintf("A web page came from %s instead of an answer: a login page of this network, or provider.baseUrl is wrong.", c.origin)
		}
		return fmt.Sprintf("What came from %s is no answer of a chat model: check provider.baseUrl.", c.origin)
	case faultCut:
		if c.begun {
			return fmt.Sprintf("The answer of %s ended in the middle.", c.origin)
		}
		return fmt.Sprintf("%s ended the answer before its first word.", c.origin)
	case faultMalformed:
		return fmt.Sprintf("%s sent a broken piece of an answer.", c.origin)
	case faultSilent:
		return fmt.Sprintf("Nothing came from %s for %s (provider.timeout).", c.origin, c.timeout)
	case faultOurs:
		return "The request could not be written: this is a fault of ai-lsp."
	default:
		return c.sayAnswer(f)
	}
}

// sayAnswer is about an answer that came and is of no use.
func (c call) sayAnswer(f *fault) string {
	switch f.kind {
	case faultTooLarge:
		return "The answer was stopped because it did not end: larger than what an answer can be."
	case faultLength:
		if !c.begun {
			return fmt.Sprintf("The model %s used up its %d tokens before the first word of its answer: choose one that reasons less.", c.model, c.limit)
		}
		return fmt.Sprintf("The answer reached its limit of %d tokens and is not whole.", c.limit)
	case faultRefused:
		return fmt.Sprintf("The model %s declined to answer.", c.model)
	case faultFiltered:
		return fmt.Sprintf("The content filter of %s stopped the answer.", c.origin)
	case faultTools:
		return fmt.Sprintf("The model %s called a tool instead of answering: choose another provider.model.", c.model)
	case faultEmpty:
		if f.reasoning {
			return fmt.Sprintf("The model %s reasoned and then gave no answer.", c.model)
		}
		return fmt.Sprintf("The answer of the model %s was empty.", c.model)
	default:
		return fmt.Sprintf("The answer of the model %s is of no use.", c.model)
	}
}

// sayRefusal is about what the server itself said, most telling sign first.
func (c call) sayRefusal(f *fault) string {
	switch {
	case f.isQuota():
		return fmt.Sprintf("The account at %s is out of credit or at its spending limit%s: see its billing page; waiting does not help.", c.origin, inBrackets(f.status))
	case f.isTooLong():
		return fmt.Sprintf("The request is too long for the model %s or for the account's limit.", c.model)
	case f.isFiltered():
		return fmt.Sprintf("The content filter of %s refused this piece of code.", c.origin)
	case f.isUnknownModel():
		return fmt.Sprintf("%s does not know the model %s%s: set provider.model to one that it lists.", c.origin, c.model, inBrackets(f.status))
	case f.names("http request to an https server", "plain http request was sent to https port"):
		return fmt.Sprintf("What answers at %s speaks HTTPS: begin provider.baseUrl with https://.", c.origin)
	}
	return c.sayStatus(f)
}

func (c call) sayStatus(f *fault) string {
	switch f.status {
	case http.StatusUnauthorized:
		if !c.hasKey {
			return fmt.Sprintf("%s wants a key (401) and none is set: set OPENAI_API_KEY.", c.origin)
		}
		return fmt.Sprintf("The key was refused (401). Set OPENAI_API_KEY to one that is valid at %s.", c.origin)
	case http.StatusForbidden:
		return c.because(f, fmt.Sprintf("%s does not allow this (403): check the key's permissions, the region and the network", c.origin))
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return fmt.Sprintf("There is nothing at %s (%d): correct provider.baseUrl, which for most servers ends in /v1.", c.url, f.status)
	case http.StatusProxyAuthRequired:
		return "The proxy wants a user and password (407): put them into HTTPS_PROXY."
	case http.StatusNetworkAuthenticationRequired:
		return "This network wants you to log in first (511)."
	case http.StatusRequestEntityTooLarge:
		return fmt.Sprintf("The request is too long for %s (413).", c.origin)
	case http.StatusTooManyRequests:
		return c.because(f, fmt.Sprintf("%s limits how much may be asked (429)%s", c.origin, waiting(f.wait)))
	case http.StatusServiceUnavailable, statusOverloaded:
		return c.because(f, fmt.Sprintf("%s is overloaded or starting (%d)%s", c.origin, f.status, waiting(f.wait)))
	}
	if f.status >= 500 || f.status > 0 && f.status < 300 {
		return c.because(f, fmt.Sprintf("%s failed (%d)", c.origin, f.status))
	}
	return c.because(f, fmt.Sprintf("%s refused the request%s", c.origin, inBrackets(f.status)))
}

// because adds the server's own words, cleaned.
func (c call) because(f *fault, sentence string) string {
	if msg := strings.TrimRight(scrub(f.problem.message, c.secrets, c.quoted), ". "); msg != "" {
		return sentence + ": " + msg + "."
	}
	return sentence + "."
}

func waiting(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return " and asks to wait " + max(d.Round(time.Second), time.Second).String()
}

func inBrackets(status int) string {
	if status == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d)", status)
}
