// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tocsin"
)

// The choices on a complaint.
const (
	ChoiceTake      ChoiceName = "take"
	ChoiceGive      ChoiceName = "give"
	ChoiceUphold    ChoiceName = "uphold"
	ChoiceReject    ChoiceName = "reject"
	ChoiceTakeBack  ChoiceName = "take_back"
	ChoiceNameBody  ChoiceName = "name_body"
	ChoiceRefer     ChoiceName = "refer"
	ChoiceProlong   ChoiceName = "prolong"
	ChoiceSettle    ChoiceName = "settle"
	ChoiceImplement ChoiceName = "implement"
	ChoiceDecline   ChoiceName = "decline"
)

// complaintChoices are what a person may do with a complaint now, or why not.
func (f *Flow) complaintChoices(actor Actor, c *tocsin.Complaint, d *tocsin.Decision, now time.Time) []Choice {
	var list []Choice
	add := func(name ChoiceName, action Action, refused error) {
		if err := f.Policy.Decide(actor, action, c); err != nil {
			refused = err // first whose it is, then what stands in the way
		}
		list = append(list, Choice{name, refused})
	}
	if c.Open() {
		var held, fell error
		if c.Handler != "" && c.Handler != actor.ID {
			held = tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonClaimed, "Somebody else has this complaint.")
		}
		if d.Status != tocsin.DecisionEffective {
			fell = fellAlready()
		}
		if c.Handler != actor.ID {
			add(ChoiceTake, ActionComplaintHandle, nil)
		}
		add(ChoiceUphold, ActionComplaintHandle, held)
		add(ChoiceReject, ActionComplaintHandle, cmp.Or(held, fell))
		add(ChoiceGive, ActionComplaintHandle, nil)
		return list
	}
	if c.Undoable(now) {
		add(ChoiceTakeBack, ActionComplaintUndo, nil)
	}
	for _, name := range settlementChoices(c) {
		add(name, ActionComplaintSettle, nil)
	}
	return list
}

func settlementChoices(c *tocsin.Complaint) []ChoiceName {
	s := c.Settlement
	switch {
	case s == nil && c.Status != tocsin.ComplaintRejected:
		return nil
	case s == nil:
		return []ChoiceName{ChoiceNameBody}
	case s.State == tocsin.SettlementNamed:
		return []ChoiceName{ChoiceRefer, ChoiceNameBody, ChoiceSettle}
	case s.State == tocsin.SettlementReferred && !s.Extended:
		return []ChoiceName{ChoiceSettle, ChoiceProlong}
	case s.State == tocsin.SettlementReferred:
		return []ChoiceName{ChoiceSettle}
	case s.State == tocsin.SettlementClosed:
		return nil
	}
	if s.Outcome == tocsin.SettledForComplainant || s.Outcome == tocsin.SettledInPart {
		return []ChoiceName{ChoiceImplement, ChoiceDecline}
	}
	return []ChoiceName{ChoiceDecline}
}

// Handler is a person who handles complaints, and why she may not handle this one.
type Handler struct {
	Colleague
	Refused error // nil: she may
}

// Handlers lists who handles complaints, with what the rules say of each and one complaint.
func (f *Flow) Handlers(ctx context.Context, actor Actor, id tocsin.RecordID) (list []Handler, err error) {
	err = f.view(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Complaint](u, actor, ActionComplaintRead, id)
		if err != nil {
			return err
		}
		people, err := u.everybody()
		if err != nil {
			return err
		}
		list = nil
		for _, p := range people {
			if !f.admits(p) || !p.Has(tocsin.DutyComplaintHandler) {
				continue
			}
			who := p.Actor()
			who.Passkey = true // as she signs in
			list = append(list, Handler{Colleague{p.ID, cmp.Or(p.File.Name, string(p.ID))},
				f.Policy.Decide(who, ActionComplaintHandle, c)})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Handler) int { return cmp.Compare(a.Name, b.Name) })
	return list, err
}
