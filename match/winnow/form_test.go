// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow_test

import (
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/syntax"
	"tocsin/match/winnow"
)

// anyText is text of every kind: prose, repetition, runes of any script, bytes of none.
func anyText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		some := rapid.OneOf(
			rapid.Custom(func(t *rapid.T) string {
				script := rapid.SampledFrom(scripts).Draw(t, "script")
				return prose(random, script, rapid.IntRange(1, 900).Draw(t, "size"))
			}),
			rapid.Custom(func(t *rapid.T) string {
				return strings.Repeat(rapid.String().Draw(t, "piece"), rapid.IntRange(1, 60).Draw(t, "times"))
			}),
			rapid.String(),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		)
		return strings.Join(rapid.SliceOfN(some, 0, 4).Draw(t, "parts"), " \u00a0\n")
	})
}

func TestAFingerprintReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := sum(anyText().Draw(t, "text"))
		again, err := winnow.Parse("\n " + f.String() + "\t")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(*f, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWhatIsNoFingerprintSaysWhy(t *testing.T) {
	t.Parallel()
	data := sum(prose(rand.New(rand.NewPCG(1, 1)), "latin", 200)).Append(nil)
	form := func(data []byte) string { return "tw1." + base64.RawURLEncoding.EncodeToString(data) }
	changed := func(at int, to ...byte) string {
		copied := append([]byte(nil), data...)
		copy(copied[at:], to)
		return form(copied)
	}
	for name, c := range map[string]struct{ text, reason string }{
		"nothing":             {" ", syntax.Empty},
		"another version":     {"tw2.AAAA", syntax.Structure},
		"another alphabet":    {"tw1.AA+/", syntax.Alphabet},
		"two lines":           {"tw1.AA\nAA", syntax.Alphabet},
		"bits behind the end": {"tw1.AB", syntax.Alphabet},
		"only a mark":         {"tw1.", syntax.Length},
		"cut short":           {form(data[:len(data)-1]), syntax.Length},
		"something behind":    {form(append(data[:len(data):len(data)], 0)), syntax.Length},
		"too long a number":   {changed(40, 0x80, 0x00), syntax.Structure},
		"too great a size":    {changed(40, 0xff, 0xff, 0xff, 0xff, 0x0f), syntax.Range},
		"fewer runes":         {changed(42, 0x80, 0x01), syntax.Range},
		"fewer shingles":      {form(append(data[:44:44], 0xff, 0x7f)), syntax.Length},
		"too long":            {"tw1." + strings.Repeat("A", winnow.MaxForm), syntax.Length},
	} {
		var refused *syntax.Error
		if _, err := winnow.Parse(c.text); !errors.As(err, &refused) || refused.Reason != c.reason {
			t.Errorf("%s: %v, want reason %s", name, err, c.reason)
		}
	}
}

func FuzzParse(f *testing.F) {
	random := rand.New(rand.NewPCG(2, 2))
	for _, script := range scripts {
		f.Add(sum(prose(random, script, 150)).String())
		f.Add(sum(prose(random, script, 20)).String())
	}
	f.Add("tw1.")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := winnow.Parse(text)
		if err != nil {
			return
		}
		if parsed.String() != strings.TrimSpace(text) {
			t.Fatalf("%q is another form of %q", text, parsed.String())
		}
	})
}
