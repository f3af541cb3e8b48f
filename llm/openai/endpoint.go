package openai

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm"
)

const (
	openAIBase = "https://api.openai.com/v1"
	// azureVersion is the newest stable data-plane version; a base URL may
	// name another with ?api-version=.
	azureVersion = "2024-10-21"
)

// endpoint is a base URL after it was checked.
type endpoint struct {
	base        string // without a slash at its end
	origin      string // scheme and host, for sentences
	local       bool   // on this machine
	azure       bool   // the key goes into api-key
	deployments bool   // Azure's old routes: the model stands in the path
	version     string // api-version; only with deployments
	completion  bool   // max_completion_tokens is the better first guess
}

// parseEndpoint normalises a base URL. Its errors are sentences for the user
// and never hold more of the URL than scheme and host.
func parseEndpoint(raw, kind string) (endpoint, error) {
	switch {
	case kind != KindOpenAI && kind != KindAzure:
		return endpoint{}, misconfigured("provider.kind is neither openai nor azure.")
	case raw == "" && kind == KindAzure:
		return endpoint{}, misconfigured("provider.kind azure needs provider.baseUrl, such as https://NAME.openai.azure.com.")
	case raw == "":
		raw = openAIBase
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return endpoint{}, misconfigured("provider.baseUrl is no address: it must look like https://host/v1.")
	}
	origin, local := u.Scheme+"://"+u.Host, isLoopback(u.Hostname())
	switch {
	case u.User != nil:
		return endpoint{}, misconfigured("provider.baseUrl must not hold a user or password: put the key into OPENAI_API_KEY.")
	case u.Scheme == "http" && !local:
		return endpoint{}, misconfigured(fmt.Sprintf("Source code is not sent unencrypted: %s is not on this machine, so provider.baseUrl must begin with https://.", origin))
	case u.Fragment != "" || u.RawQuery != "" && kind != KindAzure:
		return endpoint{}, misconfigured("provider.baseUrl must end with its path: leave out what follows ? or #.")
	}
	e := endpoint{origin: origin, local: local, azure: kind == KindAzure}
	path := strings.TrimRight(u.EscapedPath(), "/")
	path = strings.TrimRight(strings.TrimSuffix(path, "/chat/completions"), "/")
	if e.azure {
		return e.azurePath(path, u.Query().Get("api-version")), nil
	}
	if path == "" {
		path = "/v1"
	}
	e.base = origin + path
	e.completion = u.Hostname() == "api.openai.com"
	return e, nil
}

// azurePath tells Azure's two kinds of routes apart: /openai/v1 is like
// OpenAI's own, anything else has the deployment in the path and a version.
func (e endpoint) azurePath(path, version string) endpoint {
	e.completion = true
	if strings.HasSuffix(path, "/v1") {
		e.base = e.origin + path
		return e
	}
	e.deployments = true
	e.base = e.origin + strings.TrimSuffix(path, "/openai")
	e.version = version
	if version == "" {
		e.version = azureVersion
	}
	return e
}

// modelsURL is where the list of models stands.
func (e endpoint) modelsURL() string {
	if e.deployments {
		return e.base + "/openai/models?api-version=" + url.QueryEscape(e.version)
	}
	return e.base + "/models"
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// misconfigured is a fault that no attempt can mend.
func misconfigured(say string) *llm.Error {
	return &llm.Error{Class: llm.ClassFatal, Code: "settings", Say: say}
}
