// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/testkit"
	"tocsin/translog"
)

// TestNoOrderLeavesWithoutInclusionProof keeps the checkpoint from being published, and then looks at what
// left when, as it was on the wire.
func TestNoOrderLeavesWithoutInclusionProof(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		w.Authority.Faults.Down(testkit.WriteMark)
		id := w.Approve(testkit.Draft("P-1", testkit.Post(1)))
		published := w.PublishedSize(w.Authority)
		w.Until("delivery was tried", func() bool { return w.Tried(w.Authority) > 0 })
		if sent := w.Authority.Faults.Sent(testkit.Host); len(sent) > 0 {
			t.Fatalf("%d bundles left before the checkpoint that covers the order", len(sent))
		}
		if now := w.PublishedSize(w.Authority); now != published {
			t.Errorf("%d leaves are public without a mark of it", now)
		}
		w.Authority.Faults.Up(testkit.WriteMark)
		w.Through("the host has the order", func() bool { return w.Issued(id).ReceivedAt != nil })
		w.Through("the supervisor has its copy", func() bool { return w.Issued(id).CopyAt != nil })
		for _, to := range []tocsin.PartyID{testkit.Host, testkit.Supervisor} {
			for _, s := range w.Authority.Faults.Sent(to) {
				mustProve(w, s)
			}
		}
		if w.Received(w.Arrived("P-1")).Unlogged {
			t.Error("the host does not believe the proof")
		}
		w.Drain()
		w.MustVerify()
	})
}

// mustProve verifies a bundle's evidence with the checkpoint that anybody can fetch.
func mustProve(w *testkit.World, s testkit.Sending) {
	w.Helper()
	if s.Bundle.Log == nil {
		w.Errorf("a bundle to %s left without evidence", s.To)
		return
	}
	proof, err := translog.ParseProof([]byte(s.Bundle.Log.Proof))
	if err != nil {
		w.Fatal(err)
	}
	verifier, err := w.LogVerifier(w.Authority, 1)
	if err != nil {
		w.Fatal(err)
	}
	if _, err := proof.Verify(s.Bundle.Log.Leaf, translog.TrustLogs(verifier)); err != nil {
		w.Errorf("the proof to %s does not hold: %v", s.To, err)
	}
	c, err := translog.PeekCheckpoint(proof.Checkpoint)
	if err != nil {
		w.Fatal(err)
	}
	if now := w.PublishedSize(w.Authority); c.Size > now {
		w.Errorf("the proof rests on %d leaves, of which %d are public", c.Size, now)
	}
}

// TestNoRestrictionWithoutDecisionOrAuthenticatedOrder reads the journal of a host that had every kind of
// order,
// good and bad: before each restriction there stands a decision of a person, or an automatic one of an order
// that met every limit; and the order was authenticated before that.
func TestNoRestrictionWithoutDecisionOrAuthenticatedOrder(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Configure: automatic(1)})
	w.Executed(testkit.Draft("N-1", testkit.Post(1))) // a person's
	// automatic
	w.MustReach(w.Approve(testkit.Draft("N-2", testkit.Post(2), testkit.Post(3))), tocsin.IssuedComplied)
	w.Order(testkit.Draft("N-3", testkit.Collection())) // stopped by the gate
	_, bundle := w.Captured(testkit.Draft("N-4", testkit.Post(4)))
	spoiled := bundle
	spoiled.Log = nil
	w.MustAccept(w.Host, testkit.Authority, spoiled) // unlogged
	w.Clock.Advance(1e9)
	again := w.Sign(testkit.Authority, testkit.Host, reread(w, bundle))
	w.MustRefuse(w.Host, testkit.Authority, again, tocsin.RefusedDuplicateReference)
	w.MustRefuse(w.Host, testkit.Outsider, bundle, tocsin.RefusedWrongSender)
	w.Authority.Faults.Up(testkit.SendTo(testkit.Host))
	w.Drain()

	authenticated, decided := map[tocsin.RecordID]bool{}, map[string]tocsin.Header{}
	restrictions := 0
	for _, h := range w.Journal(w.Host) {
		switch h.Kind {
		case tocsin.EventReceivedAuthenticated:
			authenticated[h.Record] = true
		case tocsin.EventReceivedDecided:
			person := h.Actor == w.Moderator.ID
			if !authenticated[h.Record] || person == h.Facts.Automatic || h.Facts.Automatic && h.Facts.Due == nil {
				t.Errorf("decided by %s, automatic %t, to be ratified by %v", h.Actor, h.Facts.Automatic, h.Facts.Due)
			}
			for _, r := range h.Facts.Codes {
				decided[r] = h
			}
		case tocsin.EventRestrictionImposed:
			restrictions++
			if by, ok := decided[string(h.Facts.Restriction)]; !ok || by.Record != h.Facts.Record ||
				!by.At.Equal(h.At) {
				t.Errorf("restriction %s of order %s rests on no decision", h.Facts.Restriction, h.Facts.Record)
			}
		}
	}
	if restrictions != 3 {
		t.Errorf("%d restrictions, want one for each item of the two good orders", restrictions)
	}
	if measures, _ := w.Measures(); len(measures) != restrictions {
		t.Errorf("the board took %d measures for %d restrictions", len(measures), restrictions)
	}
}

// TestNoRestrictionOutlivesItsReason lifts every way a restriction can end; nothing stays restricted.
func TestNoRestrictionOutlivesItsReason(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	one, receivedOne := w.Executed(testkit.Draft("O-1", testkit.Post(1)))
	_, receivedTwo := w.Executed(testkit.Draft("O-2", testkit.Post(2)))
	three, receivedThree := w.Order(testkit.Draft("O-3", testkit.Post(3)))
	w.Board.Down()
	w.Execute(receivedThree)
	w.Withdraw(three, receivedThree) // before the platform ever heard of it
	w.Board.Up()
	w.Withdraw(one, receivedOne)
	since := testkit.Founded
	w.Import(w.Host, w.Edition(func(d *tocsin.Directory) {
		testkit.KeyFor(d, testkit.Authority, tocsin.UseDocument).CompromisedSince = &since
	}))
	if err := w.Host.Flow().DismissOrder(t.Context(), w.Moderator.Actor, receivedTwo,
		"Not authentic."); err != nil {
		t.Fatal(err)
	}
	w.Drain()
	for post := 1; post <= 3; post++ {
		mustShow(w, testkit.Post(post), 200)
	}
	for _, row := range w.Records(w.Host, tocsin.KindItem) {
		if row.Status != "visible" {
			t.Errorf("item %s is %s", row.ID, row.Status)
		}
	}
	w.MustBeIntact(w.Host)
	w.MustHaveActedOnce()
}
