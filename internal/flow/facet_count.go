// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tocsin"
)

// What is chosen narrows a queue together; what could be chosen is counted beside it. Alone, a choice is counted in an
// index, up to MostFaceted. Beside others it is counted among the cases that have those, which are read: a page of them and
// no more, so that it costs the same however long the queue is. Where there are more, a count says so.
const (
	// MostFaceted is where counts in an index stop.
	MostFaceted = 1000

	mostBeside = 200
)

// FacetCount is one thing that a queue can be narrowed by, and how many cases it would show.
type FacetCount struct {
	Facet string // its name; begins as [tocsin.FacetPriority] and the others do
	Label string // of a bank, where it has a name
	Count int64
	More  bool // there may be more than Count
	None  bool // of what is chosen: no case there has it, whatever else is chosen
}

func priorityFacet(p tocsin.Priority) string {
	return tocsin.FacetPriority + strconv.FormatInt(int64(p), 10)
}

// CaseFacetCounts counts what a queue can be narrowed by: every priority and category, and the banks that the actor may
// read and that point to a case there. Each count is how many cases the queue would show with that choice in place of the
// one of its kind, beside everything else that q says.
func (f *Flow) CaseFacetCounts(ctx context.Context, actor Actor, q CaseFilter) ([]FacetCount, error) {
	if err := f.Policy.Decide(actor, ActionCaseRead, nil); err != nil {
		return nil, err
	}
	all, err := f.countable(ctx, actor)
	if err != nil {
		return nil, err
	}
	chosen := q.names()
	err = f.view(ctx, func(u *unit) error {
		c := counting{u: u, page: Page{Kind: tocsin.KindCase, Statuses: statesOf(q.States), ByDue: true, Limit: mostBeside},
			beside: map[string]*besides{}}
		if q.Mine {
			c.page.Whose = actor.ID
		}
		for i := range all {
			if err := c.count(&all[i], chosen); err != nil {
				return err
			}
		}
		return nil
	})
	return slices.DeleteFunc(all, func(c FacetCount) bool {
		return c.Count == 0 && !c.More && strings.HasPrefix(c.Facet, tocsin.FacetBank) && !slices.Contains(chosen, c.Facet)
	}), err
}

// countable is what can be chosen at all.
func (f *Flow) countable(ctx context.Context, actor Actor) (all []FacetCount, err error) {
	for _, p := range []tocsin.Priority{tocsin.PriorityTrusted, tocsin.PriorityNotice, tocsin.PriorityMatch,
		tocsin.PriorityReading} {
		all = append(all, FacetCount{Facet: priorityFacet(p)})
	}
	for _, c := range tocsin.Categories() {
		all = append(all, FacetCount{Facet: tocsin.FacetCategory + string(c)})
	}
	banks, err := f.Banks(ctx, actor, true)
	for _, b := range banks {
		all = append(all, FacetCount{Facet: tocsin.FacetBank + string(b.ID), Label: b.File.Name})
	}
	return all, err
}

// counting counts what a queue would show.
type counting struct {
	u      *unit
	page   Page
	beside map[string]*besides // by what else is chosen
}

// besides is how many of some cases have each facet.
type besides struct {
	of   map[string]int64
	more bool // there are more such cases than were looked at
}

func (c *counting) count(f *FacetCount, chosen []string) (err error) {
	others := slices.DeleteFunc(slices.Clone(chosen), func(name string) bool { return sameKind(name, f.Facet) })
	if slices.Contains(chosen, f.Facet) {
		n, err := c.u.tx.CountFacet(f.Facet, nil, nil, 1, c.page.Statuses...)
		if err != nil {
			return err
		}
		f.None = n == 0
	}
	if len(others) == 0 && c.page.Whose == "" {
		f.Count, err = c.u.tx.CountFacet(f.Facet, nil, nil, MostFaceted, c.page.Statuses...)
		f.More = f.Count == MostFaceted
		return err
	}
	t, err := c.among(others)
	if err == nil {
		f.Count, f.More = t.of[f.Facet], t.more
	}
	return err
}

// sameKind reports whether two facets are choices of one kind, of which one replaces the other.
func sameKind(a, b string) bool {
	kind, _, _ := strings.Cut(a, "/")
	return strings.HasPrefix(b, kind+"/")
}

// among counts the facets of the cases that have all of some, once for all that are counted beside them.
func (c *counting) among(others []string) (*besides, error) {
	key := strings.Join(others, " ")
	if t, done := c.beside[key]; done {
		return t, nil
	}
	t := &besides{of: map[string]int64{}}
	page := c.page
	page.Facets = others
	rows, next, err := c.u.tx.Records(page)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		var has tocsin.Case
		if err := json.Unmarshal(row.Body, &has); err != nil {
			return nil, fmt.Errorf("decode state of %s: %w", row.ID, err)
		}
		for _, name := range has.Facets() {
			t.of[name]++
		}
	}
	t.more = next != ""
	c.beside[key] = t
	return t, nil
}
