// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"code.dny.dev/ssrf"
)

// foreignRule is what a foreign address must look like before any name is looked up. The dialer's
// guard decides again on the address really dialled; this one only refuses spellings early.
type foreignRule struct {
	plain bool // http allowed besides https
	ports []uint16
}

// followForeign sends the request and follows at most MaxRedirects redirects, each checked like the
// first address. Only GET and HEAD are followed: another method would be repeated somewhere else.
func (x *exchange) followForeign(req *http.Request) (*http.Response, error) {
	for hops := 0; ; hops++ {
		if !x.client.foreign.allows(req) {
			return nil, x.fail(KindInvalid, nil)
		}
		resp, err := x.roundTrip(x.client.far, req)
		if err != nil {
			return nil, err
		}
		if !isRedirect(resp.StatusCode) {
			return resp, nil
		}
		if hops == MaxRedirects {
			return nil, x.fail(KindRedirect, errTooMany)
		}
		if req, err = nextRequest(req, resp); err != nil {
			return nil, x.fail(KindRedirect, err)
		}
	}
}

var (
	errNotRepeatable = errors.New("method is not repeatable")
	errNoLocation    = errors.New("no usable location")
	errTooMany       = errors.New("too many redirects")
)

// nextRequest builds the request a redirect asks for. Of the headers only those that say what we
// accept travel on: a signature or a token was meant for the first address alone.
func nextRequest(req *http.Request, resp *http.Response) (*http.Request, error) {
	if req.Method != http.MethodGet && req.Method != http.MethodHead && req.Method != "" {
		return nil, errNotRepeatable
	}
	target, err := resp.Location()
	if err != nil {
		return nil, errNoLocation
	}
	next, err := http.NewRequestWithContext(req.Context(), req.Method, target.String(), nil)
	if err != nil {
		return nil, errNoLocation
	}
	for _, name := range []string{"Accept", "Accept-Encoding", "Accept-Language", "User-Agent"} {
		if values := req.Header.Values(name); len(values) > 0 {
			next.Header[name] = slices.Clone(values)
		}
	}
	return next, nil
}

func (r foreignRule) allows(req *http.Request) bool {
	o, ok := OriginOf(req.URL)
	if !ok || !hostMatches(req) || !slices.Contains(r.ports, o.Port) {
		return false
	}
	if o.Scheme != "https" && !(r.plain && o.Scheme == "http") {
		return false
	}
	return isPublicHost(o.Host)
}

// isPublicHost accepts a global unicast address literal or a dotted ASCII name. Names that a resolver
// or another URL parser might read as a number (0x7f000001, 127.1, 2130706433) and names in other
// scripts, which libraries map to ASCII digits, are refused; callers canonicalise to xn-- first.
func isPublicHost(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Zone() == "" && ssrf.New().SafeAddr(addr.Unmap()) == nil
	}
	host = strings.TrimSuffix(host, ".")
	labels := strings.Split(host, ".")
	if len(host) > 253 || len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if !isLabel(label) {
			return false
		}
	}
	return !isNumeric(labels[len(labels)-1])
}

func isLabel(s string) bool {
	if s == "" || len(s) > 63 {
		return false
	}
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// isNumeric follows the WHATWG "ends in a number" rule: decimal digits, or 0x and hex digits.
func isNumeric(label string) bool {
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}
