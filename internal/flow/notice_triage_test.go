// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

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

// TestOrderFromAReportTellsNothingOfWhoGaveIt: addresses, types and reasons go on; a name or mail address that stands in
// the reasons does not. The draft and the answer to the report are one.
func TestOrderFromAReportTellsNothingOfWhoGaveIt(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor, testkit.Host}})
	f, ctx, officer := w.Authority.Flow(), t.Context(), w.Officer.Actor
	i := intake{w}
	form := noticeOf(testkit.Post(1))
	form.Name, form.Email = "Neighbour Number Seven", "seven@garden.example"
	form.Reasons = "I am neighbour number SEVEN (seven@garden.example). The picture shows how to loosen the bolts."
	r, err := f.SubmitPublicNotice(ctx, "", form)
	i.must(err)
	order, err := f.OrderFromNotice(ctx, officer, r.ID)
	i.must(err)
	text, err := json.Marshal(order)
	i.must(err)
	for _, own := range []string{"neighbour", "seven", "@garden.example", "am number"} {
		if strings.Contains(strings.ToLower(string(text)), own) {
			t.Errorf("the order tells %q: %s", own, text)
		}
	}
	if !strings.Contains(order.Reasons, "shows how to loosen the bolts") {
		t.Errorf("reasons %q", order.Reasons)
	}
	draft := testkit.Draft("T-9", testkit.Post(1))
	if _, err := f.DraftOrderFrom(ctx, w.Approver.Actor, "k", r.ID, draft); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("by an approver: %v", err)
	}
	drafted, err := f.DraftOrderFrom(ctx, officer, "k", r.ID, draft)
	i.must(err)
	again, err := f.DraftOrderFrom(ctx, officer, "k", r.ID, draft)
	if err != nil || again != drafted {
		t.Errorf("one press drafted %v and %v: %v", drafted, again, err)
	}
	v, err := f.Notice(ctx, officer, r.ID)
	i.must(err)
	if len(v.Answers) != 1 || v.Answers[0].Decision != drafted.ID || v.Answers[0].Result != tocsin.ResultDrafted {
		t.Errorf("answers %+v", v.Answers)
	}
	if _, err := f.DraftOrderFrom(ctx, officer, "other", r.ID, testkit.Draft("T-10", testkit.Post(1))); tocsin.CodeOf(err) !=
		tocsin.CodeConflict {
		t.Errorf("drafted from an answered report: %v", err)
	}
	list, _, err := f.Orders(ctx, officer, flow.Listing{Kind: tocsin.KindIssuedOrder})
	i.must(err)
	if len(list) != 1 {
		t.Errorf("%d drafts", len(list))
	}
	w.MustBeIntact(w.Authority)
}

// TestNameThatLooksLikeWhatTakesItsPlace is one that a loop would look for in what it has just written.
func TestNameThatLooksLikeWhatTakesItsPlace(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor, testkit.Host}})
	i := intake{w}
	form := noticeOf(testkit.Post(1))
	form.Name, form.Reasons = "[…] Seven", "[…] seven seven seven seven: the bolts are loose."
	r, err := w.Authority.Flow().SubmitPublicNotice(t.Context(), "", form)
	i.must(err)
	order, err := w.Authority.Flow().OrderFromNotice(t.Context(), w.Officer.Actor, r.ID)
	i.must(err)
	if order.Reasons != "[…] […] […]: the bolts are loose." {
		t.Errorf("reasons %q", order.Reasons)
	}
}

// TestReportThatSaysTooLittleGoesBack and comes again.
func TestReportThatSaysTooLittleGoesBack(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor, testkit.Host}})
	f, ctx := w.Authority.Flow(), t.Context()
	i := intake{w}
	r, err := f.SubmitPublicNotice(ctx, "", noticeOf(testkit.Post(1)))
	i.must(err)
	missing := []tocsin.NoticeElement{tocsin.ElementReasons}
	if err := f.AskNotifier(ctx, w.Approver.Actor, r.ID, missing); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("by an approver: %v", err)
	}
	i.must(f.AskNotifier(ctx, w.Officer.Actor, r.ID, missing))
	s, err := f.NoticeByToken(ctx, r.Token)
	i.must(err)
	if s.Status != tocsin.NoticeIncomplete || len(s.Missing) != 1 {
		t.Errorf("the reporter sees %s, missing %v", s.Status, s.Missing)
	}
	i.must(f.SupplementNotice(ctx, r.Token, noticeOf(testkit.Post(1))))
	v, err := f.Notice(ctx, w.Officer.Actor, r.ID)
	i.must(err)
	if v.Status != tocsin.NoticeQueued || !slices.Equal(names(v.Choices), []string{"draft", "refer_to", "ask", "dismiss"}) {
		t.Errorf("%s, offers %v", v.Status, names(v.Choices))
	}
}

// TestTrustedNoticesComeFirst, then the others as they came, over pages and whatever is answered meanwhile.
func TestTrustedNoticesComeFirst(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority}})
	i := intake{w}
	i.trust()
	f, ctx := w.Host.Flow(), t.Context()
	var want []tocsin.RecordID
	form := noticeOf(testkit.Post(1))
	form.GoodFaith = false // stays where it is
	for range 3 {
		want = append(want, i.public(form).ID)
		w.Clock.Advance(time.Second)
	}
	form.Categories = []tocsin.Category{tocsin.CategoryInstructs}
	trusted, err := f.SubmitNotice(ctx, service("party:"+string(flagger)), "", flow.NoticeDraft{Form: form})
	i.must(err)
	want = append([]tocsin.RecordID{trusted.ID}, want...)
	var got []tocsin.RecordID
	filter := flow.NoticeFilter{Limit: 2}
	for {
		list, next, err := f.TriageNotices(ctx, w.Moderator.Actor, filter)
		i.must(err)
		for _, v := range list {
			got = append(got, v.ID)
		}
		if filter.After = next; next == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}
