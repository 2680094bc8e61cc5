// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"

	"tocsin"
)

// facetSince counts what waits by how long it has: the place of its rows is since when, and not what is due.
const facetSince = "since"

// FacetsOf gives the facets of a record, of kinds that have such; each once.
func FacetsOf(agg tocsin.Aggregate) []Facet {
	faceted, ok := agg.(interface{ Facets() []string })
	if !ok || agg.Base().Version == 0 {
		return nil
	}
	var all []Facet
	for _, name := range faceted.Facets() {
		all = append(all, Facet{Name: name, Status: agg.State(), At: agg.Due()})
	}
	if waiting, ok := agg.(interface{ Waits() *time.Time }); ok && waiting.Waits() != nil {
		all = append(all, Facet{Name: facetSince, Status: agg.State(), At: waiting.Waits()})
	}
	return all
}

func (f Facet) same(other Facet) bool {
	return f.Name == other.Name && f.Status == other.Status && sameTime(f.At, other.At)
}

// moveFacets keeps the facets of a record beside it.
func (u *unit) moveFacets(rec *record) error {
	now := FacetsOf(rec.agg)
	without := func(all, others []Facet) []Facet {
		return slices.DeleteFunc(slices.Clone(all), func(f Facet) bool { return slices.ContainsFunc(others, f.same) })
	}
	gone, come := without(rec.facets, now), without(now, rec.facets)
	if len(gone) == 0 && len(come) == 0 {
		return nil
	}
	rec.facets = now
	if rec.row.Kind == tocsin.KindDecision {
		u.after = append(u.after, u.f.precisions.forget)
	}
	return u.tx.MoveFacets(rec.row.ID, gone, come)
}

// faceted compares the facets that a record is listed under with its state.
func (x *examination) faceted(u *unit, row Row, r *replayed) error {
	for _, f := range FacetsOf(r.agg) {
		x.facets++
		there, err := u.tx.HasFacet(row.ID, f)
		if err != nil {
			return err
		}
		if !there {
			x.differ(Difference{Record: row.ID, Kind: "facet", Detail: "It is not listed under what its state says."})
		}
	}
	return nil
}

// facetsCounted finds those that belong to no record.
func (x *examination) facetsCounted(u *unit) error {
	n, err := u.tx.Facets()
	if err == nil && n > x.facets {
		x.differ(Difference{Kind: "facet", Detail: "Something is listed under what no record's state says."})
	}
	return err
}

// CaseFacets narrow a queue to cases that have all that is said; what is left empty narrows nothing.
type CaseFacets struct {
	Priority *tocsin.Priority
	Category tocsin.Category
	Bank     tocsin.RecordID
}

func (c CaseFacets) names() []string {
	var all []string
	if c.Priority != nil {
		all = append(all, priorityFacet(*c.Priority))
	}
	if c.Category != "" {
		all = append(all, tocsin.FacetCategory+string(c.Category))
	}
	if c.Bank != "" {
		all = append(all, tocsin.FacetBank+string(c.Bank))
	}
	return all
}

func statesOf(states []tocsin.CaseState) []string {
	var all []string
	for _, s := range states {
		all = append(all, string(s))
	}
	return all
}

// AgeCount is how many cases wait since a span of time.
type AgeCount struct {
	Since, Until time.Duration // ago: from so long, and less than this; no end where Until is 0
	Count        int64         // [MostTallied] is so many or more
}

// ages are the spans by which what waits is counted.
var ages = []time.Duration{0, time.Hour, 4 * time.Hour, 24 * time.Hour, 72 * time.Hour}

// CaseAges counts the cases that wait for a decision by how long they have, the oldest first.
func (f *Flow) CaseAges(ctx context.Context, actor Actor) ([]AgeCount, error) {
	if err := f.Policy.Decide(actor, ActionCaseRead, nil); err != nil {
		return nil, err
	}
	var all []AgeCount
	err := f.view(ctx, func(u *unit) error {
		all = nil
		for i, from := range slices.Backward(ages) {
			a := AgeCount{Since: from}
			var since, until *time.Time // of when they came
			if i > 0 {
				at := u.now.Add(-from + 1)
				until = &at
			}
			if i+1 < len(ages) {
				a.Until = ages[i+1]
				at := u.now.Add(-a.Until + 1)
				since = &at
			}
			n, err := u.tx.CountFacet(facetSince, since, until, MostTallied, statesOf([]tocsin.CaseState{tocsin.CaseOpen,
				tocsin.CaseOverdue, tocsin.CaseClaimed})...)
			if err != nil {
				return err
			}
			a.Count = n
			all = append(all, a)
		}
		return nil
	})
	return all, err
}
