// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/policy"
)

func TestRulesAndTheirReasonsAreShownToEverybodyInside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	both := w.enrolled(authority, "Both Duties", tocsin.DutyOfficer, tocsin.DutyApprover)
	analyst := w.enrolled(authority, "Analyst", tocsin.DutyAnalyst)
	order := both.draft(gardenForm("REF-1", "https://board.example/post/1"))
	id := strings.TrimPrefix(order, "/orders/")
	all := analyst.get("/policy")
	for _, want := range []string{string(policy.Digest()[:8]), `id="rule-four-eyes"`, "passkey-for-the-strong"} {
		if !strings.Contains(all.body, want) {
			t.Errorf("the page keeps quiet about %s", want)
		}
	}
	for query, want := range map[string][2]string{
		"?action=order.approve&record=" + id: {"You may not", "four-eyes"},
		"?action=order.submit&record=" + id:  {"You may", "Officer"},
		"?action=record.erase":               {"No rule permits this to you.", "Administrator"},
	} {
		a := both.get("/policy" + query)
		if a.status != http.StatusOK || !strings.Contains(a.body, want[0]) || !strings.Contains(a.body, want[1]) {
			t.Errorf("%s: %d %s", query, a.status, words(a.body))
		}
	}
	if a := analyst.get("/policy?action=order.approve&record=" + id); a.status != http.StatusNotFound {
		t.Errorf("the answer tells that an order exists: %d", a.status)
	}
	if a := analyst.get("/policy?action=everything"); a.status != unprocessable {
		t.Errorf("an unknown action: %d", a.status)
	}
	if a := w.person(authority).get("/policy"); a.path == "/policy" {
		t.Error("the rules are shown to somebody who did not sign in")
	}
}

func TestRefusalLeadsToItsRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	first := w.enrolled(authority, "Administrator", tocsin.DutyAdministrator)
	first.post("/people", map[string][]string{"person_name": {"New Officer"}, "duties": {"officer"}})
	page := first.pageOf("New Officer")
	if a := first.call(page+"/confirm/begin", map[string]string{}); !strings.Contains(a.body, `"rule":"second-person-confirms"`) {
		t.Errorf("a script is answered %s", a.body)
	}
	if a := first.get("/orders/new"); a.status != http.StatusForbidden || !strings.Contains(a.body, `href="/policy"`) {
		t.Errorf("%d %s", a.status, words(a.body))
	}
}
