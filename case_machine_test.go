// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"time"

	"tocsin"
)

func decisionDraft(outcome tocsin.Outcome) tocsin.DecisionDraft {
	return tocsin.DecisionDraft{Outcome: outcome, Basis: tocsin.BasisHostTerms, Provision: text, Facts: text,
		Reasons: text, Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(), Rationale: text},
		Territory: []tocsin.Country{tocsin.TerritoryUnion}, Detection: tocsin.DetectionMatch}
}

// openedCase is an open case of an item the platform named, claimed by person 0.
func openedCase(at time.Time) (*tocsin.Case, []tocsin.Event) {
	c, events, err := tocsin.OpenCase(tocsin.By{Actor: tocsin.ActorClock, At: at}, newID(tocsin.KindBank),
		tocsin.PriorityMatch, tocsin.EUPeriods(), nil)
	all := must(events, err)
	all = append(all, must(c.Identify(tocsin.By{Actor: tocsin.ActorClock, At: at}, newID(tocsin.KindItem)))...)
	return c, append(all, must(c.Take(officer(0, at)))...)
}

// caseMachine has a bank, a notice and an order point to one item.
func caseMachine() machine {
	type theCase = *tocsin.Case
	_, opened, err := tocsin.OpenCase(tocsin.By{Actor: tocsin.ActorClock, At: noon}, newID(tocsin.KindBank),
		tocsin.PriorityMatch, tocsin.EUPeriods(), nil)
	notice, order := newID(tocsin.KindNotice), newID(tocsin.KindReceivedOrder)
	decide := func(outcome tocsin.Outcome) command {
		return on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			if len(c.Decisions) > 0 && len(c.Notices) == 0 || len(c.Decisions) > 1 {
				return nil, nil
			}
			_, _, events, err := c.Decide(officer(0, at), decisionDraft(outcome), c.Content, time.Hour, nil)
			return events, err
		})
	}
	return machine{tocsin.KindCase, [][]tocsin.Event{must(opened, err)}, []command{
		clockwork,
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			if c.Matches > 1 || len(c.Orders) > 0 || len(c.Readings) > 0 {
				return nil, nil
			}
			return c.Match(party(at), newID(tocsin.KindBank), tocsin.EUPeriods(), nil)
		}),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			if c.Content > 1 && (c.Status != tocsin.CaseDecided || c.Content > 2) || c.Views > 0 || c.Assigned != "" {
				return nil, nil
			}
			return c.ReadAs(party(at), []tocsin.ReadingCode{tocsin.NewReadingCode("0a1b", 1, "T1", "en")},
				tocsin.PriorityMatch, true, tocsin.EUPeriods(), nil)
		}),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			return c.Report(party(at), notice, tocsin.PriorityNotice, false, tocsin.EUPeriods())
		}),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			if len(c.Notices) > 0 || len(c.Readings) > 0 {
				return nil, nil
			}
			return c.Order(party(at), order)
		}),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			return c.Identify(party(at), newID(tocsin.KindItem))
		}),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) { return c.Take(officer(0, at)) }),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) { return c.Release(officer(0, at)) }),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			if len(c.Skipped) > 0 || c.Assigned != "" || c.Content > 1 {
				return nil, nil
			}
			return c.Decline(officer(0, at))
		}),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			if c.Assigned != "" || c.Content > 1 || c.Escalated {
				return nil, nil
			}
			return c.Assign(officer(1, at), tocsin.RecordID(person(0)))
		}),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) { return c.Escalate(officer(0, at), text) }),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) { return c.Note(officer(0, at), text) }),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			if c.Views > 0 || c.Content > 3 {
				return nil, nil
			}
			return c.View(officer(0, at))
		}),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			if c.Content > 2 {
				return nil, nil
			}
			return c.Categorise(party(at), []tocsin.Category{tocsin.CategoryInstructs})
		}),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			if c.Assigned != "" || c.Content > 1 {
				return nil, nil
			}
			return c.LeaveToSeniors(party(at))
		}),
		decide(tocsin.OutcomeRestrict), decide(tocsin.OutcomeKeep),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) {
			if c.Status == tocsin.CaseClosed && c.Content > 1 {
				return nil, nil // or it is closed and opened for ever
			}
			return c.Reopen(party(at), tocsin.ReopenedUndone, nil, tocsin.EUPeriods())
		}),
		on(func(c theCase, at time.Time) ([]tocsin.Event, error) { return c.Close(party(at), "unknown_item") }),
	}}
}

// decisionMachine decides one case, for a restriction that stands for copies, or automatically.
func decisionMachine() machine {
	type decision = *tocsin.Decision
	c, _ := openedCase(noon)
	standing, taken, _, err := c.Decide(officer(0, noon), decisionDraft(tocsin.OutcomeRestrict), c.Content,
		time.Hour, nil)
	taken = append(must(taken, err), must(standing.Cover(officer(0, noon), c))...)
	starts := [][]tocsin.Event{taken[:len(taken):len(taken)]}
	must(standing.Stand(officer(0, noon), noon.Add(week)))
	copied, _ := openedCase(noon)
	limits := tocsin.StandingLimits{Enabled: true, MaxPerHour: 1, RatifyWithin: 24 * time.Hour}
	follower, followed, err := tocsin.FollowDecision(tocsin.By{Actor: tocsin.ActorClock, At: noon}, standing, limits,
		time.Hour, nil)
	followed = append(must(followed, err), must(follower.Cover(officer(0, noon), copied))...)
	contested := newID(tocsin.KindComplaint)
	return machine{tocsin.KindDecision, append(starts, followed), []command{
		clockwork,
		on(func(d decision, at time.Time) ([]tocsin.Event, error) {
			return d.Inform(party(at), d.Items[0].Item, at)
		}),
		on(func(d decision, at time.Time) ([]tocsin.Event, error) { return d.Undo(officer(0, at)) }),
		on(func(d decision, at time.Time) ([]tocsin.Event, error) { return d.Ratify(officer(0, at)) }),
		on(func(d decision, at time.Time) ([]tocsin.Event, error) { return d.TakeBack(party(at)) }),
		on(func(d decision, at time.Time) ([]tocsin.Event, error) {
			if d.Standing != nil {
				return nil, nil
			}
			return d.Stand(officer(0, at), at.Add(time.Hour))
		}),
		on(func(d decision, at time.Time) ([]tocsin.Event, error) {
			return d.EndStanding(officer(0, at), tocsin.EndEnded)
		}),
		on(func(d decision, at time.Time) ([]tocsin.Event, error) {
			if len(d.Complaints) > 0 {
				return nil, nil
			}
			return d.Contest(party(at), newID(tocsin.KindNotice))
		}),
		on(func(d decision, at time.Time) ([]tocsin.Event, error) { return d.Reverse(officer(1, at), "", text) }),
		on(func(d decision, at time.Time) ([]tocsin.Event, error) {
			return d.ReverseFor(officer(1, at), contested, text, at.Add(time.Hour))
		}),
		on(func(d decision, at time.Time) ([]tocsin.Event, error) { return d.Restore(officer(1, at), contested) }),
	}}
}
