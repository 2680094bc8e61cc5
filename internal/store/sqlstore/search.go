// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"database/sql"
	"fmt"
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

// Search gives the records that hold all words, the latest update first.
func (t *tx) Search(asked []string, limit int) ([]tocsin.RecordID, error) {
	text := strings.Join(asked, " ")
	if err := t.ready([]any{text}); err != nil {
		return nil, err
	}
	all := words(text)
	if len(all) == 0 {
		return nil, nil
	}
	if len(all) > maxRows {
		return nil, t.fail(tocsin.Invalid(tocsin.ReasonTooMany, "words", "Ask for fewer words."))
	}
	args, in := list(nil, all)
	args = append(args, len(all), limit)
	var ids []tocsin.RecordID
	err := t.query(func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, tocsin.RecordID(id))
		return err
	}, fmt.Sprintf(`SELECT s.record FROM search s JOIN record r ON r.id = s.record WHERE s.word IN (%s)
		GROUP BY s.record, r.updated_at HAVING count(*) = $%d
		ORDER BY r.updated_at DESC, s.record DESC LIMIT $%d`, in, len(args)-1, len(args)), args...)
	return ids, err
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
