// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tocsin"
)

// TestWholeWayByKeyboard goes from the enrolment link to a submitted order without a pointer.
func TestWholeWayByKeyboard(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newWorld(t, false, authority)
	p := b.sit(w.nodes[authority].url)
	p.open(w.invite(authority, "Officer One", tocsin.DutyOfficer))
	p.reach("Make my passkey")
	p.press(kb.Enter)
	p.reads("Your passkey is enrolled")
	p.reach("Sign out")
	p.press(kb.Enter)
	p.reads("Sign in with a passkey")
	p.reach("Sign in with a passkey")
	p.press(kb.Enter)
	p.reads("Nothing is waiting for you")

	p.press(kb.Tab) // the first stop of every page leads past the navigation
	if at := p.focused(); !strings.Contains(at, "Skip to the content") {
		t.Errorf("the first stop is %q", at)
	}
	p.press(kb.Enter)
	p.until(`document.activeElement.localName === "main"`) // the browser goes there in its own time
	p.reach("New order")
	p.press(kb.Enter)
	p.reads("New removal order")
	p.typeInto("annex_i.a.addressee", "Garden")
	p.typeInto("annex_i.a.reference", "REF-KEYS")
	p.typeInto("annex_i.b.addresses.url", "https://board.example/post/1")
	p.space("annex_i.b.categories")
	p.typeInto("reasons", "The picture of the garden is only a test.")
	for range tocsin.Exemptions() {
		p.space("exemption_assessment.considered")
	}
	p.typeInto("exemption_assessment.rationale", "A garden picture made for tests.")
	p.space("annex_i.e.type")
	p.typeInto("annex_i.e.file_number", "F-1")
	p.typeInto("annex_i.g.body", "Test court")
	p.press(kb.Enter) // sends the form from a field, and does not add an address
	if at := p.focused(); !strings.HasPrefix(at, "annex_i.g.deadline|") {
		t.Errorf("the browser leads to %q and not to the empty field", at)
	}
	p.press("Two months")
	p.press(kb.Enter)
	p.reads("The draft is stored")
	p.reach("Sign and submit")
	p.press(kb.Enter)
	p.reads("Waits for approval")
}

func (p *tab) press(keys string) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(keys))
}

// focused describes the element that has the focus.
func (p *tab) focused() string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](
		`(e => [e.name ?? "", e.value ?? "", (e.innerText || e.textContent || "").trim()].join("|"))(document.activeElement)`,
	))
	check(p.t, err)
	return text
}

// reach presses Tab until the focus is on something with these words, and checks that everybody can see
// where it is.
func (p *tab) reach(words string) {
	p.t.Helper()
	for range 90 {
		p.press(kb.Tab)
		if strings.Contains(p.focused(), words) && !js[bool](p, `document.activeElement.matches("main, body")`) {
			p.mustShowFocus()
			return
		}
	}
	p.t.Fatalf("the keyboard never reaches %q:\n%s", words, p.words())
}

func (p *tab) mustShowFocus() {
	p.t.Helper()
	shown, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`(e => {
		const style = getComputedStyle(e), box = e.getBoundingClientRect();
		return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.height > 0 &&
			box.bottom > 0 && box.top < innerHeight;
	})(document.activeElement)`))
	check(p.t, err)
	if !shown {
		p.t.Errorf("the focus does not show at %q", p.focused())
	}
}

func (p *tab) typeInto(field, text string) {
	p.t.Helper()
	p.reach(field + "|")
	p.press(text)
}

func (p *tab) space(field string) {
	p.t.Helper()
	p.reach(field + "|")
	p.press(" ")
}

// sight is a page that everybody must be able to read.
type sight struct{ name, path string }

// look is a way to see a page.
type look struct {
	name   string
	width  int64
	scale  float64 // 2 is a page of 1280 pixels at a zoom of 200 %
	dark   bool
	forced bool // forced colours and reduced motion
	axe    depth
	in     []string // languages, where fewer than all are enough; French has the longest words
	shown  []string // languages of which a picture is kept
}

// depth is how much of a page axe-core judges.
type depth int

const (
	unjudged depth = iota
	whole          // every rule
	painted        // the rules that colours and room can break, on a page that was judged as a whole where it stands
)

// looks are every way, the hardest to lay out first: at 320 pixels, and in both schemes in each language.
var looks = []look{
	{name: "light-320", width: 320, scale: 1, axe: whole, shown: []string{"en", "ar"}},
	{name: "dark-320", width: 320, scale: 1, dark: true, axe: painted, shown: []string{"fr"}},
	{name: "zoom-200", width: 640, scale: 2, axe: painted, shown: []string{"fr"}},
	{name: "light-1280", width: 1280, scale: 1, axe: painted, in: []string{"ar"}, shown: []string{"ar"}},
	{name: "forced-1280", width: 1280, scale: 1, forced: true, in: []string{"en"}, shown: []string{"en"}},
}

// judgeAll goes to pages in each language: to the first in every way of seeing them, to the others in some.
func (p *tab) judgeAll(axe string, everyWay, someWays []sight) (checked int) {
	p.t.Helper()
	for _, language := range []string{"en", "fr", "ar"} {
		p.speaks(language)
		for _, s := range everyWay {
			p.sees(looks[0]) // a page that comes under the colours of a system keeps their ground
			p.open(s.path)
			checked += p.judge(looks, axe, s.name, language)
		}
		for _, s := range someWays {
			if language != "en" {
				p.sees(views[0])
				p.open(s.path)
				checked += p.judge(views, axe, s.name, language)
			}
		}
	}
	return checked
}

// judge looks at the page that stands in several ways, without asking for it again: nothing but colours and room changes.
// It gives the number of times that axe-core judged it as a whole.
func (p *tab) judge(ways []look, axe, name, language string) (checked int) {
	p.t.Helper()
	for _, l := range ways {
		if l.in != nil && !slices.Contains(l.in, language) {
			continue
		}
		p.sees(l)
		where := name + "-" + language + "-" + l.name
		if slices.Contains(l.shown, language) {
			p.picture(where)
		}
		p.mustFit(where, l.width)
		switch {
		case axe == "":
		case l.axe == whole:
			checked += p.mustPass(axe, where)
		case l.axe == painted:
			p.mustBePainted(where)
		}
	}
	p.mustSpeak(name, language)
	return checked
}

// mustSpeak wants no word of another language on a page, and none of the marks by which a hidden character shows itself.
func (p *tab) mustSpeak(where, language string) {
	p.t.Helper()
	body := js[string](p, `document.documentElement.outerHTML`)
	if english := leftover.FindString(written(body)); english != "" && language != "en" {
		p.t.Errorf("%s in %s: %q is left in English", where, language, english)
	}
	if strings.Contains(body, ">U+20") {
		p.t.Errorf("%s in %s shows a character that was to be hidden: %s", where, language, p.words())
	}
	want := "ltr"
	if language == "ar" {
		want = "rtl"
	}
	if got := js[string](p, `document.documentElement.lang + " " + document.documentElement.dir`); got != language+" "+want {
		p.t.Errorf("%s is written as %s, not %s", where, got, language)
	}
}

// TestPagesAreReadableByEverybody looks at each page in three languages: small and large, light and dark, at
// twice the size, and with the colours of a system.
func TestPagesAreReadableByEverybody(t *testing.T) {
	t.Parallel()
	axe := axeText(t)
	b := newBrowser(t)
	w := newWorld(t, false, authority)
	p := b.enrol(w, authority, "Everyone", tocsin.Duties()...)
	everyWay, someWays := sights(w, p)
	checked := p.judgeAll(axe, everyWay, someWays)
	t.Run("axe-core", func(t *testing.T) {
		switch {
		case axe == "":
			t.Skip("NOT TESTED by axe-core: set TOCSIN_TEST_AXE to its axe.min.js.")
		case checked == 0:
			t.Error("axe-core looked at no page")
		}
	})
}

// axeText is the program that checks accessibility; empty where there is none.
func axeText(t *testing.T) string {
	t.Helper()
	path := os.Getenv("TOCSIN_TEST_AXE")
	if path == "" {
		return ""
	}
	text, err := os.ReadFile(path)
	check(t, err)
	return string(text)
}

// sights makes a draft to look at, and lists the pages: those with every kind of component, and the others.
func sights(w *world, p *tab) (everyWay, someWays []sight) {
	p.t.Helper()
	p.open("/orders/new")
	p.reads("New removal order")
	p.draft("REF-1", "https://board.example/a/very/long/address/"+strings.Repeat("of-one-item-", 20))
	p.click("Save the draft")
	p.reads("The draft is stored")
	order := strings.Fields(p.words())[0]
	everyWay = []sight{{"home", "/"}, {"preferences", "/preferences"}, {"form", order + "/edit"}, {"order", order}}
	someWays = []sight{{"list", "/orders"}, {"step", order + "/abandon"}, {"search", "/search"}, {"people", "/people"},
		{"jobs", "/jobs"}, {"journal", "/audit"}, {"error", "/nowhere"}}
	return everyWay, someWays
}

// mustFit wants no page wider than its window (WCAG 2.2, 1.4.10).
func (p *tab) mustFit(path string, width int64) {
	p.t.Helper()
	got, err := chromedp.Run(p.ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
	check(p.t, err)
	if got > width {
		p.t.Errorf("%s is %d wide in a window of %d", path, got, width)
	}
	if cut := js[string](p, cutOff); cut != "" {
		p.t.Errorf("%s: out of the window, where nobody can scroll to: %s", path, cut)
	}
}

// cutOff names what lies beyond an edge of the window. Written from right to left, that makes no page wider.
const cutOff = `[...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll, .unseen, .skip, dialog, svg, .list thead"))
	.filter(e => (r => r.width > 1 && r.height > 1 && (r.left < -1 || r.right > innerWidth + 1))(e.getBoundingClientRect()))
	.map(e => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40)).slice(0, 3).join("; ")`

// mustPass runs axe-core over the page, if there is one, and gives the number of pages it looked at.
func (p *tab) mustPass(axe, where string) int {
	p.t.Helper()
	if axe == "" {
		return 0
	}
	found, err := chromedp.Run(p.ctx, chromedp.Evaluate[judgement](axe+";"+fmt.Sprintf(judged,
		`["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`), chromedp.EvalAwaitPromise))
	check(p.t, err)
	p.mustHavePassed(where, found, 20)
	return 1
}

// mustBePainted runs the rules of axe-core that colours and room can break, on a page that [tab.mustPass] judged before.
func (p *tab) mustBePainted(where string) {
	p.t.Helper()
	found, err := chromedp.Run(p.ctx, chromedp.Evaluate[judgement](fmt.Sprintf(judged,
		`{type: "rule", values: ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]}`),
		chromedp.EvalAwaitPromise))
	check(p.t, err)
	p.mustHavePassed(where, found, 1)
}

func (p *tab) mustHavePassed(where string, found judgement, rules int) {
	p.t.Helper()
	if found.Passed < rules {
		p.t.Errorf("%s: axe-core checked only %d rules", where, found.Passed)
	}
	for _, violation := range found.Violated {
		p.t.Errorf("%s: %s", where, violation)
	}
}

// judgement is what axe-core found.
type judgement struct {
	Passed   int      `json:"passed"`
	Violated []string `json:"violated"`
}

// judged runs rules, and gives a judgement.
const judged = `axe.run({runOnly: %s}).then(r => ({
	passed: r.passes.length,
	violated: r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target + " " + n.failureSummary).join("; ")),
}))`
