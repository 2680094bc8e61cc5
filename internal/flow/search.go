// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"regexp"
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

// searched are what somebody needs for one of the records that a search finds.
var searched = []Action{ActionOrderRead, ActionCopyRead, ActionItemRead, ActionCaseRead, ActionDecisionRead,
	ActionComplaintRead, ActionChallengeRead, ActionNoticeRead}

// MaySearch refuses whoever may read nothing of what a search finds.
func (f *Flow) MaySearch(actor Actor) (err error) {
	for _, action := range searched {
		if err = f.Policy.Decide(actor, action, nil); err == nil {
			return nil
		}
	}
	return err
}

// Search finds orders, copies, items and cases, and what belongs to them, by reference, file number or address, each as
// far as the actor may read it; never by person.
func (f *Flow) Search(ctx context.Context, actor Actor, text string, limit int) ([]Found, error) {
	terms := words(text)
	if len(terms) == 0 {
		return nil, tocsin.Invalid(tocsin.ReasonMissing, "q",
			"Type a reference, a file number or a part of an address.")
	}
	var found []Found
	err := f.view(ctx, func(u *unit) error {
		s := &finding{u: u, actor: actor, seen: map[tocsin.RecordID]bool{}, most: limit}
		if err := s.named(text); err != nil {
			return err
		}
		ids, err := u.tx.Search(terms, limit)
		if err != nil {
			return err
		}
		err = s.records(ids)
		found = s.found
		return err
	})
	return found, err
}

// nameForm is how the id of a record and the token of a page look, wherever they stand in an address.
var nameForm = regexp.MustCompile(`[a-z]{3}_[a-z2-7]{26}`)

// mostNamed bounds the ids in what somebody typed.
const mostNamed = 5

// named finds what is named whole: by its id, by the address of its page, or by the address that a notifier or a content
// provider was given.
func (s *finding) named(text string) error {
	for _, name := range nameForm.FindAllString(strings.ToLower(text), mostNamed) {
		id, err := s.u.opened(name)
		if tocsin.CodeOf(err) == tocsin.CodeNotFound {
			id, err = tocsin.RecordID(name), nil
		}
		if err != nil {
			return err
		}
		if err := s.record(id); err != nil && tocsin.CodeOf(err) != tocsin.CodeNotFound {
			return err
		}
	}
	return nil
}
