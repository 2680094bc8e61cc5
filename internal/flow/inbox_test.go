// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/testkit"
	"tocsin/wire"
)

// TestInbox covers what a host's inbox takes and what it refuses, in one world.
func TestInbox(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor}})
		for _, c := range []struct {
			rule string
			test func(*testkit.World)
		}{
			{"the same document gets the same receipt", sameReceipt},
			{"documents that arrive at once are received once", atOnce},
			{"another sender's copy of a document is refused", otherSender},
			{"a document for another party is refused", wrongAddressee},
			{"a second order of one reference is refused", duplicateReference},
			{"an order altered on its way is refused and counted once", alteredOrder},
			{"another party's withdrawal changes nothing", foreignWithdrawal},
			{"a document about an unknown order is asked for again", unknownOrder},
		} {
			t.Run(c.rule, func(t *testing.T) { c.test(w.As(t)) })
		}
		w.MustBeIntact(w.Host)
		w.MustAudit(w.Host)
	})
}

func sameReceipt(w *testkit.World) {
	_, bundle := w.Captured(testkit.Draft("I-1", testkit.Post(1)))
	at := w.Clock.Now()
	_, first := w.Deliver(w.Host, testkit.Authority, bundle)
	received := w.Arrived("I-1")
	w.Until("located", func() bool { return w.Received(received).Located })
	before := len(w.Journal(w.Host))
	w.Clock.Advance(3 * time.Hour)
	bundle.Log = nil // with or without its evidence, it is the same document
	if _, again := w.Deliver(w.Host, testkit.Authority, bundle); !bytes.Equal(first, again) {
		w.Error("the same document got another receipt")
	}
	if got := len(w.Journal(w.Host)); got != before {
		w.Errorf("the second delivery left %d events", got-before)
	}
	if v := w.Received(received); !v.ReceivedAt.Equal(at) || v.Unlogged {
		w.Errorf("received at %s (unlogged %t), want %s for ever", v.ReceivedAt, v.Unlogged, at)
	}
}

func atOnce(w *testkit.World) {
	_, bundle := w.Captured(testkit.Draft("I-2", testkit.Post(1)))
	answers := make([][]byte, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			answer, err := w.Host.Flow().Receive(w.Context(), testkit.Authority, w.Clock.Now(), bundle)
			if err != nil {
				w.Error(err)
			}
			answers[i] = answer
		})
	}
	all.Wait()
	for _, a := range answers[1:] {
		if !bytes.Equal(a, answers[0]) {
			w.Error("one document got two answers")
		}
	}
	digest := wire.Digest([]byte(bundle.Document))
	n := 0
	for _, h := range w.Journal(w.Host) {
		if h.Kind == tocsin.EventOrderReceived && h.Facts.Digest == digest {
			n++
		}
	}
	if n != 1 {
		w.Errorf("received %d times", n)
	}
}

func otherSender(w *testkit.World) {
	_, bundle := w.Captured(testkit.Draft("I-3", testkit.Post(1)))
	for range 2 {
		w.MustRefuse(w.Host, testkit.Outsider, bundle, tocsin.RefusedWrongSender)
	}
	w.MustAccept(w.Host, testkit.Authority, bundle) // the forwarder could not spoil it for its issuer
}

func wrongAddressee(w *testkit.World) {
	_, bundle := w.Captured(testkit.Draft("I-4", testkit.Post(1)))
	w.MustRefuse(w.Authority, testkit.Authority, bundle, tocsin.RefusedWrongAddressee)
	order := reread(w, bundle)
	w.MustRefuse(w.Host, testkit.Authority, w.Sign(testkit.Authority, testkit.Supervisor, order),
		tocsin.RefusedWrongAddressee)
	if n := w.Count(w.Authority, tocsin.EventReceivedAuthenticated); n != 0 {
		w.Error("an authority took a removal order")
	}
}

// reread is the order of a bundle with its approvals, to be signed once more.
func reread(w *testkit.World, bundle wire.Bundle) *wire.Order {
	w.Helper()
	doc, err := wire.Verify([]byte(bundle.Document), wire.Context{Directory: w.Directory, Audience: testkit.Host,
		Now: w.Clock.Now(), Demonstration: true})
	if err != nil {
		w.Fatal(err)
	}
	order := doc.Body.(*wire.Order)
	return &wire.Order{Exact: order.Exact, Approvals: order.Approvals}
}

func duplicateReference(w *testkit.World) {
	_, bundle := w.Captured(testkit.Draft("I-5", testkit.Post(1)))
	w.MustAccept(w.Host, testkit.Authority, bundle)
	received := w.Arrived("I-5")
	w.Until("located", func() bool { return w.Received(received).Located })
	w.Clock.Advance(time.Second)
	again := w.Sign(testkit.Authority, testkit.Host, reread(w, bundle))
	w.MustRefuse(w.Host, testkit.Authority, again, tocsin.RefusedDuplicateReference)
	if got := w.Received(received).Status; got != tocsin.ReceivedAuthenticated {
		w.Errorf("the first one became %s", got)
	}
}

func alteredOrder(w *testkit.World) {
	_, bundle := w.Captured(testkit.Draft("I-6", testkit.Post(1)))
	signed := []byte(bundle.Document)
	last := bytes.LastIndexByte(signed, '.') + 10 // within the signature
	if signed[last] != 'A' {
		signed[last] = 'A'
	} else {
		signed[last] = 'B'
	}
	bundle.Document = string(signed)
	before := w.Count(w.Host, tocsin.EventReceivedRefused)
	for range 3 {
		w.MustRefuse(w.Host, testkit.Authority, bundle, tocsin.RefusedAltered)
	}
	if n := w.Count(w.Host, tocsin.EventReceivedRefused) - before; n != 1 {
		w.Errorf("counted %d times", n)
	}
}

func foreignWithdrawal(w *testkit.World) {
	_, bundle := w.Captured(testkit.Draft("I-7", testkit.Post(1)))
	w.MustAccept(w.Host, testkit.Authority, bundle)
	received := w.Arrived("I-7")
	// or its event falls into the next case
	w.Until("located", func() bool { return w.Received(received).Located })
	v := w.Received(received)
	ref := wire.OrderRef{ID: v.Order.ID, Reference: "I-7", Document: v.Document}
	foreign := w.Sign(testkit.Outsider, testkit.Host, &wire.Withdrawal{Order: ref, Reasons: "Not ours."})
	before := w.Count(w.Host, tocsin.EventReceivedRefused)
	w.MustRefuse(w.Host, testkit.Outsider, foreign, tocsin.RefusedUnknownOrder)
	w.MustRefuse(w.Host, testkit.Authority, foreign, tocsin.RefusedWrongSender)
	if got := w.Received(received).Status; got != tocsin.ReceivedAuthenticated {
		w.Errorf("the order became %s", got)
	}
	if n := w.Count(w.Host, tocsin.EventReceivedRefused) - before; n != 0 {
		w.Errorf("%d withdrawals were counted as orders", n)
	}
}

func unknownOrder(w *testkit.World) {
	ref := wire.OrderRef{ID: tocsin.NewRecordID(tocsin.KindIssuedOrder), Reference: "none",
		Document: tocsin.DigestOf([]byte("none"))}
	before := len(w.Journal(w.Host))
	withdrawal := w.Sign(testkit.Authority, testkit.Host, &wire.Withdrawal{Order: ref, Reasons: "A mistake."})
	w.MustRefuse(w.Host, testkit.Authority, withdrawal, tocsin.RefusedUnknownOrder)
	w.MustRefuse(w.Host, testkit.Authority,
		w.Sign(testkit.Authority, testkit.Host, &wire.Clarification{Order: ref,
			Text: "The second."}), tocsin.RefusedUnknownOrder)
	if got := len(w.Journal(w.Host)); got != before {
		w.Errorf("they left %d events", got-before)
	}
}
