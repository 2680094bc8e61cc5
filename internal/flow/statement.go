// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"

	"tocsin"
)

// Statement is the statement of reasons for the host's own decision, to whoever put the item there (DSA Art. 17(3)).
// It has no field in which a notifier could stand.
type Statement struct {
	Basis     string // as the public reads it
	Provision string
	Facts     string
	Reasons   string
	Remedies  string // in Language
	Language  string
	Detection tocsin.Detection
	Automated bool
	Complaint string // address at which to complain
}

// statement is what is told of a restriction that the host decided, in a language or the nearest there are words in.
func (u *unit) statement(r tocsin.Restriction, language string) (Statement, error) {
	d, err := load[*tocsin.Decision](u, r.Decision)
	if err != nil {
		return Statement{}, err
	}
	var file DecisionFile
	if err := u.read(d, &file); err != nil {
		return Statement{}, err
	}
	words := u.f.Catalogues.Localizer(cmp.Or(language, u.f.Settings.Language), "")
	return Statement{Basis: words.T(basisWords(d.Basis), map[string]any{"Law": strings.TrimPrefix(string(d.Basis), "law:")}),
		Provision: file.Draft.Provision, Facts: file.Draft.Facts, Reasons: file.Draft.Reasons,
		Remedies: words.T("statement.remedies"), Language: words.Lang(), Detection: d.Detection,
		Automated: d.Automatic, Complaint: u.complaintAddress(r)}, nil
}

func basisWords(b tocsin.Basis) string {
	if b == tocsin.BasisHostTerms {
		return "statement.basis.terms"
	}
	return "statement.basis.law"
}

// complaintAddress is where the content provider complains. Whoever knows it is taken for the one who was told: it
// goes to nobody else, and cannot be guessed.
func (u *unit) complaintAddress(r tocsin.Restriction) string {
	return strings.TrimRight(u.f.Settings.Source, "/") + "/complain/" + u.f.StatementToken(r.Decision, r.ID)
}

// StatementToken names one restriction of a decision to whoever was told of it.
func (f *Flow) StatementToken(decision tocsin.RecordID, restriction tocsin.RestrictionID) string {
	mark := f.Sealer.LookupKey("statement", string(decision)+"/"+string(restriction))
	return string(decision) + "." + string(restriction) + "." + hex.EncodeToString(mark[:16])
}

// Told is what a statement of reasons was about.
type Told struct {
	Decision    *tocsin.Decision
	Item        tocsin.RecordID
	Restriction tocsin.RestrictionID
	Statement   Statement
	Until       *time.Time // the last day to complain; nil while nobody was told
}

// statementOf finds what a token was given for; CodeNotFound otherwise, whatever is wrong with it.
func (u *unit) statementOf(token, language string) (Told, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Told{}, unknownRecord()
	}
	id, restriction := tocsin.RecordID(parts[0]), tocsin.RestrictionID(parts[1])
	if subtle.ConstantTimeCompare([]byte(u.f.StatementToken(id, restriction)), []byte(token)) != 1 {
		return Told{}, unknownRecord()
	}
	d, err := load[*tocsin.Decision](u, id)
	if err != nil {
		return Told{}, err
	}
	for _, covered := range d.Items {
		if covered.Restriction != restriction {
			continue
		}
		s, err := u.statement(tocsin.Restriction{ID: restriction, Decision: id}, language)
		return Told{d, covered.Item, restriction, s, covered.ComplainUntil()}, err
	}
	return Told{}, unknownRecord()
}

// Told opens what a content provider was told, by the token in its address.
func (f *Flow) Told(ctx context.Context, token, language string) (told Told, err error) {
	err = f.view(ctx, func(u *unit) error {
		told, err = u.statementOf(token, language)
		return err
	})
	return told, err
}

// informed records that the platform took the statement of reasons.
func (u *unit) informed(r tocsin.Restriction, item tocsin.RecordID, at time.Time) error {
	d, err := load[*tocsin.Decision](u, r.Decision)
	if err != nil {
		return err
	}
	events, err := d.Inform(u.clock(), item, at)
	if tocsin.ReasonOf(err) == tocsin.ReasonWrongState {
		return nil // told before
	}
	return u.did(d, events, err)
}
