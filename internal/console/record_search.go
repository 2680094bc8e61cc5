// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// mostFound is how many records a search shows; more means that the words say too little.
const mostFound = 50

// openSearch shows the form.
func (c *Console) openSearch(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	if err := c.Flow.MaySearch(who.Actor()); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.Search(page.Results{States: stateChoices(ctx, "")}))
}

// searchRecords finds what she may read by reference, file number or address.
func (c *Console) searchRecords(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := c.Flow.MaySearch(who.Actor()); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	show := r.PostForm.Get("show")
	results := page.Results{Query: strings.TrimSpace(r.PostForm.Get("q")), Asked: true, States: stateChoices(ctx, show)}
	found, err := c.Flow.Search(ctx, who.Actor(), results.Query, mostFound)
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Field == "q" {
		results.Problem = page.T(ctx, "console.search.words")
		return c.render(w, r, http.StatusUnprocessableEntity, page.Search(results))
	}
	if err != nil {
		return err
	}
	ids := make([]tocsin.RecordID, len(found))
	for i, f := range found {
		ids[i] = f.ID
	}
	if results.Lines, err = c.Flow.Lines(ctx, who.Actor(), ids); err != nil {
		return err
	}
	results.Lines = slices.DeleteFunc(results.Lines, func(l flow.Listed) bool { return !inGroup(l, show) })
	results.More = len(found) == mostFound
	return c.render(w, r, http.StatusOK, page.Search(results))
}

// stateChoices are the groups of states that the lists have.
func stateChoices(ctx context.Context, chosen string) []page.Choice {
	choices := []page.Choice{{Label: page.T(ctx, "console.filter.all"), Chosen: true}}
	for _, f := range filters {
		if f.name != "all" {
			choices = append(choices, page.Choice{Value: f.name, Label: page.T(ctx, f.label), Chosen: f.name == chosen})
			choices[0].Chosen = choices[0].Chosen && f.name != chosen
		}
	}
	return choices
}

// deskDone are the states of the desk's records in which nobody has anything to do.
var deskDone = map[tocsin.RecordKind][]string{
	tocsin.KindCase:      {string(tocsin.CaseDecided), string(tocsin.CaseClosed)},
	tocsin.KindComplaint: {string(tocsin.ComplaintUpheld), string(tocsin.ComplaintRejected)},
	tocsin.KindNotice:    {string(tocsin.NoticeDecided), string(tocsin.NoticeInformed), string(tocsin.NoticeLapsed)},
}

// inGroup reports whether a line's state is in a group of its kind. Records without groups are in none but all; one of
// the desk that is not done is to do.
func inGroup(l flow.Listed, group string) bool {
	if group == "" {
		return true
	}
	if done, of := deskDone[l.Kind]; of {
		return slices.Contains(done, l.State) == (group == "done")
	}
	n := slices.IndexFunc(shelves, func(s shelf) bool { return s.kind == l.Kind })
	return n >= 0 && slices.Contains(shelves[n].groups[group], l.State)
}
