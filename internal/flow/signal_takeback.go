// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
	"tocsin/match/batch"
)

const deletionsAtOnce = 100

// takeBack retracts the signals that the list deletes, as far as they are in the bank and nobody else vouches
// for them.
func (f *Flow) takeBack(ctx context.Context, actor Actor, bank tocsin.RecordID, in Import,
	deleted []batch.Row) (retracted int64, err error) {
	for len(deleted) > 0 {
		some := deleted[:min(len(deleted), deletionsAtOnce)]
		deleted = deleted[len(some):]
		var n int64
		err := f.changeMatching(ctx, func(u *unit) error {
			n = 0
			for _, row := range some {
				done, err := u.takeBack(actor, bank, in.Source, row)
				if err != nil {
					return err
				}
				if done {
					n++
				}
			}
			return nil
		})
		if err != nil {
			return retracted, err
		}
		retracted += n
	}
	return retracted, nil
}

func (u *unit) takeBack(actor Actor, bank tocsin.RecordID, source tocsin.PartyID, row batch.Row) (bool, error) {
	b, _, err := u.bankOf(actor, ActionSignalAdd, string(bank))
	if err != nil {
		return false, err
	}
	s, _, err := u.findSignal(u.by(actor.ID), b, tocsin.SignalType(row.Type), row.Value)
	if err != nil || s == nil || s.Retracted {
		return false, err
	}
	if others, err := u.othersVouch(s, source, row.Value); err != nil || others {
		return false, err
	}
	events, err := s.Retract(u.by(actor.ID), "The source took it back.")
	return true, u.did(s, events, err)
}

// othersVouch reports whether any other party vouches for a signal, by its record or by an import that came
// after it.
func (u *unit) othersVouch(s *tocsin.Signal, source tocsin.PartyID, value string) (bool, error) {
	for _, v := range u.f.catalogue.vouching(&card{Signal: *s}, u.now) {
		if v.Party != source {
			return true, nil
		}
	}
	brought, err := u.bringing(s.Bank, s.Type, value)
	for _, b := range brought {
		if b.Source != source {
			return true, err
		}
	}
	return false, err
}
