// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"net/http"
	"slices"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// hearing is a desk with somebody who handles complaints.
type hearing struct {
	desk
	handler flow.Actor
}

func newHearing(t *testing.T, on testkit.Engine) hearing {
	d := newDesk(t, on, nil)
	p, err := d.Host.Hire(t.Context(), tocsin.DutyComplaintHandler)
	d.must(err)
	return hearing{d, p.Actor}
}

const grounds = "The kettle stands beside the bridge, and not on it at all."

func complaintForm() tocsin.ComplaintForm {
	return tocsin.ComplaintForm{Reasons: grounds, Language: "en"}
}

func (h hearing) complaint(id tocsin.RecordID) flow.ComplaintView {
	h.Helper()
	v, err := h.Host.Flow().Complaint(h.Context(), h.handler, id)
	h.must(err)
	return v
}

// restricted decides a post that matched and that somebody gave notice of, and gives the token of its statement.
func (h hearing) restricted(item string, post int) (decision tocsin.RecordID, token string, n flow.NoticeReceipt) {
	h.Helper()
	h.upload(item, string(tocsin.DigestOf([]byte(item))), known)
	n, err := h.Host.Flow().SubmitPublicNotice(h.Context(), "", noticeOf(testkit.Post(post)))
	h.must(err)
	h.Drain()
	decision = h.decide(item, finding(tocsin.OutcomeRestrict))
	v, err := h.Host.Flow().Decision(h.Context(), h.Moderator.Actor, decision)
	h.must(err)
	return decision, h.Host.Flow().StatementToken(decision, v.Items[0].Restriction), n
}

func TestUpheldComplaintReinstatesAndTellsEverybody(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		h := newHearing(t, on)
		f := h.Host.Flow()
		_, token, notice := h.restricted("1", 1)
		h.shows(http.StatusGone, 1)
		told, err := f.NoticeByToken(h.Context(), notice.Token)
		h.must(err)
		if told.Status != tocsin.NoticeInformed || told.Addresses[0].Answer.Result != tocsin.ResultRestrict ||
			told.ComplainUntil == nil {
			t.Errorf("the notifier is told %+v", told)
		}
		id, err := f.Complain(h.Context(), token, "press-1", complaintForm())
		h.must(err)
		again, err := f.Complain(h.Context(), token, "press-1", complaintForm())
		if err != nil || again != id {
			t.Errorf("one press made %s and %s: %v", id, again, err)
		}
		if _, err := f.Complain(h.Context(), token, "press-2", complaintForm()); tocsin.CodeOf(err) != tocsin.CodeConflict {
			t.Errorf("complained twice: %v", err)
		}
		if err := f.UpholdComplaint(h.Context(), h.Moderator.Actor, id, grounds); tocsin.CodeOf(err) != tocsin.CodeNotFound {
			t.Errorf("a moderator, who decided: %v", err)
		}
		h.must(f.UpholdComplaint(h.Context(), h.handler, id, grounds))
		h.Drain()
		h.shows(http.StatusOK, 1)
		if v := h.complaint(id); v.Status != tocsin.ComplaintUpheld || v.File.Reasons != grounds {
			t.Errorf("complaint %+v", v)
		}
		page, err := f.ContestedByToken(h.Context(), token, "en")
		h.must(err)
		if page.Open || page.Complaint.State != tocsin.ComplaintUpheld || page.Complaint.Reasons != grounds ||
			page.Restriction.EndedAt == nil || h.complaint(id).InformedAt == nil {
			t.Errorf("page %+v, complaint %+v", page, page.Complaint)
		}
		matches := h.screen(known, nil)
		if len(matches) != 1 || matches[0].State != tocsin.SignalDisputed {
			t.Errorf("the signal behind it: %+v", matches)
		}
		told, err = f.NoticeByToken(h.Context(), notice.Token)
		h.must(err)
		if told.Addresses[0].Answer.Result != tocsin.ResultKeep || told.Addresses[0].Open {
			t.Errorf("then the notifier is told %+v", told.Addresses[0])
		}
		h.MustBeIntact(h.Host)
	})
}

func TestRejectedComplaintLeavesTheMeasureAndSaysWhy(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	f := h.Host.Flow()
	_, token, _ := h.restricted("1", 1)
	id, err := f.Complain(h.Context(), token, "", complaintForm())
	h.must(err)
	decider := tocsin.RecordID(h.Moderator.Actor.ID)
	if err := f.AssignComplaint(h.Context(), h.handler, id, decider); tocsin.CodeOf(err) != tocsin.CodeInvalid {
		t.Errorf("assigned to the decider: %v", err)
	}
	h.must(f.AssignComplaint(h.Context(), h.handler, id, tocsin.RecordID(h.handler.ID)))
	if err := f.RejectComplaint(h.Context(), h.handler, id, "No."); tocsin.CodeOf(err) != tocsin.CodeInvalid {
		t.Errorf("rejected without reasons: %v", err)
	}
	h.must(f.RejectComplaint(h.Context(), h.handler, id, "The kettle stands on the bridge, as the picture shows."))
	h.shows(http.StatusGone, 1)
	page, err := f.ContestedByToken(h.Context(), token, "en")
	h.must(err)
	if page.Complaint.State != tocsin.ComplaintRejected || page.Complaint.Reasons == "" {
		t.Errorf("complaint %+v", page.Complaint)
	}
	h.MustBeIntact(h.Host)
}

func TestNotifierComplainsOfKeepingAndTheCaseIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	f := h.Host.Flow()
	n, err := f.SubmitPublicNotice(h.Context(), "", noticeOf(testkit.Post(2)))
	h.must(err)
	h.Drain()
	draft := finding(tocsin.OutcomeKeep)
	draft.Detection = tocsin.DetectionNotice
	decision := h.decide("2", draft)
	told, err := f.NoticeByToken(h.Context(), n.Token)
	h.must(err)
	if a := told.Addresses[0]; a.Answer.Result != tocsin.ResultKeep || a.Reasons != draft.Reasons || !a.Open {
		t.Fatalf("told %+v", a)
	}
	id, err := f.ComplainNotice(h.Context(), n.Token, "", decision, complaintForm())
	h.must(err)
	h.must(f.UpholdComplaint(h.Context(), h.handler, id, grounds))
	if c := h.caseOf("2"); c.Status != tocsin.CaseOpen {
		t.Errorf("the case is %s", c.Status)
	}
	told, err = f.NoticeByToken(h.Context(), n.Token)
	h.must(err)
	if told.Status != tocsin.NoticeQueued || told.Addresses[0].Answer != nil {
		t.Errorf("the notice is %s: %+v", told.Status, told.Addresses[0])
	}
	h.MustBeIntact(h.Host)
}

func TestUnansweredComplaintCallsAndIsOverdueAfterTwoWeeks(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	_, token, _ := h.restricted("1", 1)
	id, err := h.Host.Flow().Complain(h.Context(), token, "", complaintForm())
	h.must(err)
	h.Pass(tocsin.EUPeriods().ComplaintAlarm)
	if got := h.Count(h.Host, tocsin.EventComplaintAlarm); got != 1 || h.complaint(id).Late {
		t.Errorf("after a week: %d calls", got)
	}
	h.Pass(tocsin.EUPeriods().ComplaintAnswer)
	if !h.complaint(id).Late || h.Count(h.Host, tocsin.EventComplaintOverdue) != 1 {
		t.Error("after two weeks nobody says so")
	}
	list, _, err := h.Host.Flow().Complaints(h.Context(), h.handler, flow.ComplaintFilter{})
	h.must(err)
	if len(list) != 1 || list[0].ID != id {
		t.Errorf("list %+v", list)
	}
	if _, _, err := h.Host.Flow().Complaints(h.Context(), h.Moderator.Actor, flow.ComplaintFilter{}); tocsin.CodeOf(err) !=
		tocsin.CodeForbidden {
		t.Errorf("a moderator reads complaints: %v", err)
	}
}

func TestNoticeOfWhatIsRestrictedIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	decision, _, _ := h.restricted("1", 1)
	n, err := h.Host.Flow().SubmitPublicNotice(h.Context(), "", noticeOf(testkit.Post(1)))
	h.must(err)
	h.Drain()
	told, err := h.Host.Flow().NoticeByToken(h.Context(), n.Token)
	h.must(err)
	if !slices.ContainsFunc(told.Answers, func(a tocsin.NoticeAnswer) bool { return a.Decision == decision && a.Automatic }) {
		t.Errorf("answers %+v", told.Answers)
	}
	h.MustBeIntact(h.Host)
}
