// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package href

import "strings"

// Sets of bytes that the standard writes as they are, and that need no thought.
const (
	inHost = 1 << iota
	inPath
	inQuery
	inFragment
)

var class = func() (table [256]byte) {
	mark := func(bytes string, sets byte) {
		for i := range len(bytes) {
			table[bytes[i]] |= sets
		}
	}
	letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	mark(letters+"-._", inHost|inPath|inQuery|inFragment)
	mark("~!$&()*+,;=:@%/", inPath|inQuery|inFragment)
	mark("'", inPath|inFragment) // a query has it percent-encoded
	mark("?", inQuery|inFragment)
	return table
}()

// fast serialises an http or https address whose bytes nearly all stand for themselves. It answers false
// where the standard has more to say: it must never answer true with another result than the standard's.
func fast(text string) (string, bool) {
	hostAt, defaultPort := webScheme(text)
	if hostAt == 0 {
		return "", false
	}
	hostEnd, upper := hostAt, false
	for hostEnd < len(text) && class[text[hostEnd]]&inHost != 0 {
		upper = upper || 'A' <= text[hostEnd] && text[hostEnd] <= 'Z'
		hostEnd++
	}
	host := text[hostAt:hostEnd]
	if !plainHost(host) {
		return "", false
	}
	portEnd, ok := plainPort(text, hostEnd)
	if !ok || !plainRest(text[portEnd:]) {
		return "", false
	}
	port := text[hostEnd:portEnd]
	if !upper && port != defaultPort && portEnd < len(text) && text[portEnd] == '/' {
		return text, true
	}
	if port == defaultPort {
		port = ""
	}
	slash := "/"
	if portEnd < len(text) && text[portEnd] == '/' {
		slash = ""
	}
	return text[:hostAt] + strings.ToLower(host) + port + slash + text[portEnd:], true
}

// webScheme returns where the host begins and the port that is left out, or 0.
func webScheme(text string) (hostAt int, defaultPort string) {
	switch {
	case strings.HasPrefix(text, "https://"):
		return len("https://"), ":443"
	case strings.HasPrefix(text, "http://"):
		return len("http://"), ":80"
	}
	return 0, ""
}

// plainHost says whether a name of letters, digits, "-", "_" and "." maps to itself but for case. Punycode
// must be checked, empty labels are odd, and a name that ends in a number is an IPv4 address; one that ends in a
// number with a sign goes the whole way, to be refused.
func plainHost(host string) bool {
	label := 0
	for i := 0; i <= len(host); i++ {
		if i < len(host) && host[i] != '.' {
			continue
		}
		if i == label || i-label >= 4 && strings.EqualFold(host[label:label+4], "xn--") {
			return false
		}
		if i == len(host) && ('0' <= host[label] && host[label] <= '9' || host[label] == '-') {
			return false
		}
		label = i + 1
	}
	return true
}

// plainPort returns the end of ":port" at the given place, which may be missing.
func plainPort(text string, at int) (end int, ok bool) {
	if at == len(text) || text[at] != ':' {
		return at, true
	}
	number := 0
	for end = at + 1; end < len(text) && '0' <= text[end] && text[end] <= '9'; end++ {
		number = number*10 + int(text[end]-'0')
		if number > 65535 {
			return 0, false
		}
	}
	return end, end > at+1 && text[at+1] != '0'
}

// plainRest says whether path, query and fragment stand for themselves. The path may be missing.
func plainRest(rest string) bool {
	if rest != "" && rest[0] != '/' && rest[0] != '?' && rest[0] != '#' {
		return false
	}
	in := byte(inPath)
	for i := 0; i < len(rest); i++ {
		c := rest[i]
		switch {
		case c == '?' && in == inPath:
			in = inQuery
		case c == '#' && in != inFragment:
			in = inFragment
		case class[c]&in == 0:
			return false
		case c == '/' && in == inPath && dotSegment(rest[i+1:]):
			return false
		}
	}
	return true
}

// dotSegment says whether a path's segment may be "." or "..", written in any way: it begins with a dot or
// with "%2e" and is short.
func dotSegment(segment string) bool {
	if segment == "" || segment[0] != '.' && segment[0] != '%' {
		return false
	}
	end := strings.IndexAny(segment, "/?#")
	if end < 0 {
		end = len(segment)
	}
	return end <= len("%2e%2e")
}
