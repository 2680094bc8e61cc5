// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// showDecision opens a decision.
func (c *Console) showDecision(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	view, err := c.Flow.Decision(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	shown := page.DecisionPage{DecisionView: view,
		Acts: c.choices(ctx, view.Choices, "", decisionAddress(&view), 0)}
	actors := actorsOf(view.History, view.DecidedBy, view.RatifiedBy)
	if view.Standing != nil {
		actors = append(actors, view.Standing.By)
	}
	return c.renderNaming(w, r, http.StatusOK, page.DecisionShow(shown), c.names(ctx, actors...))
}

// undoDecision takes a decision back and leads to the case that is open again.
func (c *Console) undoDecision(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx, id := r.Context(), tocsin.RecordID(r.PathValue("id"))
	if err := c.Flow.UndoDecision(ctx, who.Actor(), id); err != nil {
		return err
	}
	view, err := c.Flow.Decision(ctx, who.Actor(), id)
	if err != nil {
		return err
	}
	c.notice(ctx, "console.notice.case.undo")
	if len(view.Items) > 0 {
		return goTo(w, r, caseAddress(view.Items[0].Case))
	}
	return goTo(w, r, decisionAddress(&view))
}

// decisionAsks are what can be done with a decision later.
func (c *Console) decisionAsks() []ask {
	return []ask{
		{kind: "decisions", name: flow.ChoiceReverse, action: flow.ActionCaseDecide, field: "reverse.reasons",
			domain: "reasons", effects: []string{"console.reverse.ends", "console.reverse.signal", "console.reverse.final"},
			do: withText("reverse.reasons", c.reverseDecision)},
		{kind: "decisions", name: flow.ChoiceRatify, action: flow.ActionCaseDecide,
			effects: []string{"console.ratify.stands", "console.ratify.name"},
			do: func(r *http.Request, actor flow.Actor, id tocsin.RecordID) error {
				return c.Flow.RatifyDecision(r.Context(), actor, id)
			}},
		{kind: "decisions", name: flow.ChoiceStand, action: flow.ActionStandingChange, date: "stand.until",
			effects: []string{"console.stand.identical", "console.stand.limit", "console.stand.ratify",
				"console.stand.end", "console.stand.never"},
			do: func(r *http.Request, actor flow.Actor, id tocsin.RecordID) error {
				until, err := momentFrom(r.PostForm, "stand.until", page.LocalTime, zoneOf(r))
				if err != nil {
					return err
				}
				return c.Flow.Stand(r.Context(), actor, id, until)
			}},
		{kind: "decisions", name: flow.ChoiceEndStanding, action: flow.ActionStandingChange,
			effects: []string{"console.end_standing.ends", "console.end_standing.stays"},
			do: func(r *http.Request, actor flow.Actor, id tocsin.RecordID) error {
				return c.Flow.EndStanding(r.Context(), actor, id)
			}},
	}
}

// reverseDecision says of whoever had a hand in a decision why she is not the one to reverse it: the reason that the
// domain gives is one of orders, too, and worded for them.
func (c *Console) reverseDecision(ctx context.Context, actor flow.Actor, id tocsin.RecordID, reasons string) error {
	err := c.Flow.ReverseDecision(ctx, actor, id, reasons)
	if tocsin.ReasonOf(err) == tocsin.ReasonSamePerson {
		return tocsin.Errorf(tocsin.CodeForbidden, "second_look", "A second look is another person's.")
	}
	return err
}

// effect says what something does, with this node's own limits where they belong to it.
func (c *Console) effect(ctx context.Context, id string) string {
	standing := c.Flow.Settings.Standing
	switch id {
	case "console.stand.limit":
		return page.N(ctx, id, standing.MaxPerHour)
	case "console.stand.ratify":
		return page.N(ctx, id, int(standing.RatifyWithin/time.Hour))
	}
	return page.T(ctx, id)
}
