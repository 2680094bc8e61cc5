// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
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

// caseDeeds are what is done to a case on a page of its own.
func (c *Console) caseDeeds() []deed {
	f := c.Flow
	return []deed{
		{kind: "cases", open: inAnyState, name: flow.ChoiceEscalate, action: flow.ActionCaseClaim,
			field:   "escalate.reasons",
			effects: says("console.escalate.senior", "console.escalate.back"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.EscalateCase(ctx, who, on.id, given.text)
			}},
		{kind: "cases", open: inAnyState, name: flow.ChoiceNote, action: flow.ActionCaseClaim, field: "note.text",
			at:      map[string]string{"note": "note.text"},
			effects: says("console.note.inside", "console.note.kept"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.NoteCase(ctx, who, on.id, given.text)
			}},
		{kind: "cases", open: inAnyState, name: flow.ChoiceAssign, action: flow.ActionCaseAssign, pick: "assign.to",
			at:      map[string]string{"to": "assign.to"},
			effects: says("console.assign.only", "console.assign.claim"), options: c.colleagues,
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.AssignCase(ctx, who, on.id, tocsin.RecordID(given.pickOne()))
			}},
	}
}

// colleagues are those who may be given a case; whoever comes is the first.
func (c *Console) colleagues(ctx context.Context, who flow.Individual, _ deedOn) ([]page.Option, error) {
	list, err := c.Flow.Colleagues(ctx, who.Actor())
	all := []page.Option{{Label: page.T(ctx, "console.case.assigned_nobody")}}
	for _, p := range list {
		all = append(all, page.Option{Value: string(p.ID), Label: p.Name})
	}
	return all, err
}
