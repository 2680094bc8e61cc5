// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/testkit"
)

// decided waits until the host knows what an order names, and says whether it then executed by itself.
func decided(w *testkit.World, o tocsin.Order) (received tocsin.RecordID, automatic bool) {
	w.Helper()
	_, received = w.Order(o)
	v := w.Received(received)
	if v.Automatic == (v.Status == tocsin.ReceivedAuthenticated) {
		w.Errorf("order %s is %s, automatic %t", o.Annex.Heading.Reference, v.Status, v.Automatic)
	}
	return received, v.Automatic
}

func TestAutomaticExecutionIsOffByDefault(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor}})
	w.Executed(testkit.Draft("A-0", testkit.Post(1))) // the issuer is known
	if _, automatic := decided(w, testkit.Draft("A-1", testkit.Post(2))); automatic {
		t.Error("executed without a person, though nobody switched it on")
	}
}

// TestAutomaticExecutionKeepsItsLimits walks one host through each of the limits of refusal 2.
func TestAutomaticExecutionKeepsItsLimits(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor},
			Configure: func(c *config.Config) {
				a := &c.AutomaticExecution
				a.Enabled, a.TrustedFrom, a.MaxPerHourPerIssuer, a.RatifyWithin = true, 1, 2, 24*time.Hour
			}})
		mustWait := func(why string, o tocsin.Order) tocsin.RecordID {
			t.Helper()
			received, automatic := decided(w, o)
			if automatic {
				t.Errorf("%s: executed without a person", why)
			}
			return received
		}
		w.Execute(mustWait("an issuer nobody here has ever judged", testkit.Draft("A-1", testkit.Post(1))))

		second, automatic := decided(w, testkit.Draft("A-2", testkit.Post(2)))
		if v := w.Received(second); !automatic || !v.RatifyBy.Equal(v.ReceivedAt.Add(24*time.Hour)) {
			t.Fatalf("within all limits: automatic %t, to be ratified by %v", automatic, v.RatifyBy)
		}
		if at := w.Received(second).DecidedBy; at != tocsin.ActorClock {
			t.Errorf("decided by %q, want the clock", at)
		}
		mustWait("the third order within the hour", testkit.Draft("A-3", testkit.Post(3)))

		w.Pass(time.Hour)
		found := mustWait("a collection", testkit.Draft("A-4", testkit.Collection()))
		if v := w.Received(found); len(v.Findings) != 1 || v.Findings[0] != tocsin.FindingCollection {
			t.Errorf("findings %v", v.Findings)
		}

		w.Pass(time.Hour)
		_, bundle := w.Captured(testkit.Draft("A-5", testkit.Post(4)))
		bundle.Log = nil
		w.MustAccept(w.Host, testkit.Authority, bundle)
		w.Authority.Faults.Up(testkit.SendTo(testkit.Host))
		unlogged := w.Arrived("A-5")
		w.Until("located", func() bool { return w.Received(unlogged).Located })
		if w.Received(unlogged).Automatic {
			t.Error("an unlogged order: executed without a person")
		}

		w.Pass(24 * time.Hour) // nobody ratified the second
		if v := w.Received(second); v.RatifyBy != nil || v.RatifiedBy != "" ||
			v.Status != tocsin.ReceivedConfirmed {
			t.Errorf("overdue for ratification: %+v", v.ReceivedOrder)
		}
		mustWait("while a ratification is overdue", testkit.Draft("A-6", testkit.Post(5)))

		if err := w.Host.Flow().RatifyOrder(t.Context(), w.Moderator.Actor, second); err != nil {
			t.Fatal(err)
		}
		w.Pass(time.Hour)
		if _, automatic := decided(w, testkit.Draft("A-8", testkit.Post(6))); !automatic {
			t.Error("within all limits again, and it waits")
		}
		w.MustBeIntact(w.Host)
	})
}

// TestGateStopsWhatNamesNoItem shows that a finding waits for a person, and that a collection waits for the
// authority.
func TestGateStopsWhatNamesNoItem(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor},
		Configure: func(c *config.Config) {
			c.AutomaticExecution.Enabled, c.AutomaticExecution.TrustedFrom = true, 0
		}})
	_, err := w.Authority.Flow().DraftOrder(t.Context(), w.Officer.Actor, "", testkit.Draft("G-0",
		testkit.BoardAddress+"/"))
	if tocsin.ReasonOf(err) != tocsin.ReasonGateStopped {
		t.Errorf("the address of the whole site was not stopped at drafting: %v", err)
	}
	for _, c := range []struct {
		reference string
		addresses []string
		want      tocsin.Finding
		may       bool // a person may execute it all the same
	}{
		{"G-1", []string{testkit.Collection()}, tocsin.FindingCollection, false},
		{"G-2", []string{testkit.Post(1), testkit.Collection()}, tocsin.FindingCollection, false},
		{"G-3", []string{testkit.Post(9999)}, tocsin.FindingNotFound, false},
		{"G-4", []string{testkit.Post(1) + "?q=bridge"}, tocsin.FindingSearchPage, true},
		{"G-5", []string{testkit.Post(2), testkit.Post(9999)}, tocsin.FindingNotFound, true},
		{"G-6", []string{"http://another.example/post/1"}, tocsin.FindingNotFound, false},
	} {
		received, automatic := decided(w, testkit.Draft(c.reference, c.addresses...))
		v := w.Received(received)
		if automatic || len(v.Findings) != 1 || v.Findings[0] != c.want {
			t.Errorf("%s: automatic %t, findings %v, want %s", c.reference, automatic, v.Findings, c.want)
		}
		err := w.Host.Flow().ExecuteOrder(t.Context(), w.Moderator.Actor, received, "Checked.")
		if c.may != (err == nil) || err != nil && tocsin.ReasonOf(err) != tocsin.ReasonGateStopped {
			t.Errorf("%s: a person executes: %v", c.reference, err)
		}
	}
	if n := w.Count(w.Host, tocsin.EventRestrictionImposed); n != 2 {
		t.Errorf("%d restrictions, want one for each item that a person let through", n)
	}
}

func TestAddressThatThePlatformWillNotResolveWaitsForAPerson(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor}})
	w.Host.Faults.Down(testkit.WriteResolve)
	id := w.Approve(testkit.Draft("V-1", testkit.Post(1)))
	w.MustReach(id, tocsin.IssuedRunning)
	received := w.Arrived("V-1")
	w.Pass(20 * time.Minute)
	if v := w.Received(received); v.Located || v.Alarms == 0 {
		t.Errorf("while the platform does not answer: located %t, alarms %d", v.Located, v.Alarms)
	}
	w.PutOff(w.Host)
	w.Host.Faults.Up(testkit.WriteResolve)
	w.Pass(2 * time.Minute)
	w.Until("located", func() bool { return w.Received(received).Located })
}
