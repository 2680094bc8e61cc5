// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/match"
)

// What a text and an address are looked up as.
var (
	textTypes    = []string{"text"}
	addressTypes = []string{"url", "domain"}
)

// asked are the questions of a request. Each stands for one content and becomes one query or several.
type asked struct {
	questions []question
	queries   []match.Query
	items     []string // by the queries
}

type question struct {
	from, to int // its queries
	err      error
}

// ask adds a question. One that is none still takes a place, so that the answers keep their order.
func (a *asked) ask(q ScreenQuery) {
	queries, err := q.queries()
	a.add(queries, q.Item, err)
}

func (a *asked) add(queries []match.Query, item string, err error) {
	from := len(a.queries)
	a.queries = append(a.queries, queries...)
	a.items = append(a.items, slices.Repeat([]string{item}, len(queries))...)
	a.questions = append(a.questions, question{from, len(a.queries), err})
}

func (q ScreenQuery) queries() ([]match.Query, error) {
	none := []match.Query{{}}
	given := 0
	for _, text := range []string{q.Type + q.Value, q.Text, q.Address} {
		if text != "" {
			given++
		}
	}
	switch {
	case given != 1:
		return none, tocsin.Errorf(tocsin.CodeInvalid, reasonOneOf,
			"Give exactly one of: type and value, text, address.")
	case len(q.Rotated) > 0 && (q.Type == "" || len(q.Rotated) != mostRotated):
		return none, tocsin.Invalid(tocsin.ReasonFormat, "rotated", "A picture has seven other hashes.")
	case q.Text != "":
		return each(textTypes, q.Text), nil
	case q.Address != "":
		return each(addressTypes, q.Address), nil
	}
	return []match.Query{{Type: q.Type, Value: q.Value, Rotated: q.Rotated}}, nil
}

func each(types []string, value string) []match.Query {
	queries := make([]match.Query, len(types))
	for i, t := range types {
		queries[i] = match.Query{Type: t, Value: value}
	}
	return queries
}

// answers says of each question what its queries came upon. where names a question in the request.
func (s *service) answers(ctx context.Context, a asked, found []flow.Screened, where string) []ScreenAnswer {
	all := make([]ScreenAnswer, 0, len(a.questions))
	for i, q := range a.questions {
		joined := together(found[q.from:q.to])
		if q.err != nil {
			joined.Err = q.err
		}
		all = append(all, s.screenAnswer(ctx, joined, fmt.Sprintf(where, i)))
	}
	return all
}

func (s *service) screenAnswer(ctx context.Context, found flow.Screened, where string) ScreenAnswer {
	a := ScreenAnswer{Matches: matchViews(found.Matches), More: found.More}
	if found.Err != nil {
		s.report(ctx, screenOperation, found.Err)
		a.Error = newProblem(found.Err, where)
	}
	return a
}

// lookUp screens any number of queries as one. A key that may read no bank, or a bank that is not there,
// would make every answer a silent non-match.
func (s *service) lookUp(ctx context.Context, how flow.Screening, a asked) ([]flow.Screened, error) {
	if err := hasScope(actorOf(ctx), flow.ActionBankRead); err != nil {
		return nil, err
	}
	if err := s.checkBanks(ctx, how.Banks); err != nil {
		return nil, err
	}
	if how.Seed == "" {
		how.Seed = tocsin.NewToken("seed") // one choice of banks for the whole request
	}
	var found []flow.Screened
	for {
		n := min(len(a.queries), flow.MostQueries)
		how.Queries, a.queries = a.queries[:n], a.queries[n:]
		how.Items, a.items = a.items[:n], a.items[n:]
		some, err := s.Flow.Screen(ctx, actorOf(ctx), how)
		if err != nil {
			return nil, err
		}
		if found = append(found, some...); len(a.queries) == 0 {
			return found, nil
		}
	}
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

// together joins what the queries about one content came upon. A negative bank that knows it by one of them
// knows the content.
func together(parts []flow.Screened) flow.Screened {
	if len(parts) == 1 {
		return parts[0]
	}
	var all flow.Screened
	var against []tocsin.RecordID
	for _, p := range parts {
		all.More = all.More || p.More
		all.Err = cmp.Or(all.Err, p.Err)
		all.Matches = append(all.Matches, p.Matches...)
		for _, m := range p.Matches {
			if m.Bank.Polarity == tocsin.PolarityNegative && m.Proposal == flow.ProposeNothing {
				against = append(against, m.Bank.ID)
			}
		}
	}
	slices.Sort(against)
	against = slices.Compact(against)
	for i, m := range all.Matches {
		if len(against) > 0 && m.Proposal == flow.ProposeReview {
			all.Matches[i].Proposal = flow.ProposeSuppressed
		}
		if all.Matches[i].Proposal == flow.ProposeSuppressed {
			all.Matches[i].SuppressedBy = against
		}
	}
	slices.SortStableFunc(all.Matches, func(a, b flow.Match) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Bank.File.Name, b.Bank.File.Name))
	})
	return all
}
