// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"fmt"
	"os"
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
		if strings.Contains(p.focused(), words) {
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

// TestPagesAreReadableByEverybody looks at each page small and large, light and dark, in both languages.
func TestPagesAreReadableByEverybody(t *testing.T) {
	t.Parallel()
	axe := ""
	if path := os.Getenv("TOCSIN_TEST_AXE"); path != "" {
		text, err := os.ReadFile(path)
		check(t, err)
		axe = string(text)
	}
	checked := 0
	b := newBrowser(t)
	w := newWorld(t, false, authority)
	p := b.enrol(w, authority, "Everyone", tocsin.Duties()...)
	p.click("Orders")
	p.click("New order")
	p.reads("New removal order")
	p.draft("REF-1", "https://board.example/a/very/long/address/"+strings.Repeat("of-one-item-", 20))
	p.click("Save the draft")
	p.reads("The draft is stored")
	order := strings.Fields(p.words())[0]
	for _, language := range []string{"en", "fr"} {
		p.speaks(language)
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 320} {
				p.looks(width, scheme)
				for name, path := range map[string]string{"list": "/orders", "form": order + "/edit", "order": order, "step": order + "/abandon",
					"search": "/search", "people": "/people", "jobs": "/jobs", "error": "/nowhere"} {
					p.open(path)
					p.picture(fmt.Sprintf("%s-%s-%s-%d", name, language, scheme, width))
					p.mustFit(path, width)
					checked += p.mustPass(axe, fmt.Sprintf("%s %s %s %d", path, language, scheme, width))
				}
			}
		}
	}
	t.Run("axe-core", func(t *testing.T) {
		switch {
		case axe == "":
			t.Skip("NOT TESTED by axe-core: set TOCSIN_TEST_AXE to its axe.min.js.")
		case checked == 0:
			t.Error("axe-core looked at no page")
		}
	})
}

// mustFit wants no page wider than its window (WCAG 2.2, 1.4.10).
func (p *tab) mustFit(path string, width int64) {
	p.t.Helper()
	got, err := chromedp.Run(p.ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
	check(p.t, err)
	if got > width {
		p.t.Errorf("%s is %d wide in a window of %d", path, got, width)
	}
}

// mustPass runs axe-core over the page, if there is one, and gives the number of pages it looked at.
func (p *tab) mustPass(axe, where string) int {
	p.t.Helper()
	if axe == "" {
		return 0
	}
	found, err := chromedp.Run(p.ctx, chromedp.Evaluate[struct {
		Passed   int      `json:"passed"`
		Violated []string `json:"violated"`
	}](axe+`;
		axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => ({
			passed: r.passes.length,
			violated: r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target + " " + n.failureSummary).join("; ")),
		}))`, chromedp.EvalAwaitPromise))
	check(p.t, err)
	if found.Passed < 20 {
		p.t.Errorf("%s: axe-core checked only %d rules", where, found.Passed)
	}
	for _, violation := range found.Violated {
		p.t.Errorf("%s: %s", where, violation)
	}
	return 1
}
