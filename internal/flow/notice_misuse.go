// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"tocsin"
)

// MisuseFile is the readable document of a sender's conduct: whose notices are counted, and nothing of what they said.
type MisuseFile struct {
	Sender string
}

// ReasonSenderSuspended means that notices of this sender are not handled for a time (Art. 23(2) DSA).
const ReasonSenderSuspended tocsin.Reason = "sender_suspended"

// conductOf finds what is counted of a sender; nil when nothing is.
func (u *unit) conductOf(sender string) (*tocsin.Misuse, error) {
	if sender == "" {
		return nil, nil
	}
	id, err := u.tx.Lookup(lookupSender, u.f.Sealer.LookupKey(lookupSender, sender))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return load[*tocsin.Misuse](u, id)
}

// countSender counts a notice of a sender, or that one was found manifestly unfounded.
func (u *unit) countSender(sender string, unfounded bool) error {
	if sender == "" {
		return nil
	}
	known, err := u.conductOf(sender)
	if err != nil {
		return err
	}
	var payload any
	if known == nil {
		payload = MisuseFile{sender}
	}
	m, events, err := tocsin.CountMisuse(u.clock(), known, unfounded, payload, u.f.Settings.Periods)
	if err := u.did(m, events, err); err != nil || known != nil {
		return err
	}
	err = u.tx.Reserve(lookupSender, u.f.Sealer.LookupKey(lookupSender, sender), m.ID)
	if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate {
		return errConcurrent
	}
	if err != nil {
		return err
	}
	return u.write(m, MisuseFile{sender})
}

// suspended refuses a notice of a sender whose notices are not handled now, and says until when.
func (u *unit) suspended(sender string) error {
	m, err := u.conductOf(sender)
	if err != nil || m == nil || !m.Suspended(u.now) {
		return err
	}
	return &tocsin.Error{Code: tocsin.CodeForbidden, Reason: ReasonSenderSuspended,
		Public: "Notices of this sender are not handled until " + m.Until.UTC().Format(time.RFC3339) +
			". The status page of an earlier notice takes an objection."}
}

// suspension is a sender's suspension for the sender itself; nil when there is none.
func (u *unit) suspension(sender string) (*SuspensionView, error) {
	m, err := u.conductOf(sender)
	if err != nil || m == nil || !m.Suspended(u.now) {
		return nil, err
	}
	return &SuspensionView{Until: *m.Until, Contested: m.ContestedAt != nil}, nil
}

// JudgeNotice records that a person found a notice manifestly unfounded, and counts it.
func (f *Flow) JudgeNotice(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.update(ctx, func(u *unit) error {
		n, err := authorised[*tocsin.Notice](u, actor, ActionNoticeJudge, id)
		if err != nil {
			return err
		}
		events, err := n.Judge(u.by(actor.ID), reasons)
		if err := u.did(n, events, err); err != nil {
			return err
		}
		var file NoticeFile
		if err := u.read(n, &file); err != nil {
			return err
		}
		return u.countSender(file.Sender, true)
	})
}

// MisuseStep is what a person does about the sender of notices.
type MisuseStep string

// The steps.
const (
	MisuseWarn    MisuseStep = "warn"
	MisuseSuspend MisuseStep = "suspend"
	MisuseLift    MisuseStep = "lift"
)

// ChangeMisuse warns or suspends the sender of a notice, or lifts its suspension. until is the end of a suspension.
func (f *Flow) ChangeMisuse(ctx context.Context, actor Actor, notice tocsin.RecordID, step MisuseStep,
	until time.Time, reasons string) error {
	return f.update(ctx, func(u *unit) error {
		n, err := authorised[*tocsin.Notice](u, actor, ActionNoticeJudge, notice)
		if err != nil {
			return err
		}
		var file NoticeFile
		if err := u.read(n, &file); err != nil {
			return err
		}
		m, err := u.conductOf(file.Sender)
		if err != nil {
			return err
		}
		if m == nil {
			return unknownRecord()
		}
		var events []tocsin.Event
		switch step {
		case MisuseWarn:
			events, err = m.Warn(u.by(actor.ID), reasons)
		case MisuseSuspend:
			events, err = m.Suspend(u.by(actor.ID), until, reasons)
		case MisuseLift:
			events, err = m.Lift(u.by(actor.ID), reasons)
		default:
			err = tocsin.Invalid(tocsin.ReasonUnknownValue, "step", "There is no such step.")
		}
		return u.did(m, events, err)
	})
}

// ContestSuspension takes the objection of a suspended sender, from the status page of one of its notices.
func (f *Flow) ContestSuspension(ctx context.Context, token, reasons string) error {
	form := tocsin.ComplaintForm{Reasons: reasons}
	return f.update(ctx, func(u *unit) error {
		_, file, err := u.byToken(token)
		if err != nil {
			return err
		}
		m, err := u.conductOf(file.Sender)
		if err != nil {
			return err
		}
		if m == nil {
			return unknownRecord()
		}
		events, err := m.Contest(u.by(tocsin.ActorPublic), form)
		return u.did(m, events, err)
	})
}
