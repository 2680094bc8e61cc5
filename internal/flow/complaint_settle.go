// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"tocsin"
)

// NameSettlementBody records to which certified body the complainant takes an answer.
func (f *Flow) NameSettlementBody(ctx context.Context, actor Actor, id tocsin.RecordID, body string) error {
	return f.settling(ctx, actor, id, func(u *unit, c *tocsin.Complaint, file *ComplaintFile) ([]tocsin.Event, error) {
		file.Settlement = SettlementFile{Body: body}
		return c.NameBody(u.by(actor.ID), body)
	})
}

// ReferSettlement records when the body received the dispute.
func (f *Flow) ReferSettlement(ctx context.Context, actor Actor, id tocsin.RecordID, at time.Time) error {
	return f.settling(ctx, actor, id, func(u *unit, c *tocsin.Complaint, _ *ComplaintFile) ([]tocsin.Event, error) {
		return c.Refer(u.by(actor.ID), at)
	})
}

// ProlongSettlement records that the body takes another 90 days.
func (f *Flow) ProlongSettlement(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.settling(ctx, actor, id, func(u *unit, c *tocsin.Complaint, _ *ComplaintFile) ([]tocsin.Event, error) {
		return c.ExtendSettlement(u.by(actor.ID))
	})
}

// SettleComplaint records what the body decided.
func (f *Flow) SettleComplaint(ctx context.Context, actor Actor, id tocsin.RecordID, outcome tocsin.SettlementOutcome,
	found string) error {
	return f.settling(ctx, actor, id, func(u *unit, c *tocsin.Complaint, file *ComplaintFile) ([]tocsin.Event, error) {
		file.Settlement.Found = found
		return c.Settle(u.by(actor.ID), outcome, found)
	})
}

// ConcludeSettlement records what this host does about it. Implementing it reverses the decision, in the same
// transaction and with all that a complaint that is upheld brings about.
func (f *Flow) ConcludeSettlement(ctx context.Context, actor Actor, id tocsin.RecordID, effect tocsin.SettlementEffect,
	reasons string) error {
	return f.settling(ctx, actor, id, func(u *unit, c *tocsin.Complaint, file *ComplaintFile) ([]tocsin.Event, error) {
		file.Settlement.Reasons = reasons
		events, err := c.ConcludeSettlement(u.by(actor.ID), effect, reasons)
		if err != nil || effect != tocsin.EffectImplemented {
			return events, err
		}
		d, err := load[*tocsin.Decision](u, c.Decision)
		if err != nil || d.Status != tocsin.DecisionEffective {
			return events, err
		}
		return events, u.reverse(u.by(actor.ID), d, c.ID, reasons)
	})
}

func (f *Flow) settling(ctx context.Context, actor Actor, id tocsin.RecordID,
	do func(*unit, *tocsin.Complaint, *ComplaintFile) ([]tocsin.Event, error)) error {
	return f.reversing(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Complaint](u, actor, ActionComplaintSettle, id)
		if err != nil {
			return err
		}
		var file ComplaintFile
		if err := u.read(c, &file); err != nil {
			return err
		}
		events, err := do(u, c, &file)
		if err := u.did(c, events, err); err != nil {
			return err
		}
		return u.write(c, file)
	})
}

// reversing changes what may reverse a decision, and with it what matching knows: an opinion goes onto signals.
func (f *Flow) reversing(ctx context.Context, do func(*unit) error) error {
	if f.Matcher != nil {
		return f.changeMatching(ctx, do)
	}
	return f.update(ctx, do)
}
