// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"time"

	"tocsin"
)

// Choice is something a person may do with a case or a decision now, or why she may not. Faces show these, in this
// order, and no others; its name is also the name of the words for it and for its effect.
type Choice struct {
	Name    ChoiceName
	Refused error // nil when it is allowed
}

// ChoiceName names a choice.
type ChoiceName string

// The choices.
const (
	ChoiceClaim       ChoiceName = "claim"
	ChoiceExtend      ChoiceName = "extend"
	ChoiceRestrict    ChoiceName = "restrict"
	ChoiceKeep        ChoiceName = "keep"
	ChoiceSkip        ChoiceName = "skip"
	ChoiceRelease     ChoiceName = "release"
	ChoiceEscalate    ChoiceName = "escalate"
	ChoiceNote        ChoiceName = "note"
	ChoiceAssign      ChoiceName = "assign"
	ChoiceUndo        ChoiceName = "undo"
	ChoiceReverse     ChoiceName = "reverse"
	ChoiceRatify      ChoiceName = "ratify"
	ChoiceStand       ChoiceName = "stand"
	ChoiceEndStanding ChoiceName = "end_standing"
)

// choices are those on a case, with those on its last decision.
func (f *Flow) choices(actor Actor, c *tocsin.Case, d *DecisionView, now time.Time) []Choice {
	var list []Choice
	add := func(name ChoiceName, action Action, refused error) {
		if refused == nil {
			refused = f.Policy.Decide(actor, action, c)
		}
		list = append(list, Choice{name, refused})
	}
	if c.Status == tocsin.CaseOpen {
		holds := c.HeldBy(actor.ID, now)
		switch {
		case holds:
			add(ChoiceRestrict, ActionCaseDecide, f.restrictable(c))
			add(ChoiceKeep, ActionCaseDecide, nil)
			add(ChoiceExtend, ActionCaseClaim, nil)
			add(ChoiceSkip, ActionCaseClaim, nil)
			add(ChoiceRelease, ActionCaseClaim, nil)
		case c.Held(now):
			add(ChoiceClaim, ActionCaseClaim, tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonClaimed,
				"Somebody else works on this case."))
		default:
			add(ChoiceClaim, ActionCaseClaim, nil)
		}
		if !c.Escalated {
			add(ChoiceEscalate, ActionCaseClaim, nil)
		}
		add(ChoiceAssign, ActionCaseAssign, nil)
	}
	add(ChoiceNote, ActionCaseClaim, nil)
	if d != nil {
		list = append(d.Choices, list...)
	}
	return list
}

func (f *Flow) restrictable(c *tocsin.Case) error {
	if c.Item == "" {
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonNoItem,
			"The platform has not said yet which public item this is. Try again in a moment.")
	}
	return nil
}

func (f *Flow) decisionChoices(actor Actor, d *tocsin.Decision, now time.Time) []Choice {
	if d.Status != tocsin.DecisionEffective {
		return nil
	}
	var list []Choice
	add := func(name ChoiceName, action Action) {
		list = append(list, Choice{name, f.Policy.Decide(actor, action, d)})
	}
	if d.Undoable(now) {
		add(ChoiceUndo, ActionDecisionUndo)
	}
	if d.Automatic && d.RatifiedBy == "" {
		add(ChoiceRatify, ActionCaseDecide)
	}
	if actor.ID != d.DecidedBy && actor.ID != d.RatifiedBy {
		add(ChoiceReverse, ActionCaseDecide)
	}
	switch {
	case d.Standing.Active():
		add(ChoiceEndStanding, ActionStandingChange)
	case f.Settings.Standing.Enabled && d.Outcome == tocsin.OutcomeRestrict && d.Basis == tocsin.BasisHostTerms &&
		!d.Automatic && len(d.Complaints) == 0:
		add(ChoiceStand, ActionStandingChange)
	}
	return list
}
