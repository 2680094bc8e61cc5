// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
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

// TestWhoeverDecidesIsAskedAboutEachReadingAndNothingIsChosenForHer goes from the form to the second look and the case, in each
// language; then a second person is asked.
func TestWhoeverDecidesIsAskedAboutEachReadingAndNothingIsChosenForHer(t *testing.T) {
	t.Parallel()
	w := newDesk(t, func(s *flow.Settings) { s.ReviewShare = 100 })
	w.upload("1", kettleBytes, kettlePicture)
	w.says("1", "They said z0rvian and z0rv1an, zorv1an and <i>zorvi4n</i>, and zorvian.")
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	path := p.take()
	for language, want := range map[string]string{"fr": "Était-ce le sens", "ar": "هل كان هذا هو المعنى", "en": "Was this the meaning"} {
		p.post("/language", url.Values{"language": {language}, "to": {path}})
		body := p.get(path + "/keep").body
		if n := strings.Count(body, want); n != 2 || strings.Contains(body, "[reading.") {
			t.Errorf("%s: asked %d times: %s", language, n, words(body))
		}
	}
	p.post("/language", url.Values{"language": {"en"}, "to": {path}})
	form := p.finding(path + "/keep")
	shown := p.get(path + "/keep").body
	asked := readingField.FindAllStringSubmatch(shown, -1)
	if len(asked) != 6 || strings.Contains(shown, "<i>zorvi4n") || !strings.Contains(shown, "and 1 other way of writing") ||
		!strings.Contains(shown, "where you say nothing, your decision says nothing") {
		t.Fatalf("%d answers to choose from: %s", len(asked), words(shown))
	}
	for _, a := range asked {
		if strings.Contains(a[0], "checked") {
			t.Errorf("chosen for her: %s", a[0])
		}
	}
	first := asked[0][1]
	form.Set(first, "perhaps")
	if a := p.post(path+"/keep", doing(form, "review")); a.status != unprocessable || !strings.Contains(a.body, `id="decision.readings-problem"`) {
		t.Errorf("an unknown answer: %d %s", a.status, words(a.body))
	}
	form.Set(first, "no")
	a := p.post(path+"/keep", doing(form, "review"))
	for _, want := range []string{"Was this the meaning", "No answer", `name="` + first + `" value="no"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the second look does not say %q: %s", want, words(a.body))
		}
	}
	if a := p.post(path+"/keep", doing(form, "change")); !strings.Contains(a.body, `value="no" checked`) {
		t.Errorf("what she chose does not come along: %s", words(a.body))
	}
	p.post(path+"/keep", doing(form, "confirm"))
	body := p.get(path).body
	for _, want := range []string{"No, says whoever decided.", "The decision does not say."} {
		if !strings.Contains(body, want) {
			t.Errorf("the case does not say %q: %s", want, words(body))
		}
	}
	second := w.enrolled(host, "Day Shift", tocsin.DutyModerator)
	link := reviewLink.FindStringSubmatch(second.get("/reviews").body)[1]
	shown = second.get(link).body
	if strings.Contains(shown, "says whoever decided") || strings.Count(shown, "Was this the meaning") != 2 {
		t.Errorf("the second person reads %s", words(shown))
	}
	a = second.post(link+"/find", url.Values{"key": {hiddenField.FindStringSubmatch(shown)[2]}, "review.outcome": {"keep"},
		"review.reasons": {"A bridge."}, strings.Replace(first, "decision.", "review.", 1): {"yes"}})
	for _, want := range []string{"What two people say of its readings", "They say different things."} {
		if !strings.Contains(a.body, want) {
			t.Errorf("afterwards she does not read %q: %s", want, words(a.body))
		}
	}
}

var readingField = regexp.MustCompile(`<input type="radio" name="(decision\.readings\.[^"]+)"[^>]*>`)

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
