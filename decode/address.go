// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// inAddress reports whether a reading stands in a URL or a mail address: other signals are made of these.
func (s *scan) inAddress(start, end int) bool {
	if !s.looked {
		s.looked, s.addresses = true, addresses(s.text)
	}
	n, found := slices.BinarySearchFunc(s.addresses, start, func(a Span, at int) int { return a.Start - at })
	return found || n > 0 && start < s.addresses[n-1].End || n < len(s.addresses) && s.addresses[n].Start < end
}

// addresses are the URLs and mail addresses of a text, in order, each once.
func addresses(text string) (all []Span) {
	for at := 0; at < len(text); {
		i := strings.IndexAny(text[at:], "@:/wW")
		if i < 0 {
			break
		}
		i += at
		at = i + 1
		var found Span
		switch text[i] {
		case '@':
			found = mailAt(text, i)
		case ':':
			found = schemeAt(text, i)
		case '/':
			found = pathAt(text, i)
		default:
			found = wwwAt(text, i)
		}
		if found.End > 0 {
			all, at = append(all, found), found.End
		}
	}
	slices.SortFunc(all, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

// addressReach is how far before its @, : or / an address may begin.
const addressReach = 256

// schemeAt is a URL by the colon after its scheme.
func schemeAt(text string, colon int) (none Span) {
	if !strings.HasPrefix(text[colon:], "://") || urlEnd(text, colon) == colon+len("://") {
		return none
	}
	start := begunBy(text, colon, func(c byte) bool { return isWordByte(c) || strings.IndexByte("+.-[]", c) >= 0 })
	return Span{start, urlEnd(text, colon)}
}

func wwwAt(text string, i int) (none Span) {
	if len(text)-i < 5 || !strings.EqualFold(text[i:i+4], "www.") || i > 0 && isWordByte(text[i-1]) {
		return none
	}
	return Span{i, urlEnd(text, i)}
}

// pathAt is a URL without a scheme by the slash behind its host.
func pathAt(text string, slash int) (none Span) {
	start := begunBy(text, slash, isHostByte)
	if !isDomain(text[start:slash]) {
		return none
	}
	return Span{start, urlEnd(text, slash)}
}

func mailAt(text string, at int) (none Span) {
	start := mailboxBefore(text, at)
	end := at + 1
	for end < len(text) && end-at < addressReach && isHostByte(text[end]) {
		end++
	}
	for end > at && (text[end-1] == '.' || text[end-1] == '-') {
		end--
	}
	if start == at || !isDomain(text[at+1:end]) {
		return none
	}
	return Span{start, end}
}

// mailboxBefore is where the part before the @ of a mail address begins. It may be of any script (RFC 6531), but of one
// that sets words apart: where none does, what stands before may be a sentence.
func mailboxBefore(text string, at int) int {
	start := at
	for start > 0 && at-start < addressReach {
		r, size := utf8.DecodeLastRuneInString(text[:start])
		letter := unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
		if !letter && !strings.ContainsRune("._%+-", r) ||
			unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
			break
		}
		start -= size
	}
	return start
}

// begunBy is where characters of a kind begin that end at a place.
func begunBy(text string, end int, is func(byte) bool) int {
	start := end
	for start > 0 && end-start < addressReach && is(text[start-1]) {
		start--
	}
	return start
}

// urlEnd is where a URL ends: at white space, or what is never part of one.
func urlEnd(text string, from int) int {
	end := strings.IndexFunc(text[from:], func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("<>\"`", r) || r >= utf8.RuneSelf && unicode.IsPunct(r)
	})
	if end < 0 {
		return len(text)
	}
	return from + end
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isHostByte(c byte) bool { return isWordByte(c) || c == '.' || c == '-' }

// isDomain reports whether a text is a host name of two labels or more that ends in letters.
func isDomain(text string) bool {
	dot := strings.LastIndexByte(text, '.')
	if dot < 1 || len(text)-dot < 3 {
		return false
	}
	for i, c := range []byte(text) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i > dot || c != '.' && c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return !strings.Contains(text, "..")
}
