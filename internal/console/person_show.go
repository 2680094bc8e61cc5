// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"errors"
	"net/http"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// showPerson opens a colleague, or oneself.
func (c *Console) showPerson(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	view, err := c.Flow.Person(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	shown := page.Person{PersonView: view, Self: view.ID == who.ID, Actor: who.Person.Actor(), Now: c.Clock.Now()}
	err = c.Flow.Policy.Decide(who.Actor(), flow.ActionPersonConfirm, view.Person)
	if e, ok := errors.AsType[*tocsin.Error](err); ok {
		shown.Refused = message(ctx, e)
	}
	return c.renderNaming(w, r, http.StatusOK, page.PersonShow(shown),
		c.names(ctx, actorsOf(view.History, append(helpers(view), view.ProposedBy)...)...))
}

// helpers are the two who recover her key.
func helpers(view flow.PersonView) []tocsin.ActorID {
	if view.Recovery == nil {
		return nil
	}
	return []tocsin.ActorID{view.Recovery.AskedBy, view.Recovery.AgreedBy}
}
