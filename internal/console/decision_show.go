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
	view, err := c.Flow.Decision(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	of, err := c.caseBehind(r.Context(), who, decidedCase(view))
	if err != nil {
		return err
	}
	return c.writeDecision(w, r, who, view, of, nil)
}

// decidedCase is the case a decision was taken on; the others are of copies.
func decidedCase(view flow.DecisionView) tocsin.RecordID {
	if len(view.Items) == 0 {
		return ""
	}
	return view.Items[0].Case
}

// seeDecided answers a press on the page of a decision.
func (c *Console) seeDecided(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, err := c.Flow.Decision(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	of, err := c.caseBehind(r.Context(), who, decidedCase(view))
	if err != nil {
		return err
	}
	return c.answerPress(w, r, who, of, func(pressed map[int]seen) error {
		return c.writeDecision(w, r, who, view, of, pressed)
	})
}

// writeDecision writes the page of a decision; of is the case it was taken on, where this person may read that.
func (c *Console) writeDecision(w http.ResponseWriter, r *http.Request, who flow.Individual, view flow.DecisionView,
	of *flow.CaseView, pressed map[int]seen) error {
	ctx := r.Context()
	shown := page.DecisionPage{DecisionView: view, Acts: c.choices(ctx, view.Choices, "", decisionAddress(&view), 0),
		Sight: c.sightOf(ctx, w, who, of, decisionAddress(&view)+"/media", pressed)}
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

// decisionDeeds are what can be done with a decision later.
func (c *Console) decisionDeeds() []deed {
	f := c.Flow
	return []deed{
		{kind: "decisions", open: inAnyState, name: flow.ChoiceReverse, action: flow.ActionCaseDecide,
			field:   "reverse.reasons",
			effects: says("console.reverse.ends", "console.reverse.signal", "console.reverse.final"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.ReverseDecision(ctx, who, on.id, given.text)
			}},
		{kind: "decisions", open: inAnyState, name: flow.ChoiceRatify, action: flow.ActionCaseDecide,
			effects: says("console.ratify.stands", "console.ratify.name"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, _ deedForm) error {
				return f.RatifyDecision(ctx, who, on.id)
			}},
		{kind: "decisions", open: inAnyState, name: flow.ChoiceStand, action: flow.ActionStandingChange,
			date: "stand.until",
			at:   map[string]string{"until": "stand.until"}, effects: c.standing,
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.Stand(ctx, who, on.id, given.at)
			}},
		{kind: "decisions", open: inAnyState, name: flow.ChoiceEndStanding, action: flow.ActionStandingChange,
			effects: says("console.end_standing.ends", "console.end_standing.stays"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, _ deedForm) error {
				return f.EndStanding(ctx, who, on.id)
			}},
	}
}

// standing says what a standing decision does, with this node's own limits.
func (c *Console) standing(ctx context.Context, _ deedOn) []string {
	limits := c.Flow.Settings.Standing
	return []string{page.T(ctx, "console.stand.identical"), page.N(ctx, "console.stand.limit", limits.MaxPerHour),
		page.N(ctx, "console.stand.ratify", int(limits.RatifyWithin/time.Hour)), page.T(ctx, "console.stand.end"),
		page.T(ctx, "console.stand.never")}
}
