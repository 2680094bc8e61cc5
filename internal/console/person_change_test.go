// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tocsin"
)

var enrolmentLink = regexp.MustCompile(`value="(http[^"]*/enrol\?token=[^"]*)"`)

// pageOf is the address of a person's page, found by her name in the list.
func (p *person) pageOf(name string) string {
	p.t.Helper()
	before, _, found := strings.Cut(p.get("/people").body, name)
	at := strings.LastIndex(before, `href="/people/prs_`)
	if !found || at < 0 {
		p.t.Fatalf("nobody is called %s", name)
	}
	return before[at+len(`href="`):][:len("/people/prs_")+26]
}

// confirm gives a second person's word with her passkey.
func (p *person) confirm(page string) answer {
	p.t.Helper()
	o := p.begin(page+"/confirm/begin", map[string]string{})
	return p.call(page+"/confirm/finish", map[string]any{"credential": p.assert(o)})
}

func TestSecondAdministratorConfirmsWhatTheFirstProposed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	first := w.enrolled(authority, "First Administrator", tocsin.DutyAdministrator)
	second := w.enrolled(authority, "Second Administrator", tocsin.DutyAdministrator)
	a := first.post("/people", url.Values{"person_name": {"New Officer"}, "duties": {"officer", "analyst"}})
	link := enrolmentLink.FindStringSubmatch(a.body)
	if link == nil {
		t.Fatalf("no link: %s", words(a.body))
	}
	officer := w.person(authority)
	if a := officer.get(link[1]); !strings.Contains(a.body, "wait until a second person") {
		t.Errorf("the enrolment page keeps quiet about what waits: %s", words(a.body))
	}
	officer.enrol(link[1], "New Officer")
	if a := officer.get("/orders/new"); a.status != http.StatusForbidden {
		t.Errorf("an unconfirmed officer drafts: %d", a.status)
	}
	page := first.pageOf("New Officer")
	if a := first.get(page); !strings.Contains(a.body, "neither who began it") || strings.Contains(a.body, "confirm/begin") {
		t.Errorf("who proposed is offered to confirm, or not told why not: %s", words(a.body))
	}
	if a := first.call(page+"/confirm/begin", map[string]string{}); a.status != http.StatusForbidden {
		t.Errorf("who proposed confirms: %d", a.status)
	}
	if a := second.get(page); !strings.Contains(a.body, "confirm/begin") {
		t.Fatalf("no way to confirm: %s", words(a.body))
	}
	if a := second.confirm(page); a.status != http.StatusOK {
		t.Fatalf("confirm: %d %s", a.status, a.body)
	}
	if a := officer.get("/orders/new"); a.status != http.StatusOK {
		t.Errorf("a confirmed officer does not draft: %d", a.status)
	}
	if a := second.get(page); !strings.Contains(a.body, "Duties proposed") || strings.Contains(a.body, "confirm/begin") {
		t.Errorf("history: %s", words(a.body))
	}
}

func TestDutiesChangeInAForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	boss := w.enrolled(host, "Administrator", tocsin.DutyAdministrator)
	w.enrolled(host, "Second Administrator", tocsin.DutyAdministrator)
	someone := w.enrolled(host, "Moderator One", tocsin.DutyModerator)
	page := boss.pageOf("Moderator One")
	if a := boss.get(page + "/duties"); !strings.Contains(a.body, `value="moderator" checked`) {
		t.Fatalf("form: %d %s", a.status, words(a.body))
	}
	if a := boss.post(page+"/duties", url.Values{"duties": {"legal"}}); a.status != unprocessable ||
		!strings.Contains(a.body, `value="legal" checked`) {
		t.Errorf("without reasons: %d", a.status)
	}
	if a := boss.post(page+"/duties", url.Values{"reasons": {"None left."}}); a.status != unprocessable {
		t.Errorf("without duties: %d", a.status)
	}
	form := url.Values{"duties": {"legal", "reviewer"}, "reasons": {"She moves on."}}
	if a := boss.post(page+"/duties", form); a.path != page || !strings.Contains(a.body, "Legal") {
		t.Fatalf("change: %d at %s", a.status, a.path)
	}
	if someone.signedIn() {
		t.Error("a session outlives a duty")
	}
	someone.signIn()
	if a := someone.get(page); a.status != http.StatusOK || !strings.Contains(a.body, "Legal") ||
		strings.Contains(a.body, page+"/duties") {
		t.Errorf("she reads of herself: %d %s", a.status, words(a.body))
	}
	if a := someone.post(page+"/duties", form); a.status != http.StatusForbidden {
		t.Errorf("she changes her own duties without being allowed to: %d", a.status)
	}
	if a := boss.post(page+"/decline", confirmedWith("Not now.")); a.path != page || strings.Contains(a.body, "confirm/begin") {
		t.Errorf("decline: %d at %s", a.status, a.path)
	}
	if a := someone.get(boss.pageOf("Second Administrator")); a.status != http.StatusNotFound {
		t.Errorf("a moderator opens a colleague: %d", a.status)
	}
}

func TestSuspendedPersonIsReinstated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	boss := w.enrolled(host, "Administrator", tocsin.DutyAdministrator)
	someone := w.enrolled(host, "Moderator One", tocsin.DutyModerator)
	page := boss.pageOf("Moderator One")
	if a := boss.post(page+"/suspend", confirmedWith("Away.")); a.path != page || !strings.Contains(a.body, "Suspended") {
		t.Fatalf("suspend: %d at %s", a.status, a.path)
	}
	if a := someone.signIn(); a.status != http.StatusUnauthorized {
		t.Errorf("a suspended person signs in: %d", a.status)
	}
	if a := boss.post(page+"/reinstate", confirmedWith("Back.")); a.path != page || !strings.Contains(a.body, "Enrolled") {
		t.Fatalf("reinstate: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := someone.signIn(); a.status != http.StatusOK {
		t.Errorf("a reinstated person does not sign in: %d", a.status)
	}
}
