// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"testing"
	"time"

	"tocsin"
)

// calledAbout is an alert that called one person, with another to be called in five minutes.
func calledAbout(t *testing.T) *tocsin.Alert {
	t.Helper()
	deadline, next := noon.Add(time.Hour), noon.Add(5*time.Minute)
	a, events, err := tocsin.OpenAlert(tocsin.By{Actor: tocsin.ActorClock, At: noon}, tocsin.TopicOrder,
		newID(tocsin.KindReceivedOrder), tocsin.NewEventID(), &deadline,
		tocsin.Call{People: []tocsin.RecordID{tocsin.RecordID(person(1))}, Next: &next})
	ok(t)(events, err)
	return a
}

func TestAcknowledgementStopsCallsAndMovesNoClock(t *testing.T) {
	t.Parallel()
	a := calledAbout(t)
	if due := a.Due(); due == nil || !due.Equal(noon.Add(5*time.Minute)) {
		t.Errorf("the next call is due %v", due)
	}
	ok(t)(a.Acknowledge(officer(1, noon.Add(time.Minute))))
	if a.Due() != nil || a.Deadline == nil || !a.Deadline.Equal(noon.Add(time.Hour)) {
		t.Errorf("due %v, deadline %v", a.Due(), a.Deadline)
	}
	if _, err := a.Acknowledge(officer(2, noon)); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		t.Errorf("acknowledged twice: %v", err)
	}
	if _, err := a.CallNext(party(noon), tocsin.Call{}); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		t.Errorf("called after it was acknowledged: %v", err)
	}
}

func TestNoMachineAcknowledgesAnAlert(t *testing.T) {
	t.Parallel()
	for _, actor := range []tocsin.ActorID{tocsin.ActorClock, "svc_bridge", tocsin.ActorParty(authority)} {
		a := calledAbout(t)
		if _, err := a.Acknowledge(tocsin.By{Actor: actor, At: noon}); tocsin.CodeOf(err) != tocsin.CodeForbidden {
			t.Errorf("%s: %v", actor, err)
		}
	}
}

func TestRenewedAlertMustBeAcknowledgedAgain(t *testing.T) {
	t.Parallel()
	a := calledAbout(t)
	ok(t)(a.Acknowledge(officer(1, noon)))
	ok(t)(a.Renew(party(noon.Add(10*time.Minute)), tocsin.NewEventID(), a.Deadline, tocsin.Call{}))
	if a.Status != tocsin.AlertOpen || a.AcknowledgedBy != "" {
		t.Errorf("%s, acknowledged by %q", a.Status, a.AcknowledgedBy)
	}
	ok(t)(a.Clear(party(noon), tocsin.ClearedHandled, nil))
	for name, err := range map[string]error{
		"renewed": second(a.Renew(party(noon), tocsin.NewEventID(), nil, tocsin.Call{})),
		"cleared": second(a.Clear(party(noon), tocsin.ClearedHandled, nil)),
		"taken":   second(a.Acknowledge(officer(1, noon))),
	} {
		if tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
			t.Errorf("%s after it was cleared: %v", name, err)
		}
	}
}

func second(_ []tocsin.Event, err error) error { return err }

func TestAlertHasATopicThatPeopleCanChooseBy(t *testing.T) {
	t.Parallel()
	if _, _, err := tocsin.OpenAlert(party(noon), "weather", "", "", nil, tocsin.Call{}); err == nil {
		t.Error("an alert about the weather")
	}
}
