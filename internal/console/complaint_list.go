// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"net/url"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// part is a part of a list of complaints, notices or senders.
type part struct {
	name   string // in addresses, and of its words
	states []string
}

// complaintParts in the order of the page; the first is what is shown when nobody asks for another.
var complaintParts = []part{
	{"open", []string{string(tocsin.ComplaintReceived), string(tocsin.ComplaintAssigned)}},
	{"received", []string{string(tocsin.ComplaintReceived)}},
	{"assigned", []string{string(tocsin.ComplaintAssigned)}},
	{"upheld", []string{string(tocsin.ComplaintUpheld)}},
	{"rejected", []string{string(tocsin.ComplaintRejected)}},
}

// listComplaints shows complaints, the open ones first, and what is due first among them.
func (c *Console) listComplaints(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	at, after := partOf(r, complaintParts), r.URL.Query().Get("after")
	lines, next, err := c.Flow.Complaints(ctx, who.Actor(), flow.ComplaintFilter{States: at.states, After: after,
		Limit: pageSize})
	if err != nil {
		return err
	}
	shown := page.Complaints{Lines: lines, Alarm: c.Flow.Settings.Periods.ComplaintAlarm}
	if shown.Filters, err = c.partTabs(ctx, who, tocsin.KindComplaint, "/complaints", complaintParts, at,
		func(name string) string { return page.T(ctx, "console.complaint.show."+name) }); err != nil {
		return err
	}
	shown.Next, shown.First = pagesOf("/complaints", at, next, after)
	if len(lines) == 0 {
		shown.Empty = page.Blank{Says: page.T(ctx, "console.complaint.empty_state")}
		if at.name == "open" {
			shown.Empty = page.Blank{Says: page.T(ctx, "console.complaint.empty"),
				Explain: page.T(ctx, "console.complaint.empty_explain")}
			if c.Flow.Policy.Decide(who.Actor(), flow.ActionCaseRead, nil) == nil {
				shown.Empty.Address, shown.Empty.Label = "/cases", page.T(ctx, "console.tab.cases")
			}
		}
	}
	var actors []tocsin.ActorID
	for _, line := range lines {
		actors = append(actors, line.Handler, line.AnsweredBy)
	}
	return c.renderNaming(w, r, http.StatusOK, page.ComplaintList(shown), c.names(ctx, actors...))
}

// partOf is the part that an address asks for.
func partOf(r *http.Request, parts []part) part {
	for _, p := range parts {
		if p.name == r.URL.Query().Get("show") {
			return p
		}
	}
	return parts[0]
}

// partTabs are the parts of a list, with how many records each has.
func (c *Console) partTabs(ctx context.Context, who flow.Individual, kind tocsin.RecordKind, address string,
	parts []part, at part, word func(string) string) ([]page.Tab, error) {
	var states []string
	for _, p := range parts {
		states = append(states, p.states...)
	}
	counts, err := c.Flow.Tally(ctx, who.Actor(), kind, states)
	if err != nil {
		return nil, err
	}
	var tabs []page.Tab
	for _, p := range parts {
		n := int64(0)
		for _, s := range p.states {
			n += counts[s]
		}
		tabs = append(tabs, page.Tab{Address: partAddress(address, p.name, ""), Current: p.name == at.name,
			Label: page.T(ctx, "console.queue.counted", "Name", word(p.name), "Count", n)})
	}
	return tabs, nil
}

func pagesOf(address string, at part, next, after string) (toNext, toFirst string) {
	if next != "" {
		toNext = partAddress(address, at.name, next)
	}
	if after != "" {
		toFirst = partAddress(address, at.name, "")
	}
	return toNext, toFirst
}

func partAddress(address, show, after string) string {
	query := url.Values{"show": {show}}
	if after != "" {
		query.Set("after", after)
	}
	return address + "?" + query.Encode()
}
