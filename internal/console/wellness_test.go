// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/flow"
)

func TestOrganisationsFloorIsNeverUndercut(t *testing.T) {
	t.Parallel()
	floor := flow.Wellness{Blur: 2, Grey: true, Break: 40 * time.Minute, Views: 100}
	w := newWorldOf(t, flow.Settings{Demonstration: true, Wellness: floor}, authority)
	p := w.enrolled(authority, "Everyone", tocsin.DutyOfficer)
	page := p.get("/preferences").body
	if !strings.Contains(page, "Your organisation set a minimum") || strings.Contains(page, `<option value="1"`) {
		t.Error("the floor is not said, or choices below it are offered")
	}
	if !strings.Contains(page, "studies measured no effect") {
		t.Error("what is known of blurring is not said")
	}
	a := p.post("/preferences/wellness", url.Values{"blur": {"0"}, "break": {"0"}, "views": {"500"}, "without": {"2(7)(d)", "2(7)(x)"}})
	if a.status != 200 {
		t.Fatalf("%d: %s", a.status, words(a.body))
	}
	n := w.nodes[authority]
	people, err := n.flow.People(t.Context(), operator)
	check(t, err)
	found := false
	for _, someone := range people {
		if someone.File.Name != "Everyone" {
			continue
		}
		if someone.File.Preferences.Wellness != nil {
			t.Error("whoever lists people reads their preferences")
		}
		herself, err := n.flow.ByID(t.Context(), someone.ID)
		check(t, err)
		want := flow.Wellness{Blur: 2, Grey: true, Break: 40 * time.Minute, Views: 100, Without: []tocsin.Category{tocsin.CategoryInstructs}}
		if diff := cmp.Diff(want, n.flow.WellnessOf(herself)); diff != "" {
			t.Error(diff)
		}
		found = true
	}
	if !found {
		t.Error("she is not listed")
	}
	for _, bad := range []url.Values{{"blur": {"x"}, "break": {"0"}}, {"blur": {"1"}, "break": {"0"}, "views": {"many"}}} {
		if a := p.post("/preferences/wellness", bad); a.status != unprocessable {
			t.Errorf("%v: %d", bad, a.status)
		}
	}
}

func TestBreakIsRemindedOfUntilItIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Everyone", tocsin.DutyOfficer)
	reminded := func() bool { return strings.Contains(p.get("/orders").body, "time for a break") }
	work := func(minutes int) {
		for range minutes / 4 {
			w.clock.jump(4 * time.Minute)
			p.get("/orders")
		}
	}
	work(44)
	if reminded() {
		t.Error("too early")
	}
	work(8)
	if !reminded() {
		t.Error("not after fifty minutes")
	}
	if a := p.post("/break", url.Values{"to": {"/orders"}}); a.path != "/orders" || reminded() {
		t.Errorf("still asked, at %s", a.path)
	}
	work(52)
	w.clock.jump(10 * time.Minute) // away
	if reminded() {
		t.Error("somebody who comes back is told to go")
	}
	p.post("/preferences/wellness", url.Values{"blur": {"3"}, "break": {"0"}})
	work(60)
	if reminded() {
		t.Error("asked although switched off")
	}
}

// TestListThatRenewsItselfIsNoSignOfAPerson: it keeps no session alive and takes no notice away.
func TestListThatRenewsItselfIsNoSignOfAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Everyone", tocsin.DutyOfficer)
	renew := func() answer {
		req := p.request("GET", "/orders", nil)
		req.Header.Set("Tocsin-Refresh", "1")
		return p.do(req)
	}
	if a := renew(); strings.Contains(a.body, "Your passkey is enrolled") {
		t.Error("the list took the notice")
	}
	if a := p.get("/orders"); !strings.Contains(a.body, "Your passkey is enrolled") {
		t.Error("the notice is gone")
	}
	for range 8 {
		w.clock.jump(10 * time.Minute)
		renew()
	}
	if a := p.get("/orders"); !strings.HasPrefix(a.path, "/sign-in") {
		t.Errorf("the session is alive after eighty minutes: %s", a.path)
	}
}
