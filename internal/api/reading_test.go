// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"strings"
	"testing"

	"tocsin"
	"tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
	"tocsin/internal/api"
	"tocsin/internal/flow"
)

func reading(d *flow.Deps) { d.Reader = decode.New(lexicon.Demonstration(), fold.New(), noon) }

func TestTextIsReadBesideWhatItMatches(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t, reading)
	l.bank("GARDENS")
	l.signal("GARDENS", "text", gardenText)
	got := l.screen(api.ScreenQuery{Text: "They say “ᴢ0rv1an”. " + gardenText}, api.ScreenQuery{Type: "text", Value: "z.o.r.v.i.a.n"},
		api.ScreenQuery{Type: "pdq", Value: hash(1, 0)}, api.ScreenQuery{Text: strings.Repeat("zorvian ", 700)},
		api.ScreenQuery{Text: "the zorvlan stood there", FromPicture: true}, api.ScreenQuery{Text: "the zorvlan stood there"})
	if proposals(got[0]) != "GARDENS:text:review" || len(got[0].Readings) != 1 {
		t.Fatalf("%+v", got[0])
	}
	r := got[0].Readings[0]
	if r.Normalised != "zorvian" || r.Tier != "T2" || r.Entry.ID != "lex:zorvian" || len(r.Path) != 3 || !r.Context.Quoted ||
		r.Note != decode.Note || r.Snapshot != lexicon.Demonstration().Digest() || len(r.Alternatives) != 1 {
		t.Errorf("%+v", r)
	}
	if len(got[1].Readings) != 1 || got[1].Readings[0].Tier != "T2" {
		t.Errorf("a text given as a value: %+v", got[1])
	}
	if got[2].Readings != nil {
		t.Errorf("a hash is no text: %+v", got[2].Readings)
	}
	if len(got[3].Readings) != decode.MaxDecodes || got[3].MoreReadings != 700-decode.MaxDecodes {
		t.Errorf("%d readings and %d more", len(got[3].Readings), got[3].MoreReadings)
	}
	if len(got[4].Readings) != 1 || !got[4].Readings[0].Context.FromPicture || got[4].Readings[0].Path[0].Op != fold.OpOCR {
		t.Errorf("of a text off a picture: %+v", got[4].Readings)
	}
	if got[5].Readings != nil {
		t.Errorf("of the same text as people write: %+v", got[5].Readings)
	}
}

// TestReadingOfWhatNoPlatformNamesOpensNothing holds that asking what a text can be read as is no more than asking.
func TestReadingOfWhatNoPlatformNamesOpensNothing(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t, reading)
	l.bank("GARDENS")
	before := l.head()
	got := l.screen(api.ScreenQuery{Text: "the zorvian stood there", Item: "post-1"})
	if len(got[0].Readings) != 1 || len(got[0].Matches) != 0 {
		t.Fatalf("%+v", got[0])
	}
	if after := l.head(); after != before {
		t.Errorf("the journal went from %+v to %+v", before, after)
	}
}

func TestNodeWithoutLexiconReadsNothing(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	if got := l.screen(api.ScreenQuery{Text: "the zorvian stood there"}); got[0].Readings != nil {
		t.Errorf("%+v", got[0].Readings)
	}
}

// TestCaseTellsItsReadings holds that a case gives what a text was read as, with what a decision needs of it.
func TestCaseTellsItsReadings(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t, reading, hosting)
	l.screen(api.ScreenQuery{Text: "They say “ᴢ0rv1an”.", Item: "post-1"})
	var page api.CasePage
	l.want(http.StatusOK, l.send("GET", "/cases?priority=-1", nil)).read(t, &page)
	if len(page.Cases) != 1 {
		t.Fatalf("%d cases", len(page.Cases))
	}
	var c api.CaseView
	l.want(http.StatusOK, l.send("GET", "/cases/"+string(page.Cases[0].ID), nil)).read(t, &c)
	if len(c.Readings) != 1 || !c.Readings[0].Asks || c.Readings[0].State != lexicon.StatusPublished || c.Readings[0].Now != nil ||
		c.Readings[0].Normalised != "zorvian" || c.Readings[0].Around != "They say “ᴢ0rv1an”." {
		t.Errorf("%+v", c.Readings)
	}
	who := flow.Actor{ID: tocsin.ActorID("prs_" + strings.Repeat("a", 26)), Passkey: true, Duties: []tocsin.Duty{tocsin.DutyModerator}}
	check(t, l.flow.ClaimCase(t.Context(), who, page.Cases[0].ID))
	decision, err := l.flow.Decide(t.Context(), who, page.Cases[0].ID, tocsin.DecisionDraft{Outcome: tocsin.OutcomeKeep,
		Basis: tocsin.BasisHostTerms, Reasons: "It is a kettle.", Detection: tocsin.DetectionMatch,
		Readings:   []tocsin.ReadingAnswer{{Reading: c.Readings[0].Code, Meant: tocsin.MeantYes}},
		Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(), Rationale: "None."}}, c.Record.Content, "")
	check(t, err)
	l.want(http.StatusOK, l.send("GET", "/cases/"+string(page.Cases[0].ID), nil)).read(t, &c)
	if r := c.Readings[0]; r.Meant != tocsin.MeantYes || r.ByOutcome || r.Now == nil || r.Now.Right != 1 {
		t.Errorf("decided: %+v", r)
	}
	var d api.DecisionView
	l.want(http.StatusOK, l.send("GET", "/decisions/"+string(decision), nil)).read(t, &d)
	if len(d.Finding.Readings) != 1 || d.Finding.Readings[0].Reading != c.Readings[0].Code {
		t.Errorf("the decision says %+v", d.Finding.Readings)
	}
	l.token = l.newKey("reader", "case.read")
	var hers api.CaseView
	l.want(http.StatusOK, l.send("GET", "/cases/"+string(page.Cases[0].ID), nil)).read(t, &hers)
	if hers.Readings[0].Meant != "" {
		t.Errorf("who may read no decision reads %+v", hers.Readings[0])
	}
}
