// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"strings"
	"testing"
)

// TestShapeIsAskedOfPlainWordsOnly holds that a look at a word's shape never leaves out what may be a form.
func TestShapeIsAskedOfPlainWordsOnly(t *testing.T) {
	t.Parallel()
	var s shapes
	long := strings.Repeat("ka", 50)
	for _, word := range []string{"ketle", long, "zz", "кетл"} {
		s.add([]rune(word))
	}
	for text, want := range map[string]bool{
		"ketle": true, "KETLE": true, "kotte": true, "ketlee": false, "etle": false, "ketl": false, "": false, long: true, "k" + long: true,
		"zz": true, "zzz": false, "az": false, "kétle": true, "ket1e": true, "кетл": true, "ke\xfftle": true, "[ketle": true,
	} {
		if got := s.has(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
