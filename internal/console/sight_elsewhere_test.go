// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
)

// TestMediaAreSeenOnThePagesOfADecisionAndAComplaint as on that of a case: nothing before a press, each look journaled
// and counted, and for nobody whose duties are others.
func TestMediaAreSeenOnThePagesOfADecisionAndAComplaint(t *testing.T) {
	t.Parallel()
	w := newDesk(t, func(s *flow.Settings) { s.Wellness.Views = 2 })
	complaint := w.complained("1")[0]
	origin, f := w.nodes[host].media, w.nodes[host].flow
	c, err := f.Complaint(t.Context(), watcherOfComplaints, tocsin.RecordID(strings.TrimPrefix(complaint, "/complaints/")))
	check(t, err)
	decision := "/decisions/" + string(c.Decision)
	views := func() int64 {
		v, err := f.Case(t.Context(), watcher, c.Case)
		check(t, err)
		return v.Views
	}
	handler := w.enrolled(host, "Another Look", tocsin.DutyComplaintHandler)
	for n, path := range []string{decision, complaint} {
		page := handler.get(path)
		if page.status != http.StatusOK || strings.Contains(page.body, origin) || !strings.Contains(page.body, path+"/media") ||
			!strings.Contains(page.header.Get("Content-Security-Policy"), "img-src 'self' "+origin+";") {
			t.Fatalf("%s before a press: %d, %s: %s", path, page.status, page.header.Get("Content-Security-Policy"), words(page.body))
		}
		if got := views(); got != int64(n) {
			t.Errorf("%s: %d views before a press", path, got)
		}
		a := handler.post(path+"/media", url.Values{"see": {"0.small"}})
		found := stillOnPage.FindStringSubmatch(a.body)
		if a.status != http.StatusOK || found == nil || !strings.HasPrefix(found[1], origin+"/") || !strings.Contains(a.body, path+"/media") {
			t.Fatalf("%s: %d: %s", path, a.status, words(a.body))
		}
		if got := handler.fetches(found[1]); got != http.StatusOK {
			t.Errorf("%s: %d", path, got)
		}
		if got := handler.fetches(found[1]); got != http.StatusNotFound {
			t.Errorf("%s again: %d", path, got)
		}
		if got := views(); got != int64(n+1) {
			t.Errorf("%s: %d views are journaled", path, got)
		}
	}
	if says := wording(handler.get(complaint).body); !strings.Contains(says, "That is enough.") || !strings.Contains(says, "Within a day: 2 of 2.") {
		t.Errorf("whoever has seen enough is told %s", says)
	}
	overseer := w.enrolled(host, "Overseer", tocsin.DutySupervisor)
	for _, path := range []string{decision, complaint} {
		if says := wording(overseer.get(path).body); !strings.Contains(says, "Your duties are others.") {
			t.Errorf("%s: whoever sees no media is told %s", path, says)
		}
		if a := overseer.post(path+"/media", url.Values{"see": {"0.small"}}); a.status != http.StatusForbidden {
			t.Errorf("%s: pressed all the same: %d", path, a.status)
		}
	}
}
