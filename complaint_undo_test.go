// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"testing"
	"time"

	"tocsin"
)

// TestAnswerThatABodyHasIsNotTakenBack: once the complainant took it out of court, the answer stands, whatever the window.
func TestAnswerThatABodyHasIsNotTakenBack(t *testing.T) {
	t.Parallel()
	c, _ := receivedComplaint(noon, against())
	if c.Undoable(noon) {
		t.Error("what nobody answered can be taken back")
	}
	must(c.Reject(officer(1, noon), text, time.Hour))
	if !c.Undoable(noon.Add(time.Hour-time.Microsecond)) || c.Undoable(noon.Add(time.Hour)) {
		t.Error("the window is not an hour")
	}
	must(c.NameBody(officer(1, noon), "A body in the garden"))
	before := encode(t, c)
	events, err := c.TakeBack(officer(1, noon))
	if refused(t, c, before, events, err); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		t.Errorf("taken back: %v", err)
	}
}

// TestMachinesDecisionThatNobodyRatifiedDoesNotComeBack with the answer that reversed it; one that a person ratified does.
func TestMachinesDecisionThatNobodyRatifiedDoesNotComeBack(t *testing.T) {
	t.Parallel()
	limits := tocsin.StandingLimits{Enabled: true, MaxPerHour: 1, RatifyWithin: time.Hour}
	for _, ratified := range []bool{true, false} {
		complaint := newID(tocsin.KindComplaint)
		d, events, err := tocsin.FollowDecision(tocsin.By{Actor: tocsin.ActorClock, At: noon}, standingDecision(t), limits, time.Hour, nil)
		must(events, err)
		if ratified {
			must(d.Ratify(officer(2, noon)))
		}
		must(d.ReverseFor(officer(1, noon), complaint, text, noon.Add(time.Hour)))
		if _, err := d.Restore(officer(1, noon), complaint); (err == nil) != ratified {
			t.Errorf("ratified %v: %v", ratified, err)
		}
	}
}

// TestRestrictionIsResumedOnlyAsItWas: for the reason for which it was ended, and not beyond its own end.
func TestRestrictionIsResumedOnlyAsItWas(t *testing.T) {
	t.Parallel()
	until, by := noon.Add(time.Hour), officer(0, noon)
	item, events, err := tocsin.LocateItem(by, newID(tocsin.KindItem), true, nil)
	must(events, err)
	r := tocsin.Restriction{ID: tocsin.NewRestrictionID(), Basis: tocsin.BasisHostTerms, Decision: newID(tocsin.KindDecision),
		Territory: []tocsin.Country{tocsin.TerritoryUnion}, Until: &until}
	must(item.Impose(by, r))
	if _, err := item.Resume(by, r.ID, "found_wrong"); err == nil {
		t.Error("what is in force was resumed")
	}
	must(item.End(by, r.ID, "found_wrong"))
	for name, resume := range map[string]func() ([]tocsin.Event, error){
		"another one":        func() ([]tocsin.Event, error) { return item.Resume(by, tocsin.NewRestrictionID(), "found_wrong") },
		"for another reason": func() ([]tocsin.Event, error) { return item.Resume(by, r.ID, "undone") },
		"after its own end":  func() ([]tocsin.Event, error) { return item.Resume(officer(0, until), r.ID, "found_wrong") },
	} {
		before := encode(t, item)
		events, err := resume()
		if refused(t, item, before, events, err); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(item.Resume(by, r.ID, "found_wrong"))
	if len(item.Active(noon)) != 1 {
		t.Error("it is not in force again")
	}
}
