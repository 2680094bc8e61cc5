// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

var errTarget = errors.New("hopsig: not an absolute http or https address without user or fragment")

// targetOf is the target URI of a request about to be sent: the bytes that will be on the wire, with
// the scheme and host in normal form (RFC 9421 §2.2.2, RFC 9110 §4.2.3).
func targetOf(r *http.Request) (string, error) {
	u := r.URL
	if u == nil || u.Opaque != "" || u.User != nil || (r.Host != "" && r.Host != u.Host) {
		return "", errTarget
	}
	base, err := originOf(u)
	if err != nil {
		return "", err
	}
	target := base + pathOf(u.EscapedPath())
	if u.RawQuery != "" || u.ForceQuery {
		target += "?" + u.RawQuery
	}
	return target, nil
}

// External is the address under which others reach this node, whatever stands in between.
type External struct {
	base string // scheme, authority and a path without its last slash
}

// NewExternal reads a base address such as "https://node.example" or "https://example.org/tocsin". A
// proxy in front of a base with a path must strip that path.
func NewExternal(base string) (External, error) {
	u, err := url.Parse(base)
	if err != nil || u.User != nil || u.Opaque != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return External{}, errTarget
	}
	origin, err := originOf(u)
	if err != nil {
		return External{}, err
	}
	return External{base: origin + strings.TrimSuffix(u.EscapedPath(), "/")}, nil
}

// Target is the target URI of a request received, from the bytes of its request line: r.URL may have
// been changed by a mux, and its scheme and host say nothing about what the sender wrote.
func (e External) Target(r *http.Request) (string, error) {
	target := r.RequestURI
	if _, rest, absolute := strings.Cut(target, "://"); absolute && !strings.HasPrefix(target, "/") {
		target = "/"
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			target = pathOf(rest[i:])
		}
	}
	if e.base == "" || !strings.HasPrefix(target, "/") {
		return "", errTarget
	}
	return e.base + target, nil
}

func originOf(u *url.URL) (string, error) {
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	default:
		return "", errTarget
	}
	if host = strings.TrimSuffix(host, ":"); host == "" {
		return "", errTarget
	}
	return scheme + "://" + host, nil
}

// pathOf gives an empty path, alone or before a query, its slash.
func pathOf(path string) string {
	if !strings.HasPrefix(path, "/") {
		return "/" + path
	}
	return path
}
