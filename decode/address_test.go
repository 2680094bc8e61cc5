// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"strings"
	"testing"

	"tocsin/decode"
)

// TestAddressesAreReadByOtherSignals tells what is part of a URL or a mail address from what stands beside one.
func TestAddressesAreReadByOtherSignals(t *testing.T) {
	t.Parallel()
	long := "https://board.example/?q=" + strings.Repeat("a", 5000)
	for text, want := range map[string]int{
		"https://board.example/z0rvian": 0, long + "&b=zorvian": 0, long + " zorvian": 1, "www.board.example?zorvian": 0,
		"WWW.board.example/zorvian": 0, "board.example/zorvian": 0, "hxxps://board[.]example/zorvian": 0, "ftp://a.example/zorvian": 0,
		"zorvian@board.example": 0, "mailto:zorvian@board.example": 0, `("zorvian@board.example")`: 0, "«zorvian@board.example»": 0,
		"a@zorvian.example": 0, "zorvian.fan+1@board.example, zorvian": 1, "<https://board.example>zorvian": 1,
		"“https://board.example” zorvian": 1, "zorvian, https://board.example": 1, "zorvian://": 1, "@zorvian": 1, "zorvian @ home": 1,
		"zorvian/quimber": 1, "either/zorvian": 1, "one.zorvian": 1, "awww zorvian": 1, "(zorvian)https://board.example": 1,
		"a@b zorvian": 1, "zorvian,a@board.example": 1,
	} {
		if got := len(demonstration.Read(text, decode.About{}).Decodes); got != want {
			t.Errorf("%.60q has %d readings, want %d", text, got, want)
		}
	}
}

// TestCodeIsWhatMarkdownSetsAsCode holds stray backticks to hide nothing.
func TestCodeIsWhatMarkdownSetsAsCode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"`z0rvian`": 0, "``a ` z0rvian``": 0, "```\na\n\nz0rvian\n```": 0, "it`s a z0rvian, isn`t it": 1, "`a\n\nz0rvian`": 1,
		"` a\n\n`b` z0rvian": 1, "` a\n\n`z0rvian`": 0, "`a` z0rvian `b`": 1, "z0rvian`": 1, "`z0rvian": 1,
	} {
		if got := len(demonstration.Read(text, decode.About{}).Decodes); got != want {
			t.Errorf("%q has %d readings, want %d", text, got, want)
		}
	}
}

// TestFormsMayHavePunctuation reads forms that are not all letters.
func TestFormsMayHavePunctuation(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"l'orvane", "b-52x", "c++ry", "zorvian", "quimber lantern"}, nil)
	for text, want := range map[string]string{
		"l'orvane": "T0 l'orvane", "l’orvane": "T1 l'orvane", "L’ORVANE": "T1 l'orvane", "l'0rvane": "T2 l'orvane", "l'orvanes": "",
		"b-52x": "T0 b-52x", "b–52x": "T1 b-52x", "B‑52X": "T1 b-52x", "c++ry": "T0 c++ry", "C++RY!": "T1 c++ry",
		"zorvian™": "T0 zorvian", "zorvian²": "T0 zorvian", "zorvian¹, zorvian⁷": "T0 zorvian; T0 zorvian", "™zorvian": "T0 zorvian",
		"⒵⒪⒭⒱⒤⒜⒩": "T1 zorvian", "🄩🄞🄡🄥🄘🄐🄝": "T1 zorvian", "zorvianⓢ": "", "z–o–r–v–i–a–n": "T2 zorvian", "quimber—lantern": "T2 quimber lantern",
	} {
		if got := strings.Join(short(d.Read(text, decode.About{}).Decodes), "; "); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}
