// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/testkit"
	"tocsin/translog"
)

const sixWeeks = 6 * 7 * 24 * time.Hour

func gagged(w *testkit.World, reference string, d time.Duration, addresses ...string) tocsin.Order {
	o := orderWithCourt(reference, "Court of the river", addresses...)
	o.Gag = testkit.Gag(w.Clock.Now(), d)
	return o
}

// TestGagTellsNothingAndOpensByItself is A9 of the acceptance figures, on all three sides.
func TestGagTellsNothingAndOpensByItself(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		nodes := []*testkit.Node{w.Authority, w.Host, w.Supervisor}
		before := map[*testkit.Node]int{}
		for _, n := range nodes {
			before[n] = len(w.Leaves(n))
		}
		w.RemoveByTerms(2)
		_, byTerms := w.Visit(testkit.Post(2))
		until := w.Clock.Now().Add(14*24*time.Hour + 30*time.Minute)
		issued, received := w.Executed(gagged(w, "K-1", until.Sub(w.Clock.Now()), testkit.Post(1)))
		kept, receivedKept := w.Executed(gagged(w, "K-2", until.Sub(w.Clock.Now()), testkit.Post(3)))
		w.Withdraw(kept, receivedKept) // while nobody may know of it
		w.Drain()

		if _, page := w.Visit(testkit.Post(1)); !bytes.Equal(page, byTerms) {
			t.Error("the gagged page can be told from one removed under the board's own terms")
		}
		for _, n := range nodes {
			for i, leaf := range w.Leaves(n)[before[n]:] {
				if _, opaque := leaf.(translog.Opaque); !opaque {
					t.Errorf("%s shows leaf %d of a gagged order: %+v", n.ID, i, leaf)
				}
			}
		}
		w.MustVerify()

		w.Clock.Set(until.Add(-time.Microsecond))
		w.Scan()
		for _, n := range nodes {
			if c := w.Count(n, tocsin.EventLeafOpened); c > 0 {
				t.Errorf("%s opened %d leaves too early", n.ID, c)
			}
		}
		w.Clock.Set(until)
		w.Scan()
		w.Wake()
		w.Drain()
		// Nobody did anything, and everything is told.
		mustShow(w, testkit.Post(1), http.StatusUnavailableForLegalReasons, "Court of the river")
		mustShow(w, testkit.Post(3), http.StatusOK)
		for _, n := range nodes {
			report := w.MustAudit(n)
			if len(report.Owed) > 0 || report.Opaque == 0 {
				t.Errorf("%s withholds %v of %d opaque leaves", n.ID, report.Owed, report.Opaque)
			}
			opened := report.Sum(func(c tallied) bool { return c.Type == translog.TypeOpening })
			if opened != report.Opaque {
				t.Errorf("%s opened %d of %d", n.ID, opened, report.Opaque)
			}
		}
		if w.Issued(issued).GagUntil != nil || w.Received(received).GagUntil != nil {
			t.Error("the gag still stands")
		}
		w.Scan() // once is enough
		if n := w.Count(w.Host, tocsin.EventReceivedGagEnded); n != 2 {
			t.Errorf("the gags of two orders ended %d times", n)
		}
		w.MustVerify()
	})
}

func TestGagIsAtMostSixWeeksFromTheDecision(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor}})
	drafted := func(o tocsin.Order) error {
		_, err := w.Authority.Flow().DraftOrder(t.Context(), w.Officer.Actor, "", o)
		return err
	}
	if err := drafted(gagged(w, "Q-1", sixWeeks+time.Second,
		testkit.Post(1))); tocsin.ReasonOf(err) != tocsin.ReasonGagTooLong {
		t.Errorf("six weeks and a second: %v", err)
	}
	endless := testkit.Draft("Q-2", testkit.Post(1))
	endless.Gag = &tocsin.Gag{Reasons: "Test only: disclosure would prejudice an investigation.",
		DecidedAt: w.Clock.Now()}
	if err := drafted(endless); tocsin.ReasonOf(err) != tocsin.ReasonNoEnd {
		t.Errorf("without an end: %v", err)
	}
	// A decision dated ahead would last longer from now on than six weeks.
	ahead := testkit.Draft("Q-3", testkit.Post(1))
	ahead.Gag = testkit.Gag(w.Clock.Now().Add(24*time.Hour), sixWeeks)
	d := draft(w, ahead)
	sign(w, w.Officer, d.ID)
	if err := w.Approver.Sign(t.Context(), d.ID); tocsin.ReasonOf(err) != tocsin.ReasonGagTooLong {
		t.Errorf("a decision dated ahead: %v", err)
	}
}

// TestGagThatEndedOnTheWayIsOver covers orders and copies that arrive after what they were to keep secret.
func TestGagThatEndedOnTheWayIsOver(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Uninformed: true})
		// Shorter than the twelve hours that the order must wait.
		id := w.Approve(gagged(w, "H-1", time.Hour, testkit.Post(1)))
		w.Drain() // or the prior information is on its way while twelve hours pass, and no longer authentic
		w.Clock.Advance(12 * time.Hour)
		w.Scan()
		w.MustReach(id, tocsin.IssuedRunning)
		if v := w.Issued(id); v.GagUntil != nil {
			t.Errorf("the gag is to end at %s, which has passed", v.GagUntil)
		}
		// Ends while the peers are away.
		w.Authority.Faults.Down(testkit.WriteSend)
		late := w.Approve(gagged(w, "H-2", time.Hour, testkit.Post(2)))
		w.Pass(time.Hour)
		w.Pass(time.Hour)
		w.Authority.Faults.Up(testkit.WriteSend)
		w.Drain() // order and copy wait for attempts of their own
		w.MustReach(late, tocsin.IssuedRunning)
		received := w.Arrived("H-2")
		if v := w.Received(received); v.GagUntil != nil || v.Unlogged {
			t.Errorf("at the host: gag until %v, unlogged %t", v.GagUntil, v.Unlogged)
		}
		if c, err := w.Supervisor.Flow().Copy(t.Context(), w.Inspector.Actor, w.Copied("H-2")); err != nil ||
			c.GagUntil != nil {
			t.Errorf("at the supervisor: gag until %v, %v", c.GagUntil, err)
		}
		w.Until("located", func() bool { return w.Received(received).Located })
		w.Execute(received)
		w.MustReach(late, tocsin.IssuedComplied)
		mustShow(w, testkit.Post(2), http.StatusUnavailableForLegalReasons, "Court of the river")
		w.Drain()
		w.MustVerify()
	})
}

// TestGagOfOneOrderDoesNotEndWithAnothers has two gagged orders over one item.
func TestGagOfOneOrderDoesNotEndWithAnothers(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	short, receivedShort := w.Executed(gagged(w, "J-1", 2*time.Hour, testkit.Post(1)))
	long := gagged(w, "J-2", 48*time.Hour, testkit.Post(1))
	long.Annex.Redress.Body = "Court of the hill"
	_, receivedLong := w.Executed(long)
	w.Pass(2 * time.Hour)
	w.Drain()
	page := mustShow(w, testkit.Post(1), http.StatusUnavailableForLegalReasons, "Court of the river")
	if bytes.Contains(page, []byte("Court of the hill")) {
		t.Error("the page tells of the order that is still gagged")
	}
	if w.Received(receivedShort).GagUntil != nil || w.Received(receivedLong).GagUntil == nil {
		t.Error("the wrong gag ended")
	}
	w.Withdraw(short, receivedShort)
	w.Drain()
	page = mustShow(w, testkit.Post(1), mustBeNeutral(w), "")
	if bytes.Contains(page, []byte("Court")) {
		t.Error("the page tells of the order that is still gagged")
	}
	for _, leaf := range w.Leaves(w.Host) {
		if l, ok := leaf.(translog.Leaf); ok && l.Type == translog.TypeOpening && strings.Contains(string(l.Inner),
			"hill") {
			t.Error("the log tells of it")
		}
	}
	if r := w.MustAudit(w.Host); len(r.Owed) == 0 {
		t.Error("nothing is withheld any more")
	}
	w.Pass(46 * time.Hour)
	w.Drain()
	mustShow(w, testkit.Post(1), http.StatusUnavailableForLegalReasons, "Court of the hill")
	w.MustVerify()
}

// mustBeNeutral is what the board answers for a post removed under its own terms.
func mustBeNeutral(w *testkit.World) int {
	w.Helper()
	w.RemoveByTerms(6)
	status, _ := w.Visit(testkit.Post(6))
	return status
}
