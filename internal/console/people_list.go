// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"

	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// listPeople shows who works at this node.
func (c *Console) listPeople(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	return c.showPeople(w, r, who, http.StatusOK, page.People{})
}

func (c *Console) showPeople(
	w http.ResponseWriter,
	r *http.Request,
	who flow.Individual,
	status int,
	shown page.People,
) error {
	all, err := c.Flow.People(r.Context(), who.Actor())
	if err != nil {
		return err
	}
	shown.All, shown.Self = all, who.ID
	shown.Invite = c.Flow.Policy.Decide(who.Actor(), flow.ActionPersonInvite, nil) == nil
	shown.Suspend = c.Flow.Policy.Decide(who.Actor(), flow.ActionPersonSuspend, nil) == nil
	if c.Media != "" {
		team, err := c.Flow.ExposureOfTeam(r.Context(), who.Actor())
		if err != nil {
			return err
		}
		shown.Exposure = &team
	}
	return c.render(w, r, status, page.PeopleList(shown))
}
