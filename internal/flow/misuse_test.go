// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// sender is a service key whose notices are about nothing.
type sender struct {
	intake
	key   flow.Actor
	given []flow.NoticeReceipt
}

func newSender(i intake) *sender { return &sender{intake: i, key: service()} }

func (s *sender) gives() (flow.NoticeReceipt, error) {
	return s.Host.Flow().SubmitNotice(s.Context(), s.key, "", flow.NoticeDraft{Form: noticeOf(testkit.Post(6))})
}

// misuses has six notices kept, the sender warned after five of them were found unfounded, and the sixth found so too.
func (s *sender) misuses(senior flow.Actor) {
	s.Helper()
	f, ctx := s.Host.Flow(), s.Context()
	for range 6 {
		r, err := s.gives()
		s.must(err)
		s.given = append(s.given, r)
	}
	s.keep(s.settled(s.given[5].ID).Cases[0])
	for n, r := range s.given {
		if n == 5 {
			s.must(f.TreatSender(ctx, senior, s.conduct().ID, flow.MisuseWarn, time.Time{}, "Five of six were about nothing."))
		}
		s.must(f.JudgeNotice(ctx, senior, r.ID, "The bridge has no bolts."))
	}
}

func (s *sender) conduct() flow.MisuseView {
	s.Helper()
	list, _, err := s.Host.Flow().Misuses(s.Context(), s.Moderator.Actor, flow.MisuseFilter{})
	s.must(err)
	for _, m := range list {
		if m.File.Sender == "key:"+string(s.key.ID) {
			v, err := s.Host.Flow().MisuseOf(s.Context(), s.Moderator.Actor, m.ID)
			s.must(err)
			return v
		}
	}
	s.Fatal("nothing is counted")
	return flow.MisuseView{}
}

func (s *sender) page() flow.NoticeStatus {
	s.Helper()
	status, err := s.Host.Flow().NoticeByToken(s.Context(), s.given[5].Token)
	s.must(err)
	return status
}

func TestSenderIsWarnedSuspendedAndHeard(t *testing.T) {
	t.Parallel()
	p := &pager{}
	i := intake{testkit.New(t, testkit.Options{Messenger: p, Alerts: true,
		Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority}})}
	f, ctx := i.Host.Flow(), i.Context()
	senior, other := i.hire(tocsin.DutySeniorModerator), i.hire(tocsin.DutySeniorModerator)
	s := newSender(i)
	s.misuses(senior)
	if w := s.page().Warned; w == nil || w.Reasons != "Five of six were about nothing." {
		i.Errorf("the sender is not shown the warning: %+v", w)
	}
	id, until := s.conduct().ID, i.Clock.Now().Add(24*time.Hour)
	err := f.TreatSender(ctx, i.Moderator.Actor, id, flow.MisuseSuspend, until, "It goes on.")
	if tocsin.CodeOf(err) != tocsin.CodeForbidden {
		i.Errorf("suspended by a moderator: %v", err)
	}
	i.must(f.TreatSender(ctx, senior, id, flow.MisuseSuspend, until, "It goes on."))
	if _, err := s.gives(); tocsin.ReasonOf(err) != flow.ReasonSenderSuspended {
		i.Errorf("a suspended sender's notice: %v", err)
	}
	i.public(noticeOf(testkit.Post(6))) // another sender's is taken
	if err := f.ContestSuspension(ctx, s.given[5].Token, " "); tocsin.CodeOf(err) != tocsin.CodeInvalid {
		i.Errorf("an objection without a word: %v", err)
	}
	i.must(f.ContestSuspension(ctx, s.given[5].Token, "There were bolts when I looked."))
	if v := s.page().Suspended; v == nil || !v.Contested || v.Confirmed || s.conduct().Objection == "" {
		i.Errorf("the sender sees %+v, the desk %q", v, s.conduct().Objection)
	}
	waiting := func(topic tocsin.Topic) int {
		list, _, err := f.Alerts(ctx, other, flow.AlertFilter{})
		i.must(err)
		n := 0
		for _, a := range list {
			if a.Topic == topic && a.About == id {
				n++
			}
		}
		return n
	}
	i.Until("somebody is called about the objection", func() bool { return waiting(tocsin.TopicMisuse) == 1 })
	for _, step := range []flow.MisuseStep{flow.MisuseLift, flow.MisuseConfirm} {
		if err := f.TreatSender(ctx, senior, id, step, time.Time{}, "There were."); tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
			i.Errorf("%s by who suspended: %v", step, err)
		}
	}
	i.must(f.TreatSender(ctx, other, id, flow.MisuseConfirm, time.Time{}, "There were none."))
	i.Until("nobody has to look any more", func() bool { return waiting(tocsin.TopicMisuse) == 0 })
	if v := s.page().Suspended; v == nil || !v.Confirmed || v.Reasons != "There were none." {
		i.Errorf("the sender is answered %+v", v)
	}
	i.must(f.ChangeMisuse(ctx, other, s.given[5].ID, flow.MisuseLift, time.Time{}, "There were."))
	_, err = s.gives()
	i.must(err)
	i.MustBeIntact(i.Host)
}

// TestUpheldComplaintTakesBackTheCountThatItCaused, and who suspended because of it is called to look again.
func TestUpheldComplaintTakesBackTheCountThatItCaused(t *testing.T) {
	t.Parallel()
	i := intake{testkit.New(t, testkit.Options{Alerts: true, Messenger: &pager{},
		Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority}})}
	f, ctx := i.Host.Flow(), i.Context()
	senior, handler := i.hire(tocsin.DutySeniorModerator), i.hire(tocsin.DutyComplaintHandler)
	s := newSender(i)
	s.misuses(senior)
	id := s.conduct().ID
	i.must(f.TreatSender(ctx, senior, id, flow.MisuseSuspend, i.Clock.Now().Add(48*time.Hour), "It goes on."))
	decision := s.page().Answers[0].Decision
	complaint, err := f.ComplainNotice(ctx, s.given[5].Token, "", decision, complaintForm())
	i.must(err)
	i.must(f.UpholdComplaint(ctx, handler, complaint, grounds))
	v := s.conduct()
	if v.Unfounded != 0 || v.Since != 0 || len(v.Notices) != 0 || !v.Waits() {
		i.Errorf("%d unfounded, %d since the warning, waits %v", v.Unfounded, v.Since, v.Waits())
	}
	for _, r := range s.given {
		if n := i.notice(r.ID); n.Unfounded {
			i.Errorf("notice %s is unfounded, and what answered it fell", n.ID)
		}
	}
	i.Until("somebody is called about the suspension", func() bool {
		list, _, err := f.Alerts(ctx, senior, flow.AlertFilter{})
		i.must(err)
		for _, a := range list {
			if a.Topic == tocsin.TopicMisuse && a.About == id {
				return true
			}
		}
		return false
	})
	i.MustBeIntact(i.Host)
}

// TestMailAddressThatNobodyCheckedCountsForNobody: else one wrong address would suspend a stranger.
func TestMailAddressThatNobodyCheckedCountsForNobody(t *testing.T) {
	t.Parallel()
	i := intake{testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority}})}
	senior := i.hire(tocsin.DutySeniorModerator)
	r := i.public(noticeOf(testkit.Post(6)))
	i.keep(i.settled(r.ID).Cases[0])
	i.must(i.Host.Flow().JudgeNotice(i.Context(), senior, r.ID, "The bridge has no bolts."))
	list, _, err := i.Host.Flow().Misuses(i.Context(), senior, flow.MisuseFilter{})
	i.must(err)
	if v := i.notice(r.ID); len(list) != 0 || v.File.Sender != "" || v.Conduct != nil || !v.Unfounded {
		i.Errorf("counted %+v for %q", list, v.File.Sender)
	}
}
