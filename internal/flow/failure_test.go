// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"fmt"
	"net/http"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// insist does what a person does whose command got no answer: she looks, and tries again if it did not
// happen.
func insist(w *testkit.World, what string, command func() error, happened func() bool) {
	w.Helper()
	var err error
	for range 4 {
		if err = command(); err == nil || happened() {
			return
		}
	}
	w.Fatalf("%s: %v", what, err)
}

// voyage takes an order from draft to reinstatement, whatever fails on the way.
func voyage(w *testkit.World, reference string, post int) (issued, received tocsin.RecordID) {
	w.Helper()
	ctx, f := w.Context(), w.Authority.Flow()
	var drafted flow.Drafted
	insist(w, "draft", func() (err error) {
		drafted, err = f.DraftOrder(ctx, w.Officer.Actor, reference, testkit.Draft(reference, testkit.Post(post)))
		return err
	}, func() bool { return false }) // the key makes it happen once
	issued = drafted.ID
	insist(w, "first signature", func() error { return w.Officer.Sign(ctx, issued) },
		func() bool { return w.Issued(issued).Status != tocsin.IssuedDraft })
	insist(w, "second signature", func() error { return w.Approver.Sign(ctx, issued) },
		func() bool { return w.Issued(issued).Status != tocsin.IssuedSubmitted })

	w.Through("the host has the order", func() bool { return w.Find(reference) != "" })
	received = w.Find(reference)
	w.Through("the host knows what it names", func() bool { return w.Received(received).Located })
	insist(w, "execute", func() error {
		return w.Host.Flow().ExecuteOrder(ctx, w.Moderator.Actor, received, "Checked.")
	}, func() bool { return w.Received(received).DecidedBy != "" })
	w.Through("the authority has the feedback", func() bool { return w.Issued(issued).MeasureAt != nil })
	if status, _ := w.Visit(testkit.Post(post)); status != http.StatusUnavailableForLegalReasons {
		w.Errorf("%s: the measure is confirmed and the page answers %d", reference, status)
	}

	insist(w, "withdraw", func() error { return f.WithdrawOrder(ctx, w.Officer.Actor, issued, "A mistake.") },
		func() bool { return w.Issued(issued).Status == tocsin.IssuedWithdrawn })
	w.Through("the page is back", func() bool {
		status, _ := w.Visit(testkit.Post(post))
		return status == http.StatusOK
	})
	return issued, received
}

// TestEveryWriteThatIsLostOrLooksLostComesToTheSameEnd cuts every kind of write of both nodes, earlier and
// later in an order's life, once before it happens and once after, and then looks at everything from outside.
func TestEveryWriteThatIsLostOrLooksLostComesToTheSameEnd(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		faulty := []*testkit.Node{w.Authority, w.Host}
		depth := map[testkit.Engine]int{testkit.SQLite: 5, testkit.PostgreSQL: 3}[on]
		voyages := 0
		for _, fault := range []testkit.Fault{testkit.Lost, testkit.Unheard} {
			for after := range depth {
				t.Run(fmt.Sprintf("%s after %d", fault, after), func(t *testing.T) {
					for _, n := range faulty {
						for _, write := range testkit.Writes() {
							n.Faults.Next(write, fault, after)
						}
					}
					voyages++
					voyage(w.As(t), fmt.Sprintf("%s-%d", fault, after), 1+after)
					for _, n := range faulty {
						n.Faults.Disarm()
					}
				})
			}
		}
		w.Drain()
		w.MustVerify()
		for _, n := range []*testkit.Node{w.Authority, w.Host, w.Supervisor} {
			if failed := w.Failed(n); len(failed) > 0 {
				t.Errorf("%s gave up: %v", n.ID, failed)
			}
		}
		for kind, n := range map[tocsin.EventKind]*testkit.Node{tocsin.EventOrderIssued: w.Authority,
			tocsin.EventOrderCopySent: w.Authority, tocsin.EventOrderAcknowledged: w.Authority,
			tocsin.EventOrderComplied: w.Authority, tocsin.EventOrderWithdrawn: w.Authority,
			tocsin.EventOrderReceived: w.Host, tocsin.EventReceivedDecided: w.Host,
			tocsin.EventRestrictionImposed: w.Host, tocsin.EventReceivedConfirmed: w.Host,
			tocsin.EventReceivedWithdrawn: w.Host, tocsin.EventRestrictionEnded: w.Host,
			tocsin.EventReceivedReinstated: w.Host, tocsin.EventCopyReceived: w.Supervisor} {
			if got := w.Count(n, kind); got != voyages {
				t.Errorf("%s happened %d times in %d voyages", kind, got, voyages)
			}
		}
		if measures, _ := w.Measures(); len(measures) != 2*voyages {
			t.Errorf("the board took %d measures for %d orders executed and withdrawn", len(measures), voyages)
		}
	})
}

// TestCallbackWhoseAnswerWasLostIsAnsweredAgain changes the item before the node asks again under the same
// event id: the platform must recognise it, or the first measure would never be known.
func TestCallbackWhoseAnswerWasLostIsAnsweredAgain(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	one, receivedOne := w.Order(testkit.Draft("L-1", testkit.Post(1)))
	two, receivedTwo := w.Order(testkit.Draft("L-2", testkit.Post(1)))
	w.Host.Faults.Next(testkit.WriteApply, testkit.Unheard, 0)
	w.Execute(receivedOne)
	w.Until("the board took the measure", func() bool {
		measures, _ := w.Measures()
		return len(measures) == 1
	})
	at := w.Clock.Now()
	w.Execute(receivedTwo) // the item changes before the first callback is tried again
	w.MustReach(two, tocsin.IssuedComplied)
	w.Drain()
	if failed := w.Failed(w.Host); len(failed) > 0 {
		t.Errorf("the host gave up: %v", failed)
	}
	if v := w.Issued(one); v.Status != tocsin.IssuedComplied || v.MeasureAt.Before(at) {
		t.Errorf("the first order is %s, measure at %v", v.Status, v.MeasureAt)
	}
	w.MustVerify()
}

// TestCheckpointIsPublishedAfterItsMarkWasLost has nothing committed afterwards that could wake the
// publisher.
func TestCheckpointIsPublishedAfterItsMarkWasLost(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Authority, testkit.Supervisor}})
	for _, fault := range []testkit.Fault{testkit.Lost, testkit.Unheard} {
		w.Host.Faults.Next(testkit.WriteMark, fault, 0)
		w.Import(w.Host, w.Edition(func(*tocsin.Directory) {})) // has a leaf
		size := len(w.Leaves(w.Host))
		w.Until("the leaf is public", func() bool { return w.PublishedSize(w.Host) >= int64(size) })
	}
}
