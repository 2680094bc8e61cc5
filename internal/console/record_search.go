// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"errors"
	"net/http"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// mostFound is how many records a search shows; more means that the words say too little.
const mostFound = 50

// openSearch shows the form.
func (c *Console) openSearch(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionOrderRead, nil); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.Search(page.Results{}))
}

// searchRecords finds orders, copies and items by reference, file number or address.
func (c *Console) searchRecords(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	results := page.Results{Query: strings.TrimSpace(r.PostForm.Get("q")), Asked: true}
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
	results.More = len(found) == mostFound
	return c.render(w, r, http.StatusOK, page.Search(results))
}
