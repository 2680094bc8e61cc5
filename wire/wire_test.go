// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin"
	"tocsin/wire"
)

func mustVerify(t *testing.T, signed []byte, c wire.Context) *wire.Document {
	t.Helper()
	d, err := wire.Verify(signed, c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestVerifiedOrderSaysWhoApprovedWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed := w.order()
	d := mustVerify(t, signed, w.context(host))
	order, ok := d.Body.(*wire.Order)
	if !ok {
		t.Fatalf("got a %T", d.Body)
	}
	if diff := cmp.Diff(gardenOrder(), order.Content); diff != "" {
		t.Errorf("content (-drafted +verified)\n%s", diff)
	}
	want := []wire.OfficerProof{
		{Officer: tocsin.ActorID(token("prs", "drafter")), Role: wire.RoleDrafter, Counter: 1},
		{Officer: tocsin.ActorID(token("prs", "approver")), Role: wire.RoleApprover, Counter: 1},
	}
	if diff := cmp.Diff(want, order.Officers); diff != "" {
		t.Errorf("officers (-want +got)\n%s", diff)
	}
	got := wire.Document{
		Type: d.Type, ID: d.ID, Issuer: d.Issuer, Audience: d.Audience, IssuedAt: d.IssuedAt, Key: d.Key,
		Digest: d.Digest,
	}
	expected := wire.Document{
		Type: wire.TypeOrder, ID: token("doc", "order"), Issuer: authority, Audience: host, IssuedAt: noon,
		Key: "fr-doc", Digest: wire.Digest(signed),
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("envelope (-want +got)\n%s", diff)
	}
}

func TestCopyHoldsTheOrderTheHostReceived(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	order := w.order()
	d := mustVerify(t, w.sign("fr-doc", supervisor, &wire.Copy{Order: string(order)}), w.context(supervisor))
	inside := d.Body.(*wire.Copy).Content
	if inside.Digest != wire.Digest(order) || inside.Audience != host || !bytes.Equal(inside.Signed, order) {
		t.Error("the copy shows another order")
	}
}

func TestEveryDocumentSurvivesTheJourney(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bodies := []wire.Body{information(w), withdrawal(w), receipt(w), feedback(w), impossibility(w)}
	for _, body := range bodies {
		signed := w.sign("fr-doc-p256", host, body)
		d := mustVerify(t, signed, w.context(host))
		if diff := cmp.Diff(body, d.Body); diff != "" {
			t.Errorf("%s (-sent +read)\n%s", body.Type(), diff)
		}
	}
}

// TestAnyTurnedBitOfADocumentIsRefusedOrMeansTheSame turns bits that travel: a document is refused,
// or its digest is the same, so that nothing covered by the signature changed.
func TestAnyTurnedBitOfADocumentIsRefusedOrMeansTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.context(host)
	// EdDSA goes through every bit; the others, slower, through one in each byte at least.
	for key, step := range map[tocsin.KeyID]int{"fr-doc": 1, "fr-doc-p256": 7, "fr-doc-rsa": 7} {
		signed := w.sign(key, host, withdrawal(w))
		for i := 0; i < len(signed)*8; i += step {
			turned := turnBit(signed, i)
			if _, err := wire.Verify(turned, c); err == nil && wire.Digest(turned) != wire.Digest(signed) {
				t.Fatalf("%s, bit %d: another document was accepted", key, i)
			} else {
				mustHaveClass(t, err)
			}
		}
	}
}

func TestAnyChangedByteOfAnOrderIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed, c := w.order(), w.context(host)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(signed)-1).Draw(t, "at")
		changed := bytes.Clone(signed)
		changed[at] = rapid.Byte().Filter(func(b byte) bool { return b != signed[at] }).Draw(t, "byte")
		if _, err := wire.Verify(changed, c); err == nil {
			t.Fatalf("byte %d changed to %q: accepted", at, changed[at])
		}
	})
}

func TestDigestIsThatOfWhatTheSignatureCovers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.order(signedWith("fr-doc-p256"))
	if second := otherSignature(first); wire.Digest(first) != wire.Digest(second) {
		t.Error("a second signature makes a second document")
	}
	if wire.Digest(first) == wire.Digest(w.order(signedWith("fr-doc-p256"), dated(noon.Add(time.Second)))) {
		t.Error("two documents have one digest")
	}
}

func TestRefusalOfAVersionListsTheOnesWeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	received := rewritten(`"v":1`, `"v":9`)(w, nil)
	_, err := wire.Verify(received, w.context(host))
	cause, ok := errors.AsType[*tocsin.Error](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	r := wire.NewRefusal(received, noon, cause)
	if diff := cmp.Diff(wire.Versions(), r.Versions); diff != "" || r.Document != wire.Digest(received) {
		t.Errorf("refusal %+v", r)
	}
}

func TestIncompleteOrderSaysWhichField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := wire.Verify(w.order(func(d *orderDraft) { d.content.Reasons = "" }), w.context(host))
	if e, ok := errors.AsType[*tocsin.Error](err); !ok || e.Field != "reasons" {
		t.Errorf("got %v", err)
	}
}

// TestRefusalsQuoteNothing plants a word in every text of an order and looks for it in what a refusal shows.
func TestRefusalsQuoteNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const canary = "kanarienvogel"
	plant := func(d *orderDraft) {
		d.content.Reasons = strings.Repeat(canary+" ", 3)
		d.content.Annex.Content.Addresses[0].URL = "https://" + canary + ".example/post/1"
		d.content.Annex.Authority.Name = canary
	}
	for _, spoil := range []func(*orderDraft){
		func(d *orderDraft) { d.content.Annex.Heading.Reference = "" },
		func(d *orderDraft) { d.content.Annex.Content.Addresses[0].URL = "https://" + canary + ".example/" },
		func(d *orderDraft) { d.content.Annex.Content.Categories = []tocsin.Category{canary} },
		func(d *orderDraft) { d.approvals = d.approvals[:1] },
		func(d *orderDraft) { d.approvals[0].officer.roles = []wire.ApprovalRole{canary} },
		func(d *orderDraft) { d.to = otherHost },
	} {
		_, err := wire.Verify(w.order(plant, spoil), w.context(host))
		e, ok := errors.AsType[*tocsin.Error](err)
		if !ok {
			t.Fatalf("got %v", err)
		}
		if strings.Contains(e.Public, canary) || strings.Contains(e.Field, canary) {
			t.Errorf("a refusal quotes the order: %q in %q", e.Public, e.Field)
		}
	}
}

func TestOnlyTheThreeKindsOfKeyAreRegistered(t *testing.T) {
	t.Parallel()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	short := &rsa.PublicKey{N: new(big.Int).Rsh(oneRSA().N, 1024), E: 65537}
	for name, public := range map[string]any{"P-384": p384.Public(), "short RSA": short, "no key": "kettle"} {
		if _, err := wire.NewKey(public); tocsin.ReasonOf(err) != tocsin.RefusedAlgorithm {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestKeyOfAnotherKindThanRegisteredIsRefused(t *testing.T) {
	t.Parallel()
	k, err := wire.NewKey(ed25519Key("any").Public())
	if err != nil {
		t.Fatal(err)
	}
	k.Algorithm = tocsin.AlgES256
	if _, err := wire.PublicKey(k); tocsin.ReasonOf(err) != tocsin.RefusedAlgorithm {
		t.Errorf("got %v", err)
	}
	k.Public = []byte("kettle")
	if _, err := wire.PublicKey(k); tocsin.ReasonOf(err) != tocsin.RefusedWrongKey {
		t.Errorf("got %v", err)
	}
	s := wire.Signer{Party: authority, Key: "k", Algorithm: tocsin.AlgPS256, Private: ed25519Key("any")}
	if _, err := wire.Sign(s, wire.Letter{At: noon}, &wire.Withdrawal{}); err == nil {
		t.Error("a signer signed with another algorithm than its own")
	}
}

func TestOversizedOrderIsNotSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := w.body(w.newOrder())
	body.Exact = make([]byte, wire.MaxOrder)
	letter := wire.Letter{ID: wire.NewDocumentID(), Audience: host, At: noon}
	if _, err := wire.Sign(w.signer("fr-doc"), letter, body); tocsin.ReasonOf(err) != tocsin.RefusedTooLarge {
		t.Errorf("got %v", err)
	}
}

// TestLargestOrderFitsItsCopy holds the reason for MaxOrder.
func TestLargestOrderFitsItsCopy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	largest := &wire.Copy{Order: strings.Repeat("A", wire.MaxOrder)}
	letter := wire.Letter{ID: wire.NewDocumentID(), Audience: supervisor, At: noon}
	if _, err := wire.Sign(w.signer("fr-doc-rsa"), letter, largest); err != nil {
		t.Error(err)
	}
}

func TestDutiesDecideThePartsInAnOrder(t *testing.T) {
	t.Parallel()
	got := wire.RolesOf([]tocsin.Duty{tocsin.DutyModerator, tocsin.DutyApprover, tocsin.DutyOfficer})
	if diff := cmp.Diff([]wire.ApprovalRole{wire.RoleDrafter, wire.RoleApprover}, got); diff != "" {
		t.Error(diff)
	}
	if got := wire.RolesOf([]tocsin.Duty{tocsin.DutyReviewer}); got != nil {
		t.Errorf("a reviewer may take part as %v", got)
	}
}

func TestOrderBytesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	exact, err := wire.EncodeOrder(gardenOrder())
	if err != nil {
		t.Fatal(err)
	}
	read, err := wire.DecodeOrder(exact)
	if err != nil {
		t.Fatal(err)
	}
	again, err := wire.EncodeOrder(read)
	if err != nil || !bytes.Equal(exact, again) {
		t.Errorf("encoding is not stable: %v", err)
	}
}
