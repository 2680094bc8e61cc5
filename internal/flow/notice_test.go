// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// flagger is a notifier of the directory, trusted for one of the types of Art. 2(7).
const flagger tocsin.PartyID = "fr-notifier"

// TestNotices follows notices at one host, from the form to the case.
func TestNotices(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority}})
		intake{w}.trust()
		for _, c := range []struct {
			rule string
			test func(intake)
		}{
			{"a complete notice reaches the case of its item", completeNotice},
			{"what is missing is asked for, and completed", incompleteNotice},
			{"an address that names nothing is asked for again", unlocatedNotice},
			{"two addresses of one item are one case", twoAddresses},
			{"an anonymous notice gets no receipt and is handled", anonymousNotice},
			{"the same key gives the same notice", sameNoticeKey},
			{"the same external id gives the same notice, other content is refused", sameExternal},
			{"a trusted flagger goes first in its field only", trustedNotice},
			{"what a platform passes on names its item by itself", passedOn},
			{"a token opens its own notice and no other", foreignToken},
			{"an incomplete notice lapses, an unanswered one calls somebody", noticeClocks},
		} {
			t.Run(c.rule, func(t *testing.T) { c.test(intake{w.As(t)}) })
		}
		w.MustBeIntact(w.Host)
	})
}

// intake is a host with what comes in there.
type intake struct{ *testkit.World }

// trust lists the flagger in the directory.
func (i intake) trust() {
	i.Import(i.Host, i.Edition(func(d *tocsin.Directory) {
		d.Parties = append(d.Parties, tocsin.Party{ID: flagger, Name: "Test notifier", Country: "FR",
			Roles: []tocsin.Role{tocsin.RoleNotifier}, Source: "test", Checker: "nobody: a test",
			CheckedAt: testkit.Founded, Competences: []tocsin.Competence{{From: testkit.Founded,
				Act: tocsin.ActTrustedFlagger + ":" + tocsin.Act(tocsin.CategoryInstructs)}}})
	}))
}

func (i intake) must(err error) {
	i.Helper()
	if err != nil {
		i.Fatal(err)
	}
}

func noticeOf(addresses ...string) tocsin.NoticeForm {
	f := tocsin.NoticeForm{Reasons: "The picture of the bridge shows how to loosen its bolts.", Name: "A neighbour",
		Email: tocsin.NewToken("bee") + "@garden.example", GoodFaith: true, Language: "en"}
	for _, a := range addresses {
		f.Addresses = append(f.Addresses, tocsin.Address{URL: a})
	}
	return f
}

func (i intake) public(form tocsin.NoticeForm) flow.NoticeReceipt {
	i.Helper()
	r, err := i.Host.Flow().SubmitPublicNotice(i.Context(), "", form)
	i.must(err)
	return r
}

// service is a machine that may give notice.
func service(scopes ...string) flow.Actor {
	return flow.Actor{ID: tocsin.ActorID(tocsin.NewToken("svc")), Scopes: append(scopes, "notice.submit")}
}

func (i intake) notice(id tocsin.RecordID) flow.NoticeView {
	i.Helper()
	v, err := i.Host.Flow().Notice(i.Context(), i.Moderator.Actor, id)
	i.must(err)
	return v
}

// settled waits until the platform was asked.
func (i intake) settled(id tocsin.RecordID) flow.NoticeView {
	i.Helper()
	i.Until("the platform was asked", func() bool { return i.notice(id).Status != tocsin.NoticeComplete })
	return i.notice(id)
}

func completeNotice(i intake) {
	r := i.public(noticeOf(testkit.Post(1)))
	if r.State != tocsin.NoticeComplete || len(r.Missing) > 0 || r.Token == "" {
		i.Errorf("receipt %+v", r)
	}
	v := i.settled(r.ID)
	if v.Status != tocsin.NoticeQueued || len(v.Cases) != 1 || v.ReceiptAt == nil || v.Channel != tocsin.ChannelForm {
		i.Fatalf("%+v", v.Notice)
	}
	c, err := i.Host.Flow().Case(i.Context(), i.Moderator.Actor, v.Cases[0])
	i.must(err)
	if !slices.Contains(c.Notices, r.ID) || c.Priority != tocsin.PriorityNotice {
		i.Errorf("case %+v", c.Case)
	}
	s, err := i.Host.Flow().NoticeByToken(i.Context(), r.Token)
	i.must(err)
	if !s.Addresses[0].Found || s.Addresses[0].Answer != nil || s.Form.Email != "" || s.Form.Name != "" {
		i.Errorf("status %+v", s)
	}
}

func incompleteNotice(i intake) {
	form := noticeOf(testkit.Post(2))
	form.GoodFaith, form.Reasons = false, "Bad."
	r := i.public(form)
	want := []tocsin.NoticeElement{tocsin.ElementReasons, tocsin.ElementGoodFaith}
	if diff := cmp.Diff(want, r.Missing); diff != "" || r.State != tocsin.NoticeIncomplete || r.CompleteBy == nil {
		i.Fatalf("%+v (-want +got):\n%s", r, diff)
	}
	form.GoodFaith, form.Reasons = true, noticeOf().Reasons
	i.must(i.Host.Flow().SupplementNotice(i.Context(), r.Token, form))
	if v := i.settled(r.ID); v.Status != tocsin.NoticeQueued {
		i.Errorf("completed, it is %s", v.Status)
	}
	if err := i.Host.Flow().SupplementNotice(i.Context(), r.Token, form); tocsin.CodeOf(err) != tocsin.CodeConflict {
		i.Errorf("a complete notice was completed: %v", err)
	}
}

func unlocatedNotice(i intake) {
	r := i.public(noticeOf(testkit.Collection(), testkit.BoardAddress+"/post/4711"))
	v := i.settled(r.ID)
	if v.Status != tocsin.NoticeIncomplete || !slices.Equal(v.Missing, []tocsin.NoticeElement{tocsin.ElementLocation}) {
		i.Fatalf("%s, missing %v", v.Status, v.Missing)
	}
	i.must(i.Host.Flow().SupplementNotice(i.Context(), r.Token, noticeOf(testkit.Post(3))))
	if v := i.settled(r.ID); v.Status != tocsin.NoticeQueued || len(v.Cases) != 1 {
		i.Errorf("with the exact address it is %s in %v", v.Status, v.Cases)
	}
}

func twoAddresses(i intake) {
	r := i.public(noticeOf(testkit.Post(4), testkit.Post(4)+"?from=feed", testkit.Collection()))
	v := i.settled(r.ID)
	if len(v.Cases) != 1 || len(v.File.Located) != 3 {
		i.Errorf("cases %v, located %+v", v.Cases, v.File.Located)
	}
}

func anonymousNotice(i intake) {
	form := noticeOf(testkit.Post(5))
	form.Name, form.Email, form.Anonymous = "", "", true
	v := i.settled(i.public(form).ID)
	if v.Status != tocsin.NoticeQueued || v.ReceiptAt != nil || !v.Anonymous || v.File.Sender != "" {
		i.Errorf("%+v from %q", v.Notice, v.File.Sender)
	}
}

func sameNoticeKey(i intake) {
	form := noticeOf(testkit.Post(1))
	first, err := i.Host.Flow().SubmitPublicNotice(i.Context(), "form-1", form)
	i.must(err)
	again, err := i.Host.Flow().SubmitPublicNotice(i.Context(), "form-1", form)
	i.must(err)
	if first.ID != again.ID || first.Token != again.Token {
		i.Errorf("%v, then %v", first, again)
	}
	if places := i.Where(i.Host, first.Token); len(places) > 0 {
		i.Errorf("the token of the status page stands in the clear in %v", places)
	}
}

func sameExternal(i intake) {
	actor, f := service(), i.Host.Flow()
	draft := flow.NoticeDraft{Form: noticeOf(testkit.Post(1)), External: "their-7"}
	first, err := f.SubmitNotice(i.Context(), actor, "", draft)
	i.must(err)
	again, err := f.SubmitNotice(i.Context(), actor, "", draft)
	i.must(err)
	if first.ID != again.ID || first.Again || !again.Again {
		i.Errorf("%+v, then %+v", first, again)
	}
	draft.Form.Reasons += " And the railing."
	if _, err := f.SubmitNotice(i.Context(), actor, "", draft); tocsin.ReasonOf(err) != tocsin.ReasonDuplicate {
		i.Errorf("other content: %v", err)
	}
	other, err := f.SubmitNotice(i.Context(), service(), "", draft)
	i.must(err)
	if other.ID == first.ID {
		i.Error("another sender's id is the same notice")
	}
	_, err = f.SubmitNotice(i.Context(), flow.Actor{ID: actor.ID, Scopes: []string{"content.screen"}}, "", draft)
	if tocsin.CodeOf(err) != tocsin.CodeForbidden {
		i.Errorf("without the scope: %v", err)
	}
}

func trustedNotice(i intake) {
	for _, c := range []struct {
		fields []tocsin.Category
		want   tocsin.Priority
	}{
		{[]tocsin.Category{tocsin.CategoryInstructs}, tocsin.PriorityTrusted},
		{[]tocsin.Category{tocsin.CategoryIncites}, tocsin.PriorityNotice},
	} {
		form := noticeOf(testkit.Post(1))
		form.Categories = c.fields
		r, err := i.Host.Flow().SubmitNotice(i.Context(), service("party:"+string(flagger)), "",
			flow.NoticeDraft{Form: form})
		i.must(err)
		v := i.notice(r.ID)
		if v.Channel != tocsin.ChannelFlagger || v.Notifier != flagger || v.Priority != c.want {
			i.Errorf("%v: %+v", c.fields, v.Notice)
		}
	}
	// What it lacked may be that it lies in the field, or that it does not.
	for _, c := range [][2]tocsin.Category{{tocsin.CategoryIncites, tocsin.CategoryInstructs},
		{tocsin.CategoryInstructs, tocsin.CategoryIncites}} {
		form, actor := noticeOf(testkit.Post(2)), service("party:"+string(flagger))
		form.GoodFaith, form.Categories = false, c[:1]
		r, err := i.Host.Flow().SubmitNotice(i.Context(), actor, "", flow.NoticeDraft{Form: form})
		i.must(err)
		before := i.notice(r.ID)
		form.GoodFaith, form.Categories = true, c[1:]
		i.must(i.Host.Flow().SupplementSubmitted(i.Context(), actor, r.ID, form))
		after := i.notice(r.ID)
		if before.Trusted == after.Trusted || after.Trusted != (c[1] == tocsin.CategoryInstructs) ||
			(after.Priority == tocsin.PriorityTrusted) != after.Trusted {
			i.Errorf("%v: %v and %d, then %v and %d", c, before.Trusted, before.Priority, after.Trusted, after.Priority)
		}
	}
	r, err := i.Host.Flow().SubmitNotice(i.Context(), service("party:"+string(testkit.Host)), "",
		flow.NoticeDraft{Form: noticeOf(testkit.Post(1))})
	i.must(err)
	if v := i.notice(r.ID); v.Notifier != "" || v.Channel != tocsin.ChannelAPI {
		i.Errorf("a party that gives no notice spoke as one: %+v", v.Notice)
	}
}

func passedOn(i intake) {
	r, err := i.Host.Flow().SubmitNotice(i.Context(), service(), "", flow.NoticeDraft{Report: true, Item: "6",
		Sender: "reporter-9", External: "report-1", Form: tocsin.NoticeForm{Reasons: "bolts"}})
	i.must(err)
	v := i.notice(r.ID)
	if v.Status != tocsin.NoticeQueued || len(v.Cases) != 1 || v.Channel != tocsin.ChannelReport {
		i.Errorf("%+v", v.Notice)
	}
}

func foreignToken(i intake) {
	for _, token := range []string{"", "nst_", "nst_" + strings.Repeat("a", 26), string(tocsin.NewRecordID(tocsin.KindNotice))} {
		if _, err := i.Host.Flow().NoticeByToken(i.Context(), token); tocsin.CodeOf(err) != tocsin.CodeNotFound {
			i.Errorf("%q: %v", token, err)
		}
	}
	actor := service()
	r, err := i.Host.Flow().SubmitNotice(i.Context(), actor, "", flow.NoticeDraft{Form: noticeOf(testkit.Post(1))})
	i.must(err)
	if _, err := i.Host.Flow().SubmittedNotice(i.Context(), actor, r.ID); err != nil {
		i.Error(err)
	}
	if _, err := i.Host.Flow().SubmittedNotice(i.Context(), service(), r.ID); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		i.Errorf("another key: %v", err)
	}
}

func noticeClocks(i intake) {
	form := noticeOf(testkit.Post(1))
	form.GoodFaith = false
	incomplete := i.public(form)
	waiting := i.settled(i.public(noticeOf(testkit.Post(1))).ID)
	before := i.Count(i.Host, tocsin.EventNoticeOverdue)
	i.Pass(tocsin.EUPeriods().NoticeAnswer)
	if got := i.Count(i.Host, tocsin.EventNoticeOverdue); got <= before || i.notice(waiting.ID).AnswerBy != nil {
		i.Errorf("%d calls, before %d", got, before)
	}
	i.Pass(tocsin.EUPeriods().NoticeCompletion)
	if v := i.notice(incomplete.ID); v.Status != tocsin.NoticeLapsed {
		i.Errorf("it is %s", v.Status)
	}
}

func (i intake) hire(duty tocsin.Duty) flow.Actor {
	i.Helper()
	p, err := i.Host.Hire(i.Context(), duty)
	i.must(err)
	return p.Actor
}

// keep decides that the item of a case stays.
func (i intake) keep(id tocsin.RecordID) {
	i.Helper()
	f, actor := i.Host.Flow(), i.Moderator.Actor
	i.Drain()
	i.must(f.ClaimCase(i.Context(), actor, id))
	c, err := f.Case(i.Context(), actor, id)
	i.must(err)
	_, err = f.Decide(i.Context(), actor, id, finding(tocsin.OutcomeKeep), c.Content, "")
	i.must(err)
}
