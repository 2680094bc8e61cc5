// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/cli.md anew")

const referenceFile = "../../docs/cli.md"

func TestReferencePageIsFresh(t *testing.T) {
	t.Parallel()
	fresh := referencePage(newProgram(strings.NewReader(""), io.Discard, io.Discard, nil).root())
	if *update {
		if err := os.WriteFile(referenceFile, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != fresh {
		t.Error("docs/cli.md differs from the commands; run go generate ./cmd/tocsin")
	}
}

var explained = regexp.MustCompile(`--[a-z-]+\S*(?: [a-zA-Z0-9]+)?\s{2,}\S`)

// TestHelpTeaches asks of every command what a stranger needs: a sentence, an explanation and an example that
// can be copied. Terminals are eighty columns wide, and a little more.
func TestHelpTeaches(t *testing.T) {
	t.Parallel()
	for _, c := range everyCommand(newProgram(strings.NewReader(""), io.Discard, io.Discard, nil).root()) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: needs a short sentence without a full stop", c.CommandPath())
		}
		if len(c.Long) < 60 || !strings.Contains(c.Example, "tocsin ") {
			t.Errorf("%s: needs an explanation and an example", c.CommandPath())
		}
		if strings.Contains(c.Long, "\t") {
			t.Errorf("%s: its help holds a tab", c.CommandPath())
		}
		for line := range strings.Lines(c.Long + "\n" + c.Example) {
			if len([]rune(line)) > 112 {
				t.Errorf("%s: a line of its help is too long: %s", c.CommandPath(), line)
			}
		}
		for line := range strings.Lines(c.NonInheritedFlags().FlagUsages()) {
			if !explained.MatchString(line) {
				t.Errorf("%s: a flag is not explained: %s", c.CommandPath(), line)
			}
		}
	}
}

// TestNoCommandDecides holds the refusal that people sign, approve and answer, and nothing else does. An entry of a lexicon
// restricts nothing, and a party approves it as publishers sign a directory.
func TestNoCommandDecides(t *testing.T) {
	t.Parallel()
	for _, c := range everyCommand(newProgram(strings.NewReader(""), io.Discard, io.Discard, nil).root()) {
		for _, word := range []string{"approve", "submit", "answer", "execute", "ratify", "uphold", "dismiss"} {
			if c.Name() == word && c.CommandPath() != "tocsin lexicon approve" {
				t.Errorf("%s exists", c.CommandPath())
			}
		}
	}
	for _, scope := range serviceScopes() {
		if scope == "order.approve" || scope == "order.submit" || scope == "order.answer" ||
			scope == "order.return" {
			t.Errorf("a service key can be given %s", scope)
		}
	}
}

func TestManualPageHoldsNoAccidentalMacro(t *testing.T) {
	t.Parallel()
	page := manualPage(newProgram(strings.NewReader(""), io.Discard, io.Discard, nil).root())
	known := []string{".TH ", ".SH ", ".SS ", ".TP", ".PP", ".B ", ".nf", ".fi"}
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, ".") && !strings.HasPrefix(line, "'") {
			continue
		}
		ok := false
		for _, macro := range known {
			ok = ok || strings.HasPrefix(line, macro)
		}
		if !ok {
			t.Errorf("roff would take this for a macro: %s", line)
		}
	}
}
