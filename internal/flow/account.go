// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"fmt"
	"time"

	"tocsin"
	"tocsin/translog"
)

// concealable is a payload that keeps the entry an opaque leaf hides, until an opening tells it.
type concealable interface{ conceal(inner []byte) }

// account gives the last staged event of a kind its place in the public log. fields are committed to,
// never shown. until is the end of a gag: the leaf is then opaque and the inner entry stays in the
// event's sealed payload.
func (u *unit) account(kind tocsin.EventKind, leaf translog.Leaf, until *time.Time,
	fields ...translog.Field) error {
	s := u.staged(kind)
	if s == nil {
		return fmt.Errorf("account for %s: no such event in this transaction", kind)
	}
	leaf.Hour = translog.HourOf(u.now)
	if len(fields) > 0 {
		key, err := s.rec.logKey()
		if err != nil {
			return err
		}
		if leaf.SD, _, err = key.Commit(commitmentID(s.event.ID), fields...); err != nil {
			return err
		}
	}
	var err error
	if until == nil {
		s.leaf, err = leaf.Encode()
		return err
	}
	payload, ok := s.event.Payload.(concealable)
	if !ok {
		return fmt.Errorf("account for %s: its payload cannot keep what the leaf conceals", kind)
	}
	// The embargo ends with the hour in which the gag does, never before it.
	leaf.EmbargoUntil = translog.HourOf(until.Add(time.Hour - time.Microsecond))
	leaf.EmbargoMax = leaf.EmbargoUntil
	opaque, inner, err := translog.Conceal(leaf)
	if err != nil {
		return err
	}
	payload.conceal(inner)
	s.leaf, err = opaque.Encode()
	return err
}

// commitmentID is the random id a leaf's salts are bound to: one for each event, since a record's
// events commit to fields of the same name.
func commitmentID(id tocsin.EventID) string { return string(id) }

func (u *unit) staged(kind tocsin.EventKind) *staged {
	for i := len(u.events) - 1; i >= 0; i-- {
		if u.events[i].event.Kind == kind {
			return &u.events[i]
		}
	}
	return nil
}

// openings shows again which fields the leaf of an event commits to. They need not be stored: the
// record key gives the same salts.
func (u *unit) openings(rec *record, id tocsin.EventID,
	fields ...translog.Field) ([]translog.Opening, error) {
	key, err := rec.logKey()
	if err != nil {
		return nil, err
	}
	_, openings, err := key.Commit(commitmentID(id), fields...)
	return openings, err
}

// answers fills in which earlier leaf a leaf is about.
func (u *unit) answers(leaf *translog.Leaf, event tocsin.EventID) error {
	earlier, err := u.tx.EntryByID(event)
	if err != nil {
		return err
	}
	if earlier.LeafIndex < 0 {
		return fmt.Errorf("event %s has no leaf to answer", event)
	}
	head, err := u.tx.Head()
	if err != nil {
		return err
	}
	leaf.Re = &earlier.LeafIndex
	if earlier.Shard != head.Shard {
		leaf.Shard = earlier.Shard
	}
	return nil
}

// openLeaves tells the public log what the gag on a record kept opaque: one opening for each leaf.
func (u *unit) openLeaves(agg tocsin.Aggregate, issuer tocsin.PartyID) error {
	entries, err := u.tx.EntriesOf(agg.Base().ID)
	if err != nil {
		return err
	}
	for _, e := range entries {
		var kept struct{ Inner []byte }
		if e.LeafIndex < 0 || e.Payload == nil {
			continue
		}
		if err := u.payload(e, &kept); err != nil {
			return err
		}
		if kept.Inner == nil {
			continue
		}
		leaf := translog.Leaf{Type: translog.TypeOpening, Issuer: string(issuer), Inner: kept.Inner}
		if err := u.answers(&leaf, e.Header.ID); err != nil {
			return err
		}
		events, err := tocsin.OpenLeaf(u.clock(), agg, e.Header.ID)
		if err := u.did(agg, events, err); err != nil {
			return err
		}
		if err := u.account(tocsin.EventLeafOpened, leaf, nil); err != nil {
			return err
		}
	}
	return nil
}
