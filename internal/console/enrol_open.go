// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// openEnrolment takes the token of a one-time link out of the address at once, so that it stays in no
// history and no screenshot, and shows the form.
func (c *Console) openEnrolment(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if token := r.URL.Query().Get("token"); token != "" {
		if _, err := c.Flow.Invited(ctx, token); err != nil {
			return err // before anything is stored for a stranger
		}
		c.sessions.Put(ctx, keyToken, token)
		return goTo(w, r, "/enrol")
	}
	invited, err := c.Flow.Invited(ctx, c.sessions.GetString(ctx, keyToken))
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.Enrol(c.enrolment(invited)))
}

// enrolment is what an invited person may choose from.
func (c *Console) enrolment(invited flow.Individual) page.Enrolment {
	e := page.Enrolment{Name: invited.File.Name, Duties: invited.Duties, Proposed: invited.Proposed}
	e.Password = c.Flow.Settings.Passwords && invited.MayEnrolBy(tocsin.WayPassword)
	if c.Provider != nil && invited.MayEnrolBy(tocsin.WayProvider) {
		e.Provider = c.providerName()
	}
	return e
}
