// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// TestFourEyes covers what the two signatures of an order must be, in one world whose other parties are down.
func TestFourEyes(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Host, testkit.Supervisor}})
		t.Run("revising a draft drops its signatures", func(t *testing.T) { revisionDropsSignatures(w.As(t)) })
		t.Run("the same person twice is refused", func(t *testing.T) { samePersonTwice(w.As(t)) })
		t.Run("an assertion over another version of the draft is refused",
			func(t *testing.T) { otherVersion(w.As(t)) })
		t.Run("an assertion of another person's passkey is refused", func(t *testing.T) { otherPasskey(w.As(t)) })
		t.Run("a returned draft needs both signatures again", func(t *testing.T) { returnedDraft(w.As(t)) })
		t.Run("an idempotency key drafts once", func(t *testing.T) { draftedOnce(w.As(t)) })
		t.Run("a reference is given once", func(t *testing.T) { referenceOnce(w.As(t)) })
		t.Run("a stale version is not overwritten", func(t *testing.T) { staleRevision(w.As(t)) })
		w.MustBeIntact(w.Authority)
	})
}

func draft(w *testkit.World, o tocsin.Order) flow.Drafted {
	w.Helper()
	d, err := w.Authority.Flow().DraftOrder(w.Context(), w.Officer.Actor, "", o)
	if err != nil {
		w.Fatal(err)
	}
	return d
}

func sign(w *testkit.World, p *testkit.Person, id tocsin.RecordID) {
	w.Helper()
	if err := p.Sign(w.Context(), id); err != nil {
		w.Fatal(err)
	}
}

func revisionDropsSignatures(w *testkit.World) {
	d := draft(w, testkit.Draft("S-1", testkit.Post(1)))
	sign(w, w.Officer, d.ID)
	v := w.Issued(d.ID)
	if len(v.File.Approvals) != 1 {
		w.Fatalf("%d signatures after one", len(v.File.Approvals))
	}
	// Another officer corrects it: she now stands for the draft, and the first signature is gone.
	_, err := w.Authority.Flow().ReviseOrder(w.Context(), w.Second.Actor, d.ID, v.Version, testkit.Draft("S-1",
		testkit.Post(2)))
	if err != nil {
		w.Fatal(err)
	}
	v = w.Issued(d.ID)
	if v.Status != tocsin.IssuedDraft || len(v.File.Approvals) != 0 || v.SubmittedBy != "" ||
		v.DraftedBy != w.Second.ID {
		w.Errorf("revised: %s, %d signatures, submitted by %q, drafted by %q", v.Status, len(v.File.Approvals),
			v.SubmittedBy, v.DraftedBy)
	}
	if err := w.Approver.Sign(w.Context(), d.ID); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		w.Errorf("an approver signed first: %v", err)
	}
}

func samePersonTwice(w *testkit.World) {
	both, err := w.Authority.Hire(w.Context(), tocsin.DutyOfficer, tocsin.DutyApprover)
	if err != nil {
		w.Fatal(err)
	}
	d := draft(w, testkit.Draft("S-2", testkit.Post(1))) // drafted by the officer,
	sign(w, both, d.ID)                                  // submitted by her who holds both duties,
	if err := both.Sign(w.Context(), d.ID); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		w.Errorf("the submitter approved: %v", err)
	}
	own, err := w.Authority.Flow().DraftOrder(w.Context(), both.Actor, "", testkit.Draft("S-3", testkit.Post(1)))
	if err != nil {
		w.Fatal(err)
	}
	sign(w, w.Officer, own.ID)
	if err := both.Sign(w.Context(), own.ID); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		w.Errorf("the drafter approved: %v", err)
	}
	for _, id := range []tocsin.RecordID{d.ID, own.ID} {
		if got := w.Issued(id).Status; got != tocsin.IssuedSubmitted {
			w.Errorf("after the refusal the order is %s", got)
		}
	}
}

func otherVersion(w *testkit.World) {
	d := draft(w, testkit.Draft("S-4", testkit.Post(1)))
	f := w.Authority.Flow()
	shown, err := f.BeginSigning(w.Context(), w.Officer.Actor, d.ID)
	if err != nil {
		w.Fatal(err)
	}
	a, err := w.Officer.Assert(shown.Challenge)
	if err != nil {
		w.Fatal(err)
	}
	if _, err := f.ReviseOrder(w.Context(), w.Officer.Actor, d.ID, d.Version, testkit.Draft("S-4",
		testkit.Post(2))); err != nil {
		w.Fatal(err)
	}
	if err := f.FinishSigning(w.Context(), w.Officer.Actor, shown,
		a); tocsin.CodeOf(err) != tocsin.CodeConflict {
		w.Errorf("a signature for the former text was taken: %v", err)
	}
	// The ceremony of the present text with the assertion over the former one.
	now, err := f.BeginSigning(w.Context(), w.Officer.Actor, d.ID)
	if err != nil {
		w.Fatal(err)
	}
	if err := f.FinishSigning(w.Context(), w.Officer.Actor, now,
		a); tocsin.ReasonOf(err) != tocsin.RefusedApprovalOtherDocument {
		w.Errorf("an assertion over other bytes was taken: %v", err)
	}
	if got := w.Issued(d.ID).Status; got != tocsin.IssuedDraft {
		w.Errorf("after the refusals the order is %s", got)
	}
}

func otherPasskey(w *testkit.World) {
	d := draft(w, testkit.Draft("S-5", testkit.Post(1)))
	c, err := w.Authority.Flow().BeginSigning(w.Context(), w.Officer.Actor, d.ID)
	if err != nil {
		w.Fatal(err)
	}
	a, err := w.Second.Assert(c.Challenge)
	if err != nil {
		w.Fatal(err)
	}
	if err := w.Authority.Flow().FinishSigning(w.Context(), w.Officer.Actor, c,
		a); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		w.Errorf("another person's passkey signed: %v", err)
	}
}

func returnedDraft(w *testkit.World) {
	d := draft(w, testkit.Draft("S-6", testkit.Post(1)))
	sign(w, w.Officer, d.ID)
	if err := w.Authority.Flow().ReturnOrder(w.Context(), w.Approver.Actor, d.ID,
		"The address is not exact."); err != nil {
		w.Fatal(err)
	}
	if v := w.Issued(d.ID); v.Status != tocsin.IssuedDraft || len(v.File.Approvals) != 0 {
		w.Errorf("returned: %s with %d signatures", v.Status, len(v.File.Approvals))
	}
	sign(w, w.Officer, d.ID)
	sign(w, w.Approver, d.ID)
	if v := w.Issued(d.ID); v.Status != tocsin.IssuedSent || len(v.File.Approvals) != 2 {
		w.Errorf("signed again: %s with %d signatures", v.Status, len(v.File.Approvals))
	}
}

func draftedOnce(w *testkit.World) {
	f, o := w.Authority.Flow(), testkit.Draft("S-7", testkit.Post(1))
	first, err := f.DraftOrder(w.Context(), w.Officer.Actor, "key-1", o)
	if err != nil {
		w.Fatal(err)
	}
	again, err := f.DraftOrder(w.Context(), w.Officer.Actor, "key-1", o)
	if err != nil || again != first {
		w.Errorf("the same key gave %v, %v; want %v", again, err, first)
	}
	if _, err := f.DraftOrder(w.Context(), w.Second.Actor, "key-1",
		o); tocsin.ReasonOf(err) != tocsin.RefusedDuplicateReference {
		w.Errorf("another person's key is another key: %v", err)
	}
}

func referenceOnce(w *testkit.World) {
	draft(w, testkit.Draft("S-8", testkit.Post(1)))
	before := len(w.Journal(w.Authority))
	_, err := w.Authority.Flow().DraftOrder(w.Context(), w.Officer.Actor, "", testkit.Draft("S-8",
		testkit.Post(2)))
	if tocsin.ReasonOf(err) != tocsin.RefusedDuplicateReference || tocsin.CodeOf(err) != tocsin.CodeConflict {
		w.Errorf("the same reference twice: %v", err)
	}
	other := draft(w, testkit.Draft("S-9", testkit.Post(2)))
	_, err = w.Authority.Flow().ReviseOrder(w.Context(), w.Officer.Actor, other.ID, other.Version,
		testkit.Draft("S-8", testkit.Post(2)))
	if tocsin.ReasonOf(err) != tocsin.RefusedDuplicateReference {
		w.Errorf("revised to a reference that is taken: %v", err)
	}
	if got := len(w.Journal(w.Authority)); got != before+1 {
		w.Errorf("what was refused left %d events", got-before-1)
	}
}

func staleRevision(w *testkit.World) {
	d := draft(w, testkit.Draft("S-10", testkit.Post(1)))
	f := w.Authority.Flow()
	if _, err := f.ReviseOrder(w.Context(), w.Second.Actor, d.ID, d.Version, testkit.Draft("S-10",
		testkit.Post(2))); err != nil {
		w.Fatal(err)
	}
	_, err := f.ReviseOrder(w.Context(), w.Officer.Actor, d.ID, d.Version, testkit.Draft("S-10",
		testkit.Post(3)))
	if tocsin.ReasonOf(err) != tocsin.ReasonStale {
		w.Errorf("an older version was written over a newer one: %v", err)
	}
}
