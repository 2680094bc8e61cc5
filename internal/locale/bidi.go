// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package locale

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// The isolates of Unicode's bidirectional algorithm (UAX #9): what stands between them is ordered by itself.
const (
	firstStrongIsolate = '\u2068'
	popIsolate         = '\u2069'
)

// isolated makes a value safe to stand in a sentence of a direction: a value with letters of the other
// direction is put between isolates, so that it does not turn the words around it. A name in Arabic in an
// English sentence needs that as much as the reverse.
func isolated(value, dir string) string {
	if !balanced(value) {
		value = strings.Map(withoutControls, value)
	}
	for _, r := range value {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.L:
			if dir == "rtl" {
				return string(firstStrongIsolate) + value + string(popIsolate)
			}
		case bidi.R, bidi.AL:
			if dir == "ltr" {
				return string(firstStrongIsolate) + value + string(popIsolate)
			}
		}
	}
	return value
}

// balanced reports whether what a value opens it also closes, and nothing else: then it cannot reach out.
func balanced(value string) bool {
	var open []rune
	for _, r := range value {
		switch r {
		case '\u2066', '\u2067', firstStrongIsolate:
			open = append(open, popIsolate)
		case '\u202a', '\u202b', '\u202d', '\u202e':
			open = append(open, '\u202c')
		case '\u202c', popIsolate:
			if len(open) == 0 || open[len(open)-1] != r {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

func withoutControls(r rune) rune {
	if (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069') {
		return -1
	}
	return r
}
