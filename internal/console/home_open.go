// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"slices"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// mostUrgent is how many lines of what is due stand on the first page.
const mostUrgent = 5

// openHome shows what waits: the most urgent records, and how many there are in each state.
func (c *Console) openHome(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	if who.Recovery != nil {
		return goTo(w, r, "/people/"+string(who.ID)) // somebody says she lost her key
	}
	tabs := c.tabs(ctx, who, "")
	if len(tabs) == 0 {
		return c.render(w, r, http.StatusOK, page.Failed(page.Trouble{
			Title:  page.T(ctx, "console.home.nothing"),
			Detail: page.T(ctx, "console.home.nothing_explain"),
		}))
	}
	home := page.Start{New: c.newOrderAddress(who)}
	if err := c.addCases(ctx, &home, who); err != nil {
		return err
	}
	if err := c.addIntake(ctx, &home, who); err != nil {
		return err
	}
	for _, shelf := range c.ownShelves() {
		if err := c.addShelf(ctx, &home, shelf, who); err != nil {
			return err
		}
	}
	if len(home.Figures) == 0 {
		return goTo(w, r, tabs[1].Address) // the first after this page
	}
	slices.SortStableFunc(home.Urgent, moreUrgent)
	home.Urgent = home.Urgent[:min(len(home.Urgent), mostUrgent)]
	return c.render(w, r, http.StatusOK, page.Home(home))
}

// addCases adds what the queue holds, for whoever works on it.
func (c *Console) addCases(ctx context.Context, home *page.Start, who flow.Individual) error {
	if c.Flow.Platform == nil || c.Flow.Policy.Decide(who.Actor(), flow.ActionCaseRead, nil) != nil {
		return nil // an authority has no queue
	}
	var states []string
	for _, s := range allCases {
		states = append(states, string(s))
	}
	counts, err := c.Flow.Tally(ctx, who.Actor(), tocsin.KindCase, states)
	if err != nil {
		return err
	}
	figures := page.StateFigures(ctx, "cases", tocsin.KindCase, page.T(ctx, "console.queue.title"), states, counts)
	for i := range figures.Rows {
		figures.Rows[i].Address = queueView{}.address()
	}
	ages, err := c.Flow.CaseAges(ctx, who.Actor())
	if err != nil {
		return err
	}
	waiting := append(heaps[0].states[:2:2], tocsin.CaseClaimed)
	facets, err := c.Flow.CaseFacetCounts(ctx, who.Actor(), flow.CaseFilter{States: waiting})
	if err != nil {
		return err
	}
	home.Figures = append(home.Figures, page.AgeFigures(ctx, ages, queueView{}.address()), figures,
		page.PriorityFigures(ctx, facets, func(priority string) string { return queueView{priority: priority}.address() }))
	return nil
}

// addShelf adds what one kind of record has, for whoever may read it.
func (c *Console) addShelf(ctx context.Context, home *page.Start, s shelf, who flow.Individual) error {
	if c.Flow.Policy.Decide(who.Actor(), s.read, nil) != nil {
		return nil
	}
	states := s.groups["open"]
	counts, err := c.Flow.Tally(ctx, who.Actor(), s.kind, states)
	if err != nil {
		return err
	}
	figures := page.StateFigures(ctx, s.name, s.kind, page.T(ctx, s.label), states, counts)
	for i := range figures.Rows {
		figures.Rows[i].Address = listAddress(s.name, "open", "")
	}
	clocks, err := c.Flow.Clocks(ctx, who.Actor(), s.kind, states)
	if err != nil {
		return err
	}
	home.Figures = append(home.Figures, page.ClockFigures(ctx, s.name, page.T(ctx, s.label), clocks, listAddress(s.name, "open", "")),
		figures)
	lines, _, err := c.Flow.Orders(ctx, who.Actor(), flow.Listing{Kind: s.kind, States: s.groups["todo"], Limit: mostUrgent})
	home.Urgent = append(home.Urgent, lines...)
	return err
}
