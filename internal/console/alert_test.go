// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
)

// calling makes the host call people, until the test ends.
func (w *world) calling() {
	ctx, stop := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.nodes[host].flow.Alert(ctx) // says in the log what failed
	}()
	w.t.Cleanup(func() { stop(); <-done })
}

var alertLink = regexp.MustCompile(`href="(/alerts/alr_[a-z2-7]{26})"`)

func TestPersonTakesCareOfWhatWaitsAndTheClockRunsOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{})
	o.calling()
	_, received := o.send(gardenForm("ALERT-1", o.board.URL+"/post/1"))
	var link string
	eventually(t, "the order is an alert", func() bool {
		for _, row := range strings.Split(o.moderator.get("/alerts").body, "<tr") {
			if found := alertLink.FindStringSubmatch(row); found != nil &&
				strings.Contains(row, strings.TrimPrefix(received, "/orders/")) {
				link = found[1]
			}
		}
		return link != ""
	})
	page := o.moderator.get(link)
	if page.status != http.StatusOK || !strings.Contains(page.body, `href="`+received+`"`) ||
		!strings.Contains(page.body, "I take care of it") {
		t.Fatalf("the alert's page: %d %s", page.status, words(page.body))
	}
	if strings.Contains(page.body, "/post/1") {
		t.Error("an alert shows an address of content")
	}
	if bell := o.moderator.get("/search").body; !strings.Contains(bell, `href="/alerts"`) || !strings.Contains(bell, "alerts wait") &&
		!strings.Contains(bell, "alert waits") {
		t.Error("no bell")
	}
	if stranger := o.officer.get(link); stranger.status != http.StatusNotFound {
		t.Errorf("another node shows it: %d", stranger.status)
	}
	before := o.moderator.get(received).body
	if a := o.moderator.post(link+"/acknowledge", nil); a.path != link || !strings.Contains(a.body, "The clock runs on") {
		t.Errorf("acknowledged: %s %s", a.path, words(a.body))
	}
	if after := o.moderator.get(received).body; strings.Contains(before, "authenticated") != strings.Contains(after, "authenticated") {
		t.Error("the acknowledgement changed the order")
	}
	if again := o.moderator.post(link+"/acknowledge", nil); again.status != http.StatusOK {
		t.Errorf("pressed twice: %d", again.status)
	}
}

func TestPersonSaysHowSheIsReached(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	if page := p.get("/alerts/preferences"); page.status != http.StatusOK || !strings.Contains(page.body, "Quiet hours") {
		t.Fatalf("%d %s", page.status, words(page.body))
	}
	form := url.Values{"quiet.from": {"22:00"}, "quiet.to": {"07:00"}, "quiet.zone": {"Europe/Dublin"}}
	if a := p.post("/alerts/preferences", form); a.status != http.StatusOK || !strings.Contains(a.body, "Europe/Dublin") ||
		!strings.Contains(a.body, "Saved.") {
		t.Errorf("%d %s", a.status, words(a.body))
	}
	form.Set("quiet.zone", "Mars/Olympus")
	if a := p.post("/alerts/preferences", form); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a zone that is none: %d", a.status)
	}
}

var personValue = regexp.MustCompile(`<option value="(prs_[a-z2-7]{26})"`)

func TestRotaIsChangedByWhoMayAndReadByAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	keeper := w.enrolled(host, "Keeper", tocsin.DutyAdministrator)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	page := keeper.get("/rota")
	found := personValue.FindStringSubmatch(page.body)
	if page.status != http.StatusOK || found == nil {
		t.Fatalf("%d %s", page.status, words(page.body))
	}
	form := url.Values{"version": {"0"}, "day": {"monday", "tuesday"}, "from": {"00:00", "00:00"}, "to": {"24:00", "24:00"},
		"zone": {"Europe/Dublin", "UTC"}, "person": {found[1], ""}, "backup": {found[1], ""},
		"override_from": {""}, "override_to": {""}, "override_person": {""}}
	if a := p.post("/rota", form); a.status != http.StatusForbidden {
		t.Errorf("a moderator changed the rota: %d", a.status)
	}
	if a := keeper.post("/rota", form); a.status != http.StatusOK || !strings.Contains(a.body, "The rota is changed.") ||
		!strings.Contains(a.body, "Nobody is on call from") {
		t.Errorf("%d %s", a.status, words(a.body))
	}
	if a := keeper.post("/rota", form); a.status != http.StatusConflict {
		t.Errorf("an old version: %d", a.status)
	}
	form.Set("version", "1")
	form["from"] = []string{"late", "00:00"}
	if a := keeper.post("/rota", form); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a time that is none: %d", a.status)
	}
	if a := p.get("/rota"); a.status != http.StatusOK || strings.Contains(a.body, `action="/rota"`) ||
		!strings.Contains(a.body, "Monday") {
		t.Errorf("a moderator reads: %d %s", a.status, words(a.body))
	}
}
