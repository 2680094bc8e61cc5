// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"tocsin"
)

func TestEnrolmentLinkWorksOnceAndLeavesTheAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	link := w.invite(authority, "Officer One", tocsin.DutyOfficer, tocsin.DutyApprover)
	p := w.person(authority)
	a := p.get(link)
	if a.path != "/enrol" || strings.Contains(a.body, "inv_") ||
		!strings.Contains(a.body, "Gives the second signature") {
		t.Fatalf("%s: %s", a.path, words(a.body))
	}
	if a := p.finishEnrolment("Officer One"); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := p.get("/"); a.path != "/" || !strings.Contains(a.body, "Your passkey is enrolled") {
		t.Errorf("after enrolling at %s: %s", a.path, words(a.body))
	}
	if a := p.get("/orders"); strings.Contains(a.body, "Your passkey is enrolled") {
		t.Error("the notice came twice")
	}
	for _, late := range []*person{w.person(authority), p} {
		if a := late.get(link); a.status != http.StatusGone ||
			!strings.Contains(a.body, "Ask an administrator for a new one") {
			t.Errorf("used again: %d", a.status)
		}
	}
}

// TestPasskeyButtonWaitsForItsScript: pressed without one it would lead to a page that is not there. In a browser the
// script frees it, or nobody in these tests signs in.
func TestPasskeyButtonWaitsForItsScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	button := regexp.MustCompile(`<form method="post" action="(/sign-in|/enrol)" data-passkey="[^>]*>(?s:.*?)<button type="submit" class="primary" disabled>`)
	for _, address := range []string{"/sign-in", w.invite(authority, "Officer One", tocsin.DutyOfficer)} {
		if a := w.person(authority).get(address); !button.MatchString(a.body) {
			t.Errorf("%s: %d %s", a.path, a.status, words(a.body))
		}
	}
}

func TestEnrolmentLinkExpires(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	link := w.invite(authority, "Officer One", tocsin.DutyOfficer)
	w.clock.jump(25 * time.Hour)
	if a := w.person(authority).get(link); a.status != http.StatusGone {
		t.Errorf("%d", a.status)
	}
	if a := w.person(authority).get("/enrol"); a.status != http.StatusGone {
		t.Errorf("without a link: %d", a.status)
	}
	if a := w.person(authority).get("/enrol?token=inv_aaaaaaaaaaaaaaaaaaaaaaaaaa"); a.status != http.StatusGone {
		t.Errorf("with another: %d", a.status)
	}
}

func TestDemonstrationPasskeyIsRefusedOutsideADemonstration(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, authority)
	p := w.person(authority)
	p.get(w.invite(authority, "Officer One", tocsin.DutyOfficer))
	if a := p.finishEnrolment("Officer One"); a.status != http.StatusForbidden ||
		!strings.Contains(a.body, "approval_demonstration") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if p.signedIn() {
		t.Error("signed in all the same")
	}
}

func TestEnrolmentNeedsAName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.person(authority)
	p.get(w.invite(authority, "", tocsin.DutyOfficer))
	for _, name := range []string{"", "  ", strings.Repeat("x", 101), "a\u0000b"} {
		if a := p.call("/enrol/begin", map[string]string{"name": name}); a.status != unprocessable {
			t.Errorf("%q: %d", name, a.status)
		}
	}
}

func TestInvitedPersonGetsALinkThatIsShownOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	administrator := w.enrolled(authority, "Operator", tocsin.DutyAdministrator)
	if a := administrator.get("/"); a.path != "/people" {
		t.Errorf("an administrator begins at %s", a.path)
	}
	a := administrator.post(
		"/people",
		url.Values{"person_name": {"New Colleague"}, "duties": {"officer", "reviewer"}},
	)
	link := regexp.MustCompile(`http://fr\.localhost[^"]*/enrol\?token=inv_[a-z2-7]+`).FindString(a.body)
	if a.status != http.StatusOK || link == "" {
		t.Fatalf("%d %s", a.status, words(a.body))
	}
	if strings.Contains(administrator.get("/people").body, "inv_") {
		t.Error("the link is shown again")
	}
	colleague := w.person(authority)
	colleague.enrol(link, "New Colleague")
	if page := administrator.get("/people").body; !strings.Contains(page, "New Colleague") ||
		!strings.Contains(page, "Reviewer") {
		t.Error("the new colleague is not listed")
	}
	for field, form := range map[string]url.Values{
		"duties":      {"person_name": {"Nobody"}},
		"person_name": {"duties": {"officer"}},
	} {
		if a := administrator.post("/people", form); a.status != unprocessable ||
			!strings.Contains(a.body, `id="`+field+`-problem"`) {
			t.Errorf("without %s: %d", field, a.status)
		}
	}
	if a := colleague.post("/people", url.Values{"person_name": {"Friend"}, "duties": {"approver"}}); a.status != http.StatusForbidden {
		t.Errorf("an officer invites: %d", a.status)
	}
}
