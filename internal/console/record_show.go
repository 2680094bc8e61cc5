// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// showCopy opens another State's order at the supervisor.
func (c *Console) showCopy(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, err := c.Flow.Copy(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.renderNaming(
		w,
		r,
		http.StatusOK,
		page.OrderCopy(view),
		c.names(r.Context(), actorsOf(view.History)...),
	)
}

// showItem opens one piece of content with its restrictions.
func (c *Console) showItem(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, err := c.Flow.Item(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.renderNaming(w, r, http.StatusOK, page.Item(view), c.names(r.Context(), actorsOf(view.History)...))
}

// tellVersion lets an open page notice that its record changed.
func (c *Console) tellVersion(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	lines, err := c.Flow.Lines(r.Context(), who.Actor(), []tocsin.RecordID{tocsin.RecordID(r.PathValue("id"))})
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return errNowhere
	}
	return writeJSON(w, struct {
		Version int64 `json:"version"`
	}{lines[0].Version})
}
