// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin"
)

// maxWord bounds a stored word in bytes; what is longer is found by its beginning.
const maxWord = 64

// SetSearchText stores the distinct words of a text. The caller folds case and accents. Writing without
// spaces between words is found only as written.
func (t *tx) SetSearchText(id tocsin.RecordID, text string) error {
	if err := t.ready([]any{text}); err != nil {
		return err
	}
	var gone bool
	// An UPDATE, because it waits for a transaction that is erasing the record.
	found, err := t.returning([]any{&gone}, "UPDATE record SET erased = erased WHERE id = $1 RETURNING erased",
		string(id))
	switch {
	case err != nil:
		return err
	case !found:
		return t.fail(notFound("record"))
	case gone && text != "":
		return t.fail(erased())
	}
	if _, err := t.exec("DELETE FROM search WHERE record = $1", string(id)); err != nil {
		return err
	}
	var rows [][]any
	for _, w := range words(text) {
		rows = append(rows, []any{w, string(id)})
	}
	_, err = t.insert("search", "word, record", "", rows)
	return err
}

// words splits at everything that is no letter, mark or digit, and gives each word once, in order.
func words(text string) []string {
	all := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r)
	})
	for i, w := range all {
		if len(w) > maxWord {
			cut := maxWord
			for !utf8.RuneStart(w[cut]) {
				cut--
			}
			all[i] = w[:cut]
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
