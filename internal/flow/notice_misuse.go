// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"strings"
	"time"

	"tocsin"
)

// MisuseFile is the readable document of a sender's conduct: whose notices are counted, and nothing of what they said.
type MisuseFile struct {
	Sender  string
	Reasons string `json:",omitempty"` // of the latest warning, suspension or answer to an objection, for the sender too
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

// countSender counts a notice of a sender, or that one, unfounded, was found manifestly so.
func (u *unit) countSender(sender string, unfounded tocsin.RecordID) error {
	if sender == "" {
		return nil
	}
	known, err := u.conductOf(sender)
	if err != nil {
		return err
	}
	var payload any
	if known == nil {
		payload = MisuseFile{Sender: sender}
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
	return u.write(m, MisuseFile{Sender: sender})
}

// unjudged takes back what a notice was counted for, once the answer fell because of which a person found it unfounded.
func (u *unit) unjudged(by tocsin.By, n *tocsin.Notice) error {
	var file NoticeFile
	if err := u.read(n, &file); err != nil {
		return ignoreMissing(err) // erased: nothing leads to the sender any more
	}
	m, err := u.conductOf(file.Sender)
	if err != nil || m == nil {
		return err
	}
	events, err := m.Uncount(by, n.ID)
	return u.did(m, events, err)
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

// conductFor is what the sender itself is told: a warning before anything else (Art. 23(2) DSA), or a suspension.
func (u *unit) conductFor(sender string) (warned *WarningView, suspended *SuspensionView, err error) {
	m, err := u.conductOf(sender)
	if err != nil || m == nil {
		return nil, nil, err
	}
	var file MisuseFile
	if err := u.read(m, &file); err != nil {
		return nil, nil, ignoreMissing(err)
	}
	switch {
	case m.Suspended(u.now):
		return nil, &SuspensionView{Until: *m.Until, Reasons: file.Reasons, Contested: m.ContestedAt != nil,
			Confirmed: m.ConfirmedAt != nil}, nil
	case m.Status == tocsin.MisuseWarned:
		return &WarningView{Reasons: file.Reasons}, nil, nil
	}
	return nil, nil, nil
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
		return u.countSender(file.Sender, n.ID)
	})
}

// ContestSuspension takes the objection of a suspended sender, from the status page of one of its notices.
func (f *Flow) ContestSuspension(ctx context.Context, token, reasons string) error {
	if strings.TrimSpace(reasons) == "" {
		return tocsin.Invalid(tocsin.ReasonMissing, "reasons", "Say why the suspension is wrong.")
	}
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
		events, err := m.Contest(u.by(tocsin.ActorPublic), tocsin.Text{Text: reasons})
		return u.did(m, events, err)
	})
}
