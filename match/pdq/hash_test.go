// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tocsin/match/pdq"
	"tocsin/match/syntax"
)

const bridge = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"

func TestHashIsReadInEitherCaseAndWrittenInLower(t *testing.T) {
	t.Parallel()
	for _, text := range []string{bridge, strings.ToUpper(bridge), " " + bridge + "\r\n"} {
		h, err := pdq.Parse(text)
		if err != nil || h.String() != bridge {
			t.Errorf("%q: %v %v", text, h, err)
		}
	}
}

func TestWhatIsNoHashIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":                              syntax.Empty,
		" \t":                           syntax.Empty,
		bridge[1:]:                      syntax.Length,
		bridge + "0":                    syntax.Length,
		"0x" + bridge[2:]:               syntax.Alphabet,
		strings.Repeat("é", 32):         syntax.Alphabet,
		bridge[:30] + "g" + bridge[31:]: syntax.Alphabet,
		strings.Repeat("0", 64):         syntax.Sentinel,
	} {
		var refused *syntax.Error
		h, err := pdq.Parse(text)
		if !errors.As(err, &refused) || refused.Type != pdq.Name || refused.Reason != reason || !h.IsZero() {
			t.Errorf("%q: %v %v, want %s", text, h, err, reason)
		}
		if len(text) > 10 && strings.Contains(err.Error(), text) {
			t.Errorf("%v quotes what was refused", err)
		}
	}
}

func TestBitZeroIsTheLastDigit(t *testing.T) {
	t.Parallel()
	first, err := pdq.Parse(strings.Repeat("0", 63) + "1")
	if err != nil || first[31] != 1 {
		t.Errorf("%v %v", first, err)
	}
}

func drawHash(t *rapid.T, label string) (h pdq.Hash) {
	copy(h[:], rapid.SliceOfN(rapid.Byte(), len(h), len(h)).Draw(t, label))
	return h
}

func TestParseUndoesString(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHash(t, "hash")
		got, err := pdq.Parse(h.String())
		if h.IsZero() != (err != nil) || got != h {
			t.Fatalf("%v: %v %v", h, got, err)
		}
	})
}

func TestDistanceIsAMetric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawHash(t, "a"), drawHash(t, "b"), drawHash(t, "c")
		ab, bc, ac := pdq.Distance(a, b), pdq.Distance(b, c), pdq.Distance(a, c)
		if ab != pdq.Distance(b, a) || ac > ab+bc || pdq.Distance(a, a) != 0 || (ab == 0) != (a == b) {
			t.Fatalf("%v %v %v: %d %d %d", a, b, c, ab, bc, ac)
		}
		flipped := a
		places := rapid.SliceOfDistinct(rapid.IntRange(0, 255), rapid.ID[int]).Draw(t, "places")
		for _, k := range places {
			flipped[k/8] ^= 1 << (k % 8)
		}
		if d := pdq.Distance(a, flipped); d != len(places) {
			t.Fatalf("%d bits turned, distance %d", len(places), d)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(bridge)
	f.Add(" " + strings.ToUpper(bridge))
	f.Add(strings.Repeat("0", 64))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := pdq.Parse(text)
		if err != nil {
			var refused *syntax.Error
			if !errors.As(err, &refused) {
				t.Fatalf("error of type %T", err)
			}
			return
		}
		if again, err := pdq.Parse(h.String()); err != nil || again != h {
			t.Fatalf("%v reads as %v, %v", h, again, err)
		}
		if !strings.EqualFold(strings.TrimSpace(text), h.String()) {
			t.Fatalf("%q became %v", text, h)
		}
	})
}
