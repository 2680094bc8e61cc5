// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// personStep is something done to a colleague with reasons, after a second look.
type personStep struct {
	name    string // last part of the address
	action  flow.Action
	title   string // messages, by their ids
	confirm string
	reasons string   // path of the field
	effects []string // messages that say what happens
	notice  string
	do      func(ctx context.Context, actor flow.Actor, id tocsin.RecordID, reasons string) error
}

func (c *Console) personSteps() []personStep {
	return []personStep{
		{"suspend", flow.ActionPersonSuspend, "console.suspend.title", "console.suspend.confirm", "suspend.reasons",
			[]string{"console.suspend.access", "console.suspend.signed", "console.suspend.final"},
			"console.notice.suspended", c.Flow.SuspendPerson},
		{"reinstate", flow.ActionPersonReinstate, "console.reinstate.title", "console.reinstate.confirm",
			"reinstate.reasons", []string{"console.reinstate.access", "console.reinstate.grave"},
			"console.notice.reinstated", c.Flow.ReinstatePerson},
		{"decline", flow.ActionPersonChange, "console.decline.title", "console.decline.confirm", "decline.reasons",
			[]string{"console.decline.effect"}, "console.notice.declined", c.Flow.DeclineDuties},
		{"recover", flow.ActionPersonRecover, "console.recover.title", "console.recover.confirm", "recover.reasons",
			[]string{"console.recover.second", "console.recover.delay", "console.recover.old"},
			"console.notice.recovery", c.Flow.AskRecovery},
	}
}

// askPerson tells what a step does and asks for the reasons.
func (c *Console) askPerson(s personStep) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		shown, err := c.shownPerson(r, who, s)
		if err != nil {
			return err
		}
		return c.render(w, r, http.StatusOK, page.Confirmation(shown))
	}
}

func (c *Console) shownPerson(r *http.Request, who flow.Individual, s personStep) (page.Step, error) {
	ctx := r.Context()
	person, err := c.Flow.Person(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return page.Step{}, err
	}
	if err := c.Flow.Policy.Decide(who.Actor(), s.action, person.Person); err != nil {
		return page.Step{}, err
	}
	address := "/people/" + string(person.ID)
	shown := page.Step{Title: page.T(ctx, s.title), Confirm: page.T(ctx, s.confirm), Reference: person.File.Name,
		Back: address, Action: address + "/" + s.name, Reasons: s.reasons}
	for _, id := range s.effects {
		shown.Effects = append(shown.Effects, page.T(ctx, id))
	}
	return shown, nil
}

// treatPerson does it, after a second look.
func (c *Console) treatPerson(s personStep) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		if err := r.ParseForm(); err != nil {
			return badForm(err)
		}
		ctx := r.Context()
		shown, err := c.shownPerson(r, who, s)
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
		if err := s.do(ctx, who.Actor(), id, shown.Text); err != nil {
			return err
		}
		c.notice(ctx, s.notice)
		return goTo(w, r, "/people/"+string(id))
	}
}
