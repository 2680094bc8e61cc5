// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"strings"
	"testing"

	"tocsin"
)

func TestOrderTravelsFromDraftToMeasureAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true)
	officer := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	approver := w.enrolled(authority, "Officer Two", tocsin.DutyApprover)
	moderator := w.enrolled(host, "Night Shift", tocsin.DutyModerator)

	order := officer.draft(gardenForm("REF-1", w.board.URL+"/post/2"))
	if a := officer.sign(order); a.status != http.StatusOK {
		t.Fatalf("submit: %d %s", a.status, a.body)
	}
	if a := approver.sign(order); a.status != http.StatusOK {
		t.Fatalf("approve: %d %s", a.status, a.body)
	}
	var received string
	eventually(t, "the order arrives at the host", func() bool {
		page := moderator.get("/orders").body
		_, rest, found := strings.Cut(page, `href="/orders/rcv_`)
		if found {
			received = "/orders/rcv_" + rest[:26]
		}
		return found
	})
	eventually(t, "the platform names the item", func() bool {
		return strings.Contains(moderator.get(received).body, "Item 2")
	})
	a := moderator.post(received+"/execute", map[string][]string{"step": {"confirm"}})
	if a.status != http.StatusOK || a.path != received {
		t.Fatalf("execute: %d at %s: %s", a.status, a.path, words(a.body))
	}
	eventually(t, "the authority learns of the measure", func() bool {
		return strings.Contains(officer.get(order).body, "Feedback of the host (Annex II)")
	})
	if status := w.boardStatus("/post/2"); status != http.StatusUnavailableForLegalReasons {
		t.Errorf("the board answers %d", status)
	}
	a = officer.post(order+"/withdraw", map[string][]string{"step": {"confirm"}, "text": {"It was a test."}})
	if a.status != http.StatusOK || a.path != order {
		t.Fatalf("withdraw: %d at %s: %s", a.status, a.path, words(a.body))
	}
	eventually(t, "the picture is back", func() bool { return w.boardStatus("/post/2") == http.StatusOK })
}

func (w *world) boardStatus(path string) int {
	resp, err := http.Get(w.board.URL + path)
	check(w.t, err)
	check(w.t, resp.Body.Close())
	return resp.StatusCode
}
