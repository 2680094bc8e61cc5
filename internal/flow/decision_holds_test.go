// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"net/http"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
	"tocsin/match"
)

// A picture that everybody posts is no reason to take down a stranger's post.
func TestOneFileInCommonMakesNoCopy(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, standing(10))
	shared := string(tocsin.DigestOf([]byte("a picture that everybody posts")))
	queries := []match.Query{{Type: "sha256", Value: sameBytes}, {Type: "sha256", Value: shared}, {Type: "pdq", Value: known}}
	_, err := d.Host.Flow().Screen(d.Context(), d.Moderator.Actor, flow.Screening{Assertion: flow.AssertedPublic,
		Pieces: []flow.Piece{{Queries: queries, Item: "1"}}})
	d.must(err)
	d.Drain()
	d.upload("2", shared, far)
	d.upload("4", sameBytes, far) // the other of the two files
	id := d.decide("1", finding(tocsin.OutcomeRestrict))
	d.must(d.Host.Flow().Stand(d.Context(), d.senior(), id, d.Clock.Now().Add(time.Hour)))
	d.upload("3", shared, far)
	d.upload("5", sameBytes, far)
	d.shows(http.StatusGone, 1)
	d.shows(http.StatusOK, 2, 3, 4, 5)
}

// TestNoticeIsAnsweredByADecisionOnlyWhileItRestricts covers a reversal, and a restriction that ended by its date.
func TestNoticeIsAnsweredByADecisionOnlyWhileItRestricts(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(h hearing, decision tocsin.RecordID){
		"reversed": func(h hearing, decision tocsin.RecordID) {
			h.must(h.Host.Flow().ReverseDecision(h.Context(), h.colleague(7), decision, grounds))
		},
		"over": func(h hearing, _ tocsin.RecordID) { h.Pass(2 * time.Hour) },
	} {
		h := newHearing(t, testkit.SQLite)
		h.upload("1", sameBytes, known)
		draft := finding(tocsin.OutcomeRestrict)
		until := h.Clock.Now().Add(time.Hour)
		draft.Until = &until
		end(h, h.decide("1", draft))
		h.Drain()
		h.shows(http.StatusOK, 1)
		n, err := h.Host.Flow().SubmitPublicNotice(h.Context(), "", noticeOf(testkit.Post(1)))
		h.must(err)
		h.Drain()
		told, err := h.Host.Flow().NoticeByToken(h.Context(), n.Token)
		h.must(err)
		if c := h.caseOf("1"); told.Status != tocsin.NoticeQueued || c.Status != tocsin.CaseOpen {
			t.Errorf("%s: the notice is %s, the case %s: a person should look", name, told.Status, c.State())
		}
		h.MustBeIntact(h.Host)
	}
}

func TestNobodyLooksAgainAtWhatSheDecidedWrongly(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	f := h.Host.Flow()
	h.upload("2", sameBytes, known)
	n, err := f.SubmitPublicNotice(h.Context(), "", noticeOf(testkit.Post(2)))
	h.must(err)
	h.Drain()
	kept := h.decide("2", finding(tocsin.OutcomeKeep))
	id, err := f.ComplainNotice(h.Context(), n.Token, "", kept, complaintForm())
	h.must(err)
	h.must(f.UpholdComplaint(h.Context(), h.handler, id, grounds))
	c := h.caseOf("2")
	if err := f.ClaimCase(h.Context(), h.Moderator.Actor, c.ID); tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
		t.Errorf("the decider takes it again: %v", err)
	}
	if _, err := f.NextCase(h.Context(), h.Moderator.Actor); tocsin.ReasonOf(err) != flow.ReasonQueueEmpty {
		t.Errorf("the queue offers it to the decider: %v", err)
	}
	if next, err := f.NextCase(h.Context(), h.colleague(3)); err != nil || next != c.ID {
		t.Errorf("a colleague gets %s, %v", next, err)
	}
}

func TestComplaintOfWhatFellAlreadyIsNotRejected(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	f := h.Host.Flow()
	decision, token, _ := h.restricted("1", 1)
	id, err := f.Complain(h.Context(), token, "", complaintForm())
	h.must(err)
	h.must(f.ReverseDecision(h.Context(), h.colleague(7), decision, grounds))
	if err := f.RejectComplaint(h.Context(), h.handler, id, grounds); tocsin.ReasonOf(err) != flow.ReasonDecisionFell {
		t.Errorf("a complaint of what fell already is rejected: %v", err)
	}
	h.must(f.UpholdComplaint(h.Context(), h.handler, id, grounds))
	h.MustBeIntact(h.Host)
}

func TestReversedStandingDecisionTakesBackWhatNobodyRatified(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, standing(10))
	f := d.Host.Flow()
	id := d.stand()
	d.upload("2", sameBytes, far)
	d.upload("3", sameBytes, far)
	d.must(f.RatifyDecision(d.Context(), d.Moderator.Actor, d.automatic("3").ID))
	d.shows(http.StatusGone, 1, 2, 3)
	d.must(f.ReverseDecision(d.Context(), d.colleague(1), id, "It was a bridge on a kettle."))
	d.Drain()
	d.shows(http.StatusOK, 1, 2)
	d.shows(http.StatusGone, 3) // that is the finding of whoever ratified it
	if c := d.caseOf("2"); c.Status != tocsin.CaseOpen {
		t.Errorf("what was taken back is %s, a person should look", c.State())
	}
	d.MustBeIntact(d.Host)
}

func TestStandingDecisionOverrulesNobody(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, standing(10))
	d.stand()
	d.upload("2", sameBytes, far)
	d.must(d.Host.Flow().UndoDecision(d.Context(), d.senior(), d.automatic("2").ID))
	d.Drain()
	d.shows(http.StatusOK, 2)
	d.upload("2", sameBytes, far)
	d.shows(http.StatusOK, 2) // a person took it back
}

func TestErasedCaseRefusesANote(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	f := d.Host.Flow()
	d.upload("99", sameBytes, known) // the platform does not know it, so there is nothing to decide
	c := d.caseOf("99")
	if c.Status != tocsin.CaseClosed {
		t.Fatalf("the case is %s", c.State())
	}
	d.must(d.erase(c.ID))
	if err := f.NoteCase(d.Context(), d.Moderator.Actor, c.ID, "A note."); tocsin.CodeOf(err) != tocsin.CodeErased {
		t.Errorf("noted on an erased case: %v", err)
	}
	d.upload("1", string(tocsin.DigestOf([]byte("one"))), known)
	id := d.decide("1", finding(tocsin.OutcomeKeep))
	for _, record := range []tocsin.RecordID{id, d.caseOf("1").ID} {
		if err := d.erase(record); tocsin.CodeOf(err) != tocsin.CodeConflict {
			t.Errorf("%s is erased while it can be complained of: %v", record, err)
		}
	}
}

// What the platform does not know yet, it may know in a moment.
func TestCaseOfAnUnknownItemHidesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	r, err := d.Host.Flow().SubmitNotice(d.Context(), service(), "", flow.NoticeDraft{Report: true, Item: "98",
		Sender: "reporter-9", External: "report-1", Form: tocsin.NoticeForm{Reasons: "bolts"}})
	d.must(err)
	d.Drain()
	n, err := d.Host.Flow().Notice(d.Context(), d.Moderator.Actor, r.ID)
	d.must(err)
	if n.Status != tocsin.NoticeIncomplete || d.caseOf("98").Status != tocsin.CaseClosed {
		t.Errorf("the notice is %s, its case %s: nobody could decide it", n.Status, d.caseOf("98").State())
	}
	d.upload("99", sameBytes, known)
	d.upload("99", sameBytes, known)
	if c := d.caseOf("99"); c.Status != tocsin.CaseClosed || c.Matches != 1 {
		t.Errorf("the case is %s with %d matches", c.State(), c.Matches)
	}
	d.open("OTHER", nil)
	d.add("OTHER", known)
	before := d.Count(d.Host, tocsin.EventCaseReopened)
	d.upload("99", sameBytes, known)
	if got := d.Count(d.Host, tocsin.EventCaseReopened); got != before+1 {
		t.Errorf("a new match opened it %d times: the platform may know the item now", got-before)
	}
	if c := d.caseOf("99"); c.Status != tocsin.CaseClosed {
		t.Errorf("the platform was not asked again: the case is %s", c.State())
	}
	d.MustBeIntact(d.Host)
}

func TestKeyIsOfOneFindingOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	f, actor := d.Host.Flow(), d.Moderator.Actor
	d.upload("1", sameBytes, known)
	c := d.caseOf("1")
	d.must(f.ClaimCase(d.Context(), actor, c.ID))
	one, err := f.Decide(d.Context(), actor, c.ID, finding(tocsin.OutcomeRestrict), c.Content, "press-1")
	d.must(err)
	d.must(f.UndoDecision(d.Context(), actor, one))
	c = d.caseOf("1")
	d.must(f.ClaimCase(d.Context(), actor, c.ID))
	two, err := f.Decide(d.Context(), actor, c.ID, finding(tocsin.OutcomeKeep), c.Content, "press-1")
	if err != nil || one == two {
		t.Errorf("another finding under the same key is %s: %v", two, err)
	}
}
