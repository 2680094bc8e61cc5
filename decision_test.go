// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
)

// TestDecisionThatLacksBasisReasonsOrAssessmentIsRefused leaves out or misstates one thing at a time.
func TestDecisionThatLacksBasisReasonsOrAssessmentIsRefused(t *testing.T) {
	t.Parallel()
	type draft = tocsin.DecisionDraft
	past := noon.Add(-time.Second)
	for name, c := range map[string]struct {
		spoil func(*draft)
		field string
		keep  bool // whether a decision to keep needs it, too
	}{
		"no outcome":        {func(d *draft) { d.Outcome = "" }, "outcome", true},
		"deletion":          {func(d *draft) { d.Outcome = "delete" }, "outcome", true},
		"no basis":          {func(d *draft) { d.Basis = "" }, "basis", true},
		"basis of an order": {func(d *draft) { d.Basis = tocsin.BasisRemovalOrder }, "basis", true},
		"free basis":        {func(d *draft) { d.Basis = "law:a rule" }, "basis", true},
		"no detection":      {func(d *draft) { d.Detection = "" }, "detection", true},
		"no reasons":        {func(d *draft) { d.Reasons = " \n" }, "reasons", true},
		"endless reasons":   {func(d *draft) { d.Reasons = strings.Repeat("a", 5001) }, "reasons", true},
		"no provision":      {func(d *draft) { d.Provision = "" }, "provision", false},
		"no facts":          {func(d *draft) { d.Facts = "" }, "facts", false},
		"a purpose skipped": {func(d *draft) { d.Exemptions.Considered = d.Exemptions.Considered[1:] }, "exemptions.considered", true},
		"no rationale":      {func(d *draft) { d.Exemptions.Rationale = "" }, "exemptions.rationale", true},
		"journalism":        {func(d *draft) { d.Exemptions.Applies = []tocsin.Exemption{tocsin.ExemptionJournalism} }, "exemptions.applies", false},
		"unknown purpose":   {func(d *draft) { d.Exemptions.Applies = []tocsin.Exemption{"sport"} }, "exemptions.applies", true},
		"nowhere":           {func(d *draft) { d.Territory = nil }, "territory", false},
		"somewhere":         {func(d *draft) { d.Territory = []tocsin.Country{"Garden"} }, "territory", false},
		"over already":      {func(d *draft) { d.Until = &past }, "until", false},
	} {
		for _, outcome := range []tocsin.Outcome{tocsin.OutcomeRestrict, tocsin.OutcomeKeep} {
			d := decisionDraft(outcome)
			c.spoil(&d)
			err := d.Validate(noon)
			wants := c.keep || outcome == tocsin.OutcomeRestrict
			if wants != (err != nil) || wants && fieldOf(err) != c.field {
				t.Errorf("%s, %s: %v", outcome, name, err)
			}
		}
	}
}

func TestNoMachineDecidesUndoesReversesOrRatifies(t *testing.T) {
	t.Parallel()
	c, _ := openedCase(noon)
	for _, actor := range []tocsin.ActorID{tocsin.ActorClock, "svc_key", tocsin.ActorParty(host), "operator"} {
		by := tocsin.By{Actor: actor, At: noon}
		before := encode(t, c)
		if _, _, _, err := c.Decide(by, decisionDraft(tocsin.OutcomeKeep), c.Content, time.Hour, nil); err == nil {
			t.Errorf("%s decided", actor)
		}
		if encode(t, c) != before {
			t.Errorf("%s changed the case", actor)
		}
	}
	d, _, _, err := c.Decide(officer(0, noon), decisionDraft(tocsin.OutcomeRestrict), c.Content, time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, actor := range []tocsin.ActorID{tocsin.ActorClock, "svc_key", tocsin.ActorParty(host)} {
		by := tocsin.By{Actor: actor, At: noon}
		_, undo := d.Undo(by)
		_, reverse := d.Reverse(by, "", text)
		_, ratify := d.Ratify(by)
		_, stand := d.Stand(by, noon.Add(time.Hour))
		if _, err := d.Restore(by, newID(tocsin.KindComplaint)); err == nil {
			t.Errorf("%s restored", actor)
		}
		if undo == nil || reverse == nil || ratify == nil || stand == nil {
			t.Errorf("%s: %v, %v, %v, %v", actor, undo, reverse, ratify, stand)
		}
	}
}

// TestDecisionStandsAgainForTheComplaintThatReversedIt, and for nothing else; what a machine decided never does.
func TestDecisionStandsAgainForTheComplaintThatReversedIt(t *testing.T) {
	t.Parallel()
	complaint := newID(tocsin.KindComplaint)
	take := func() *tocsin.Decision {
		c, _ := openedCase(noon)
		d, _, _, err := c.Decide(officer(0, noon), decisionDraft(tocsin.OutcomeRestrict), c.Content, time.Hour, nil)
		must([]tocsin.Event(nil), err)
		return d
	}
	looked, standing, answered := take(), take(), take()
	ok(t)(looked.Reverse(officer(1, noon), "", text))
	ok(t)(answered.ReverseFor(officer(1, noon), complaint, text, noon.Add(time.Hour)))
	for name, err := range map[string]error{
		"of a second look":  second(looked.Restore(officer(1, noon), complaint)),
		"that stands":       second(standing.Restore(officer(1, noon), complaint)),
		"for another":       second(answered.Restore(officer(1, noon), newID(tocsin.KindComplaint))),
		"for none":          second(looked.Restore(officer(1, noon), "")),
		"reversed for none": second(standing.ReverseFor(officer(1, noon), "", text, noon)),
	} {
		if err == nil {
			t.Errorf("a decision %s was restored", name)
		}
	}
	ok(t)(answered.Restore(officer(1, noon), complaint))
	if answered.Status != tocsin.DecisionEffective || answered.ReversedFor != "" {
		t.Errorf("it is %s, for %q", answered.Status, answered.ReversedFor)
	}
}

// TestStandingDecisionIsTheNarrowException tries each limit by itself.
func TestStandingDecisionIsTheNarrowException(t *testing.T) {
	t.Parallel()
	type limits = tocsin.StandingLimits
	good := limits{Enabled: true, LastHour: 3, MaxPerHour: 3, RatifyWithin: time.Hour}
	for name, c := range map[string]struct {
		limits  func(*limits)
		happens func(*tocsin.Decision) error
		at      time.Time
	}{
		"switched off":    {limits: func(l *limits) { l.Enabled = false }},
		"over its volume": {limits: func(l *limits) { l.LastHour++ }},
		"nobody ratifies": {limits: func(l *limits) { l.RatifyWithin = 0 }},
		"its date":        {at: noon.Add(week)},
		"ended":           {happens: func(d *tocsin.Decision) error { _, err := d.EndStanding(officer(0, noon), tocsin.EndEnded); return err }},
		"complained of": {happens: func(d *tocsin.Decision) error {
			_, err := d.Contest(party(noon), newID(tocsin.KindComplaint))
			return err
		}},
		"undone":              {happens: func(d *tocsin.Decision) error { _, err := d.Undo(officer(0, noon)); return err }},
		"reversed":            {happens: func(d *tocsin.Decision) error { _, err := d.Reverse(officer(1, noon), "", text); return err }},
		"none of these: good": {},
	} {
		d := standingDecision(t)
		l, at := good, noon
		if c.limits != nil {
			c.limits(&l)
		}
		if c.happens != nil {
			if err := c.happens(d); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if !c.at.IsZero() {
			at = c.at
		}
		follower, _, err := tocsin.FollowDecision(tocsin.By{Actor: tocsin.ActorClock, At: at}, d, l, time.Hour, nil)
		if good := strings.HasSuffix(name, "good"); good != (err == nil) || good && !follower.Automatic {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func standingDecision(t *testing.T) *tocsin.Decision {
	t.Helper()
	c, _ := openedCase(noon)
	d, _, _, err := c.Decide(officer(0, noon), decisionDraft(tocsin.OutcomeRestrict), c.Content, time.Hour, nil)
	if err == nil {
		_, err = d.Stand(officer(0, noon), noon.Add(week))
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOnlyAPersonsOwnDecisionUnderTheTermsStands(t *testing.T) {
	t.Parallel()
	try := func(change func(*tocsin.DecisionDraft), until time.Duration) error {
		c, _ := openedCase(noon)
		draft := decisionDraft(tocsin.OutcomeRestrict)
		change(&draft)
		d, _, _, err := c.Decide(officer(0, noon), draft, c.Content, time.Hour, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Stand(officer(0, noon), noon.Add(until))
		return err
	}
	same := func(*tocsin.DecisionDraft) {}
	errs := []error{
		try(func(d *tocsin.DecisionDraft) { d.Basis = "law:fr:lcen-6" }, time.Hour),
		try(func(d *tocsin.DecisionDraft) { d.Outcome = tocsin.OutcomeKeep }, time.Hour),
		try(same, 0), try(same, tocsin.LongestStanding+time.Second),
	}
	if slices.Contains(errs, nil) {
		t.Errorf("stood: %v", errs)
	}
	if err := try(same, tocsin.LongestStanding); err != nil {
		t.Error(err)
	}
	d := standingDecision(t)
	limits := tocsin.StandingLimits{Enabled: true, MaxPerHour: 1, RatifyWithin: time.Hour}
	follower, _, err := tocsin.FollowDecision(tocsin.By{Actor: tocsin.ActorClock, At: noon}, d, limits, time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := follower.Stand(officer(0, noon), noon.Add(time.Hour)); err == nil {
		t.Error("what a standing decision made stands by itself")
	}
}

func TestWhatSomebodyComplainedOfIsAnsweredAndNotRatified(t *testing.T) {
	t.Parallel()
	limits := tocsin.StandingLimits{Enabled: true, MaxPerHour: 1, RatifyWithin: time.Hour}
	by := tocsin.By{Actor: tocsin.ActorClock, At: noon}
	follower, _, err := tocsin.FollowDecision(by, standingDecision(t), limits, time.Hour, nil)
	if err == nil {
		_, err = follower.Contest(party(noon), newID(tocsin.KindComplaint))
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := follower.Ratify(officer(1, noon)); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		t.Errorf("ratified: %v", err)
	}
}

// TestEachCopyMayBeComplainedOfForSixMonthsFromItsOwnNotice tells the content providers of two copies a week apart
// (DSA Art. 20(2)).
func TestEachCopyMayBeComplainedOfForSixMonthsFromItsOwnNotice(t *testing.T) {
	t.Parallel()
	c, _ := openedCase(noon)
	d, _, _, err := c.Decide(officer(0, noon), decisionDraft(tocsin.OutcomeRestrict), c.Content, time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}
	must(d.Cover(officer(0, noon), c))
	other, _ := openedCase(noon)
	must(d.Cover(officer(0, noon), other))
	told := []time.Time{noon, noon.Add(week)}
	for i, at := range told {
		must(d.Inform(party(at), d.Items[i].Item, at))
	}
	for i, at := range told {
		if until := d.Items[i].ComplainUntil(); until == nil || until.Before(at.AddDate(0, 6, 1)) {
			t.Errorf("told on %s, until %v", at, until)
		}
		if _, err := d.Inform(party(at), d.Items[i].Item, at); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
			t.Errorf("told twice: %v", err)
		}
	}
	if !d.InformedAt.Equal(told[0]) || !d.ComplainUntil.Equal(*d.Items[1].ComplainUntil()) {
		t.Errorf("informed %s, until %s", d.InformedAt, d.ComplainUntil)
	}
	if _, err := d.Inform(party(noon), newID(tocsin.KindItem), noon); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		t.Errorf("told of an item that it does not cover: %v", err)
	}
}
