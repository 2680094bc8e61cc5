// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin/decode/fold"
)

// Visible writes a text so that nothing in it hides or turns what stands beside it: characters that show nothing, controls,
// direction marks and bytes that are no UTF-8 become ⟨U+200B⟩ and the like, and a mark with no letter to stand on does, too.
// Line ends stay.
func Visible(text string) string {
	var b strings.Builder
	on := false // a letter, for a mark to stand on
	marks := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		mark := unicode.In(r, unicode.Mn, unicode.Me)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "⟨%02X⟩", text[i])
		case r == '\n':
			b.WriteRune(r)
		case fold.Invisible(r), unicode.IsControl(r), unicode.In(r, unicode.Bidi_Control, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp), mark && !on,
			mark && marks >= mostMarks:
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteString(text[i : i+size])
		}
		if mark {
			marks++
		} else {
			on, marks = unicode.IsLetter(r), 0
		}
		i += size
	}
	return b.String()
}

// VisibleLine is [Visible] for a text that is shown on one line.
func VisibleLine(text string) string { return strings.ReplaceAll(Visible(text), "\n", "⟨U+000A⟩") }

// mostMarks is how many marks a letter is shown with.
const mostMarks = 3
