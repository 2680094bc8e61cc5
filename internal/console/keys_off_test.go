// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"slices"
	"strings"

	"tocsin"
	"tocsin/internal/console"
)

// fewestPages is how many different pages the addresses of the console lead to at least.
const fewestPages = 50

// mustIgnoreKeysOnEveryPage goes to every page that the router has, at an authority and at a host, as somebody with every
// duty who switched the single keys off (WCAG 2.2, 2.1.4): a new page is among them without a word here.
func (o *office) mustIgnoreKeysOnEveryPage(b *browser, held map[tocsin.RecordKind]object) {
	o.t.Helper()
	count := 0
	for _, at := range []tocsin.PartyID{authority, host} {
		who := o.enrolled(at, "Every key", tocsin.Duties()...)
		p := b.as(who)
		p.open("/orders")
		if acted := p.acting(); !strings.Contains(acted, "?") || !strings.Contains(acted, "/") {
			o.t.Errorf("with the keys on, only these act: %q", acted) // then it would say nothing that none does
		}
		who.post("/preferences/keyboard", nil) // the box is not ticked: off
		for i, path := range o.pages(who, at, held) {
			p.open(path)
			if acted := p.acting(); acted != "" {
				o.t.Errorf("%s at %s: %q act although all are off", path, at, acted)
			}
			if i%8 == 0 {
				p.mustIgnoreEveryKey(path)
			}
			count++
		}
	}
	if count < fewestPages {
		o.t.Errorf("only %d pages were looked at", count)
	}
}

// pages are where the addresses of the console lead that somebody signed in may open, each once.
func (o *office) pages(who *person, at tocsin.PartyID, held map[tocsin.RecordKind]object) []string {
	o.t.Helper()
	patterns, err := console.Patterns()
	check(o.t, err)
	asked := []string{"/"}
	if link := alertLink.FindStringSubmatch(who.get("/alerts").body); link != nil {
		asked = append(asked, link[1])
	}
	for _, pattern := range patterns {
		path, reads := strings.CutPrefix(pattern, "GET ")
		if a := matrix[pattern]; reads && a.alone == "" {
			if len(a.kinds) == 0 {
				asked = append(asked, path)
			}
			for _, kind := range a.kinds {
				if held[kind].at == at {
					asked = append(asked, strings.Replace(path, "{id}", held[kind].id, 1))
				}
			}
		}
	}
	var all []string
	for _, path := range asked {
		a := who.get(path)
		if a.status == http.StatusOK && strings.HasPrefix(a.header.Get("Content-Type"), "text/html") && !slices.Contains(all, a.path) {
			all = append(all, a.path)
		}
	}
	return all
}

// acting presses every single key at once, and gives those that the page took for itself. A page says so before
// anything comes of it, so that no time has to pass.
func (p *tab) acting() string {
	p.t.Helper()
	return js[string](p, `(() => {
		const took = [..."abcdefghijklmnopqrstuvwxyz/?0123456789 ", "Enter"].filter(key => !document.body.dispatchEvent(
			new KeyboardEvent("keydown", {key, code: /[a-z]/.test(key) ? "Key" + key.toUpperCase() : "", bubbles: true, cancelable: true})));
		if (document.querySelector("[accesskey]")) took.push("accesskey");
		for (const open of document.querySelectorAll("dialog[open]")) open.close();
		return took.join("");
	})()`)
}

// mustIgnoreEveryKey presses each single key on a page whose reader switched them off.
func (p *tab) mustIgnoreEveryKey(path string) {
	p.t.Helper()
	js[bool](p, `document.activeElement?.blur(), window.stays = true`)
	for _, key := range strings.Split("jkunr/?19 ", "") {
		p.press(key)
	}
	if !js[bool](p, `window.stays === true && document.activeElement === document.body && !document.querySelector("dialog[open]")`) {
		p.t.Errorf("%s: a single key acts although all are off: %s", path, p.focused())
	}
}
