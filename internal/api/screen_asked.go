// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"cmp"
	"context"
	"fmt"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/match"
)

// What a text and an address are looked up as.
var (
	textTypes    = []string{"text"}
	addressTypes = []string{"url", "domain"}
)

// asked are the questions of a request, each about one piece of content. One that is none still takes a place, so that
// the answers keep their order.
type asked struct {
	where  string // place of a question in the request, by its number
	first  int    // number of the first
	pieces []flow.Piece
	errs   []error // by the pieces: why a question is none, or cannot be answered in full
}

func (a *asked) ask(q ScreenQuery) {
	queries, err := q.queries()
	a.add(flow.Piece{Queries: queries, Item: q.Item, Text: q.text(), FromPicture: q.FromPicture}, err)
}

func (a *asked) add(p flow.Piece, err error) {
	a.pieces, a.errs = append(a.pieces, p), append(a.errs, err)
}

func (q ScreenQuery) queries() ([]match.Query, error) {
	given := 0
	for _, text := range []string{q.Type + q.Value, q.Text, q.Address} {
		if text != "" {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, tocsin.Errorf(tocsin.CodeInvalid, reasonOneOf,
			"Give exactly one of: type and value, text, address.")
	case len(q.Rotated) > 0 && (q.Type == "" || len(q.Rotated) != mostRotated):
		return nil, tocsin.Invalid(tocsin.ReasonFormat, "rotated", "A picture has seven other hashes.")
	case q.FromPicture && q.text() == "":
		return nil, tocsin.Invalid(tocsin.ReasonFormat, "from_picture", "Only a text was read off a picture.")
	case q.Text != "":
		return each(textTypes, q.Text), nil
	case q.Address != "":
		return each(addressTypes, q.Address), nil
	}
	return []match.Query{{Type: q.Type, Value: q.Value, Rotated: q.Rotated}}, nil
}

// text is what is to be read of a question.
func (q ScreenQuery) text() string {
	if q.Type == textTypes[0] {
		return q.Value
	}
	return q.Text
}

func each(types []string, value string) []match.Query {
	queries := make([]match.Query, len(types))
	for i, t := range types {
		queries[i] = match.Query{Type: t, Value: value}
	}
	return queries
}

// lookUp answers each question. A key that may read no bank, or a bank that is not there, would make every
// answer a silent non-match.
func (s *service) lookUp(ctx context.Context, how flow.Screening, a asked) ([]ScreenAnswer, error) {
	if err := hasScope(actorOf(ctx), flow.ActionBankRead); err != nil {
		return nil, err
	}
	if err := s.checkBanks(ctx, how.Banks); err != nil {
		return nil, err
	}
	how.Pieces = a.pieces
	found, err := s.Flow.Screen(ctx, actorOf(ctx), how)
	if err != nil {
		return nil, err
	}
	answers := make([]ScreenAnswer, len(found))
	for i, f := range found {
		answers[i] = ScreenAnswer{Matches: matchViews(f.Matches), More: f.More, Readings: readingViews(f.Readings.Decodes),
			MoreReadings: f.Readings.More, Bounded: f.Readings.Bounded}
		if err := cmp.Or(a.errs[i], f.Err); err != nil {
			answers[i].Error = s.unanswered(ctx, err, fmt.Sprintf(a.where, a.first+i))
		}
	}
	return answers, nil
}

// unanswered says of one question why it has no answer, or not a whole one.
func (s *service) unanswered(ctx context.Context, err error, where string) *Problem {
	s.report(ctx, screenOperation, err)
	return newProblem(err, where)
}

func (s *service) checkBanks(ctx context.Context, names []string) error {
	for _, name := range names {
		b, err := s.Flow.Bank(ctx, actorOf(ctx), name)
		if err != nil || b.Status != tocsin.BankOpen {
			return tocsin.Invalid(tocsin.ReasonUnknownValue, "banks",
				"There is no such open bank that this key may read.")
		}
	}
	return nil
}
