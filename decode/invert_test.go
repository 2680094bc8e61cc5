// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"strings"
	"testing"

	"tocsin/decode"
)

// TestSyllablesAreReadInOrder writes forms with their syllables the other way round.
func TestSyllablesAreReadInOrder(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"tarvole", "zorvian fair", "marbo", "namatikaso", "luna"}, nil)
	for text, want := range map[string]string{
		"levotar": "T4 tarvole", "Levotar": "T4 tarvole", "the levotar.": "T4 tarvole", "volelar": "",
		"rfai vianzor": "", "vianzor fair": "", // of several words, nobody knows which change places
		"bomar":      "", // fewer than six letters (G3)
		"sokatimana": "", // more than four syllables
		"nalu":       "", "xlevotar": "", "levotarx": "", "lev0tar": "",
	} {
		found := d.Read(text, decode.About{}).Decodes
		if got := strings.Join(short(found), "; "); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
		for _, r := range found {
			if _, err := r.Replay(text); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestFormThatStandsThereIsNoSlipForAnother reads for two entries of which one is the other with a letter left out.
func TestFormThatStandsThereIsNoSlipForAnother(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"marlen", "marlenq"}, nil)
	for text, want := range map[string]string{"marlen": "T0 marlen", "marlenq": "T0 marlenq", "marlnq": "T4 marlenq"} {
		if got := strings.Join(short(d.Read(text, decode.About{}).Decodes), "; "); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}
