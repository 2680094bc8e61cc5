// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tocsin"
)

func TestNobodyApprovesWhatSheSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Both Duties", tocsin.DutyOfficer, tocsin.DutyApprover)
	order := p.draft(gardenForm("REF-1", "https://board.example/post/1"))
	p.sign(order)
	if page := p.get(order).body; !strings.Contains(page, "another officer gives the second signature") ||
		strings.Contains(page, "data-passkey") {
		t.Error("the page does not say why she cannot approve")
	}
	a := p.call(order+"/sign/begin", map[string]string{})
	if a.status != http.StatusForbidden || !strings.Contains(a.body, `"reason":"same_person"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestCeremonyIsForOneOrderOncePerBegin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	first := p.draft(gardenForm("REF-1", "https://board.example/post/1"))
	second := p.draft(gardenForm("REF-2", "https://board.example/post/2"))

	made := p.assert(p.begin(first+"/sign/begin", map[string]string{}))
	if a := p.call(second+"/sign/finish", map[string]any{"credential": made}); a.status != http.StatusGone {
		t.Errorf("for another order: %d %s", a.status, a.body)
	}
	if a := p.call(first+"/sign/finish", map[string]any{"credential": made}); a.status != http.StatusGone {
		t.Errorf("after a failed try: %d %s", a.status, a.body)
	}
	made = p.assert(p.begin(first+"/sign/begin", map[string]string{}))
	p.begin("/sign-in/begin", map[string]string{})
	if a := p.call(first+"/sign/finish", map[string]any{"credential": made}); a.status != http.StatusGone {
		t.Errorf("after another ceremony began: %d %s", a.status, a.body)
	}
	if a := p.sign(first); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if page := p.get(first).body; !strings.Contains(page, "Waits for approval") {
		t.Error("not submitted")
	}
}

func TestSignatureOverAChangedDraftIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	order := p.draft(gardenForm("REF-1", "https://board.example/post/1"))
	made := p.assert(p.begin(order+"/sign/begin", map[string]string{}))
	form := gardenForm("REF-1", "https://board.example/post/2")
	form.Set("version", hidden(p.get(order+"/edit").body, "version"))
	p.post(order, form)
	a := p.call(order+"/sign/finish", map[string]any{"credential": made})
	if a.status != http.StatusConflict || !strings.Contains(a.body, "stale_version") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestOnlyTheOwnPasskeySigns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	officer := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	other := w.enrolled(authority, "Officer Two", tocsin.DutyOfficer)
	order := officer.draft(gardenForm("REF-1", "https://board.example/post/1"))
	o := officer.begin(order+"/sign/begin", map[string]string{})
	if len(o.PublicKey.AllowCredentials) != 1 ||
		string(decode(t, o.PublicKey.AllowCredentials[0].ID)) != string(officer.key.ID) ||
		o.PublicKey.UserVerification != "required" {
		t.Errorf("asked for %+v", o.PublicKey)
	}
	if a := officer.call(order+"/sign/finish", map[string]any{"credential": other.assert(o)}); a.status != http.StatusForbidden {
		t.Errorf("another's passkey: %d %s", a.status, a.body)
	}
	o = officer.begin(order+"/sign/begin", map[string]string{})
	if a := officer.call(order+"/sign/finish", map[string]any{"credential": map[string]string{"rawId": "%%%"}}); a.status != unprocessable {
		t.Errorf("nonsense: %d %s", a.status, a.body)
	}
	reviewer := w.enrolled(authority, "Looks On", tocsin.DutyReviewer)
	if a := reviewer.call(order+"/sign/begin", map[string]string{}); a.status != http.StatusForbidden {
		t.Errorf("a reviewer: %d", a.status)
	}
	if page := reviewer.get(order).body; !strings.Contains(page, "An officer signs first.") ||
		strings.Contains(page, "data-passkey") {
		t.Error("a reviewer is not told who signs")
	}
}

func TestApproverSendsADraftBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	officer := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	approver := w.enrolled(authority, "Officer Two", tocsin.DutyApprover)
	order := officer.draft(gardenForm("REF-1", "https://board.example/post/1"))
	officer.sign(order)
	if a := officer.get(order + "/return"); a.status != http.StatusForbidden {
		t.Errorf("the drafter returns it: %d", a.status)
	}
	a := approver.get(order + "/return")
	if a.status != http.StatusOK || !strings.Contains(a.body, "The first signature falls.") {
		t.Errorf("%d %s", a.status, words(a.body))
	}
	if a := approver.post(order+"/return", confirmed); a.status != unprocessable {
		t.Errorf("without reasons: %d", a.status)
	}
	a = approver.post(
		order+"/return",
		url.Values{"step": {"review"}, "text": {"The second address is missing."}},
	)
	if a.status != http.StatusOK || !strings.Contains(a.body, "Send it back") ||
		!strings.Contains(officer.get(order).body, "Waits for approval") {
		t.Errorf("the review did something: %d", a.status)
	}
	a = approver.post(
		order+"/return",
		url.Values{"step": {"change"}, "text": {"The second address is missing."}},
	)
	if !strings.Contains(a.body, ">The second address is missing.</textarea>") {
		t.Error("the text is gone on the way back")
	}
	a = approver.post(
		order+"/return",
		confirmedWith("The second address is missing."),
	)
	if a.status != http.StatusOK || a.path != order {
		t.Fatalf("%d at %s", a.status, a.path)
	}
	page := officer.get(order).body
	if !strings.Contains(page, "The second address is missing.") || !strings.Contains(page, "Edit the draft") ||
		!strings.Contains(page, "Officer Two") {
		t.Error("the drafter does not read who sent it back and why")
	}
	if a := approver.post(order+"/return", confirmedWith("Again.")); a.status != http.StatusConflict {
		t.Errorf("twice: %d", a.status)
	}
	if a := officer.post(order+"/abandon", confirmedWith("No longer needed.")); a.path != order ||
		!strings.Contains(a.body, "Abandoned") {
		t.Errorf("abandon: %d at %s", a.status, a.path)
	}
	if page := officer.get("/orders").body; strings.Contains(page, "REF-1") {
		t.Error("an abandoned order is still open")
	}
	if page := officer.get("/orders?show=done").body; !strings.Contains(page, "REF-1") {
		t.Error("an abandoned order is not among the closed")
	}
}
