// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package href reads an address as a browser does: the WHATWG URL Standard, parsed and serialised. Most
// addresses are plain ASCII and take a short way of our own; all others take the library's way, and the two
// never differ where both apply. It never follows a base address, never opens anything, and never changes
// more than the standard does. Start reading at Parse.
package href

import (
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"

	"tocsin/match/syntax"
)

// MaxLength is the longest address that is read, in bytes.
const MaxLength = 8 << 10

// URL is an address in its parts, each as the standard serialises it. Parts share memory with the text.
type URL struct {
	Scheme       string // without the colon, lower case
	HasAuthority bool   // "//" follows the scheme
	User         string // user name and password as written, without the "@"
	Host         string // ASCII, lower case for web schemes; IPv6 in brackets
	Port         string // empty when it is the scheme's default
	Path         string
	HasQuery     bool // a "?" is there, perhaps with nothing behind it
	Query        string
	HasFragment  bool
	Fragment     string
}

var parser = whatwg.NewParser()

// Parse reads an absolute address and returns its parts. The error is a *syntax.Error.
func Parse(text string) (URL, error) {
	serialised, err := Serialise(text)
	if err != nil {
		return URL{}, err
	}
	return Split(serialised), nil
}

// Serialise reads an absolute address and writes it as the standard does: its href.
func Serialise(text string) (string, error) {
	switch {
	case text == "":
		return "", syntax.Errorf("url", syntax.Empty, "there is no address")
	case len(text) > MaxLength:
		return "", syntax.Errorf("url", syntax.Length, "an address has at most %d bytes, this one %d", MaxLength,
			len(text))
	}
	if plain, ok := fast(text); ok {
		return plain, nil
	}
	return slow(text)
}

// maxAtSigns bounds the "@" before the path. The standard takes any number, all but the last for the user
// name; the library's work grows with their square.
const maxAtSigns = 32

// slow is the whole standard. The library's errors quote the address, so they are not passed on.
func slow(text string) (string, error) {
	if strings.Count(authority(text), "@") > maxAtSigns {
		return "", syntax.Errorf("url", syntax.Range, "an address has at most %d \"@\" before its path", maxAtSigns)
	}
	parsed, err := parser.Parse(text)
	if err != nil {
		return "", syntax.Errorf("url", syntax.Structure, "no browser reads this as an address")
	}
	if signedNumber(text, parsed.Hostname()) {
		return "", syntax.Errorf("url", syntax.Structure, "a number with a sign is no part of a host")
	}
	return parsed.Href(false), nil
}

// signedNumber reports a host that the library took for an IPv4 address although a part of it has a sign: to the
// standard "-7" is a name, to the library it is 255.255.255.249. No such name can be had, so it is refused.
func signedNumber(text, host string) bool {
	if host == "" || strings.Trim(host, "0123456789.") != "" {
		return false
	}
	written := authority(text)
	written = strings.ToLower(written[strings.LastIndexByte(written, '@')+1:])
	return strings.ContainsAny(written, "+-\u2212\uff0b\uff0d\ufe62\ufe63") || strings.Contains(written, "%2b") ||
		strings.Contains(written, "%2d")
}

// authority returns what stands between the scheme and the path, at least.
func authority(text string) string {
	_, rest, _ := strings.Cut(text, ":")
	rest = strings.TrimLeft(rest, "/\\\t\r\n")
	if end := strings.IndexAny(rest, "/\\?#"); end >= 0 {
		return rest[:end]
	}
	return rest
}

// Split cuts a serialised address into its parts. What it is given must be the result of Serialise, or of
// String on parts taken from one.
func Split(serialised string) URL {
	var u URL
	rest := serialised
	u.Scheme, rest, _ = strings.Cut(rest, ":")
	if head, fragment, found := strings.Cut(rest, "#"); found {
		rest, u.Fragment, u.HasFragment = head, fragment, true
	}
	if head, query, found := strings.Cut(rest, "?"); found {
		rest, u.Query, u.HasQuery = head, query, true
	}
	authority, found := strings.CutPrefix(rest, "//")
	if !found {
		u.Path = rest
		return u
	}
	u.HasAuthority = true
	if slash := strings.IndexByte(authority, '/'); slash >= 0 {
		authority, u.Path = authority[:slash], authority[slash:]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		u.User, authority = authority[:at], authority[at+1:]
	}
	u.Host = authority
	if colon := strings.LastIndexByte(authority, ':'); colon > strings.LastIndexByte(authority, ']') {
		u.Host, u.Port = authority[:colon], authority[colon+1:]
	}
	return u
}

// String puts the parts together again.
func (u URL) String() string {
	var b strings.Builder
	b.Grow(len(u.Scheme) + len(u.User) + len(u.Host) + len(u.Port) + len(u.Path) + len(u.Query) +
		len(u.Fragment) + 8)
	b.WriteString(u.Scheme)
	b.WriteByte(':')
	if u.HasAuthority {
		b.WriteString("//")
		if u.User != "" {
			b.WriteString(u.User)
			b.WriteByte('@')
		}
		b.WriteString(u.Host)
		if u.Port != "" {
			b.WriteByte(':')
			b.WriteString(u.Port)
		}
	}
	b.WriteString(u.Path)
	if u.HasQuery {
		b.WriteByte('?')
		b.WriteString(u.Query)
	}
	if u.HasFragment {
		b.WriteByte('#')
		b.WriteString(u.Fragment)
	}
	return b.String()
}
