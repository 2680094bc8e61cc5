// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/decode"
	"tocsin/decode/lexicon"
	"tocsin/internal/node"
	"tocsin/internal/testkit"
)

func lexiconFile(t *testing.T, entries ...lexicon.Entry) string {
	t.Helper()
	s, err := lexicon.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.Write(&out); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "words.json")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTextsAreReadForTheLexiconsThatAreNamed(t *testing.T) {
	t.Parallel()
	demo := lexicon.Demonstration()
	clock := testkit.NewClock(time.Date(2036, 1, 15, 23, 0, 0, 0, time.UTC))
	first, second := lexiconFile(t, demo.Entries[0], demo.Entries[1]), lexiconFile(t, *demo.Entry("lex:zorvian"))
	r, err := node.OpenLexicons(node.Lexicons{Files: []string{first, second}, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	read := func() int { return len(r.Read("the zorvian stood there", decode.About{}).Decodes) }
	if n := read(); n != 1 {
		t.Errorf("%d readings", n)
	}
	clock.Advance(2 * time.Hour) // its review was due
	if n := read(); n != 0 {
		t.Errorf("%d readings by an entry whose review is due", n)
	}
	if none, err := node.OpenLexicons(node.Lexicons{Clock: clock}); none != nil || err != nil {
		t.Errorf("without a lexicon: %v, %v", none, err)
	}
	bad := demo.Entries[0]
	bad.Sources = nil
	for what, files := range map[string][]string{"no such file": {"nowhere.json"}, "stands twice": {second, second},
		"tocsin lexicon lint": {lexiconFile(t, bad)}} {
		if _, err := node.OpenLexicons(node.Lexicons{Files: files, Clock: clock}); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%v: %v", files, err)
		}
	}
}
