// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"fmt"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/testkit"
)

// cannot answers an order with Annex III for a ground.
func cannot(w *testkit.World, received tocsin.RecordID, ground tocsin.Ground) {
	w.Helper()
	form := tocsin.AnnexIII{Grounds: []tocsin.Ground{ground}, Information: "The storage does not answer."}
	if ground != tocsin.GroundForceMajeure {
		form.ClarificationNeeded = "Which picture exactly?"
	}
	if err := w.Host.Flow().CannotExecute(w.Context(), w.Moderator.Actor, received, form); err != nil {
		w.Fatal(err)
	}
}

// mustHaveHour compares both ends of an order with the hour that must run now; zero when none may.
func mustHaveHour(w *testkit.World, issued, received tocsin.RecordID, from time.Time) {
	w.Helper()
	for side, deadline := range map[string]*time.Time{"authority": w.Issued(issued).Deadline,
		"host": w.Received(received).Deadline} {
		switch {
		case from.IsZero() && deadline == nil:
		case from.IsZero():
			w.Errorf("at the %s the hour still runs until %s", side, deadline)
		case deadline == nil || !deadline.Equal(from.Add(time.Hour)):
			w.Errorf("at the %s the hour ends at %v, want %s", side, deadline, from.Add(time.Hour))
		}
	}
}

// TestImpedimentThatEndsStartsAFullNewHour is A3 of the acceptance figures: at any minute, event + 1 h
// exactly.
func TestImpedimentThatEndsStartsAFullNewHour(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		for i, minute := range []int{1, 59} {
			t.Run(fmt.Sprintf("force majeure, minute %d", minute), func(t *testing.T) {
				forceMajeure(w.As(t), fmt.Sprintf("M-%d", i), time.Duration(minute)*time.Minute)
			})
			t.Run(fmt.Sprintf("clarification, minute %d", minute), func(t *testing.T) {
				clarification(w.As(t), fmt.Sprintf("N-%d", i), time.Duration(minute)*time.Minute)
			})
		}
		t.Run("a ceased ground overtakes the form that told of it", func(t *testing.T) { overtaken(w.As(t)) })
		w.Drain()
		w.MustVerify()
	})
}

func forceMajeure(w *testkit.World, reference string, after time.Duration) {
	issued, received := w.Order(testkit.Draft(reference, testkit.Post(1)))
	arrived := w.Received(received).ReceivedAt
	w.Clock.Advance(after)
	cannot(w, received, tocsin.GroundForceMajeure)
	w.MustReach(issued, tocsin.IssuedImpeded)
	mustHaveHour(w, issued, received, time.Time{})
	w.Pass(26 * time.Hour) // nothing runs meanwhile
	if got := w.Issued(issued).Status; got != tocsin.IssuedImpeded {
		w.Errorf("while the ground lasts the order became %s", got)
	}
	ceased := w.Clock.Now()
	if err := w.Host.Flow().GroundCeased(w.Context(), w.Moderator.Actor, received); err != nil {
		w.Fatal(err)
	}
	w.MustReach(issued, tocsin.IssuedRunning)
	mustHaveHour(w, issued, received, ceased)
	if !w.Received(received).ReceivedAt.Equal(arrived) || !w.Issued(issued).ReceivedAt.Equal(arrived) {
		w.Error("the time of receipt changed")
	}
	w.Until("located", func() bool { return w.Received(received).Located })
	w.Execute(received)
	w.MustReach(issued, tocsin.IssuedComplied)
}

func clarification(w *testkit.World, reference string, after time.Duration) {
	issued, received := w.Order(testkit.Draft(reference, testkit.Post(2)))
	w.Clock.Advance(after)
	cannot(w, received, tocsin.GroundInsufficient)
	w.MustReach(issued, tocsin.IssuedClarify)
	if err := w.Host.Flow().GroundCeased(w.Context(), w.Moderator.Actor,
		received); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		w.Errorf("the host started the hour by itself: %v", err)
	}
	// The hour runs from the receipt of the clarification, not from its sending.
	w.Authority.Faults.Down(testkit.SendTo(testkit.Host))
	w.Clock.Advance(10 * time.Minute)
	if err := w.Authority.Flow().ClarifyOrder(w.Context(), w.Officer.Actor, issued,
		"The second from the left."); err != nil {
		w.Fatal(err)
	}
	mustHaveHour(w, issued, received, time.Time{})
	w.PutOff(w.Authority) // no attempt is on its way while the clock moves
	w.Authority.Faults.Up(testkit.SendTo(testkit.Host))
	arrived := w.Clock.Advance(2 * time.Hour)
	w.Wake()
	w.MustReach(issued, tocsin.IssuedRunning)
	mustHaveHour(w, issued, received, arrived)
	if text := w.Received(received).File.Clarification; text != "The second from the left." {
		w.Errorf("the host reads %q", text)
	}
	w.Clock.Advance(time.Hour + time.Minute)
	w.Scan()
	if got := w.Issued(issued).Status; got != tocsin.IssuedOverdue {
		w.Errorf("an hour after the clarification the order is %s", got)
	}
}

// overtaken has the second document of the host arrive first.
func overtaken(w *testkit.World) {
	issued, received := w.Order(testkit.Draft("O-1", testkit.Post(3)))
	w.Host.Faults.Next(testkit.SendTo(testkit.Authority), testkit.Lost, 0)
	cannot(w, received, tocsin.GroundForceMajeure)
	w.Until("the form was lost", func() bool { return len(w.Host.Faults.Sent(testkit.Authority)) > 0 })
	lost := len(w.Host.Faults.Sent(testkit.Authority))
	ceased := w.Clock.Now()
	if err := w.Host.Flow().GroundCeased(w.Context(), w.Moderator.Actor, received); err != nil {
		w.Fatal(err)
	}
	w.Until("the second document was offered",
		func() bool { return len(w.Host.Faults.Sent(testkit.Authority)) > lost })
	w.Drain()
	if failed := w.Failed(w.Host); len(failed) > 0 {
		w.Errorf("the host gave up: %v", failed)
	}
	if v := w.Issued(issued); v.Status != tocsin.IssuedRunning {
		w.Errorf("both documents have arrived, and the order is %s", v.Status)
	}
	mustHaveHour(w, issued, received, ceased)
}
