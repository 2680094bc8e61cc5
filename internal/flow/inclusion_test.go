// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"testing"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/logaudit"
	"tocsin/internal/testkit"
	"tocsin/translog"
	"tocsin/wire"
)

// TestOrderWithoutAValidProofIsMarkedUnloggedForEver spoils the evidence that comes with an order in every
// way. Such an order counts, but never by itself, and never without the mark.
func TestOrderWithoutAValidProofIsMarkedUnloggedForEver(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Configure: func(c *config.Config) {
		a := &c.AutomaticExecution
		a.Enabled, a.TrustedFrom, a.MaxPerHourPerIssuer = true, 0, 100
	}})
	_, other := w.Captured(testkit.Draft("U-0", testkit.Post(1)))
	spoil := []struct {
		how string
		do  func(*testkit.World, *wire.Bundle)
	}{
		{"no proof", func(_ *testkit.World, b *wire.Bundle) { b.Log = nil }},
		{"another order's proof", func(_ *testkit.World, b *wire.Bundle) { b.Log = other.Log }},
		{"no opening", func(_ *testkit.World, b *wire.Bundle) { b.Log.Openings = nil }},
		{"an opening of another value", func(_ *testkit.World,
			b *wire.Bundle) {
			b.Log.Openings[0].Value = string(tocsin.DigestOf(nil))
		}},
		{"another leaf", func(_ *testkit.World, b *wire.Bundle) { b.Log.Leaf = other.Log.Leaf }},
		{"a leaf altered by a byte", func(_ *testkit.World, b *wire.Bundle) {
			b.Log.Leaf = bytes.Replace(b.Log.Leaf, []byte("1h"), []byte("2h"), 1)
		}},
		{"a proof that breaks off", func(_ *testkit.World,
			b *wire.Bundle) {
			b.Log.Proof = b.Log.Proof[:len(b.Log.Proof)/2]
		}},
		{"a checkpoint under the authority's key for hops", signedByHop},
		{"a checkpoint under a stranger's key", signedByStranger},
	}
	for i, s := range spoil {
		reference := fmt.Sprintf("U-%d", i+1)
		t.Run(s.how, func(t *testing.T) {
			w := w.As(t)
			_, bundle := w.Captured(testkit.Draft(reference, testkit.Post(1)))
			good := bundle
			s.do(w, &bundle)
			if receipt := w.MustAccept(w.Host, testkit.Authority, bundle); !receipt.Unlogged {
				t.Error("the receipt does not say so")
			}
			received := w.Arrived(reference)
			w.Until("located", func() bool { return w.Received(received).Located })
			if v := w.Received(received); !v.Unlogged || v.Status != tocsin.ReceivedAuthenticated {
				t.Errorf("unlogged %t, %s: a person must decide", v.Unlogged, v.Status)
			}
			w.MustAccept(w.Host, testkit.Authority, good) // too late
			if !w.Received(received).Unlogged {
				t.Error("a proof that came later took the mark off")
			}
		})
	}
	received := w.Arrived("U-1")
	w.Execute(received)
	w.MustStand(received, tocsin.ReceivedConfirmed)
	if !w.Received(received).Unlogged {
		t.Error("executing it took the mark off")
	}
	if c := logaudit.Compare(w.MustAudit(w.Authority), w.MustAudit(w.Host)); c.Unlogged != int64(len(spoil)) {
		t.Errorf("the host's log tells of %d unlogged orders, want %d", c.Unlogged, len(spoil))
	}
	// And one with its proof goes through by itself.
	w.Authority.Faults.Up(testkit.SendTo(testkit.Host))
	id := w.Approve(testkit.Draft("U-99", testkit.Post(2)))
	w.MustReach(id, tocsin.IssuedComplied)
	if v := w.Received(w.Arrived("U-99")); v.Unlogged || !v.Automatic {
		t.Errorf("with its proof it is unlogged %t, automatic %t", v.Unlogged, v.Automatic)
	}
}

func signedByHop(w *testkit.World, b *wire.Bundle) {
	resign(w, b, w.Signer(testkit.Authority, tocsin.UseHop).Private)
}

func signedByStranger(w *testkit.World, b *wire.Bundle) {
	resign(w, b, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
}

// resign puts another signature under the checkpoint of a proof.
func resign(w *testkit.World, b *wire.Bundle, key crypto.Signer) {
	w.Helper()
	proof, err := translog.ParseProof([]byte(b.Log.Proof))
	if err != nil {
		w.Fatal(err)
	}
	c, err := translog.PeekCheckpoint(proof.Checkpoint)
	if err != nil {
		w.Fatal(err)
	}
	signer, err := translog.NewSigner(c.Origin, key)
	if err != nil {
		w.Fatal(err)
	}
	if proof.Checkpoint, err = c.Sign(signer); err != nil {
		w.Fatal(err)
	}
	b.Log.Proof = string(proof.Encode())
}
