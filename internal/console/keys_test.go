// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp/kb"

	"tocsin"
)

// as sits down in a browser where a person has signed in elsewhere.
func (b *browser) as(p *person) *tab {
	b.t.Helper()
	sat := b.sit(p.url)
	call(sat, network.SetCookie, network.SetCookieParams{Name: "tocsin", Value: p.cookie(), URL: p.url})
	return sat
}

// TestKeysActAndCanBeSwitchedOff goes through every single key, the palette and the help, remaps one and switches all
// off (WCAG 2.2, 2.1.4).
func TestKeysActAndCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newWorld(t, true, authority)
	who := w.enrolled(authority, "Everyone", tocsin.Duties()...)
	for _, reference := range []string{"REF-1", "REF-2"} {
		who.draft(gardenForm(reference, w.board.URL+"/post/1"))
	}
	p := b.as(who)
	p.open("/orders")
	first := js[string](p, `document.querySelector("[data-row] a").textContent.trim()`)
	p.press("j")
	p.mustFocus(first)
	p.press("j")
	p.press("k")
	p.mustFocus(first)
	p.key(input.DispatchKeyEventTypeKeyDown, "j", "KeyJ", 2) // with Ctrl
	p.mustFocus(first)
	p.key(input.DispatchKeyEventTypeKeyDown, "ت", "KeyJ", 0) // the same key of an Arabic keyboard
	if strings.Contains(p.focused(), first) {
		t.Error("a keyboard with other letters moves nothing")
	}

	p.press("?")
	p.until(`document.getElementById("shortcuts").open`)
	p.reads("Next line of a list")
	p.mustPass(axeText(t), "the help")
	p.picture("help")
	p.press("1") // nothing acts behind a dialog
	p.press(kb.Escape)
	p.until(`!document.querySelector("dialog[open]") && location.pathname === "/orders"`)

	p.press("/")
	p.until(`location.pathname === "/search" && document.readyState === "complete"`)
	p.key(input.DispatchKeyEventTypeKeyDown, "/", "Slash", 0)
	p.until(`document.activeElement.name === "q"`)
	p.press("j1u?/")
	if got := js[string](p, `document.activeElement.value`); got != "j1u?/" {
		t.Errorf("typed into the field: %q", got)
	}

	p.palette("peop")
	p.mustPass(axeText(t), "the palette")
	p.picture("palette")
	p.press(kb.Enter)
	p.until(`location.pathname === "/people"`)
	p.mustRemapAndSwitchOff()
}

// palette opens the commands and types.
func (p *tab) palette(text string) {
	p.t.Helper()
	p.key(input.DispatchKeyEventTypeKeyDown, "k", "KeyK", 2)
	p.until(`document.getElementById("palette").open && document.activeElement.getAttribute("role") === "combobox"`)
	p.press(text)
	p.until(`document.querySelector("#palette [aria-selected=true]")?.id === document.activeElement.getAttribute("aria-activedescendant")`)
}

func (p *tab) mustFocus(words string) {
	p.t.Helper()
	if at := p.focused(); !strings.Contains(at, words) {
		p.t.Errorf("the focus is on %q, not %q", at, words)
	}
}

func (p *tab) mustRemapAndSwitchOff() {
	p.t.Helper()
	p.open("/preferences")
	js[bool](p, `document.getElementById("key-next").value = "N", document.getElementById("key-help").value = "", true`)
	p.click("Keep the keys")
	p.reads("Your preferences are kept.")
	p.open("/orders")
	p.press("j")
	p.press("?")
	if !js[bool](p, `document.activeElement === document.body && !document.querySelector("dialog[open]")`) {
		p.t.Errorf("a key that was changed still acts: %q", p.focused())
	}
	p.press("n")
	p.mustFocus("REF")

	p.open("/preferences")
	p.tick("on", "on")
	p.click("Keep the keys")
	p.reads("Your preferences are kept.")
	p.open("/orders")
	for _, key := range strings.Split("abcdefghijklmnopqrstuvwxyz/?123456789 ", "") {
		p.press(key)
	}
	if !js[bool](p, `location.pathname === "/orders" && document.activeElement === document.body && !document.querySelector("dialog[open]")`) {
		p.t.Errorf("a single key acts although all are off: %s", p.focused())
	}
	if js[int](p, `document.querySelectorAll("kbd.key").length`) > 2 { // Ctrl+K, and its line in the help
		p.t.Error("keys that do nothing are shown")
	}
	p.palette("")
	p.press(kb.Escape)
}

func TestKeysAreJudgedWhereTheyAreChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Everyone", tocsin.DutyOfficer)
	usual := url.Values{"on": {"on"}, "key.next": {"j"}, "key.previous": {"k"}, "key.search": {"/"}, "key.undo": {"u"}, "key.help": {"?"}}
	for name, key := range map[string]string{"key.next": "k", "key.undo": "7", "key.help": "ab"} {
		form := url.Values{}
		for field, value := range usual {
			form[field] = value
		}
		form.Set(name, key)
		if a := p.post("/preferences/keyboard", form); a.status != unprocessable || !strings.Contains(a.body, "aria-invalid") {
			t.Errorf("%s=%s: %d", name, key, a.status)
		}
	}
	form := url.Values{"on": {"on"}, "key.next": {"N"}, "key.previous": {""}, "key.search": {"/"}, "key.undo": {"ع"}, "key.help": {"?"}}
	if a := p.post("/preferences/keyboard", form); a.status != 200 || !strings.Contains(a.body, "Your preferences are kept.") {
		t.Fatalf("%d: %s", a.status, words(a.body))
	}
	if body := p.get("/orders").body; !strings.Contains(body, `data-shortcut="next" data-key="n"`) ||
		strings.Contains(body, `data-shortcut="previous"`) || !strings.Contains(body, `data-key="ع"`) {
		t.Error("the help does not say the person's own keys")
	}
	form.Set("usual", "yes")
	p.post("/preferences/keyboard", form)
	if body := p.get("/orders").body; !strings.Contains(body, `data-shortcut="next" data-key="j"`) {
		t.Error("the usual keys did not come back")
	}
	if other := w.enrolled(authority, "Another", tocsin.DutyOfficer).get("/preferences").body; strings.Contains(other, `value="n"`) {
		t.Error("one person's keys are another's")
	}
}
