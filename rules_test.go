// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"testing"
	"time"

	"tocsin"
)

// The rules below are also held by the property tests. Here each stands alone, so that a broken one has a
// name.

var (
	periods = tocsin.EUPeriods()
	draft   = tocsin.DigestOf([]byte("draft"))
)

// ok unwraps what a command that must succeed gave.
func ok(t *testing.T) func([]tocsin.Event, error) []tocsin.Event {
	return func(events []tocsin.Event, err error) []tocsin.Event {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return events
	}
}

func submitted(t *testing.T) (*tocsin.IssuedOrder, tocsin.Order) {
	t.Helper()
	order := completeOrder(noon)
	o, events, err := tocsin.DraftOrder(officer(0, noon), order, draft, periods)
	ok(t)(events, err)
	ok(t)(o.Submit(officer(1, noon), draft, nil))
	return o, order
}

func sent(t *testing.T) *tocsin.IssuedOrder {
	t.Helper()
	o, _ := submitted(t)
	ok(t)(o.Approve(officer(2, noon), draft, nil))
	ok(t)(o.Issue(officer(2, noon), informed(host), draft, supervisor, nil, periods))
	return o
}

func arrived(t *testing.T, a tocsin.Arrival) *tocsin.ReceivedOrder {
	t.Helper()
	a.Issuer, a.Document, a.Addresses = authority, draft, 1
	o, events, err := tocsin.ReceiveOrder(party(noon), newID(tocsin.KindReceivedOrder), a, nil, periods)
	ok(t)(events, err)
	return o
}

func locatedOrder(t *testing.T, a tocsin.Arrival) (*tocsin.ReceivedOrder, tocsin.RecordID) {
	t.Helper()
	o, item := arrived(t, a), newID(tocsin.KindItem)
	ok(t)(o.Locate(party(noon), []tocsin.LocatedAddress{{Item: item}}))
	return o, item
}

func TestNeitherDrafterNorSubmitterApproves(t *testing.T) {
	t.Parallel()
	for n, want := range []tocsin.Reason{tocsin.ReasonSamePerson, tocsin.ReasonSamePerson, ""} {
		o, _ := submitted(t)
		if _, err := o.Approve(officer(n, noon), draft, nil); tocsin.ReasonOf(err) != want {
			t.Errorf("officer %d: %v", n, err)
		}
	}
}

func TestRevisedDraftLosesItsSignatures(t *testing.T) {
	t.Parallel()
	o, order := submitted(t)
	ok(t)(o.Revise(officer(2, noon), order, tocsin.DigestOf([]byte("other bytes")), periods))
	if o.SubmittedBy != "" || o.DraftedBy != person(2) || o.Status != tocsin.IssuedDraft {
		t.Errorf("submitted by %q, drafted by %s, %s", o.SubmittedBy, o.DraftedBy, o.Status)
	}
}

func TestDraftIsNotReplacedByAnotherOrder(t *testing.T) {
	t.Parallel()
	o, _ := submitted(t)
	if _, err := o.Revise(officer(0, noon), completeOrder(noon), draft, periods); err == nil {
		t.Error("another order's text was taken")
	}
}

func TestPriorInformationOfAnotherHostDoesNotCount(t *testing.T) {
	t.Parallel()
	o, _ := submitted(t)
	contact := informed(otherHost)
	ok(t)(o.Approve(officer(2, noon), draft, nil))
	_, err := o.Issue(officer(2, noon), contact, draft, supervisor, nil, periods)
	if tocsin.ReasonOf(err) != tocsin.ReasonPriorInformation || !o.NeedsPriorInformation(contact, noon) {
		t.Errorf("issued to a host that was never informed: %v", err)
	}
}

func TestHostAnswersOnce(t *testing.T) {
	t.Parallel()
	o := sent(t)
	ok(t)(o.Withdraw(officer(0, noon), text))
	ok(t)(o.RefusedByHost(party(noon), tocsin.RefusedWrongKey, nil))
	if _, err := o.RefusedByHost(party(noon), tocsin.RefusedWrongKey, nil); err == nil {
		t.Error("refused twice")
	}
	if _, err := o.Acknowledge(party(noon), noon, nil, periods); err == nil {
		t.Error("refused, then acknowledged")
	}
}

func TestAutomaticExecutionIsTheNarrowException(t *testing.T) {
	t.Parallel()
	usual := tocsin.AutomaticLimits{Enabled: true, RecentOrders: 2, MaxPerHour: 2, KnownIssuer: true,
		RatifyWithin: time.Hour}
	for name, change := range map[string]func(*tocsin.AutomaticLimits, *tocsin.Arrival){
		"":                  func(*tocsin.AutomaticLimits, *tocsin.Arrival) {},
		"switched off":      func(l *tocsin.AutomaticLimits, _ *tocsin.Arrival) { l.Enabled = false },
		"unusual volume":    func(l *tocsin.AutomaticLimits, _ *tocsin.Arrival) { l.RecentOrders = 3 },
		"unknown issuer":    func(l *tocsin.AutomaticLimits, _ *tocsin.Arrival) { l.KnownIssuer = false },
		"nobody to ratify":  func(l *tocsin.AutomaticLimits, _ *tocsin.Arrival) { l.RatifyWithin = 0 },
		"review is overdue": func(l *tocsin.AutomaticLimits, _ *tocsin.Arrival) { l.ReviewPending = true },
		"order not logged":  func(_ *tocsin.AutomaticLimits, a *tocsin.Arrival) { a.Unlogged = true },
	} {
		limits, arrival := usual, tocsin.Arrival{}
		change(&limits, &arrival)
		o, _ := locatedOrder(t, arrival)
		if o.MayExecuteAutomatically(limits) != (name == "") {
			t.Errorf("%q: automatic execution %v", name, name != "")
		}
	}
}

func TestMachineDoesNotDecideWithoutRatification(t *testing.T) {
	t.Parallel()
	for _, actor := range []tocsin.ActorID{tocsin.ActorParty(authority), tocsin.ActorClock, "svc_board"} {
		o, _ := locatedOrder(t, tocsin.Arrival{})
		if _, err := o.Execute(tocsin.By{Actor: actor, At: noon}, 0, ""); tocsin.ReasonOf(err) != tocsin.ReasonRole {
			t.Errorf("%s decided: %v", actor, err)
		}
	}
}

func TestAuthorityJudgesLatenessByTheTimeAsItIsKept(t *testing.T) {
	t.Parallel()
	for past, want := range map[time.Duration]tocsin.IssuedState{
		0:                     tocsin.IssuedComplied,
		999 * time.Nanosecond: tocsin.IssuedComplied,
		time.Microsecond:      tocsin.IssuedCompliedLate,
	} {
		o := sent(t)
		ok(t)(o.Acknowledge(party(noon), noon, nil, periods))
		ok(t)(o.Comply(party(noon), noon.Add(time.Hour+past), nil))
		if o.Status != want {
			t.Errorf("%v after the deadline: %s", past, o.Status)
		}
	}
}

func TestAddressThatNamesNothingIsAFinding(t *testing.T) {
	t.Parallel()
	o := arrived(t, tocsin.Arrival{})
	ok(t)(o.Locate(party(noon), make([]tocsin.LocatedAddress, 1)))
	if len(o.Findings) != 1 || o.Findings[0] != tocsin.FindingUnresolved {
		t.Errorf("findings are %v", o.Findings)
	}
	if _, err := o.Execute(officer(0, noon), 0, ""); tocsin.ReasonOf(err) != tocsin.ReasonGateStopped {
		t.Errorf("executed without an item: %v", err)
	}
}

func TestRearmedOrderRingsEveryAlarmAgain(t *testing.T) {
	t.Parallel()
	o := arrived(t, tocsin.Arrival{})
	for o.Alarms < 2 {
		ok(t)(o.Tick(officer(0, *o.Due()), periods))
	}
	ok(t)(o.Impede(officer(0, noon.Add(40*time.Minute)), impossibility(noon, tocsin.GroundForceMajeure)))
	again := noon.Add(5 * time.Hour)
	ok(t)(o.Rearm(officer(0, again), nil, periods))
	rung := 0
	for o.NextAlarm != nil {
		rung++
		if at := again.Add([]time.Duration{10, 30, 45}[rung-1] * time.Minute); !o.NextAlarm.Equal(at) {
			t.Fatalf("alarm %d at %v, want %v", rung, o.NextAlarm, at)
		}
		ok(t)(o.Tick(officer(0, *o.NextAlarm), periods))
	}
	if rung != 3 || !o.Deadline.Equal(again.Add(time.Hour)) {
		t.Errorf("%d alarms, deadline %v", rung, o.Deadline)
	}
}

func TestRatificationEndsItsClock(t *testing.T) {
	t.Parallel()
	type order = *tocsin.ReceivedOrder
	for name, end := range map[string]func(order) ([]tocsin.Event, error){
		"ratified":  func(o order) ([]tocsin.Event, error) { return o.Ratify(officer(0, noon)) },
		"withdrawn": func(o order) ([]tocsin.Event, error) { return o.WithdrawnByIssuer(party(noon), nil) },
	} {
		o, item := locatedOrder(t, tocsin.Arrival{})
		ok(t)(o.Execute(party(noon), time.Hour, ""))
		ok(t)(o.Measured(party(noon), item, noon))
		if o.Due() == nil || !o.Due().Equal(noon.Add(time.Hour)) {
			t.Fatalf("ratification is due %v", o.Due())
		}
		if _, err := o.Ratify(party(noon)); tocsin.ReasonOf(err) != tocsin.ReasonRole {
			t.Errorf("a machine ratified: %v", err)
		}
		ok(t)(end(o))
		if o.Due() != nil {
			t.Errorf("%s, and yet due %v", name, o.Due())
		}
	}
}

func TestLatenessIsThatOfTheMeasure(t *testing.T) {
	t.Parallel()
	deadline := noon.Add(time.Hour)
	for _, c := range []struct {
		name   string
		ticked bool // the clock fired before the measure was told
		at     time.Time
		late   bool
	}{
		{"in time, told in time", false, deadline, false},
		{"in time, told late", true, deadline, false},
		{"late", true, deadline.Add(time.Microsecond), true},
		{"late, while the node was down", false, deadline.Add(time.Microsecond), true},
	} {
		o, item := locatedOrder(t, tocsin.Arrival{})
		ok(t)(o.Execute(officer(0, noon), 0, ""))
		if c.ticked {
			ok(t)(o.Tick(officer(0, deadline), periods))
		}
		ok(t)(o.Measured(party(deadline.Add(time.Hour)), item, c.at))
		if o.Status != tocsin.ReceivedConfirmed || o.Late != c.late {
			t.Errorf("%s: %s, late %v", c.name, o.Status, o.Late)
		}
	}
}

func TestMeasureInDoubtIsKept(t *testing.T) {
	t.Parallel()
	o, item := locatedOrder(t, tocsin.Arrival{})
	ok(t)(o.Execute(officer(0, noon), 0, ""))
	ok(t)(o.Reopen(party(noon), tocsin.RefusedKeyCompromised))
	ok(t)(o.Measured(party(noon), item, noon))
	if o.Status != tocsin.ReceivedReopened {
		t.Errorf("a measure ended the doubt: %s", o.Status)
	}
	events := ok(t)(o.Uphold(officer(0, noon), text))
	if o.Status != tocsin.ReceivedConfirmed || events[len(events)-1].Kind != tocsin.EventReceivedConfirmed {
		t.Errorf("upheld with its measure taken, it is %s", o.Status)
	}
}

func TestTwoOrdersOneWithdrawnLeavesTheItemRestricted(t *testing.T) {
	t.Parallel()
	item, events, err := tocsin.LocateItem(party(noon), newID(tocsin.KindItem), true, nil)
	ok(t)(events, err)
	ids := []tocsin.RestrictionID{tocsin.NewRestrictionID(), tocsin.NewRestrictionID()}
	for _, id := range ids {
		ok(t)(item.Impose(officer(0, noon), tocsin.Restriction{ID: id, Basis: tocsin.BasisRemovalOrder,
			Order: newID(tocsin.KindReceivedOrder), Territory: []tocsin.Country{tocsin.TerritoryUnion}}))
	}
	for i, want := range []string{"restricted", "visible"} {
		ok(t)(item.End(party(noon), ids[i], "order_withdrawn"))
		if item.State() != want {
			t.Errorf("%d of 2 orders withdrawn: %s", i+1, item.State())
		}
	}
}
