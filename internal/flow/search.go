// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"tocsin"
)

// fold makes words that people take for the same compare as the same on both engines: compatibility
// forms and accents removed, lower case.
func fold(text string) string {
	folder := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	folded, _, err := transform.String(folder, text)
	if err != nil {
		folded = text
	}
	return strings.ToLower(folded)
}

// words splits what somebody typed into folded words of letters and digits.
func words(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
}

// findable sets the words of a record, once its row is there.
func (u *unit) findable(id tocsin.RecordID, text string) {
	u.before = append(u.before, func() error { return u.tx.SetSearchText(id, fold(text)) })
}

// Found is a record a search came upon.
type Found struct {
	ID   tocsin.RecordID
	Kind tocsin.RecordKind
}

// Search finds orders, copies and items by reference, file number or address; never by person.
func (f *Flow) Search(ctx context.Context, actor Actor, text string, limit int) ([]Found, error) {
	terms := words(text)
	if len(terms) == 0 {
		return nil, tocsin.Invalid(tocsin.ReasonMissing, "q",
			"Type a reference, a file number or a part of an address.")
	}
	var found []Found
	err := f.view(ctx, func(u *unit) error {
		ids, err := u.tx.Search(terms, limit)
		if err != nil {
			return err
		}
		for _, id := range ids {
			rec, err := u.record(id)
			if err != nil {
				return err
			}
			if f.Policy.Decide(actor, readAction(rec.agg), rec.agg) == nil {
				found = append(found, Found{id, rec.row.Kind})
			}
		}
		return nil
	})
	return found, err
}
