// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// askSuspension tells what a suspension does and asks for the reasons.
func (c *Console) askSuspension(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	shown, err := c.suspension(r, who)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.Confirmation(shown))
}

func (c *Console) suspension(r *http.Request, who flow.Individual) (page.Step, error) {
	ctx := r.Context()
	person, err := c.colleague(ctx, who, tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return page.Step{}, err
	}
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionPersonSuspend, person.Person); err != nil {
		return page.Step{}, err
	}
	return page.Step{
		Title:     page.T(ctx, "console.suspend.title"),
		Confirm:   page.T(ctx, "console.suspend.confirm"),
		Reference: person.File.Name,
		Back:      "/people",
		Action:    "/people/" + string(person.ID) + "/suspend",
		Reasons:   "suspend.reasons",
		Effects: []string{
			page.T(ctx, "console.suspend.access"),
			page.T(ctx, "console.suspend.signed"),
			page.T(ctx, "console.suspend.final"),
		},
	}, nil
}

// colleague finds a person in any state; flow gives single people only to themselves and to sessions.
func (c *Console) colleague(
	ctx context.Context,
	who flow.Individual,
	id tocsin.RecordID,
) (flow.Individual, error) {
	all, err := c.Flow.People(ctx, who.Actor())
	if err != nil {
		return flow.Individual{}, err
	}
	n := slices.IndexFunc(all, func(p flow.Individual) bool { return p.ID == id })
	if n < 0 {
		return flow.Individual{}, errNowhere
	}
	return all[n], nil
}

// suspendPerson ends a person's access, after a second look.
func (c *Console) suspendPerson(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	shown, err := c.suspension(r, who)
	if err != nil {
		return err
	}
	shown.Text = strings.TrimSpace(r.PostForm.Get("text"))
	if shown.Problem = badText(ctx, shown.Text, false); shown.Problem != "" {
		return c.render(w, r, http.StatusUnprocessableEntity, page.Confirmation(shown))
	}
	if r.PostForm.Get("step") != "confirm" {
		shown.Review = r.PostForm.Get("step") == "review"
		return c.render(w, r, http.StatusOK, page.Confirmation(shown))
	}
	id := tocsin.RecordID(r.PathValue("id"))
	if err := c.Flow.SuspendPerson(ctx, who.Actor(), id, shown.Text); err != nil {
		return err
	}
	c.notice(ctx, "console.notice.suspended")
	return goTo(w, r, "/people")
}
