// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"errors"
	"net/http"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// move is something done to a case at once, because it can be done the other way round as easily.
type move struct {
	name flow.ChoiceName
	to   string // where it leads: the case when empty
	do   func(context.Context, flow.Actor, tocsin.RecordID) error
}

func (c *Console) moves() []move {
	return []move{{flow.ChoiceClaim, "", c.Flow.ClaimCase}, {flow.ChoiceExtend, "", c.Flow.ClaimCase},
		{flow.ChoiceSkip, "/cases", c.Flow.SkipCase}, {flow.ChoiceRelease, "/cases", c.Flow.ReleaseCase}}
}

func (c *Console) move(m move) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		id := tocsin.RecordID(r.PathValue("id"))
		if err := m.do(r.Context(), who.Actor(), id); err != nil {
			return err
		}
		c.notice(r.Context(), "console.notice.case."+string(m.name))
		if m.to != "" {
			return goTo(w, r, m.to)
		}
		return goTo(w, r, caseAddress(id))
	}
}

// ask is something done to a case or a decision on a page of its own, which says what it will do and takes what it
// needs.
type ask struct {
	kind    string // "cases" or "decisions"
	name    flow.ChoiceName
	action  flow.Action
	field   string   // path of the text it takes; empty when none
	domain  string   // field under which the domain reports a bad one
	effects []string // messages
	people  bool     // takes a colleague
	date    string   // path of the date it takes
	// do does it, with the form of the request read.
	do func(r *http.Request, actor flow.Actor, id tocsin.RecordID) error
}

func (c *Console) asks() []ask {
	all := []ask{
		{kind: "cases", name: flow.ChoiceEscalate, action: flow.ActionCaseClaim, field: "escalate.reasons",
			domain: "reasons", effects: []string{"console.escalate.senior", "console.escalate.back"},
			do: withText("escalate.reasons", c.Flow.EscalateCase)},
		{kind: "cases", name: flow.ChoiceNote, action: flow.ActionCaseClaim, field: "note.text", domain: "note",
			effects: []string{"console.note.inside", "console.note.kept"}, do: withText("note.text", c.Flow.NoteCase)},
		{kind: "cases", name: flow.ChoiceAssign, action: flow.ActionCaseAssign, people: true, domain: "to",
			effects: []string{"console.assign.only", "console.assign.claim"},
			do: func(r *http.Request, actor flow.Actor, id tocsin.RecordID) error {
				return c.Flow.AssignCase(r.Context(), actor, id, tocsin.RecordID(r.PostForm.Get("assign.to")))
			}},
	}
	return append(all, c.decisionAsks()...)
}

// withText hands over what somebody wrote.
func withText(field string, do func(context.Context, flow.Actor, tocsin.RecordID, string) error) func(*http.Request,
	flow.Actor, tocsin.RecordID) error {
	return func(r *http.Request, actor flow.Actor, id tocsin.RecordID) error {
		return do(r.Context(), actor, id, clean(r.PostForm.Get(field)))
	}
}

// asked loads what an ask is about and makes its page.
func (c *Console) asked(r *http.Request, a ask, who flow.Individual) (page.Ask, error) {
	ctx, id := r.Context(), tocsin.RecordID(r.PathValue("id"))
	var on tocsin.Aggregate
	shown := page.Ask{Title: page.T(ctx, "console.choice."+string(a.name)),
		Confirm: page.T(ctx, "console.choice_confirm."+string(a.name)), Field: a.field, Date: a.date}
	if a.kind == "cases" {
		view, err := c.Flow.Case(ctx, who.Actor(), id)
		if err != nil {
			return shown, err
		}
		on, shown.Reference = view.Case, page.T(ctx, "console.case.name", "Ref", page.ShortName(id))
	} else {
		view, err := c.Flow.Decision(ctx, who.Actor(), id)
		if err != nil {
			return shown, err
		}
		on, shown.Reference = view.Decision, page.T(ctx, "console.decision.name", "Ref", page.ShortName(id))
	}
	if err := c.Flow.Policy.Decide(who.Actor(), a.action, on); err != nil {
		return shown, err
	}
	shown.Back = "/" + a.kind + "/" + string(id)
	shown.Action = shown.Back + "/" + string(a.name)
	for _, effect := range a.effects {
		shown.Effects = append(shown.Effects, c.effect(ctx, effect))
	}
	var err error
	if a.people {
		shown.People, err = c.Flow.Colleagues(ctx, who.Actor())
	}
	return shown, err
}

func (c *Console) openAsk(a ask) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		shown, err := c.asked(r, a, who)
		if err != nil {
			return err
		}
		return c.render(w, r, http.StatusOK, page.Asked(shown))
	}
}

func (c *Console) takeAsk(a ask) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		if err := r.ParseForm(); err != nil {
			return badForm(err)
		}
		ctx, id := r.Context(), tocsin.RecordID(r.PathValue("id"))
		err := a.do(r, who.Actor(), id)
		if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
			shown, err := c.asked(r, a, who)
			if err != nil {
				return err
			}
			shown.Text, shown.Until = r.PostForm.Get(a.field), r.PostForm.Get(a.date)
			shown.Problem = page.Problem{Field: a.at(e.Field), Message: message(ctx, e)}
			return c.render(w, r, http.StatusUnprocessableEntity, page.Asked(shown))
		}
		if err != nil {
			return err
		}
		c.notice(ctx, "console.notice.case."+string(a.name))
		return goTo(w, r, "/"+a.kind+"/"+string(id))
	}
}

// at is the field of the page that the domain means.
func (a ask) at(domain string) string {
	switch {
	case a.people && domain == a.domain:
		return "assign.to"
	case a.date != "":
		return a.date
	case domain == a.domain:
		return a.field
	}
	return ""
}
