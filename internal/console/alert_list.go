// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"net/url"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// listAlerts shows what waits for the person.
func (c *Console) listAlerts(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	all := r.URL.Query().Get("show") == "all"
	after := r.URL.Query().Get("after")
	rows, next, err := c.Flow.Alerts(ctx, who.Actor(), flow.AlertFilter{All: all, After: after, Limit: pageSize})
	if err != nil {
		return err
	}
	var actors []tocsin.ActorID
	for _, a := range rows {
		actors = append(actors, a.AcknowledgedBy)
	}
	shown := page.Alerts{Rows: rows, Filters: []page.Tab{
		{Address: "/alerts", Label: page.T(ctx, "alert.waiting"), Current: !all},
		{Address: "/alerts?show=all", Label: page.T(ctx, "alert.all"), Current: all},
		{Address: "/alerts/preferences", Label: page.T(ctx, "alert.preferences")},
		{Address: "/rota", Label: page.T(ctx, "rota.title")},
	}}
	if next != "" {
		shown.Next = alertsAddress(all, next)
	}
	if after != "" {
		shown.First = alertsAddress(all, "")
	}
	return c.renderNaming(w, r, http.StatusOK, page.AlertList(shown), c.names(ctx, actors...))
}

func alertsAddress(all bool, after string) string {
	query := url.Values{}
	if all {
		query.Set("show", "all")
	}
	if after != "" {
		query.Set("after", after)
	}
	if len(query) == 0 {
		return "/alerts"
	}
	return "/alerts?" + query.Encode()
}

// showAlert is where the link of a message leads.
func (c *Console) showAlert(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	view, told, err := c.Flow.Alerted(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	actors := []tocsin.ActorID{view.AcknowledgedBy}
	for _, t := range told {
		actors = append(actors, tocsin.ActorID(t.Person))
	}
	return c.renderNaming(w, r, http.StatusOK, page.AlertShow(page.Alert{AlertView: view, Told: told}),
		c.names(ctx, actors...))
}

// acknowledgeAlert takes the person's word that she takes care.
func (c *Console) acknowledgeAlert(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	id := tocsin.RecordID(r.PathValue("id"))
	if err := c.Flow.AcknowledgeAlert(r.Context(), who.Actor(), id); err != nil {
		return err
	}
	c.notice(r.Context(), "alert.taken")
	return goTo(w, r, "/alerts/"+string(id))
}
