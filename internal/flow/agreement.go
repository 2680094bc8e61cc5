// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"tocsin"
)

// What keeps a group's figures from being one person's score: below either, they are not told.
const (
	leastReviews  = 5
	leastDeciders = 3
	// AgreementWindow is how far back the figures go.
	AgreementWindow = 90 * 24 * time.Hour
)

// Agreement is how often two people found the same in one group of cases.
type Agreement struct {
	Basis     tocsin.Basis
	Detection tocsin.Detection
	Reviewed  int
	Differed  int
	// Hidden means that too few reviews or too few people are behind the figures, which are 0 then.
	Hidden bool
}

// Agreements are the groups of the last [AgreementWindow]: by basis of the decision and by how the item was found. A
// group in which too few people decided would score one of them, so it is named without figures. No figure of any
// person exists.
func (f *Flow) Agreements(ctx context.Context, actor Actor) ([]Agreement, error) {
	if err := f.Policy.Decide(actor, ActionReviewRead, nil); err != nil {
		return nil, err
	}
	groups := map[Agreement]*tally{}
	after, since := "", f.Clock.Now().Add(-AgreementWindow)
	for {
		var over bool
		err := f.view(ctx, func(u *unit) (err error) {
			over, after, err = u.tally(groups, after, since)
			return err
		})
		if err != nil {
			return nil, err
		}
		if over || after == "" {
			return figures(groups), nil
		}
	}
}

type tally struct {
	reviewed, differed int
	deciders           map[tocsin.ActorID]bool
}

// tally counts one page of settled reviews, the latest first; over when the rest is older than since.
func (u *unit) tally(groups map[Agreement]*tally, after string, since time.Time) (over bool, next string, err error) {
	rows, next, err := u.tx.Records(Page{Kind: tocsin.KindReview, After: after, Limit: 200,
		Statuses: []string{string(tocsin.ReviewAgreed), string(tocsin.ReviewDiffered),
			string(tocsin.ReviewResolved)}})
	if err != nil {
		return false, "", err
	}
	for _, row := range rows {
		if row.UpdatedAt.Before(since) {
			return true, "", nil
		}
		rec, err := u.adopt(row)
		if err != nil {
			return false, "", err
		}
		r := rec.agg.(*tocsin.Review)
		key := Agreement{Basis: r.Basis, Detection: r.Detection}
		g := groups[key]
		if g == nil {
			g = &tally{deciders: map[tocsin.ActorID]bool{}}
			groups[key] = g
		}
		g.reviewed++
		if r.Status != tocsin.ReviewAgreed {
			g.differed++
		}
		d, err := load[*tocsin.Decision](u, r.Decision)
		if err != nil {
			return false, "", err
		}
		g.deciders[d.DecidedBy] = true
	}
	return false, next, nil
}

func figures(groups map[Agreement]*tally) []Agreement {
	var all []Agreement
	for group, g := range maps.All(groups) {
		if g.reviewed < leastReviews || len(g.deciders) < leastDeciders {
			group.Hidden = true
		} else {
			group.Reviewed, group.Differed = g.reviewed, g.differed
		}
		all = append(all, group)
	}
	slices.SortFunc(all, func(a, b Agreement) int {
		return cmp.Or(cmp.Compare(a.Basis, b.Basis), cmp.Compare(a.Detection, b.Detection))
	})
	return all
}
