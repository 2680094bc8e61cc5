// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// views are the ways a page is seen where every component was judged in all of them elsewhere: each language once, both
// schemes, 320 pixels and twice the size.
var views = []struct {
	language string
	look
}{
	{"en", look{name: "light-320", width: 320, scale: 1, axe: true}},
	{"fr", look{name: "dark-320", width: 320, scale: 1, dark: true, axe: true}},
	{"ar", look{name: "light-320", width: 320, scale: 1, axe: true}},
	{"ar", look{name: "light-1280", width: 1280, scale: 1}},
	{"fr", look{name: "zoom-200", width: 640, scale: 2, dark: true}},
}

// TestHostsPagesAreReadableByEverybody looks at what a host alone has: banks, alerts, the rota, people, and the pages of
// the public; and presses every single key on each, with shortcuts switched off.
func TestHostsPagesAreReadableByEverybody(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	o := newOffice(t, flow.Settings{KeepHashesFor: 24 * time.Hour, UndoWindow: 15 * time.Minute, ReviewShare: 100})
	o.calling()
	held := o.records()
	who := o.enrolled(host, "Everyone", tocsin.Duties()...)
	signal := who.signal("KETTLES")
	who.post(signal+"/dispute", map[string][]string{"signal.reasons": {"It shows a bridge, and no kettle."}})
	public := o.visitor(host, "en").do("POST", "/notice/new", publicNotice(o.board.URL+"/post/3"))
	all := []sight{{"home-host", "/"}, {"banks", "/banks"}, {"bank", "/banks/" + held[tocsin.KindBank].id}, {"signal", signal},
		{"signal-off", signal + "/disable"}, {"alerts", "/alerts"}, {"reach", "/alerts/preferences"}, {"rota", "/rota"},
		{"policy", "/policy"}, {"person", "/people/" + held[tocsin.KindPerson].id}, {"received", "/orders/" + held[tocsin.KindReceivedOrder].id},
		{"item", "/items/" + held[tocsin.KindItem].id}, {"notice-form", "/notice/new"}, {"notice-status", public.path},
		{"complaint", o.complaintPage(who)}}
	p := b.as(who)
	axe := axeText(t)
	for _, v := range views {
		p.speaks(v.language)
		p.sees(v.look)
		for _, s := range all {
			p.open(s.path)
			where := s.name + "-" + v.language + "-" + v.name
			p.picture(where)
			p.mustFit(where, v.width)
			if v.axe {
				p.mustPass(axe, where)
			}
		}
	}
	p.speaks("en")
	who.post("/preferences/keyboard", nil) // the box is not ticked: off
	for _, s := range all {
		p.open(s.path)
		p.mustIgnoreEveryKey(s.path)
	}
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

// complaintPage restricts something and gives the page that its author is told of.
func (o *office) complaintPage(p *person) string {
	o.t.Helper()
	f := o.nodes[host].flow
	id := o.upload("5", kettleBytes, kettlePicture)
	at := "/cases/" + string(id)
	p.post(at+"/claim", nil)
	p.post(at+"/restrict", doing(p.finding(at+"/restrict"), "confirm"))
	who, err := f.ByCredential(o.t.Context(), p.key.ID)
	check(o.t, err)
	view, err := f.Case(o.t.Context(), who.Actor(), id)
	check(o.t, err)
	if view.Decision == nil || !slices.ContainsFunc(view.Decision.Items, func(d tocsin.DecidedItem) bool { return d.Restriction != "" }) {
		o.t.Fatalf("nothing is restricted: %s", words(p.get(at).body))
	}
	return "/complain/" + f.StatementToken(view.Decision.ID, view.Decision.Items[0].Restriction)
}
