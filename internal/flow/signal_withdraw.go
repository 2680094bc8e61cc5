// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"

	"tocsin"
)

// WithdrawVoucher takes back what one party says of a signal: this node's own when source is empty. The signal
// matches as long as another party vouches. What the party imported until now no longer speaks for it; a later
// import does.
func (f *Flow) WithdrawVoucher(ctx context.Context, actor Actor, ref SignalRef, source tocsin.PartyID,
	reasons string) error {
	if err := f.named(&ref); err != nil {
		return err
	}
	return f.changeMatching(ctx, func(u *unit) error {
		s, err := u.signal(actor, ActionSignalAdd, ref)
		if err != nil {
			return err
		}
		var file SignalFile
		if err := u.read(s, &file); err != nil {
			return err
		}
		return u.withdrawVoucher(u.by(actor.ID), s, file.Value, cmp.Or(source, f.Identity.Party), reasons)
	})
}

func (u *unit) withdrawVoucher(by tocsin.By, s *tocsin.Signal, value string, source tocsin.PartyID,
	reasons string) error {
	brought, err := u.bringing(s.Bank, s.Type, value)
	if err != nil {
		return err
	}
	var batches []tocsin.RecordID
	for _, b := range brought {
		if b.Source == source {
			batches = append(batches, b.ID)
		}
	}
	events, err := s.WithdrawVoucher(by, source, batches, reasons)
	return u.did(s, events, err)
}
