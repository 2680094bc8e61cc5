// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package lexicon_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

func TestDemonstrationIsWithoutFault(t *testing.T) {
	t.Parallel()
	s := lexicon.Demonstration()
	for i := range s.Entries {
		for _, p := range s.Entries[i].Lint() {
			t.Error(p)
		}
	}
	languages := map[string]bool{}
	for _, e := range s.Entries {
		for _, l := range e.Languages {
			languages[l] = true
		}
	}
	if diff := cmp.Diff(map[string]bool{"en": true, "fr": true, "ar": true}, languages); diff != "" {
		t.Error(diff)
	}
}

func TestSnapshotIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	s := lexicon.Demonstration()
	var out bytes.Buffer
	if err := s.Write(&out); err != nil {
		t.Fatal(err)
	}
	again, err := lexicon.Parse(&out)
	if err != nil {
		t.Fatal(err)
	}
	if again.Digest() != s.Digest() {
		t.Errorf("%s became %s", s.Digest(), again.Digest())
	}
	changed := append([]lexicon.Entry{}, s.Entries...)
	changed[0].Version++
	other, err := lexicon.New(changed)
	if err != nil || other.Digest() == s.Digest() {
		t.Errorf("a changed entry has the digest of the old one (%v)", err)
	}
}

// TestLintNamesWhatIsWrong spoils a good entry in one way at a time.
func TestLintNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*lexicon.Entry){
		"id":                func(e *lexicon.Entry) { e.ID = "Zorvian" },
		"version":           func(e *lexicon.Entry) { e.Version = 0 },
		"sense":             func(e *lexicon.Entry) { e.Sense = " " },
		"lang":              func(e *lexicon.Entry) { e.Languages = []string{"english"} },
		"ambiguity":         func(e *lexicon.Entry) { e.Ambiguity = "some" },
		"tiers":             func(e *lexicon.Entry) { e.Ambiguity = lexicon.AmbiguityHigh },
		"sources":           func(e *lexicon.Entry) { e.Sources = nil },
		"valid":             func(e *lexicon.Entry) { e.Valid.From = lexicon.Date{} },
		"review_by":         func(e *lexicon.Entry) { e.ReviewBy = lexicon.Date{} },
		"counter_examples":  func(e *lexicon.Entry) { e.CounterExamples = nil },
		"forms":             func(e *lexicon.Entry) { e.Forms[0].Text = " \u200b" },
		"required_context":  func(e *lexicon.Entry) { e.Forms = []lexicon.Form{{Text: "77", Kind: lexicon.FormAbbreviation}} },
		"tlp":               func(e *lexicon.Entry) { e.Marking = "pink" },
		"approvals":         func(e *lexicon.Entry) { e.Approvals[1].Role = lexicon.RoleAuthority },
		"status":            func(e *lexicon.Entry) { e.Status = "fine" },
		"approvals ":        func(e *lexicon.Entry) { e.Approvals[0].Party, e.Approvals[1].Party = "demo", "Demo" },
		"approvals  ":       func(e *lexicon.Entry) { e.Approvals[1].Party = " " },
		"approvals   ":      func(e *lexicon.Entry) { e.Status, e.Approvals[1].Role = lexicon.StatusDraft, "mayor" },
		"sense ":            func(e *lexicon.Entry) { e.Sense = "an \x1b[31minvented group" },
		"sources ":          func(e *lexicon.Entry) { e.Sources = []lexicon.Source{{Citation: "a\nb", Date: e.ReviewBy}} },
		"forms ":            func(e *lexicon.Entry) { e.Forms[0].Text = "zor\x00vian" },
		"forms  ":           func(e *lexicon.Entry) { e.Forms[0].Text = "zor\xffvian" },
		"forms   ":          func(e *lexicon.Entry) { e.Forms[0].Text = strings.Repeat("\ufdfa", 50) },
		"required_context ": func(e *lexicon.Entry) { e.RequiredContext = []string{"any-of: 🫖, -"} },
		"folds":             func(e *lexicon.Entry) { e.Folds = []lexicon.Fold{"all"} },
	} {
		e := *lexicon.Demonstration().Entry("lex:zorvian")
		e.Approvals, e.Forms = append([]lexicon.Approval{}, e.Approvals...), append([]lexicon.Form{}, e.Forms...)
		if found := e.Lint(); len(found) > 0 {
			t.Fatalf("the good entry has faults: %v", found)
		}
		spoil(&e)
		named := false
		for _, p := range e.Lint() {
			named = named || p.Field == strings.TrimSpace(name)
		}
		if !named {
			t.Errorf("a spoilt %s is not named: %v", name, e.Lint())
		}
	}
}

func TestPublicationWantsTwoPartiesOfUnlikeKinds(t *testing.T) {
	t.Parallel()
	e := *lexicon.Demonstration().Entry("lex:zorvian")
	for _, approvals := range [][]lexicon.Approval{
		nil,
		{{Party: "a", Role: lexicon.RoleAuthority}},
		{{Party: "a", Role: lexicon.RoleAuthority}, {Party: "b", Role: lexicon.RoleAuthority}},
		{{Party: "a", Role: lexicon.RoleAuthority}, {Party: "a", Role: lexicon.RoleAcademia}},
		{{Party: "b", Role: lexicon.RoleCivilSociety}, {Party: "c", Role: lexicon.RoleAcademia}},
	} {
		e.Approvals = approvals
		if len(e.Lint()) == 0 {
			t.Errorf("published with %v", approvals)
		}
	}
	e.Approvals = []lexicon.Approval{{Party: "a", Role: lexicon.RoleAuthority}, {Party: "b", Role: lexicon.RoleAcademia},
		{Party: "b", Role: lexicon.RoleAuthority}}
	if found := e.Lint(); len(found) > 0 {
		t.Errorf("two parties of unlike kinds are among the three: %v", found)
	}
	e.Approvals, e.Status = nil, lexicon.StatusDraft
	if found := e.Lint(); len(found) > 0 {
		t.Errorf("a draft needs no approval: %v", found)
	}
}

func TestEntryIsCurrentWhileItsSenseHoldsAndItsReviewIsNotDue(t *testing.T) {
	t.Parallel()
	e := *lexicon.Demonstration().Entry("lex:zorvian")
	on := func(text string) time.Time { at, _ := time.Parse(time.DateTime, text); return at }
	for at, want := range map[string]bool{"2026-01-14 23:59:59": false, "2026-01-15 00:00:00": true,
		"2036-01-15 23:59:59": true, "2036-01-16 00:00:00": false} {
		if e.Current(on(at)) != want {
			t.Errorf("on %s current is %t", at, !want)
		}
	}
	for _, s := range []lexicon.Status{lexicon.StatusDraft, lexicon.StatusSuspended, lexicon.StatusExpired} {
		e.Status = s
		if e.Current(on("2030-01-01 00:00:00")) {
			t.Errorf("an entry that is %s is read for", s)
		}
	}
}

func TestParseRefusesWhatIsNoLexicon(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{}", `{"format":"other","entries":[]}`, `{"format":"tocsin-lexicon-1","entries":[],"more":1}`,
		`{"format":"tocsin-lexicon-1","entries":[]} {}`, `{"format":"tocsin-lexicon-1","entries":[{"id":"lex:a","id2":"x"}]}`, `{"format":"tocsin-lexicon-1","entries":[],"entries":[]}`,
		`{"format":"tocsin-lexicon-1","Entries":[]}`, "{\"format\":\"tocsin-lexicon-1\",\"entries\":[],\"x\xff\":1}"} {
		if _, err := lexicon.Parse(strings.NewReader(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestLexiconIsNoLongerThanADecoderCanHold(t *testing.T) {
	t.Parallel()
	form := lexicon.Form{Text: strings.Repeat("k", lexicon.MaxForm), Kind: lexicon.FormLiteral}
	e := *lexicon.Demonstration().Entry("lex:zorvian")
	e.Forms = slices.Repeat([]lexicon.Form{form}, lexicon.MaxLetters/lexicon.MaxForm)
	if _, err := lexicon.New([]lexicon.Entry{e}); err != nil {
		t.Error(err)
	}
	e.Forms = append(e.Forms, form)
	if _, err := lexicon.New([]lexicon.Entry{e}); err == nil {
		t.Error("too many letters were taken")
	}
}

func TestArabicLettersAreTakenForEachOtherOnlyWhereAnEntryAsks(t *testing.T) {
	t.Parallel()
	e := *lexicon.Demonstration().Entry("lex:zahrat-samur")
	variants := e.Variants(e.Forms[0])
	if len(variants) == 0 || len(variants) > 256 {
		t.Errorf("%d variants", len(variants))
	}
	e.Folds = nil
	if v := e.Variants(e.Forms[0]); v != nil {
		t.Errorf("variants nobody asked for: %v", v)
	}
}

func FuzzParse(f *testing.F) {
	var out bytes.Buffer
	if err := lexicon.Demonstration().Write(&out); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add([]byte(`{"format":"tocsin-lexicon-1","entries":[{"tiers":["T9"]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := lexicon.Parse(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, e := range s.Entries {
			for _, form := range e.Forms {
				if form.Letters() == "" {
					t.Error("a form without letters was taken")
				}
			}
			if e.Allows(fold.T2) && e.Ambiguity == lexicon.AmbiguityHigh {
				t.Error("an ambiguous entry was taken for T2")
			}
		}
	})
}
