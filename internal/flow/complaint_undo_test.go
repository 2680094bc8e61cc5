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
)

// TestAnswerThatIsTakenBackTakesBackAllThatItDid: restrictions, the opinion on the signal, what notifiers were told; by
// whoever gave it or a senior, within the window, and whoever read it reads that it was a mistake.
func TestAnswerThatIsTakenBackTakesBackAllThatItDid(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	f, ctx := h.Host.Flow(), h.Context()
	h.upload("2", string(tocsin.DigestOf([]byte("1"))), known) // the same bytes as post 1
	decision, token, notice := h.restricted("1", 1)
	id, err := f.Complain(ctx, token, "", complaintForm())
	h.must(err)
	h.must(f.UpholdComplaint(ctx, h.handler, id, grounds))
	h.Drain()
	h.shows(http.StatusOK, 1, 2)
	if page, err := f.ContestedByToken(ctx, token, "en"); err != nil || page.Complaint.State != tocsin.ComplaintUpheld {
		t.Fatalf("the author reads %+v, %v", page.Complaint, err)
	}
	other, err := h.Host.Hire(ctx, tocsin.DutyComplaintHandler)
	h.must(err)
	h.offers(h.handler, id, "take_back")
	h.offers(other.Actor, id, "take_back!")
	if err := f.TakeBackAnswer(ctx, other.Actor, id); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("by another handler: %v", err)
	}
	if err := f.TakeBackAnswer(ctx, h.Moderator.Actor, id); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("by the decider: %v", err)
	}
	h.must(f.TakeBackAnswer(ctx, h.handler, id))
	h.Drain()
	h.shows(http.StatusGone, 1, 2)
	v := h.complaint(id)
	if v.Status != tocsin.ComplaintReceived || v.AnsweredAt != nil || v.AnswerBy == nil || v.File.Reasons != "" ||
		v.Against.Status != tocsin.DecisionEffective || v.Effect.Ends != 2 {
		t.Errorf("then it is %+v of a decision %s", v.Complaint, v.Against.Status)
	}
	page, err := f.ContestedByToken(ctx, token, "en")
	h.must(err)
	if c := page.Complaint; c.TakenBack == nil || c.Reasons != "" || c.State != tocsin.ComplaintReceived || page.Restriction.EndedAt != nil {
		t.Errorf("the author reads %+v", c)
	}
	told, err := f.NoticeByToken(ctx, notice.Token)
	h.must(err)
	if a := told.Addresses[0].Answer; a.Result != tocsin.ResultRestrict || a.Decision != decision {
		t.Errorf("the notifier reads %+v", a)
	}
	if matches := h.screen(known, nil); len(matches) != 1 || matches[0].State != tocsin.SignalActive {
		t.Errorf("the signal behind it: %+v", matches)
	}
	h.MustBeIntact(h.Host)
	// Another answer, which a senior takes back; and another, for which it is too late.
	senior, err := h.Host.Hire(ctx, tocsin.DutySeniorModerator)
	h.must(err)
	h.must(f.RejectComplaint(ctx, h.handler, id, grounds))
	h.must(f.TakeBackAnswer(ctx, senior.Actor, id))
	h.must(f.UpholdComplaint(ctx, other.Actor, id, grounds))
	h.Drain()
	h.Pass(20 * time.Minute)
	h.offers(other.Actor, id)
	if err := f.TakeBackAnswer(ctx, other.Actor, id); tocsin.CodeOf(err) != tocsin.CodeForbidden && tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("too late: %v", err)
	}
	h.shows(http.StatusOK, 1, 2)
	h.MustBeIntact(h.Host)
}

// TestRestrictionThatEndedMeanwhileIsNotResumed: its own date came between the answer and taking it back.
func TestRestrictionThatEndedMeanwhileIsNotResumed(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	f, ctx := h.Host.Flow(), h.Context()
	h.upload("1", string(tocsin.DigestOf([]byte("1"))), known)
	draft := finding(tocsin.OutcomeRestrict)
	until := h.Clock.Now().Add(10 * time.Minute)
	draft.Until = &until
	decision := h.decide("1", draft)
	v, err := f.Decision(ctx, h.Moderator.Actor, decision)
	h.must(err)
	id, err := f.Complain(ctx, f.StatementToken(decision, v.Items[0].Restriction), "", complaintForm())
	h.must(err)
	h.must(f.UpholdComplaint(ctx, h.handler, id, grounds))
	h.Drain()
	h.Pass(11 * time.Minute)
	h.must(f.TakeBackAnswer(ctx, h.handler, id))
	h.Drain()
	h.shows(http.StatusOK, 1)
	if v := h.complaint(id); v.Against.Status != tocsin.DecisionEffective {
		t.Errorf("the decision is %s", v.Against.Status)
	}
	h.MustBeIntact(h.Host)
}

// TestAnswerIsNotTakenBackOverSomebodyElse: not while she works on the case that it opened, nor where another complaint
// about the same decision was upheld.
func TestAnswerIsNotTakenBackOverSomebodyElse(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	f, ctx := h.Host.Flow(), h.Context()
	n, err := f.SubmitPublicNotice(ctx, "", noticeOf(testkit.Post(2)))
	h.must(err)
	h.Drain()
	draft := finding(tocsin.OutcomeKeep)
	draft.Detection = tocsin.DetectionNotice
	kept := h.decide("2", draft)
	id, err := f.ComplainNotice(ctx, n.Token, "", kept, complaintForm())
	h.must(err)
	h.must(f.UpholdComplaint(ctx, h.handler, id, grounds))
	second, err := h.Host.Hire(ctx, tocsin.DutyModerator)
	h.must(err)
	c := h.caseOf("2")
	h.must(f.ClaimCase(ctx, second.Actor, c.ID))
	if err := f.TakeBackAnswer(ctx, h.handler, id); tocsin.ReasonOf(err) != tocsin.ReasonClaimed {
		t.Errorf("while somebody has the case: %v", err)
	}
	h.must(f.ReleaseCase(ctx, second.Actor, c.ID))
	h.must(f.TakeBackAnswer(ctx, h.handler, id))
	if c := h.caseOf("2"); c.Status != tocsin.CaseDecided || len(c.Decisions) != 1 {
		t.Errorf("the case is %s by %v", c.Status, c.Decisions)
	}
	if told, err := f.NoticeByToken(ctx, n.Token); err != nil || told.Addresses[0].Answer == nil || told.Addresses[0].Answer.Result != tocsin.ResultKeep {
		t.Errorf("the notifier reads %+v, %v", told.Addresses[0], err)
	}

	h.upload("3", string(tocsin.DigestOf([]byte("1"))), known) // the same bytes as post 1
	decision, token, _ := h.restricted("1", 1)
	v, err := f.Decision(ctx, h.Moderator.Actor, decision)
	h.must(err)
	first, err := f.Complain(ctx, token, "", complaintForm())
	h.must(err)
	also, err := f.Complain(ctx, f.StatementToken(decision, v.Items[1].Restriction), "", complaintForm())
	h.must(err)
	h.must(f.UpholdComplaint(ctx, h.handler, first, grounds))
	h.must(f.UpholdComplaint(ctx, h.handler, also, grounds))
	if err := f.TakeBackAnswer(ctx, h.handler, first); tocsin.ReasonOf(err) != flow.ReasonUpheldToo {
		t.Errorf("while another one stands: %v", err)
	}
	h.must(f.TakeBackAnswer(ctx, h.handler, also))
	h.Drain()
	h.shows(http.StatusOK, 1, 3)
	h.must(f.TakeBackAnswer(ctx, h.handler, first))
	h.Drain()
	h.shows(http.StatusGone, 1, 3)
	h.MustBeIntact(h.Host)
}
