// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
	"tocsin/match/batch"
)

const deletionsAtOnce = 100

// takeBack takes back what the list deletes, as far as it is in the bank: the signal itself, or only the word
// of the source where somebody else vouches too.
func (f *Flow) takeBack(ctx context.Context, actor Actor, bank tocsin.RecordID, in Import,
	deleted []batch.Row) (all takenBack, err error) {
	for len(deleted) > 0 {
		some := deleted[:min(len(deleted), deletionsAtOnce)]
		deleted = deleted[len(some):]
		var now takenBack
		err := f.changeMatching(ctx, func(u *unit) error {
			now = takenBack{}
			for _, row := range some {
				if err := u.takeBack(actor, bank, in.Source, row, &now); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return all, err
		}
		all.signals += now.signals
		all.words += now.words
	}
	return all, nil
}

// takenBack counts what came of deletions.
type takenBack struct {
	signals int64 // retracted: nobody else vouched
	words   int64 // of the source alone: others vouch on
}

func (u *unit) takeBack(actor Actor, bank tocsin.RecordID, source tocsin.PartyID, row batch.Row,
	done *takenBack) error {
	const reasons = "The source took it back."
	b, _, err := u.bankOf(actor, ActionSignalAdd, string(bank))
	if err != nil {
		return err
	}
	s, _, err := u.findSignal(u.by(actor.ID), b, tocsin.SignalType(row.Type), row.Value)
	if err != nil || s == nil || s.Retracted {
		return err
	}
	others, err := u.othersVouch(s, source, row.Value)
	if err != nil {
		return err
	}
	if others {
		err := u.withdrawVoucher(u.by(actor.ID), s, row.Value, source, reasons)
		switch {
		case err == nil:
			done.words++
		case tocsin.CodeOf(err) == tocsin.CodeNotFound: // it does not vouch
			return nil
		}
		return err
	}
	events, err := s.Retract(u.by(actor.ID), reasons)
	done.signals++
	return u.did(s, events, err)
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
		if b.Source != source && !s.WithdrawnIn(b.Source, b.ID) {
			return true, err
		}
	}
	return false, err
}
