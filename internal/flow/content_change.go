// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"tocsin"
)

// Disable stops the matches of a content until a time, or for ever when it is nil.
func (c *Contents) Disable(ctx context.Context, actor Actor, v Content, until *time.Time) error {
	return c.change(ctx, actor, v, func(by tocsin.By, s *tocsin.Signal) ([]tocsin.Event, error) {
		return s.Disable(by, until, "")
	})
}

// Enable lets a content match again.
func (c *Contents) Enable(ctx context.Context, actor Actor, v Content) error {
	return c.change(ctx, actor, v, func(by tocsin.By, s *tocsin.Signal) ([]tocsin.Event, error) {
		if !s.Disabled {
			return nil, nil
		}
		return s.Enable(by)
	})
}

// Retract takes a content back for good.
func (c *Contents) Retract(ctx context.Context, actor Actor, v Content, reasons string) error {
	return c.change(ctx, actor, v, func(by tocsin.By, s *tocsin.Signal) ([]tocsin.Event, error) {
		if s.Retracted {
			return nil, nil
		}
		return s.Retract(by, reasons)
	})
}

// change does the same to every signal of a content, all or none.
func (c *Contents) change(ctx context.Context, actor Actor, v Content,
	do func(tocsin.By, *tocsin.Signal) ([]tocsin.Event, error)) error {
	return c.changeMatching(ctx, func(u *unit) error {
		for _, cs := range v.Signals {
			s, err := u.signal(actor, ActionSignalChange, cs.ref(v))
			if err != nil {
				return err
			}
			events, err := do(u.by(actor.ID), s)
			if err := u.did(s, events, err); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s Signalled) ref(v Content) SignalRef {
	return SignalRef{ID: s.ID, Bank: string(v.Bank.ID), Type: s.Type, Value: s.Value}
}

// Annotate gives a content another note, as part of what this node's party vouches. The note of what only
// others vouch for is theirs.
func (c *Contents) Annotate(ctx context.Context, actor Actor, v Content, note string) error {
	if utf8.RuneCountInString(note) > 255 {
		return tocsin.Invalid(tocsin.ReasonTooLong, "note", "A note takes at most 255 characters.")
	}
	return c.changeMatching(ctx, func(u *unit) error {
		s, err := u.signal(actor, ActionSignalChange, v.Signals[0].ref(v))
		if err != nil {
			return err
		}
		own := slices.IndexFunc(s.Vouchers, func(v tocsin.Voucher) bool { return v.Party == c.Identity.Party })
		if own < 0 {
			return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonRole,
				"The note of an imported signal is its source's.")
		}
		var file SignalFile
		if err := u.read(s, &file); err != nil {
			return err
		}
		file.Note = note
		events, err := s.Vouch(u.by(actor.ID), s.Vouchers[own], file)
		if err := u.did(s, events, err); err != nil {
			return err
		}
		return u.write(s, file)
	})
}
