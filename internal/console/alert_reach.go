// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// openReach shows a person how she is reached.
func (c *Console) openReach(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, err := c.Flow.ReachOf(r.Context(), who.Actor())
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.ReachForm(page.Reach{ReachView: view}))
}

// changeReach takes it as she wants it, in the language in which she reads the page.
func (c *Console) changeReach(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	view, err := c.Flow.ReachOf(ctx, who.Actor())
	if err != nil {
		return err
	}
	view.Reach = reachIn(r.PostForm, view)
	err = c.Flow.ChangeReach(ctx, who.Actor(), view.Reach, locale.From(ctx).Lang())
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
		return c.render(w, r, http.StatusUnprocessableEntity,
			page.ReachForm(page.Reach{ReachView: view, Problem: unplaced(ctx, e)}))
	}
	if err != nil {
		return err
	}
	c.notice(ctx, "alert.saved")
	return goTo(w, r, "/alerts/preferences")
}

// reachIn reads the form. What it does not show, a channel or a topic of another duty, stays as it was.
func reachIn(form url.Values, shown flow.ReachView) flow.Reach {
	reach := flow.Reach{Addresses: map[flow.Channel]string{}, Over: map[tocsin.Topic][]flow.Channel{},
		Undisturbed: form.Get("undisturbed") != "", Quiet: flow.Quiet{From: form.Get("quiet.from"),
			To: form.Get("quiet.to"), Zone: strings.TrimSpace(form.Get("quiet.zone"))}}
	if reach.Quiet.From == "" && reach.Quiet.To == "" {
		reach.Quiet = flow.Quiet{}
	}
	for channel, address := range shown.Addresses {
		reach.Addresses[channel] = address
	}
	for topic, channels := range shown.Over {
		reach.Over[topic] = channels
	}
	if len(shown.Channels) == 0 {
		return reach
	}
	for _, c := range shown.Channels {
		delete(reach.Addresses, c)
		if address := strings.TrimSpace(form.Get("address." + string(c))); address != "" && c.NeedsAddress() {
			reach.Addresses[c] = address
		}
	}
	for _, topic := range shown.Topics {
		chosen := []flow.Channel{}
		for _, c := range form["over."+string(topic)] {
			chosen = append(chosen, flow.Channel(c))
		}
		if reach.Over[topic] = chosen; len(chosen) == len(shown.Channels) {
			delete(reach.Over, topic) // over all she has, also those that come later
		}
	}
	return reach
}

// unplaced tells a problem whose field has no name of its own in the catalogues: the sentence says enough.
func unplaced(ctx context.Context, e *tocsin.Error) page.Problem {
	p := problemOf(ctx, e)
	p.Field = ""
	return p
}
