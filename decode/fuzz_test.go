// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"ᴢ0rv1an", "z.o.r.v.i.a.n", "« Le Zorvian »", "قَلَمْباش", "\xff\xfezorvian\x80", "|\\/|quimber-lantern",
		"zo*vian **", "77 tarvole", "🫖🅾️ zorvian", "`code` \"quoted zorvian\"", "zovian\u0301\u200b",
		"seethequimberlanternnow #seeblenquil2024", "zorvlan 2orv1an Iantem", "anviorz"} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	d := decode.New(lexicon.Demonstration(), tables, day)
	f.Fuzz(func(t *testing.T, text string, picture bool) {
		about := decode.About{FromPicture: picture}
		r := d.Read(text, about)
		for _, one := range r.Decodes {
			if got, err := one.Replay(text); err != nil || got != one.Normalised {
				t.Errorf("%q in %q: %v", one.Original, text, err)
			}
			if one.Context.Flagged() && one.Original == "" {
				t.Error("a flag took a reading away")
			}
			if letters := fold.Letters(one.Normalised); !formOf(one.Entry, letters) {
				t.Errorf("%q is no form of %s", one.Normalised, one.Entry.ID)
			}
		}
		if diff := cmp.Diff(r, d.Read(text, about)); diff != "" {
			t.Error(diff)
		}
	})
}

func formOf(e lexicon.Entry, letters string) bool {
	for _, f := range e.Forms {
		if f.Letters() == letters {
			return true
		}
		for _, v := range e.Variants(f) {
			if v == letters {
				return true
			}
		}
	}
	return false
}
