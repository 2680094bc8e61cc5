// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"testing"
	"time"

	"tocsin"
)

// openedReview samples a decision to restrict that person(0) took.
func openedReview(at time.Time) (*tocsin.Review, []tocsin.Event) {
	c, _ := openedCase(at)
	d, _, _, err := c.Decide(officer(0, at), decisionDraft(tocsin.OutcomeRestrict), c.Content, time.Hour, nil)
	must(d.Cover(officer(0, at), c))
	if err != nil {
		panic(err)
	}
	r, events, err := tocsin.OpenReview(officer(0, at), d, c.ID, d.Deciders(), tocsin.EUPeriods())
	return r, must(events, err)
}

func reviewMachine() machine {
	type review = *tocsin.Review
	_, opened := openedReview(noon)
	find := func(outcome tocsin.Outcome) command {
		return on(func(r review, at time.Time) ([]tocsin.Event, error) { return r.Find(officer(1, at), outcome, text) })
	}
	return machine{tocsin.KindReview, [][]tocsin.Event{opened}, []command{
		clockwork, find(tocsin.OutcomeRestrict), find(tocsin.OutcomeKeep),
		on(func(r review, at time.Time) ([]tocsin.Event, error) { return r.Drop(party(at)) }),
		on(func(r review, at time.Time) ([]tocsin.Event, error) { return r.Resolve(officer(2, at)) }),
	}}
}

func TestReviewIsAnotherPersonsAndOnlyOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		by      tocsin.By
		outcome tocsin.Outcome
		reasons string
		want    tocsin.Reason
	}{
		"the decider":   {officer(0, noon), tocsin.OutcomeKeep, text, tocsin.ReasonHadAHand},
		"a machine":     {party(noon), tocsin.OutcomeKeep, text, tocsin.ReasonRole},
		"no reasons":    {officer(1, noon), tocsin.OutcomeKeep, " ", tocsin.ReasonMissing},
		"no outcome":    {officer(1, noon), "", text, tocsin.ReasonUnknownValue},
		"other outcome": {officer(1, noon), "delete", text, tocsin.ReasonUnknownValue},
	} {
		r, _ := openedReview(noon)
		before := encode(t, r)
		events, err := r.Find(c.by, c.outcome, c.reasons)
		if tocsin.ReasonOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		refused(t, r, before, events, err)
	}
	for outcome, want := range map[tocsin.Outcome]tocsin.ReviewState{
		tocsin.OutcomeRestrict: tocsin.ReviewAgreed, tocsin.OutcomeKeep: tocsin.ReviewDiffered} {
		r, _ := openedReview(noon)
		must(r.Find(officer(1, noon), outcome, text))
		if r.Status != want {
			t.Errorf("%s: %s, want %s", outcome, r.Status, want)
		}
		if _, err := r.Find(officer(2, noon), outcome, text); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
			t.Errorf("found twice: %v", err)
		}
	}
}
