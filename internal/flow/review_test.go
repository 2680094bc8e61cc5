// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// reviewed decides a post of which each decision is reviewed, and gives the review that waits for a colleague.
func (d desk) reviewed(item string, colleague flow.Actor) (decision, review tocsin.RecordID) {
	d.Helper()
	d.upload(item, string(tocsin.DigestOf([]byte(item))), known)
	decision = d.decide(item, finding(tocsin.OutcomeRestrict))
	list, _, err := d.Host.Flow().Reviews(d.Context(), colleague, "")
	d.must(err)
	for _, line := range list {
		if line.Status == tocsin.ReviewOpen {
			return decision, line.ID
		}
	}
	d.Fatalf("no review waits among %v", list)
	return "", ""
}

func everyDecision(c *config.Config) { c.Desk.ReviewShare = 100 }

// TestBlindReviewerIsNotToldTheDecision looks for every trace of it in what she is given.
func TestBlindReviewerIsNotToldTheDecision(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		d := newDesk(t, on, everyDecision)
		f, colleague := d.Host.Flow(), d.colleague(1)
		decision, id := d.reviewed("1", colleague)
		v, err := f.Review(d.Context(), colleague, id)
		d.must(err)
		told, err := json.Marshal(v)
		d.must(err)
		for _, secret := range []string{string(decision), string(tocsin.OutcomeRestrict), finding("").Reasons,
			finding("").Facts, string(d.Moderator.Actor.ID)} {
			if strings.Contains(string(told), secret) {
				t.Errorf("the reviewer is told %q in %s", secret, told)
			}
		}
		if v.Item != "1" || len(v.Matches) != 1 || v.Settled != nil {
			t.Errorf("review %+v", v)
		}
		if _, err := f.Review(d.Context(), d.Moderator.Actor, id); tocsin.CodeOf(err) != tocsin.CodeNotFound {
			t.Errorf("the decider is shown the review: %v", err)
		}
		for range 2 { // one press, sent twice
			state, err := f.FindReview(d.Context(), colleague, id, tocsin.OutcomeKeep, "A bridge is a place for it.", "press")
			if err != nil || state != tocsin.ReviewDiffered {
				t.Errorf("%s: %v", state, err)
			}
		}
		d.shows(http.StatusGone, 1) // it changes nothing by itself
		if v, err = f.Review(d.Context(), colleague, id); err != nil || v.Settled.Outcome != tocsin.OutcomeRestrict {
			t.Errorf("afterwards she is told %+v: %v", v.Settled, err)
		}
		d.must(f.ResolveReview(d.Context(), d.senior(), id))
		d.MustBeIntact(d.Host)
	})
}

// TestReviewOfADecisionThatFellIsOver undoes one that waits, and reverses one in which two people differed.
func TestReviewOfADecisionThatFellIsOver(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, everyDecision)
	f, colleague := d.Host.Flow(), d.colleague(1)
	undone, id := d.reviewed("1", colleague)
	d.must(f.UndoDecision(d.Context(), d.Moderator.Actor, undone))
	if v, err := f.Review(d.Context(), colleague, id); err != nil || v.Status != tocsin.ReviewDropped {
		t.Errorf("%s: %v", v.Status, err)
	}
	_, err := f.FindReview(d.Context(), colleague, id, tocsin.OutcomeKeep, "Too late.", "")
	if tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		t.Errorf("a decision that was undone is reviewed: %v", err)
	}
	reversed, id := d.reviewed("2", colleague)
	_, err = f.FindReview(d.Context(), colleague, id, tocsin.OutcomeKeep, "A bridge is a place for it.", "")
	d.must(err)
	d.must(f.ReverseDecision(d.Context(), colleague, reversed, "Two people found two things."))
	if v, err := f.Review(d.Context(), colleague, id); err != nil || v.Status != tocsin.ReviewResolved {
		t.Errorf("%s: %v", v.Status, err)
	}
}

// TestNothingIsReviewedUnlessTheHostSaysSo has the share at 0, as it is where nobody sets it.
func TestNothingIsReviewedUnlessTheHostSaysSo(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	d.upload("1", sameBytes, known)
	d.decide("1", finding(tocsin.OutcomeRestrict))
	if n := len(d.Records(d.Host, tocsin.KindReview)); n != 0 {
		t.Errorf("%d reviews", n)
	}
}

// TestAgreementIsNeverThePersonalScoreOfAnyone reviews five cases that two people decided: a group behind which three deciders do not stand is named without figures.
func TestAgreementIsNeverThePersonalScoreOfAnyone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, everyDecision)
	f, reviewer := d.Host.Flow(), d.colleague(9)
	decide := func(n int, who flow.Actor) {
		item := fmt.Sprint(n)
		d.upload(item, string(tocsin.DigestOf([]byte(item))), known)
		c := d.caseOf(item)
		d.must(f.ClaimCase(d.Context(), who, c.ID))
		_, err := f.Decide(d.Context(), who, c.ID, finding(tocsin.OutcomeKeep), d.caseOf(item).Content, "")
		d.must(err)
		list, _, err := f.Reviews(d.Context(), reviewer, "")
		d.must(err)
		for _, line := range list {
			if line.Status == tocsin.ReviewOpen {
				_, err := f.FindReview(d.Context(), reviewer, line.ID, tocsin.OutcomeKeep, "The same.", "")
				d.must(err)
			}
		}
	}
	groups := func() flow.Agreement {
		all, err := f.Agreements(d.Context(), d.senior())
		d.must(err)
		if len(all) != 1 {
			t.Fatalf("groups %+v", all)
		}
		return all[0]
	}
	for n := range 4 {
		decide(n+1, d.Moderator.Actor)
	}
	decide(5, d.colleague(1))
	if g := groups(); !g.Hidden || g.Reviewed != 0 || g.Differed != 0 {
		t.Errorf("figures of two people: %+v", g)
	}
	decide(6, d.colleague(2))
	if g := groups(); g.Hidden || g.Reviewed != 6 || g.Differed != 0 {
		t.Errorf("figures of three people: %+v", g)
	}
	if _, err := f.Agreements(d.Context(), reviewer); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("anybody reads figures: %v", err)
	}
}
