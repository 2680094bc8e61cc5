// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package browsing makes the expressions of an address that Safe Browsing lists hold: at most five hosts
// times six paths, and their SHA-256. The form is for exchange with such lists; it is lossy by design (it
// unescapes and drops ports), so it must never serve as an identity of our own. Rules: "URLs and Hashing" of
// the Safe Browsing API, version 5, which forms hosts from the registrable domain up. Start reading at
// Expressions.
package browsing

import (
	"crypto/sha256"
	"net/netip"
	"strings"

	"tocsin/match/canon/href"
	"tocsin/match/canon/suffix"
	"tocsin/match/syntax"
)

// Bounds of the profile.
const (
	MaxHosts = 5
	MaxPaths = 6
)

// Canonical is an address in the profile's canonical form. It has no port, user name or fragment.
type Canonical struct {
	Scheme   string
	Host     string
	Path     string
	HasQuery bool
	Query    string
}

func (c Canonical) String() string {
	if c.HasQuery {
		return c.Scheme + "://" + c.Host + c.Path + "?" + c.Query
	}
	return c.Scheme + "://" + c.Host + c.Path
}

// Canonicalise applies the profile to an address as received. The error is a *syntax.Error.
func Canonicalise(text string) (Canonical, error) {
	switch {
	case text == "":
		return Canonical{}, syntax.Errorf("url", syntax.Empty, "there is no address")
	case len(text) > href.MaxLength:
		return Canonical{}, syntax.Errorf("url", syntax.Length, "an address has at most %d bytes", href.MaxLength)
	}
	text = strings.Trim(text, " ")
	text = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(text)
	text, _, _ = strings.Cut(text, "#")
	scheme, rest, found := strings.Cut(text, "://")
	if !found || strings.ContainsAny(scheme, "/?.:") {
		scheme, rest = "http", text
	}
	end := strings.IndexAny(rest, "/?\\")
	if end < 0 {
		end = len(rest)
	}
	authority, rest := rest[:end], rest[end:]
	if !found && strings.Contains(authority, "@") { // "mailto:"
		return Canonical{}, syntax.Errorf("url", syntax.Structure, "the address has no scheme, and no host alone")
	}
	path, query, hasQuery := strings.Cut(rest, "?")
	c := Canonical{Scheme: strings.ToLower(scheme), HasQuery: hasQuery, Query: escape(unescapeAll(query))}
	var ok bool
	if c.Host, ok = canonicalHost(authority); !ok {
		return Canonical{}, syntax.Errorf("url", syntax.Structure, "the address has no host")
	}
	c.Path = escape(canonicalPath(unescapeAll(path)))
	return c, nil
}

// unescapeAll undoes percent-encoding until nothing is left to undo, in time linear in the text: what one
// undoing leaves behind can only begin another at most two bytes back.
func unescapeAll(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		out = append(out, text[i])
		for n := len(out); n >= 3 && out[n-3] == '%' && isHex(out[n-2]) && isHex(out[n-1]); n = len(out) {
			out = append(out[:n-3], unhex(out[n-2])<<4|unhex(out[n-1]))
		}
	}
	return string(out)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// escape percent-encodes bytes up to the space, from DEL on, "#" and "%".
func escape(text string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7f || c == '#' || c == '%' {
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// canonicalPath resolves "." and "..", and joins runs of slashes.
func canonicalPath(path string) string {
	segments := strings.Split(strings.ReplaceAll(path, "\\", "/"), "/")
	kept := segments[:0]
	for i, segment := range segments {
		last := i == len(segments)-1
		switch {
		case segment == "..":
			if len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
		case segment != "" && segment != ".":
			kept = append(kept, segment)
			if last {
				return "/" + strings.Join(kept, "/")
			}
		}
	}
	if len(kept) == 0 {
		return "/"
	}
	return "/" + strings.Join(kept, "/") + "/"
}

// canonicalHost drops user name and port, tidies dots and writes numbers as an IPv4 address.
func canonicalHost(authority string) (string, bool) {
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	if colon := strings.LastIndexByte(authority, ':'); colon > strings.LastIndexByte(authority, ']') {
		authority = authority[:colon]
	}
	host := lower(unescapeAll(authority))
	if address, ok := bracketed(host); ok {
		return address, true
	}
	labels := strings.FieldsFunc(host, func(r rune) bool { return r == '.' })
	host = strings.Join(labels, ".")
	if host == "" {
		return "", false
	}
	// The standard knows punycode and every way to write an IPv4 address.
	if strings.ContainsAny(host, "/\\?#@:") { // unescaped just now, so not where the host ends
		return escape(host), true
	}
	if browser, err := href.Parse("http://" + host + "/"); err == nil {
		return browser.Host, true
	}
	return escape(host), true
}

// lower folds ASCII letters only: a host need not be text.
func lower(host string) string {
	folded := []byte(host)
	for i, c := range folded {
		if 'A' <= c && c <= 'Z' {
			folded[i] = c + 'a' - 'A'
		}
	}
	return string(folded)
}

// bracketed reads an IPv6 address; one that carries an IPv4 address (mapped or NAT64) is written as that.
func bracketed(host string) (string, bool) {
	if !strings.HasPrefix(host, "[") || !strings.HasSuffix(host, "]") {
		return "", false
	}
	address, err := netip.ParseAddr(host[1 : len(host)-1])
	if err != nil || address.Zone() != "" {
		return "", false
	}
	if nat64 := netip.MustParsePrefix("64:ff9b::/96"); nat64.Contains(address) {
		b := address.As16()
		return netip.AddrFrom4([4]byte(b[12:])).String(), true
	}
	if address.Is4In6() {
		return address.Unmap().String(), true
	}
	return "[" + address.String() + "]", true
}

// Expression is a host and a path, as a list holds it: without scheme.
type Expression string

// Sum is the hash that lists hold.
func (e Expression) Sum() [sha256.Size]byte { return sha256.Sum256([]byte(e)) }

// Expressions returns the expressions of an address, the exact one first. None is at the level of a public
// suffix. The list may be nil for suffix.Builtin.
func Expressions(c Canonical, list *suffix.List) []Expression {
	hosts, paths := Hosts(c.Host, list), Paths(c)
	out := make([]Expression, 0, len(hosts)*len(paths))
	for _, host := range hosts {
		for _, path := range paths {
			out = append(out, Expression(host+path))
		}
	}
	return out
}

// Hosts returns the exact host and up to four more: the registrable domain and that with one label more, and
// so on; shortest last.
func Hosts(host string, list *suffix.List) []string {
	if list == nil {
		list = suffix.Builtin()
	}
	hosts := []string{host}
	domain, ok := list.Registrable(host)
	if !ok || domain == host {
		return hosts
	}
	var shorter []string
	for at := len(host) - len(domain); at > 0 && len(shorter) < MaxHosts-1; {
		shorter = append(shorter, host[at:])
		at = strings.LastIndexByte(host[:at-1], '.') + 1
	}
	for i := len(shorter) - 1; i >= 0; i-- {
		hosts = append(hosts, shorter[i])
	}
	return hosts
}

// Paths returns the exact path with its query, the path without it, and up to four folders from the root
// down.
func Paths(c Canonical) []string {
	var paths []string
	if c.HasQuery {
		paths = append(paths, c.Path+"?"+c.Query)
	}
	paths = append(paths, c.Path)
	folders := 0
	for i := 0; i < len(c.Path) && folders < MaxPaths-2; i++ {
		if c.Path[i] != '/' {
			continue
		}
		folders++
		if folder := c.Path[:i+1]; folder != c.Path {
			paths = append(paths, folder)
		}
	}
	return paths
}
