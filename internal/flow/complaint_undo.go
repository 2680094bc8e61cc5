// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"

	"tocsin"
)

// TakeBackAnswer takes the answer to a complaint back within its window, with all that it did: the decision stands again,
// its restrictions are in force again, notifiers have the answer they had, and this party says again of each signal what
// it said before. The complaint is open again. What a standing decision did without a person's word stays ended, and a
// blind review that was dropped stays dropped.
func (f *Flow) TakeBackAnswer(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.reversing(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Complaint](u, actor, ActionComplaintUndo, id)
		if err != nil {
			return err
		}
		var file ComplaintFile
		if err := u.read(c, &file); err != nil {
			return err
		}
		by, answered, upheld := u.by(actor.ID), c.AnsweredAt, c.Status == tocsin.ComplaintUpheld
		events, err := c.TakeBack(by)
		if err := u.did(c, events, err); err != nil {
			return err
		}
		file.Reasons = ""
		if err := u.write(c, file); err != nil || !upheld {
			return err
		}
		d, err := load[*tocsin.Decision](u, c.Decision)
		if err != nil || d.ReversedFor != c.ID {
			return err // it had fallen before
		}
		return u.restore(by, d, c, *answered)
	})
}

// restore lets a decision stand again that the answer to a complaint reversed.
func (u *unit) restore(by tocsin.By, d *tocsin.Decision, c *tocsin.Complaint, answered time.Time) error {
	if err := u.fellForOthers(d); err != nil {
		return err
	}
	events, err := d.Restore(by, c.ID)
	if err := u.did(d, events, err); err != nil {
		return err
	}
	for _, covered := range d.Items {
		if err := u.resume(by, covered); err != nil {
			return err
		}
		if err := u.decidedAgain(by, d, covered.Case); err != nil {
			return err
		}
	}
	if err := u.noticesRestored(by, d); err != nil {
		return err
	}
	return u.undispute(by, d, answered)
}

// fellForOthers refuses where somebody else was told meanwhile that the decision was wrong. The complaint whose answer is taken
// back is open again by now.
func (u *unit) fellForOthers(d *tocsin.Decision) error {
	for _, id := range d.Complaints {
		other, err := load[*tocsin.Complaint](u, id)
		if err != nil {
			return err
		}
		if other.Status == tocsin.ComplaintUpheld {
			return tocsin.Errorf(tocsin.CodeConflict, ReasonUpheldToo,
				"Another complaint about this decision was upheld meanwhile. Take that answer back first.")
		}
	}
	return nil
}

// ReasonUpheldToo means that a decision fell for another complaint, too.
const ReasonUpheldToo tocsin.Reason = "upheld_too"

// resume puts the restriction of one item back in force; the platform is told.
func (u *unit) resume(by tocsin.By, covered tocsin.DecidedItem) error {
	if covered.Restriction == "" {
		return nil
	}
	item, err := load[*tocsin.Item](u, covered.Item)
	if err != nil {
		return err
	}
	events, err := item.Resume(by, covered.Restriction, endedReversed)
	if tocsin.ReasonOf(err) == tocsin.ReasonWrongState {
		return nil // its own date ended it, or would have meanwhile
	}
	if err := u.did(item, events, err); err != nil {
		return err
	}
	u.enqueue(JobApply, events[0].ID, platformTarget, nil)
	return nil
}

// decidedAgain closes a case that the reversal opened, unless somebody has it or decided it meanwhile.
func (u *unit) decidedAgain(by tocsin.By, d *tocsin.Decision, id tocsin.RecordID) error {
	c, err := load[*tocsin.Case](u, id)
	if err != nil || c.Status != tocsin.CaseOpen || c.Decisions[len(c.Decisions)-1] != d.ID {
		return err
	}
	if c.Held(u.now) {
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonClaimed,
			"Somebody works on the case again that this answer opened. Ask her to release it first.")
	}
	events, err := c.Follow(by, d)
	return u.did(c, events, err)
}

// noticesRestored gives the notices of a decision the answer that they had.
func (u *unit) noticesRestored(by tocsin.By, d *tocsin.Decision) error {
	for _, covered := range d.Items {
		c, err := load[*tocsin.Case](u, covered.Case)
		if err != nil {
			return err
		}
		if err := u.eachNotice(c, func(n *tocsin.Notice) error { return u.noticeRestored(by, d, n) }); err != nil {
			return err
		}
	}
	return nil
}

// noticeRestored writes to a notifier only where she read the other answer meanwhile.
func (u *unit) noticeRestored(by tocsin.By, d *tocsin.Decision, n *tocsin.Notice) error {
	told := false
	if at := slices.IndexFunc(n.Answers, func(a tocsin.NoticeAnswer) bool { return a.Decision == d.ID }); at >= 0 {
		if n.Answers[at].Result == tocsin.Result(d.Outcome) {
			return nil // through another case
		}
		told = n.Status == tocsin.NoticeInformed
		events, err := n.Undecide(by, d.ID, u.f.Settings.Periods)
		if err := u.did(n, events, err); err != nil {
			return err
		}
	}
	events, err := n.Decide(by, d.Outcome, d.ID)
	if err := u.did(n, events, err); err != nil || !told {
		return err
	}
	return u.mailed(n, events)
}

// undispute says of each signal again what this party said before the answer disputed it.
func (u *unit) undispute(by tocsin.By, d *tocsin.Decision, answered time.Time) error {
	if u.f.Matcher == nil || d.Outcome != tocsin.OutcomeRestrict {
		return nil
	}
	return u.eachMatch(d, func(m CaseMatch) error {
		bank, err := load[*tocsin.Bank](u, m.Bank)
		if err != nil {
			return err
		}
		s, _, err := u.findSignal(by, bank, m.Type, m.Value)
		if err != nil || s == nil {
			return err
		}
		own := slices.IndexFunc(s.Opinions, func(o tocsin.Opinion) bool { return o.Party == u.f.Identity.Party })
		if own < 0 || s.Opinions[own].View != tocsin.ViewNegative || !s.Opinions[own].At.Equal(answered) {
			return nil // somebody said something else since
		}
		view, err := u.viewBefore(s, answered)
		if err != nil {
			return err
		}
		if view == "" {
			events, err := s.RetractOpinion(by, u.f.Identity.Party)
			return u.did(s, events, err)
		}
		events, err := s.Opine(by, u.f.Identity.Party, view, "")
		return u.did(s, events, err)
	})
}

// viewBefore is what this party said of a signal before a time; empty for nothing.
func (u *unit) viewBefore(s *tocsin.Signal, at time.Time) (view tocsin.View, err error) {
	entries, err := u.tx.EntriesOf(s.ID)
	for _, e := range entries {
		h := e.Header
		if h.Facts.Party != u.f.Identity.Party || !h.At.Before(at) {
			continue
		}
		switch h.Kind {
		case tocsin.EventOpinionGiven:
			view = tocsin.View(h.Facts.Code)
		case tocsin.EventOpinionRetracted:
			view = ""
		}
	}
	return view, err
}
