// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// openRota shows who is on call.
func (c *Console) openRota(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, err := c.Flow.Rota(r.Context(), who.Actor())
	if err != nil {
		return err
	}
	return c.showRota(w, r, who, http.StatusOK, page.Rota{RotaView: view})
}

func (c *Console) showRota(w http.ResponseWriter, r *http.Request, who flow.Individual, status int,
	shown page.Rota,
) error {
	shown.Zone = zoneOf(r).String()
	if shown.Change {
		shown.People = c.onCallable(r.Context(), who)
	}
	var actors []tocsin.ActorID
	for _, id := range append(rotaPeople(shown.Plan), shown.OnCall...) {
		actors = append(actors, tocsin.ActorID(id))
	}
	return c.renderNaming(w, r, status, page.RotaPage(shown), c.names(r.Context(), actors...))
}

// onCallable are the people a rota may name.
func (c *Console) onCallable(ctx context.Context, who flow.Individual) (list []flow.Individual) {
	all, err := c.Flow.People(ctx, who.Actor())
	if err != nil {
		return nil // she may not see the list; those in the plan are named all the same
	}
	for _, p := range all {
		if p.Status == tocsin.PersonEnrolled {
			list = append(list, p)
		}
	}
	return list
}

func rotaPeople(p flow.RotaPlan) (all []tocsin.RecordID) {
	for _, s := range p.Slots {
		all = append(all, s.Person)
	}
	for _, o := range p.Overrides {
		all = append(all, o.Person)
	}
	return append(all, p.Backup...)
}

// changeRota lays it down anew.
func (c *Console) changeRota(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionRotaChange, nil); err != nil {
		return err
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return badForm(err)
	}
	plan, err := rotaIn(r.PostForm)
	if err == nil {
		err = c.Flow.ChangeRota(ctx, who.Actor(), version, plan)
	}
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
		view, viewErr := c.Flow.Rota(ctx, who.Actor())
		if viewErr != nil {
			return viewErr
		}
		view.Plan, view.Version = plan, version
		return c.showRota(w, r, who, http.StatusUnprocessableEntity,
			page.Rota{RotaView: view, Problem: unplaced(ctx, e)})
	}
	if err != nil {
		return err
	}
	c.notice(ctx, "rota.changed")
	return goTo(w, r, "/rota")
}

// rotaIn reads the form: a line without a person is none.
func rotaIn(form url.Values) (p flow.RotaPlan, err error) {
	at := func(name string, i int) string {
		if i < len(form[name]) {
			return strings.TrimSpace(form[name][i])
		}
		return ""
	}
	for i := range form["person"] {
		if person := at("person", i); person != "" {
			p.Slots = append(p.Slots, flow.RotaSlot{Day: at("day", i), From: at("from", i), To: at("to", i),
				Zone: at("zone", i), Person: tocsin.RecordID(person)})
		}
	}
	for i := range form["override_person"] {
		person := at("override_person", i)
		if person == "" {
			continue
		}
		from, errFrom := time.Parse(page.LocalInput, at("override_from", i))
		to, errTo := time.Parse(page.LocalInput, at("override_to", i))
		if errFrom != nil || errTo != nil {
			err = tocsin.Invalid(tocsin.ReasonFormat, "overrides", "Give the beginning and the end of each exception.")
			continue
		}
		p.Overrides = append(p.Overrides, flow.RotaOverride{From: from, To: to, Person: tocsin.RecordID(person)})
	}
	for _, id := range form["backup"] {
		if id != "" {
			p.Backup = append(p.Backup, tocsin.RecordID(id))
		}
	}
	return p, err
}
