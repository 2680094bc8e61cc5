// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

func TestDecisionIsLookedAtOnceMoreTakenOnceAndUndone(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	w.upload("1", kettleBytes, kettlePicture)
	w.upload("2", kettleBytes, kettlePicture)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	path := p.take()
	form := p.finding(path + "/restrict")
	a := p.post(path+"/restrict", doing(form, "review"))
	for _, want := range []string{"This item and 1 identical copy are restricted at once",
		"All Member States of the European Union", "how to complain for six months", "you can undo all of it until",
		"Rule 4: kettles", "None of the six", "Restrict it now"} {
		if a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%d: the preview does not say %q: %s", a.status, want, words(a.body))
		}
	}
	w.shows(http.StatusOK, "1", "2") // nothing happened yet
	a = p.post(path+"/restrict", doing(form, "confirm"))
	if !strings.HasPrefix(a.path, "/decisions/dec_") || !strings.Contains(a.body, "Covers 2 items") ||
		!strings.Contains(a.body, "Possible until") {
		t.Fatalf("decide: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if again := p.post(path+"/restrict", doing(form, "confirm")); again.path != a.path {
		t.Errorf("sent twice: %d at %s", again.status, again.path)
	}
	w.shows(http.StatusGone, "1", "2")
	eventually(t, "the platform has the reasons", func() bool { return strings.Contains(p.get(a.path).body, "Complaints until") })
	if d := p.get(a.path); strings.Contains(d.body, "Find it wrong") {
		t.Error("the decider is offered a second look at her own decision")
	}
	if a := p.post(a.path+"/undo", nil); a.path != path && !strings.HasPrefix(a.path, "/cases/cas_") ||
		!strings.Contains(a.body, "Undone.") {
		t.Errorf("undo: %d at %s: %s", a.status, a.path, words(a.body))
	}
	w.shows(http.StatusOK, "1", "2")
	if a := p.post(a.path+"/undo", nil); a.status != http.StatusConflict {
		t.Errorf("undone twice: %d", a.status)
	}
}

func TestWrongFindingIsToldAtItsFieldAndKept(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	w.upload("1", kettleBytes, kettlePicture)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	path := p.take()
	form := p.finding(path + "/restrict")
	for name, c := range map[string]struct {
		change func(url.Values)
		says   string
	}{
		"no reasons":    {func(f url.Values) { f.Del("decision.reasons") }, `id="decision.reasons-problem"`},
		"no facts":      {func(f url.Values) { f.Del("decision.facts") }, `id="decision.facts-problem"`},
		"no provision":  {func(f url.Values) { f.Del("decision.provision") }, `id="decision.provision-problem"`},
		"no rationale":  {func(f url.Values) { f.Del("decision.exemptions.rationale") }, `id="decision.exemptions.rationale-problem"`},
		"not looked at": {func(f url.Values) { f.Del("decision.exemptions.considered") }, "tick that you did"},
		"exempt":        {func(f url.Values) { f.Set("decision.exemptions.applies", "journalism") }, "Keep it instead"},
		"no law":        {func(f url.Values) { f.Set("decision.basis", "law") }, "a State and a provision"},
		"nowhere":       {func(f url.Values) { f.Set("decision.territory", "some") }, "Say where it is restricted."},
		"a past end":    {func(f url.Values) { f.Set("decision.until", "2001-01-01T00:00") }, "The end lies ahead."},
		"no date":       {func(f url.Values) { f.Set("decision.until", "soon") }, `id="decision.until-problem"`},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := doing(form, "review")
			c.change(wrong)
			for _, button := range []string{"review", "confirm"} {
				a := p.post(path+"/restrict", doing(wrong, button))
				if a.status != unprocessable || !strings.Contains(a.body, c.says) || !strings.Contains(a.body, "Kettles do not") &&
					name != "no reasons" {
					t.Errorf("%s: %d: %s", button, a.status, words(a.body))
				}
			}
		})
	}
	exempt := doing(form, "change")
	exempt.Set("decision.exemptions.applies", "journalism")
	if a := p.post(path+"/keep", exempt); a.status != http.StatusOK || !strings.Contains(a.body, "Kettles do not") {
		t.Errorf("what was written does not come along: %d %s", a.status, words(a.body))
	}
	if a := p.post(path+"/keep", doing(exempt, "confirm")); !strings.HasPrefix(a.path, "/decisions/") ||
		!strings.Contains(a.body, "Journalism") {
		t.Errorf("keep: %d at %s: %s", a.status, a.path, words(a.body))
	}
	w.shows(http.StatusOK, "1")
}

func TestLostClaimIsTakenAgainWithoutTypingAnew(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	w.upload("1", kettleBytes, kettlePicture)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	other := w.enrolled(host, "Day Shift", tocsin.DutyModerator)
	path := p.take()
	form := p.finding(path + "/restrict")
	w.clock.jump(16 * time.Minute)
	for _, button := range []string{"review", "confirm"} {
		a := p.post(path+"/restrict", doing(form, button))
		if a.status != http.StatusConflict || !strings.Contains(a.body, "Take the case again") ||
			!strings.Contains(a.body, "Kettles do not stand") {
			t.Errorf("%s: %d: %s", button, a.status, words(a.body))
		}
	}
	other.post(path+"/claim", nil)
	a := p.post(path+"/restrict", doing(form, "reclaim"))
	if a.status != http.StatusConflict || !strings.Contains(a.body, "Somebody else works on this case.") ||
		!strings.Contains(a.body, "Kettles do not stand") || strings.Contains(a.body, "Take the case again") {
		t.Errorf("held by somebody else: %d: %s", a.status, words(a.body))
	}
	other.post(path+"/release", nil)
	if a := p.post(path+"/restrict", doing(form, "reclaim")); a.status != http.StatusOK ||
		!strings.Contains(a.body, "Restrict it now") {
		t.Errorf("taken again: %d: %s", a.status, words(a.body))
	}
	if a := p.post(path+"/restrict", doing(form, "extend")); a.status != http.StatusOK ||
		!strings.Contains(a.body, "Kettles do not stand") {
		t.Errorf("held for longer: %d: %s", a.status, words(a.body))
	}
	if a := p.post(path+"/restrict", doing(form, "confirm_next")); a.path != "/cases" ||
		!strings.Contains(a.body, "Decided: restricted.") {
		t.Errorf("decided and no other waits: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := other.post(path+"/keep", doing(form, "confirm")); a.status != http.StatusConflict ||
		!strings.Contains(a.body, "See where the case stands") {
		t.Errorf("decided by somebody else: %d: %s", a.status, words(a.body))
	}
}

func TestWhatCameMeanwhileIsShownBeforeItIsDecided(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	w.upload("1", kettleBytes, kettlePicture)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	path := p.take()
	form := p.finding(path + "/restrict")
	w.bank("BRIDGES", "Bridges carry no kettles.")
	w.upload("1", kettleBytes, kettlePicture)
	for _, button := range []string{"review", "confirm"} {
		a := p.post(path+"/restrict", doing(form, button))
		if a.status != http.StatusConflict || strings.Count(a.body, "Another match found") != 1 ||
			!strings.Contains(a.body, "Bridges carry no kettles.") || !strings.Contains(a.body, "Kettles do not stand on bridges here.") {
			t.Errorf("%s: %d: %s", button, a.status, words(a.body))
		}
		if button == "confirm" {
			for _, field := range hiddenField.FindAllStringSubmatch(a.body, -1) {
				form.Set(field[1], field[2])
			}
		}
	}
	if a := p.post(path+"/restrict", doing(form, "confirm")); !strings.HasPrefix(a.path, "/decisions/") {
		t.Errorf("after a look: %d at %s: %s", a.status, a.path, words(a.body))
	}
}

func TestSecondPersonReversesADecision(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	w.upload("1", kettleBytes, kettlePicture)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	other := w.enrolled(host, "Day Shift", tocsin.DutyModerator)
	path := p.take()
	decision := p.post(path+"/restrict", doing(p.finding(path+"/restrict"), "confirm")).path
	w.shows(http.StatusGone, "1")
	if a := other.get(decision + "/reverse"); !strings.Contains(a.body, "visible again at once") {
		t.Fatalf("the page does not say what happens: %d %s", a.status, words(a.body))
	}
	if a := other.post(decision+"/reverse", url.Values{"reverse.reasons": {" "}}); a.status != unprocessable {
		t.Errorf("reversed without reasons: %d", a.status)
	}
	if a := p.post(decision+"/reverse", url.Values{"reverse.reasons": {"On reflection."}}); a.status != http.StatusForbidden ||
		!strings.Contains(a.body, "you had a hand in what this is about") {
		t.Errorf("the decider reverses: %d %s", a.status, words(a.body))
	}
	a := other.post(decision+"/reverse", url.Values{"reverse.reasons": {"It was a bridge on a kettle."}})
	if a.path != decision || !strings.Contains(a.body, "Reversed") || !strings.Contains(a.body, "It was a bridge on a kettle.") {
		t.Errorf("reverse: %d at %s: %s", a.status, a.path, words(a.body))
	}
	w.shows(http.StatusOK, "1")
	if a := p.get(decision + "/stand"); a.status != http.StatusForbidden {
		t.Errorf("a moderator lets a decision stand: %d", a.status)
	}
}

func TestStandingDecisionTellsItsLimitsAndIsRatified(t *testing.T) {
	t.Parallel()
	w := newDesk(t, func(s *flow.Settings) {
		s.Standing = flow.StandingDecisions{Enabled: true, MaxPerHour: 3, RatifyWithin: 2 * time.Hour}
	})
	w.upload("1", kettleBytes, kettlePicture)
	p := w.enrolled(host, "Senior", tocsin.DutySeniorModerator)
	path := p.take()
	decision := p.post(path+"/restrict", doing(p.finding(path+"/restrict"), "confirm")).path
	a := p.get(decision + "/stand")
	for _, want := range []string{"At most 3 items in an hour", "within 2 hours", "exactly the same bytes", "within 180 days"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page does not say %q: %s", want, words(a.body))
		}
	}
	if a := p.post(decision+"/stand", url.Values{"stand.until": {"2001-01-01T00:00"}}); a.status != unprocessable ||
		!strings.Contains(a.body, `id="stand.until-problem"`) {
		t.Errorf("until the past: %d %s", a.status, words(a.body))
	}
	until := w.clock.Now().Add(48 * time.Hour).UTC().Format("2006-01-02T15:04")
	if a := p.post(decision+"/stand", url.Values{"stand.until": {until}}); a.path != decision ||
		!strings.Contains(a.body, "lets it stand for identical copies until") {
		t.Fatalf("stand: %d at %s: %s", a.status, a.path, words(a.body))
	}
	copied := w.upload("2", kettleBytes, nearPicture)
	w.shows(http.StatusGone, "2")
	a = p.get("/cases/" + string(copied))
	_, rest, found := strings.Cut(a.body, `href="/decisions/dec_`)
	if !found || !strings.Contains(a.body, "Ratify it") {
		t.Fatalf("the copy: %s", words(a.body))
	}
	automatic := "/decisions/dec_" + rest[:26]
	if a := p.get(automatic); !strings.Contains(a.body, "it follows a standing decision") {
		t.Errorf("an automatic decision says nothing of it: %s", words(a.body))
	}
	if a := p.post(automatic+"/ratify", confirmed); a.path != automatic || !strings.Contains(a.body, "Ratified by") {
		t.Errorf("ratify: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := p.post(decision+"/end_standing", confirmed); a.path != decision || !strings.Contains(a.body, "a person ended it") {
		t.Errorf("end: %d at %s: %s", a.status, a.path, words(a.body))
	}
}
