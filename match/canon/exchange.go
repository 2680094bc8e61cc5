// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"crypto/md5" // the form that peers exchange; nothing rests on its strength
	"encoding/hex"
	"strings"

	"tocsin/match/syntax"
)

// Exchanged are the two forms in which other systems pass addresses on. They are made from the raw text,
// never from a derived key, because the other side derives nothing.
type Exchanged struct {
	URL string // type "url": the exact text
	MD5 string // type "url_md5"
}

// CaveatFoldedCase is the code that goes with every match on "url_md5".
const CaveatFoldedCase = "folded_case"

// FoldedCase says what the caveat means.
const FoldedCase = "The hash was made from the whole address in lower case. Services whose numbers differ " +
	"in case only share hashes: compare the addresses before deciding."

// Exchange returns the forms for other systems.
func (u URL) Exchange() Exchanged { return Exchanged{URL: u.raw, MD5: MD5(u.raw)} }

// MD5 returns the hash of an address as the ThreatExchange library makes it: the whole text in lower case,
// its scheme cut off, nothing else changed but what Python's urlparse does on the way: tabs and line ends
// dropped, and the marks of an empty query, fragment or last parameter. It gives two addresses that differ in
// case the same hash.
func MD5(raw string) string {
	text := strings.TrimLeftFunc(strings.ToLower(raw), func(r rune) bool { return r <= ' ' })
	text = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(text)
	if scheme, rest, found := strings.Cut(text, "://"); found && schemeName(scheme) {
		text = rest
	}
	head, fragment, _ := strings.Cut(text, "#")
	path, query, _ := strings.Cut(head, "?")
	if last := path[strings.LastIndexByte(path, '/')+1:]; len(last) < len(path) {
		if at := strings.IndexByte(last, ';'); at >= 0 && at == len(last)-1 {
			path = path[:len(path)-1]
		}
	}
	text = path
	if query != "" {
		text += "?" + query
	}
	if fragment != "" {
		text += "#" + fragment
	}
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// schemeName says whether a folded text is the name of a scheme: RFC 3986 section 3.1.
func schemeName(text string) bool {
	return text != "" && 'a' <= text[0] && text[0] <= 'z' &&
		strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// ParseMD5 reads a signal of the type "url_md5". The error is a *syntax.Error.
func ParseMD5(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	switch {
	case text == "":
		return "", syntax.Errorf("url_md5", syntax.Empty, "there is no hash")
	case len(text) != 2*md5.Size:
		return "", syntax.Errorf("url_md5", syntax.Length, "a hash has %d digits", 2*md5.Size)
	case strings.Trim(text, "0123456789abcdef") != "":
		return "", syntax.Errorf("url_md5", syntax.Alphabet, "a hash is written in hexadecimal digits")
	}
	return text, nil
}
