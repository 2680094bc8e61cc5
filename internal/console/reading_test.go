// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tocsin"
)

// TestCaseShowsEveryStepOfAReadingAndThatItIsNoFinding reads the page in each language: the words as they are written,
// safely, the steps, what speaks against it, and the entry.
func TestCaseShowsEveryStepOfAReadingAndThatItIsNoFinding(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	w.upload("1", kettleBytes, kettlePicture)
	w.says("1", "They said “ᴢ0rv1an” and z\u202eo\u200brvian, not blenqiul <b>today</b>.")
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	path := p.take()
	for language, wants := range map[string][]string{
		"en": {"A reading is not a finding.", "an invented group", "3 steps from what is written to how it is read",
			"A letter that looks the same is read as the other", "A digit or symbol is read as a letter", "zorvlan",
			"It stands in quotation marks", "Somebody else is said to have said it", "A negation stands before it",
			"Zorvian cheese fair", "Invented for the demonstration of Tocsin", "Now and then",
			"one character stands for a letter", "By itself this reading asks nobody to look.", "2036-01-15", "uts39"},
		"fr": {"Une lecture n’est pas un constat.", "Un chiffre ou un symbole est lu comme une lettre"},
		"ar": {"القراءة ليست حكمًا.", "رقم أو رمز يُقرأ حرفًا"},
	} {
		p.post("/language", url.Values{"language": {language}, "to": {path}})
		body := html.UnescapeString(p.get(path).body)
		for _, want := range append(wants, "<mark>ᴢ0rv1an</mark>", "z⟨U+202E⟩o⟨U+200B⟩rvian") {
			if !strings.Contains(strings.ToLower(body), strings.ToLower(want)) {
				t.Errorf("%s: the page does not say %q", language, want)
			}
		}
		for _, never := range []string{"\u202e", "\u200b", "[reading."} {
			if strings.Contains(body, never) {
				t.Errorf("%s: the page holds %q", language, never)
			}
		}
	}
	if raw := p.get(path).body; strings.Contains(raw, "<b>today") {
		t.Error("what somebody wrote runs")
	}
}

// TestLexiconTellsWhatTextsAreReadForAndHowOftenThatWasRight reads the page as whoever may, and asks as whoever may not.
func TestLexiconTellsWhatTextsAreReadForAndHowOftenThatWasRight(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	p := w.enrolled(host, "Analyst", tocsin.DutyAnalyst)
	a := p.get("/lexicon")
	for _, want := range []string{"lex:zorvian · 1", "an invented group", "No decided case yet", "2036-01-15", "Published",
		"A reading is not a finding."} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the lexicon does not say %q: %s", want, words(a.body))
		}
	}
	if strings.Contains(a.body, "zorvians") {
		t.Error("the lexicon shows how else a word may be written")
	}
	if a := p.get("/lexicon?after=zzz"); !strings.Contains(a.body, "The lexicon has no entry.") {
		t.Errorf("nothing behind the last: %s", words(a.body))
	}
	if a := w.enrolled(host, "Keeper", tocsin.DutyAdministrator).get("/lexicon"); a.status != http.StatusForbidden {
		t.Errorf("an administrator: %d", a.status)
	}
}
