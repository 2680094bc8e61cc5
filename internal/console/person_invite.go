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

// invitePerson opens a person and shows her enrolment link in this one answer; it is stored nowhere.
func (c *Console) invitePerson(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionPersonInvite, nil); err != nil {
		return err
	}
	name, err := personName(r.PostForm.Get("person_name"))
	var invitation flow.Invitation
	if err == nil {
		invitation, err = c.Flow.InvitePerson(ctx, who.Actor(), name, dutiesIn(r.PostForm))
	}
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
		problem := problemOf(ctx, e)
		if problem.Field == "name" {
			problem.Field = "person_name"
		}
		return c.showPeople(
			w,
			r,
			who,
			http.StatusUnprocessableEntity,
			page.People{Values: r.PostForm, Problem: problem},
		)
	}
	if err != nil {
		return err
	}
	return c.showPeople(w, r, who, http.StatusOK, page.People{
		Link: &page.Invited{Name: name, Address: c.enrolmentLink(invitation.Token), Until: invitation.Until}})
}
