// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"slices"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// views are the ways a page is seen whose components were judged in all of them elsewhere: in the languages with the longest
// words and with the other direction, in both schemes.
var views = []look{
	{name: "light-320", width: 320, scale: 1, axe: whole, in: []string{"ar"}, shown: []string{"ar"}},
	{name: "dark-320", width: 320, scale: 1, dark: true, axe: whole, in: []string{"fr"}, shown: []string{"fr"}},
	{name: "zoom-200", width: 640, scale: 2, dark: true, in: []string{"fr"}},
	{name: "light-1280", width: 1280, scale: 1, in: []string{"ar"}, shown: []string{"ar"}},
}

// TestHostsPagesAreReadableByEverybody looks at what a host alone has: those that show every kind of component in each
// language, scheme and size, the others in some. Then it goes to every page there is with shortcuts switched off.
func TestHostsPagesAreReadableByEverybody(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	o := newOffice(t, flow.Settings{KeepHashesFor: 24 * time.Hour, UndoWindow: 15 * time.Minute, ReviewShare: 100,
		Standing: flow.StandingDecisions{Enabled: true}})
	o.calling()
	held := o.records()
	who := o.enrolled(host, "Everyone", tocsin.Duties()...)
	signal := who.signal("KETTLES")
	who.post(signal+"/dispute", map[string][]string{"signal.reasons": {"It shows a bridge, and no kettle."}})
	public := o.visitor(host, "en").do("POST", "/notice/new", publicNotice(o.board.URL+"/post/3"))
	complaint := "/complaints/" + held[tocsin.KindComplaint].id
	who.post(complaint+"/take", nil)
	everyWay := []sight{{"home-host", "/"}, {"complained", complaint}, {"uphold", complaint + "/uphold"},
		{"sender", "/misuse/" + held[tocsin.KindMisuse].id}, {"notice-form", "/notice/new"}, {"complaint", o.complaintPage(who)}}
	someWays := []sight{{"complaints", "/complaints"}, {"signal", signal}, {"banks", "/banks"}, {"bank", "/banks/" + held[tocsin.KindBank].id},
		{"signal-off", signal + "/disable"}, {"alerts", "/alerts"}, {"reach", "/alerts/preferences"}, {"rota", "/rota"},
		{"policy", "/policy"}, {"person", "/people/" + held[tocsin.KindPerson].id}, {"received", "/orders/" + held[tocsin.KindReceivedOrder].id},
		{"item", "/items/" + held[tocsin.KindItem].id}, {"notices", "/notices?show=incomplete"}, {"notice", "/notices/" + held[tocsin.KindNotice].id},
		{"senders", "/misuse?show=counted"}, {"review", "/reviews/" + held[tocsin.KindReview].id}, {"agreement", "/agreement"},
		{"notice-status", public.path}, {"entry", "/entries/" + held[tocsin.KindEntry].id}, {"entry-add", "/entries/new"}, {"lexicon", "/lexicon"}}
	b.as(who).judgeAll(axeText(t), everyWay, someWays)
	o.mustIgnoreKeysOnEveryPage(b, held)
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
