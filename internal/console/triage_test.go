// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tocsin/internal/flow"
)

var noticeLink = regexp.MustCompile(`href="(/notices/ntc_[^"]*)"`)

// TestPublicReportLeadsToTheDraftOfAnOrder follows one from the form to the draft, which carries what was reported
// and nothing of who reported it. Another is referred to a host, a third leads to nothing.
func TestPublicReportLeadsToTheDraftOfAnOrder(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{})
	v := o.visitor(authority, "en")
	for _, post := range []string{"1", "2", "3"} {
		if sent := v.do("POST", "/notice/new", publicNotice(o.board.URL+"/post/"+post)); sent.status != http.StatusOK {
			t.Fatalf("report: %d %s", sent.status, words(sent.body))
		}
	}
	var links []string
	for _, found := range noticeLink.FindAllStringSubmatch(o.officer.get("/notices").body, -1) {
		links = append(links, found[1])
	}
	if len(links) != 3 {
		t.Fatalf("%d reports wait: %s", len(links), words(o.officer.get("/notices").body))
	}
	id := strings.TrimPrefix(links[0], "/notices/")
	form := o.officer.get("/orders/new?notice=" + id)
	for _, secret := range []string{"neighbour@garden.example", "A neighbour"} {
		if strings.Contains(form.body, secret) {
			t.Errorf("the order would carry %q", secret)
		}
	}
	if !strings.Contains(form.body, "loosen its bolts") || !strings.Contains(form.body, o.board.URL+"/post/") {
		t.Errorf("the report is not in the form: %s", words(form.body))
	}
	order := gardenForm("REF-9", o.board.URL+"/post/1")
	order.Set("notice", id)
	drafted := o.officer.draft(order)
	if a := o.officer.get(links[0]); !strings.Contains(a.body, drafted) {
		t.Errorf("the report does not lead to its draft %s: %s", drafted, words(a.body))
	}
	a := o.officer.post(links[1]+"/"+string(flow.ChoiceReferTo), url.Values{"triage.host": {string(host)},
		"triage.reasons": {"Against the terms of that board, as far as can be seen."}})
	if a.status != http.StatusOK || a.path != links[1] {
		t.Errorf("refer: %d at %s: %s", a.status, a.path, words(a.body))
	}
	dismiss := links[2] + "/" + string(flow.ChoiceDismiss)
	if a := o.officer.post(dismiss, nil); a.status != http.StatusUnprocessableEntity {
		t.Errorf("dismissed without reasons: %d %s", a.status, words(a.body))
	}
	a = o.officer.post(dismiss, url.Values{"triage.reasons": {"A bridge in a garden, no more."}})
	if a.status != http.StatusOK || a.path != links[2] {
		t.Errorf("dismiss: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := o.officer.get("/notices"); noticeLink.MatchString(a.body) {
		t.Errorf("answered ones still wait: %s", words(a.body))
	}
}
