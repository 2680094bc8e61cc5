// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/translog"
)

func gagged(t testing.TB) translog.Leaf {
	l := testOrder(t)
	l.EmbargoUntil, l.EmbargoMax = noon+6*7*24, noon+12*7*24
	return l
}

func TestOpaqueLeavesLookAlike(t *testing.T) {
	t.Parallel()
	long := gagged(t)
	long.Issuer, long.Code = strings.Repeat("a", 60), strings.Repeat("b", 60)
	short := validLeaves(t)[translog.TypeReceipt]
	short.EmbargoUntil, short.EmbargoMax = noon+500, noon+9000
	sizes := make(map[int]bool)
	for _, l := range []translog.Leaf{gagged(t), long, short} {
		o, inner, err := translog.Conceal(l)
		if err != nil {
			t.Fatal(err)
		}
		b, err := o.Encode()
		if err != nil {
			t.Fatal(err)
		}
		sizes[len(b)] = true
		again, err := translog.ParseEntry(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(translog.Entry(o), again); diff != "" {
			t.Errorf("(-encoded +parsed)\n%s", diff)
		}
		got, err := o.Reveal(inner)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(l.Signers)
		if diff := cmp.Diff(l, got); diff != "" {
			t.Errorf("revealed leaf: (-concealed +revealed)\n%s", diff)
		}
	}
	if len(sizes) != 1 {
		t.Errorf("opaque entries have sizes %v, want one size", sizes)
	}
}

func TestOpaqueLeafRevealsOnlyItsOwnLeaf(t *testing.T) {
	t.Parallel()
	o, inner, err := translog.Conceal(gagged(t))
	if err != nil {
		t.Fatal(err)
	}
	other := gagged(t)
	other.To = "de-host"
	otherBytes, err := other.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Reveal(otherBytes); !errors.Is(err, translog.ErrUnverified) {
		t.Errorf("another leaf: got error %v, want ErrUnverified", err)
	}
	o.EmbargoMax++
	if _, err := o.Reveal(inner); !errors.Is(err, translog.ErrUnverified) {
		t.Errorf("longer embargo than the inner leaf: got error %v, want ErrUnverified", err)
	}
}

// Without hidden fields a leaf could be guessed from its digest; without an end it would never be told.
func TestGuessableOrEndlessLeafCannotBeConcealed(t *testing.T) {
	t.Parallel()
	endless := testOrder(t)
	guessable := translog.Leaf{Type: translog.TypeHeartbeat, Issuer: "fr-authority", Hour: noon}
	for _, l := range []translog.Leaf{endless, guessable} {
		if _, _, err := translog.Conceal(l); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%s: got error %v, want ErrMalformed", l.Type, err)
		}
	}
}

func TestCommitmentToAGuessableLeafIsNotHonoured(t *testing.T) {
	t.Parallel()
	bare := translog.Leaf{Type: translog.TypePriorInformation, Issuer: "fr-authority", Hour: noon,
		EmbargoUntil: noon + 24, EmbargoMax: noon + 48}
	inner, err := bare.Encode()
	if err != nil {
		t.Fatal(err)
	}
	o := translog.Opaque{Epoch: noon.Day(), Digest: translog.DigestOf(inner), EmbargoMax: noon + 48}
	if _, err := o.Reveal(inner); !errors.Is(err, translog.ErrUnverified) {
		t.Errorf("got error %v, want ErrUnverified", err)
	}
}

func TestOpeningCarriesTheInnerLeaf(t *testing.T) {
	t.Parallel()
	_, inner, err := translog.Conceal(gagged(t))
	if err != nil {
		t.Fatal(err)
	}
	opening := translog.Leaf{Type: translog.TypeOpening, Issuer: "fr-authority", Hour: noon + 900,
		Re: new(int64), Inner: inner}
	b, err := opening.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := translog.ParseLeaf(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(inner, got.Inner); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	opening.Inner = b
	if _, err := opening.Encode(); !errors.Is(err, translog.ErrMalformed) {
		t.Errorf("an opening inside an opening: got error %v, want ErrMalformed", err)
	}
}
