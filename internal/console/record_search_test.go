// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/url"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
)

// TestWhoeverTakesASecondLookFindsWhatSheMayRead: complaint handlers and supervisors have the page, find a complaint by
// all that people call it, and find no order, no person and nothing of another party.
func TestWhoeverTakesASecondLookFindsWhatSheMayRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{KeepHashesFor: 1})
	o.bank("KETTLES", "Kettles do not stand on bridges.")
	page := o.complained("1")[0]
	complaint := tocsin.RecordID(strings.TrimPrefix(page, "/complaints/"))
	v, err := o.nodes[host].flow.Complaint(t.Context(), flow.Actor{ID: watcher.ID, Duties: []tocsin.Duty{tocsin.DutySupervisor},
		Passkey: true}, complaint)
	check(t, err)
	issued, received := o.send(gardenForm("REF-1", o.board.URL+"/post/1"))
	people, err := o.nodes[host].flow.People(t.Context(), operator)
	check(t, err)
	handler := o.enrolled(host, "Third Look", tocsin.DutyComplaintHandler)
	lead := o.enrolled(host, "Team Lead", tocsin.DutySupervisor)
	for name, p := range map[string]*person{"handler": handler, "supervisor": lead} {
		if a := p.get("/"); !strings.Contains(a.body, `href="/search"`) || strings.Contains(a.body, `href="/orders"`) {
			t.Errorf("the %s has no search, or orders", name)
		}
		for what, q := range map[string]string{
			"words of the address": "post 1", "short name": strings.ToLower(complaint.Short()), "id": string(complaint),
			"short name of the decision": v.Decision.Short(), "address of the page": "https://node.example" + page,
			"what the author was given": "https://node.example" + o.statementPage(v.Against),
		} {
			a := p.post("/search", url.Values{"q": {q}})
			if !strings.Contains(a.body, `href="`+page+`"`) {
				t.Errorf("the %s does not find the complaint by its %s: %s", name, what, words(a.body))
			}
			if strings.Contains(a.body, `href="`+received) {
				t.Errorf("the %s finds an order by %s", name, what)
			}
		}
		if a := p.sends("/search/content", map[string]string{"address": o.board.URL + "/post/1"}); !strings.Contains(a.body, page) {
			t.Errorf("the %s does not find the complaint by content: %s", name, words(a.body))
		}
		for what, q := range map[string]string{"an order": received, "an order of another party": issued,
			"a person": string(people[0].ID), "no record": "/complaints/" + string(tocsin.NewRecordID(tocsin.KindComplaint))} {
			if a := p.post("/search", url.Values{"q": {q}}); !strings.Contains(a.body, "Nothing was found") {
				t.Errorf("the %s finds %s: %s", name, what, words(a.body))
			}
		}
	}
	for show, found := range map[string]bool{"todo": true, "done": false} {
		if a := handler.post("/search", url.Values{"q": {complaint.Short()}, "show": {show}}); strings.Contains(a.body, page) != found {
			t.Errorf("%s: found is not %v", show, found)
		}
	}
}
