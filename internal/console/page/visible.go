// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// run is a piece of text, or one character that must be seen for what it is.
type run struct {
	text string
	code string // U+202E, for a character that would not show or would mislead
}

const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

// visible splits prose into what reads as it stands and what would hide: controls, directional overrides,
// invisible characters. Joiners stay as they are, because Persian and Indic scripts are written with them.
func visible(text string) []run {
	return split(text, func(r rune) bool {
		return r != '\n' && r != '\t' && r != nonJoiner && r != joiner && hides(r)
	})
}

// exactly splits an address: every character that is not plain ASCII is marked, since one that looks like
// another names another place.
func exactly(address string) []run {
	return split(address, func(r rune) bool { return r > unicode.MaxASCII || hides(r) })
}

func hides(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) ||
		r == unicode.ReplacementChar ||
		r == '\u115f' || r == '\u1160' || r == '\u3164' ||
		r == '\uffa0' // Hangul fillers show nothing
}

func split(text string, marked func(rune) bool) []run {
	var runs []run
	start := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if i += size; !marked(r) {
			continue
		}
		if before := text[start : i-size]; before != "" {
			runs = append(runs, run{text: before})
		}
		mark := run{code: fmt.Sprintf("U+%04X", r)}
		if !hides(r) {
			mark.text = string(r)
		}
		runs = append(runs, mark)
		start = i
	}
	if start < len(text) {
		runs = append(runs, run{text: text[start:]})
	}
	return runs
}

// defanged writes an address so that no program takes it for a link and nobody follows it by accident.
func defanged(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		return strings.ReplaceAll(address, ".", "[.]")
	}
	host, path := rest, ""
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host, path = rest[:end], rest[end:]
	}
	scheme = strings.Replace(scheme, "http", "hxxp", 1)
	return scheme + "://" + strings.ReplaceAll(host, ".", "[.]") + path
}

// groups cuts a digest into pieces of eight characters.
func groups(digest string) []string {
	var out []string
	for len(digest) > 8 {
		out, digest = append(out, digest[:8]), digest[8:]
	}
	return append(out, digest)
}
