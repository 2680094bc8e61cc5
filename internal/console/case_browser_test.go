// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"tocsin"
	"tocsin/internal/flow"
)

// TestWholeCaseByKeyboard goes from the queue to a decision, takes it back and decides again, without a pointer; and
// looks at every page on the way at 320 pixels, in both schemes and each language.
func TestWholeCaseByKeyboard(t *testing.T) {
	t.Parallel()
	axe := axeText(t)
	b := newBrowser(t)
	w := newDesk(t, func(s *flow.Settings) { s.Demonstration = false })
	p := b.enrol(w, host, "Night Shift", tocsin.DutyModerator)
	p.open("/cases")
	p.reads("No case waits.")
	p.looks(views, axe, "queue-empty")
	w.upload("1", kettleBytes, kettlePicture)
	w.upload("2", kettleBytes, kettlePicture)
	w.upload("3", string(tocsin.DigestOf([]byte("another kettle"))), nearPicture)
	w.says("1", "They said “ᴢ0rv1an” and z\u202eo\u200brvian, not blenqiul.")
	p.open("/cases")
	p.reads("Waiting (3)")
	p.looks(views, axe, "queue")
	p.open("/cases")
	p.reads("Ctrl+K")
	p.press(kb.Enter) // the next case is the form of this page
	p.reads("You work on this case.")
	p.looks(looks, axe, "case")
	p.open(strings.Fields(p.words())[0])
	p.reads("Ctrl+K") // its script runs
	p.press("1")
	p.reads("What you found")
	p.looks(looks, axe, "finding")
	p.open(strings.Fields(p.words())[0])
	p.typeInto("decision.provision", "Rule 4: kettles")
	p.typeInto("decision.facts", "A kettle on a bridge.")
	p.typeInto("decision.reasons", "Kettles do not stand on bridges here.")
	p.space("decision.exemptions.considered")
	p.typeInto("decision.exemptions.rationale", "A picture made for tests.")
	p.reach("do|review")
	p.press(kb.Enter)
	p.reads("What will happen")
	p.mustFitEverywhere("review")
	p.reach("Restrict it now")
	p.press(kb.Enter)
	p.reads("Decided: restricted.")
	decision := strings.Fields(p.words())[0]
	w.shows(410, "1", "2")
	p.reads("Ctrl+K")
	p.press("u")
	p.reads("Undone. Everything is as it was")
	w.shows(200, "1", "2")
	p.reads("Ctrl+K")
	p.press("1") // take it again
	p.reads("You work on this case.")
	p.reads("Ctrl+K")
	p.press("2")
	p.reads("What you found")
	p.open(decision)
	p.looks(views, axe, "decision")
}

// looks judges the page that stands.
func (p *tab) looks(ways []look, axe, name string) {
	p.t.Helper()
	path := strings.Fields(p.words())[0]
	for _, language := range []string{"en", "fr", "ar"} {
		if !slices.ContainsFunc(ways, func(l look) bool { return l.in == nil || slices.Contains(l.in, language) }) {
			continue
		}
		p.speaks(language)
		p.sees(ways[0])
		p.open(path)
		p.judge(ways, axe, name, language)
	}
	p.speaks("en")
	p.sees(look{width: 1280, scale: 1})
}

// mustFitEverywhere judges a page that cannot be asked for again.
func (p *tab) mustFitEverywhere(name string) {
	p.t.Helper()
	for _, l := range looks {
		p.sees(l)
		p.picture(name + "-" + l.name)
		p.mustFit(name, l.width)
	}
	p.sees(look{width: 1280, scale: 1})
}
