// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin"
)

func TestLostKeyIsReplacedInTheConsole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	w.clock.jump(-26 * time.Hour) // sessions end by the real clock too
	first := w.enrolled(host, "First Administrator", tocsin.DutyAdministrator)
	second := w.enrolled(host, "Second Administrator", tocsin.DutyAdministrator)
	someone := w.enrolled(host, "Moderator One", tocsin.DutyModerator)
	page := first.pageOf("Moderator One")
	if a := first.post(page+"/recover", confirmedWith("Her bag is gone.")); a.path != page {
		t.Fatalf("begin: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := first.get(page); strings.Contains(a.body, "agree/begin") {
		t.Error("who began is offered to agree")
	}
	if a := someone.get("/"); a.path != page || !strings.Contains(a.body, "If you did not lose it") {
		t.Errorf("she is not told: at %s: %s", a.path, words(a.body))
	}
	agree := second.begin(page+"/agree/begin", map[string]string{})
	if a := second.call(page+"/agree/finish", map[string]any{"credential": second.assert(agree)}); a.status != http.StatusOK {
		t.Fatalf("agree: %d %s", a.status, a.body)
	}
	if a := second.post(page+"/link", nil); a.status != http.StatusConflict {
		t.Errorf("a link before the day has passed: %d", a.status)
	}
	w.clock.jump(tocsin.RecoveryDelay)
	for _, p := range []*person{first, second} {
		p.signIn()
	}
	a := second.post(page+"/link", nil)
	link := enrolmentLink.FindStringSubmatch(a.body)
	if link == nil {
		t.Fatalf("no link: %d %s", a.status, words(a.body))
	}
	if a := someone.signIn(); a.status != http.StatusOK {
		t.Fatalf("the key that is not replaced yet: %d", a.status)
	}
	w.clock.jump(tocsin.InvitationPeriod / 24)
	her := w.person(host)
	her.enrol(link[1], "Moderator One")
	if someone.signedIn() {
		t.Error("a session of the lost key goes on")
	}
	if a := someone.signIn(); a.status != http.StatusUnauthorized {
		t.Errorf("the lost key signs in: %d", a.status)
	}
	if a := her.signIn(); a.status != http.StatusOK {
		t.Errorf("the new key does not sign in: %d", a.status)
	}
}
