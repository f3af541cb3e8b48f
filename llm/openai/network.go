package openai

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
)

// networkFault is a request that got no response. Of the error the URL is
// dropped, and what broke on an open connection is marked, so that it can be
// sent again at once.
func networkFault(err error) *fault {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if isLost(err) {
		err = fmt.Errorf("%w: %w", llm.ErrConnectionLost, err)
	}
	return &fault{kind: faultNetwork, err: err}
}

// isLost reports whether an established connection broke. net/http has a text
// and no value for a kept connection that the server had closed.
func isLost(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return false
	}
	for _, lost := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, net.ErrClosed} {
		if errors.Is(err, lost) {
			return true
		}
	}
	text := err.Error()
	for _, lost := range []string{"server closed idle connection", "connection reset", "broken pipe", "http2: client connection lost", "GOAWAY"} {
		if strings.Contains(text, lost) {
			return true
		}
	}
	return false
}

// networkClass tells what passes from what needs a person.
func networkClass(err error) llm.Class {
	switch {
	case isCertificate(err), isNoTLS(err), isNoHTTP(err), isProxyLogin(err), isProxyForbidden(err), isBadHeader(err):
		return llm.ClassFatal
	}
	if _, alert := errors.AsType[tls.AlertError](err); alert {
		return llm.ClassFatal
	}
	return llm.ClassRetry
}

// networkSay puts a failed connection into words.
func networkSay(origin string, err error, now time.Time) string {
	if isCertificate(err) {
		return certificateSay(origin, err, now)
	}
	dns, isDNS := errors.AsType[*net.DNSError](err)
	_, isAlert := errors.AsType[tls.AlertError](err)
	switch {
	case isNoTLS(err):
		return fmt.Sprintf("What answers at %s speaks plain HTTP, not HTTPS: correct the scheme or the port of provider.baseUrl.", origin)
	case isNoHTTP(err):
		return fmt.Sprintf("What answers at %s does not speak HTTP: correct the scheme or the port of provider.baseUrl.", origin)
	case isProxyLogin(err):
		return "The proxy wants a user and password (407): put them into HTTPS_PROXY."
	case isProxyForbidden(err):
		return fmt.Sprintf("The proxy does not let requests through to %s (403): ask for it to be allowed, or list the host in NO_PROXY.", origin)
	case isBadHeader(err):
		return "The key or a header of provider.headers holds a character that HTTP does not allow, such as a line break."
	case isAlert:
		return fmt.Sprintf("%s ended the TLS handshake: it wants another TLS version or a client certificate.", origin)
	case isDNS && dns.IsNotFound:
		return fmt.Sprintf("The host of %s is not known: this machine is offline, or provider.baseUrl is misspelt.", origin)
	case isDNS:
		return fmt.Sprintf("The name service did not answer for %s: this machine seems to be offline.", origin)
	case isProxyDial(err):
		return fmt.Sprintf("The proxy on the way to %s cannot be reached: correct HTTPS_PROXY, or list the host in NO_PROXY.", origin)
	case isRefusedDial(err):
		return fmt.Sprintf("Nothing answers at %s: start the server there, or correct provider.baseUrl.", origin)
	case isTimeout(err):
		return fmt.Sprintf("%s did not accept a connection within %s: it is down, or a firewall is in between.", origin, dialLimit)
	case errors.Is(err, llm.ErrConnectionLost):
		return fmt.Sprintf("%s dropped the connection before it answered.", origin)
	}
	return fmt.Sprintf("%s could not be reached.", origin)
}

func isRefusedDial(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial" && !op.Timeout()
}

func isProxyDial(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "proxyconnect"
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

// isNoTLS reports whether something other than TLS answered at an https
// address: [http.ErrSchemeMismatch] is made of this above the transport.
func isNoTLS(err error) bool {
	_, ok := errors.AsType[tls.RecordHeaderError](err)
	return ok
}

// isNoHTTP matches what net/http only says in words, with the bytes it got.
func isNoHTTP(err error) bool {
	return strings.Contains(err.Error(), "malformed HTTP")
}

// isProxyLogin and isProxyForbidden match the status line of a refused
// CONNECT, which net/http gives as its text.
func isProxyLogin(err error) bool {
	return strings.Contains(err.Error(), "Proxy Authentication Required")
}

func isProxyForbidden(err error) bool {
	return err.Error() == "Forbidden"
}

func isBadHeader(err error) bool {
	return strings.Contains(err.Error(), "invalid header field")
}

func isCertificate(err error) bool {
	_, verify := errors.AsType[*tls.CertificateVerificationError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	return verify || unknown || name || invalid
}

// certificateSay names the one who signed, since that tells a company's
// inspecting proxy from an attack.
func certificateSay(origin string, err error, now time.Time) string {
	issuer := "an unknown authority"
	if v, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(v.UnverifiedCertificates) > 0 {
		issuer = issuerOf(v.UnverifiedCertificates[len(v.UnverifiedCertificates)-1])
	}
	if bad, ok := errors.AsType[x509.CertificateInvalidError](err); ok && bad.Reason == x509.Expired {
		return fmt.Sprintf("The certificate of %s is valid from %s to %s, and this machine's clock says %s: correct the clock, or have the certificate renewed.",
			origin, bad.Cert.NotBefore.Format(time.DateOnly), bad.Cert.NotAfter.Format(time.DateOnly), now.Format(time.DateOnly))
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("The certificate that answers at %s, signed by %s, is for another host: correct provider.baseUrl.", origin, issuer)
	}
	return fmt.Sprintf("The certificate of %s is signed by %s, which this machine does not trust: if that is your company's proxy, add its certificate to the system or name its file in SSL_CERT_FILE.", origin, issuer)
}

func issuerOf(cert *x509.Certificate) string {
	for _, name := range append([]string{cert.Issuer.CommonName}, cert.Issuer.Organization...) {
		if name = scrub(name, nil, nil); name != "" {
			return `"` + strings.ReplaceAll(name, `"`, "'") + `"`
		}
	}
	return "an authority without a name"
}
