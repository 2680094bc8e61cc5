// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkText bounds a text field in characters, and refuses what no storage engine or reader handles
// alike: invalid UTF-8, NUL and other control characters save tab and line ends.
func checkText(field, s string, least, most int) error {
	if !utf8.ValidString(s) {
		return Invalid(ReasonNotText, field, "This must be valid UTF-8 text.")
	}
	if strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	}) {
		return Invalid(ReasonNotText, field, "This must not contain control characters.")
	}
	switch n := utf8.RuneCountInString(strings.TrimSpace(s)); {
	case n < least && n == 0:
		return Invalid(ReasonMissing, field, "This is required.")
	case n < least:
		return Invalid(ReasonMissing, field, "This needs at least %d characters.", least)
	}
	if utf8.RuneCountInString(s) > most {
		return Invalid(ReasonTooLong, field, "This takes at most %d characters.", most)
	}
	return nil
}
