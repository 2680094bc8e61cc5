// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

func TestPublicReportAtAnAuthorityIsTriagedByAnOfficer(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor, testkit.Host}})
	f, ctx, officer := w.Authority.Flow(), t.Context(), w.Officer.Actor
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	report := func() flow.NoticeReceipt {
		form := noticeOf(testkit.Post(1))
		form.Categories = []tocsin.Category{tocsin.CategoryInstructs}
		r, err := f.SubmitPublicNotice(ctx, "", form)
		must(err)
		if r.State != tocsin.NoticeQueued {
			t.Fatalf("a report is %s", r.State)
		}
		return r
	}
	first := report()
	begun, err := f.OrderFromNotice(ctx, officer, first.ID)
	must(err)
	if begun.Annex.Content.Addresses[0].URL != testkit.Post(1) || len(begun.Annex.Content.Categories) != 1 {
		t.Errorf("the order begins with %+v", begun.Annex.Content)
	}
	drafted, err := f.DraftOrder(ctx, officer, "", testkit.Draft("T-1", testkit.Post(1)))
	must(err)
	triage := flow.Triage{Result: tocsin.ResultDrafted, Order: drafted.ID, Reasons: "It shows how to loosen bolts."}
	if err := f.TriageNotice(ctx, w.Approver.Actor, first.ID, triage); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("by an approver: %v", err)
	}
	if err := f.TriageNotice(ctx, service("notice.triage", "notice.read"), first.ID, triage); tocsin.CodeOf(err) !=
		tocsin.CodeForbidden {
		t.Errorf("by a machine: %v", err)
	}
	must(f.TriageNotice(ctx, officer, first.ID, triage))
	second := report()
	referral := flow.Triage{Result: tocsin.ResultReferred, Host: testkit.Supervisor, Reasons: "By its own terms."}
	if err := f.TriageNotice(ctx, officer, second.ID, referral); tocsin.ReasonOf(err) != tocsin.ReasonUnknownParty {
		t.Errorf("referred to who hosts nothing: %v", err)
	}
	referral.Host = testkit.Host
	must(f.TriageNotice(ctx, officer, second.ID, referral))
	for token, want := range map[string]tocsin.Result{first.Token: tocsin.ResultDrafted, second.Token: tocsin.ResultReferred} {
		s, err := f.NoticeByToken(ctx, token)
		must(err)
		if s.Host || len(s.Answers) != 1 || s.Answers[0].Result != want || s.Status != tocsin.NoticeInformed {
			t.Errorf("the reporter sees %+v", s.Notice)
		}
	}
	w.MustBeIntact(w.Authority)
}
