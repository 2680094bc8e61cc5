// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// heap is a part of the queue.
type heap struct {
	name   string // in addresses, and of its words
	states []tocsin.CaseState
}

// heaps in the order of the page; the first is what a queue shows when nobody asks for another.
var heaps = []heap{
	{"waiting", []tocsin.CaseState{tocsin.CaseOpen, tocsin.CaseOverdue}},
	{"overdue", []tocsin.CaseState{tocsin.CaseOverdue}},
	{"claimed", []tocsin.CaseState{tocsin.CaseClaimed}},
	{"decided", []tocsin.CaseState{tocsin.CaseDecided}},
	{"closed", []tocsin.CaseState{tocsin.CaseClosed}},
}

// allCases are the states of what a person may hold or be assigned.
var allCases = []tocsin.CaseState{tocsin.CaseOpen, tocsin.CaseOverdue, tocsin.CaseClaimed}

// listCases shows the queue, what is due first. A page is told nothing of the content.
func (c *Console) listCases(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionCaseRead, nil); err != nil {
		return err
	}
	at := viewOf(r)
	lines, next, err := c.Flow.Cases(ctx, who.Actor(), at.filter())
	if err != nil {
		return err
	}
	shown := page.Queue{Lines: lines,
		Takes: c.Flow.Policy.Decide(who.Actor(), flow.ActionCaseClaim, nil) == nil}
	if shown.Filters, err = c.heapTabs(ctx, who, at); err != nil {
		return err
	}
	if shown.Narrow, err = c.narrowing(ctx, who, at); err != nil {
		return err
	}
	shown.Empty = c.emptyQueue(ctx, who, at, shown.Narrow, next)
	shown.Scopes = []page.Tab{
		{Address: at.of(false).address(), Label: page.T(ctx, "console.queue.everybody"), Current: !at.mine},
		{Address: at.of(true).address(), Label: page.T(ctx, "console.queue.mine"), Current: at.mine}}
	if next != "" {
		shown.Next = at.from(next).address()
	}
	if at.after != "" {
		shown.First = at.from("").address()
	}
	return c.renderNaming(w, r, http.StatusOK, page.Cases(shown), c.names(ctx, actorsOn(lines)...))
}

// heapTabs are the parts of the queue, with how many cases of everybody each has.
func (c *Console) heapTabs(ctx context.Context, who flow.Individual, at queueView) ([]page.Tab, error) {
	var states []string
	for _, s := range append(allCases[:3:3], tocsin.CaseDecided, tocsin.CaseClosed) {
		states = append(states, string(s))
	}
	counts, err := c.Flow.Tally(ctx, who.Actor(), tocsin.KindCase, states)
	if err != nil {
		return nil, err
	}
	var tabs []page.Tab
	for _, h := range heaps {
		label := page.T(ctx, "console.queue.show."+h.name)
		if !at.mine {
			label = counted(ctx, label, h, counts)
		}
		tabs = append(tabs, page.Tab{Address: at.showing(h.name).address(), Label: label,
			Current: h.name == at.heap().name && (!at.mine || at.show != "")})
	}
	return tabs, nil
}

// counted is the name of a part with how many it holds, or that it holds so many or more.
func counted(ctx context.Context, name string, h heap, counts map[string]int64) string {
	n, more := int64(0), false
	for _, s := range h.states {
		n += counts[string(s)]
		more = more || counts[string(s)] == flow.MostTallied
	}
	if more {
		return page.T(ctx, "console.queue.counted_more", "Name", name, "Count", n)
	}
	return page.T(ctx, "console.queue.counted", "Name", name, "Count", n)
}

// emptyQueue says why there is nothing, and what would put something here.
func (c *Console) emptyQueue(ctx context.Context, who flow.Individual, at queueView, narrow page.Narrowing, next string) page.Blank {
	if blank, narrowed := emptyNarrow(ctx, at, narrow, next); narrowed {
		return blank
	}
	blank := page.Blank{Says: page.T(ctx, "console.queue.empty"), Explain: page.T(ctx, "console.queue.empty_explain")}
	switch {
	case at.mine:
		blank.Says, blank.Explain = page.T(ctx, "console.queue.empty_mine"), page.T(ctx, "console.queue.empty_mine_explain")
	case at.heap().name != heaps[0].name:
		blank.Says, blank.Explain = page.T(ctx, "console.queue.empty_state"), ""
	case c.Flow.Policy.Decide(who.Actor(), flow.ActionOrderRead, nil) == nil:
		blank.Address, blank.Label = "/orders", page.T(ctx, "console.tab.orders")
	}
	return blank
}

// takeNextCase claims what is due first and opens it.
func (c *Console) takeNextCase(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	id, err := c.Flow.NextCase(r.Context(), who.Actor())
	switch tocsin.ReasonOf(err) {
	case flow.ReasonQueueEmpty:
		c.keepNotice(r.Context(), "console.notice.queue_empty")
		return goTo(w, r, "/cases")
	case flow.ReasonViewsReached:
		c.keepNotice(r.Context(), "console.notice.views_reached")
		return goTo(w, r, "/cases")
	case flow.ReasonOptedOut:
		c.keepNotice(r.Context(), "console.notice.opted_out")
		return goTo(w, r, "/cases")
	}
	if err != nil {
		return err
	}
	c.keepNotice(r.Context(), "console.notice.case.claim")
	return goTo(w, r, "/cases/"+string(id))
}

// keepNotice leaves a message for the next page, unless one waits that can be undone.
func (c *Console) keepNotice(ctx context.Context, id string) {
	if !c.sessions.Exists(ctx, keyUndo) {
		c.notice(ctx, id)
	}
}

func actorsOn(lines []flow.CaseLine) []tocsin.ActorID {
	var actors []tocsin.ActorID
	for _, line := range lines {
		actors = append(actors, line.Assigned)
		if line.Claim != nil {
			actors = append(actors, line.Claim.Holder)
		}
	}
	return actors
}
