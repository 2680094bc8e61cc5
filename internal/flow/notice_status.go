// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"

	"tocsin"
)

// NoticeStatus is what a notifier sees of a notice: nothing of who else pointed to the item, and of the decision what
// Art. 16(5) and (6) DSA give.
type NoticeStatus struct {
	tocsin.Notice
	Form      tocsin.NoticeForm // as the notifier wrote it, without name and mail
	Addresses []NoticedStatus
	Host      bool // a host decides about items; else an authority, by triage
	Warned    *WarningView
	Suspended *SuspensionView
}

// NoticedStatus is one address of a notice, and what came of it.
type NoticedStatus struct {
	Address   string
	Found     bool                 // it names an item here
	Answer    *tocsin.NoticeAnswer // nil while nobody decided
	Reasons   string               // of a decision to keep the item
	Open      bool                 // a complaint can be made now
	Complaint *ComplaintStatus
}

// NoticeByToken opens the status page of a notice. The first look at an answer is recorded: it is when the notifier
// was told, and when the six months to complain begin.
func (f *Flow) NoticeByToken(ctx context.Context, token string) (NoticeStatus, error) {
	var s NoticeStatus
	err := f.view(ctx, func(u *unit) (err error) {
		s, err = u.noticeStatus(token)
		return err
	})
	if err != nil || s.Status != tocsin.NoticeDecided {
		return s, err
	}
	err = f.update(ctx, func(u *unit) error {
		n, _, err := u.byToken(token)
		if err != nil || n.Status != tocsin.NoticeDecided {
			return err
		}
		events, err := n.Inform(u.by(tocsin.ActorPublic), toldByPage)
		if err := u.did(n, events, err); err != nil {
			return err
		}
		s, err = u.noticeStatus(token)
		return err
	})
	return s, err
}

// How somebody was told.
const (
	toldByPage = "page"
	toldByAPI  = "api"
)

func (u *unit) noticeStatus(token string) (NoticeStatus, error) {
	n, file, err := u.byToken(token)
	if err != nil {
		return NoticeStatus{}, err
	}
	return u.statusOf(n, file)
}

func (u *unit) statusOf(n *tocsin.Notice, file NoticeFile) (s NoticeStatus, err error) {
	s = NoticeStatus{Notice: *n, Form: file.Form}
	s.Answers = slices.Clone(n.Answers)
	s.Form.Name, s.Form.Email = "", ""
	s.Host, _ = u.f.TakesNotices()
	if s.Warned, s.Suspended, err = u.conductFor(file.Sender); err != nil {
		return s, err
	}
	if len(file.Located) == 0 {
		for _, a := range file.Form.Addresses {
			s.Addresses = append(s.Addresses, NoticedStatus{Address: a.URL})
		}
		return s, nil
	}
	for _, l := range file.Located {
		one, err := u.noticedStatus(n, l)
		if err != nil {
			return s, err
		}
		s.Addresses = append(s.Addresses, one)
	}
	return s, nil
}

func (u *unit) noticedStatus(n *tocsin.Notice, l NoticedAddress) (NoticedStatus, error) {
	one := NoticedStatus{Address: l.Address, Found: l.Case != ""}
	if l.Case == "" {
		return one, nil
	}
	var err error
	if one.Answer, err = u.answerTo(n, l.Case); err != nil || one.Answer == nil {
		return one, err
	}
	if one.Answer.Result == tocsin.ResultKeep {
		if err := u.explain(&one, n.Contestable(u.now)); err != nil {
			return one, err
		}
	}
	one.Complaint, err = u.complaintStatus(noticeComplaintKey(n.ID, one.Answer.Decision))
	one.Open = one.Open && one.Complaint == nil
	return one, err
}

// explain adds why an item is kept. A decision that was reversed to keep it stands here with the reasons of whoever
// reversed it, which are the complainant's to read: nothing is told of them.
func (u *unit) explain(one *NoticedStatus, contestable bool) error {
	d, err := load[*tocsin.Decision](u, one.Answer.Decision)
	if err != nil || d.Outcome != tocsin.OutcomeKeep {
		return err
	}
	one.Open = contestable && d.Status == tocsin.DecisionEffective
	var file DecisionFile
	if err := u.read(d, &file); err != nil {
		if tocsin.CodeOf(err) == tocsin.CodeErased {
			return nil
		}
		return err
	}
	one.Reasons = file.Draft.Reasons
	return nil
}

// SubmittedNotice is the status of a notice for the service key that sent it, by the key's own id of it. Reading an
// answer is being told of it.
func (f *Flow) SubmittedNotice(ctx context.Context, actor Actor, id tocsin.RecordID) (NoticeStatus, error) {
	var s NoticeStatus
	err := f.update(ctx, func(u *unit) error {
		n, file, err := u.submittedBy(actor, id)
		if err != nil {
			return err
		}
		if n.Status == tocsin.NoticeDecided {
			events, err := n.Inform(u.by(actor.ID), toldByAPI)
			if err := u.did(n, events, err); err != nil {
				return err
			}
		}
		s, err = u.statusOf(n, file)
		return err
	})
	return s, err
}

// submittedBy is a notice for the service key that gave it; for another one it is not there.
func (u *unit) submittedBy(actor Actor, id tocsin.RecordID) (*tocsin.Notice, NoticeFile, error) {
	var file NoticeFile
	if err := u.f.Policy.Decide(actor, ActionNoticeSubmit, nil); err != nil {
		return nil, file, err
	}
	n, err := load[*tocsin.Notice](u, id)
	if err != nil {
		return nil, file, err
	}
	first, err := u.firstActor(n)
	if err != nil {
		return nil, file, err
	}
	if first != actor.ID {
		return nil, file, unknownRecord()
	}
	return n, file, u.read(n, &file)
}

// firstActor is who brought a record about.
func (u *unit) firstActor(agg tocsin.Aggregate) (tocsin.ActorID, error) {
	entries, err := u.tx.EntriesOf(agg.Base().ID)
	if err != nil || len(entries) == 0 {
		return "", err
	}
	return entries[0].Header.Actor, nil
}

// WarningView is a warning as the sender sees it.
type WarningView struct {
	Reasons string
}

// SuspensionView is a suspension as the sender sees it.
type SuspensionView struct {
	Until     time.Time
	Reasons   string // of the suspension, or why it stands after an objection
	Contested bool
	Confirmed bool // another person looked at the objection: it stands
}
