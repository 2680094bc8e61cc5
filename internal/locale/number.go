// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package locale

import (
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Number writes a count with the separators of the language. Digits are those of references, addresses and
// articles of law in every language, so that no page has two kinds of them: Arabic is written with them too, as
// in the Maghreb.
func (l *Localizer) Number(n int64) string {
	return message.NewPrinter(latinDigits(l.tag)).Sprint(number.Decimal(n))
}

// latinDigits asks for the digits 0 to 9.
func latinDigits(tag language.Tag) language.Tag {
	if with, err := tag.SetTypeForKey("nu", "latn"); err == nil {
		return with
	}
	return tag
}

// List joins what stands side by side as the language does.
func (l *Localizer) List(parts []string) string {
	joined := ""
	for i, part := range parts {
		if i == 0 {
			joined = part
			continue
		}
		joined = l.T("list.pair", "Before", joined, "Next", part)
	}
	return joined
}
