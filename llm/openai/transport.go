package openai

import (
	"net"
	"net/http"
	"time"
)

// dialLimit bounds connecting and the TLS handshake, each on its own. A host
// that takes longer is down, however patient the user is with the model.
const dialLimit = 5 * time.Second

// newTransport is the transport of one [Client]. It has no limit on a whole
// exchange, since a healthy stream may take minutes; the silence of the
// upstream is watched by the exchange.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: dialLimit, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout: dialLimit,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 8,
		// Shorter than the patience of common load balancers, so that we drop
		// a kept connection before they do.
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		// A laptop that slept holds dead HTTP/2 connections: the ping finds
		// them before a request is lost on one.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 5 * time.Second},
	}
}
