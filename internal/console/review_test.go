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
	"tocsin/internal/flow"
)

var reviewLink = regexp.MustCompile(`href="(/reviews/rev_[^"]*)"`)

// TestSecondPersonReviewsWithoutTheDecisionOnHerPages follows a decided case to a colleague and to a senior.
func TestSecondPersonReviewsWithoutTheDecisionOnHerPages(t *testing.T) {
	t.Parallel()
	w := newDesk(t, func(s *flow.Settings) { s.ReviewShare = 100 })
	w.upload("1", kettleBytes, kettlePicture)
	decider := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	path := decider.take()
	a := decider.post(path+"/restrict", doing(decider.finding(path+"/restrict"), "confirm"))
	if !strings.HasPrefix(a.path, "/decisions/dec_") {
		t.Fatalf("decide: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := decider.get("/reviews"); a.status != http.StatusOK || reviewLink.MatchString(a.body) {
		t.Errorf("the decider is offered her own decision: %d %s", a.status, words(a.body))
	}
	second := w.enrolled(host, "Day Shift", tocsin.DutyModerator)
	link := reviewLink.FindStringSubmatch(second.get("/reviews").body)
	if link == nil {
		t.Fatalf("no review waits: %s", words(second.get("/reviews").body))
	}
	shown := second.get(link[1])
	for _, secret := range []string{"Kettles do not stand on bridges here.", "Rule 4", "dec_", path} {
		if strings.Contains(shown.body, secret) {
			t.Errorf("the page tells %q: %s", secret, words(shown.body))
		}
	}
	if a := decider.get(link[1]); a.status != http.StatusNotFound {
		t.Errorf("the decider opens the review: %d", a.status)
	}
	key := hiddenField.FindStringSubmatch(shown.body)[2]
	form := url.Values{"key": {key}, "review.reasons": {"A bridge is a place for a kettle."}}
	a = second.post(link[1]+"/find", form)
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "A bridge is a place for a kettle.") {
		t.Errorf("without a finding: %d %s", a.status, words(a.body))
	}
	form.Set("review.outcome", "keep")
	for range 2 {
		if a = second.post(link[1]+"/find", form); a.status != http.StatusOK || a.path != link[1] {
			t.Fatalf("find: %d at %s: %s", a.status, a.path, words(a.body))
		}
	}
	if !strings.Contains(a.body, "dec_") {
		t.Errorf("afterwards she is not told the decision: %s", words(a.body))
	}
	senior := w.enrolled(host, "Lead", tocsin.DutySeniorModerator)
	if a := senior.post(link[1]+"/resolve", nil); a.status != http.StatusOK || !strings.Contains(a.body, "you looked at it") {
		t.Errorf("resolve: %d %s", a.status, words(a.body))
	}
	if a := senior.get("/agreement"); a.status != http.StatusOK || !strings.Contains(a.body, "Too few to show") {
		t.Errorf("agreement: %d %s", a.status, words(a.body))
	}
}
