// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
	"tocsin/wire"
)

// orderOf reads the order of a record; nil when a refused document held none.
func (u *unit) orderOf(agg tocsin.Aggregate) (*tocsin.Order, error) {
	var file struct{ Exact []byte }
	if err := u.read(agg, &file); err != nil || file.Exact == nil {
		return nil, err
	}
	order, err := wire.DecodeOrder(file.Exact)
	return &order, err
}

// Past is one event of a record's history, readable.
type Past struct {
	tocsin.Header
	LeafIndex int64 // -1 when the event is not in the public log
	Shard     int64
	Text      string // what somebody wrote with it, if anything
}

// IssuedView is everything about an issued order for someone who may read it.
type IssuedView struct {
	*tocsin.IssuedOrder
	Order      tocsin.Order
	File       IssuedFile
	History    []Past
	Deliveries []Delivery
	Allowed    []Action // what this actor may do with it now
	Erased     bool
}

// Issued opens an issued order.
func (f *Flow) Issued(ctx context.Context, actor Actor, id tocsin.RecordID) (IssuedView, error) {
	var v IssuedView
	err := f.view(ctx, func(u *unit) (err error) {
		if v.IssuedOrder, err = authorised[*tocsin.IssuedOrder](u, actor, ActionOrderRead, id); err != nil {
			return err
		}
		v.Allowed = f.allowed(actor, v.IssuedOrder, issuedActions(v.IssuedOrder))
		v.Erased, v.History, v.Deliveries, err = u.about(v.IssuedOrder, &v.File)
		if err != nil || v.Erased {
			return err
		}
		v.Order, err = wire.DecodeOrder(v.File.Exact)
		return err
	})
	return v, err
}

// ReceivedView is everything about a received order for someone who may read it.
type ReceivedView struct {
	*tocsin.ReceivedOrder
	Order      *tocsin.Order // nil when it was refused
	File       ReceivedFile
	History    []Past
	Deliveries []Delivery
	Allowed    []Action
	Erased     bool
}

// Received opens a received order.
func (f *Flow) Received(ctx context.Context, actor Actor, id tocsin.RecordID) (ReceivedView, error) {
	var v ReceivedView
	err := f.view(ctx, func(u *unit) (err error) {
		if v.ReceivedOrder, err = authorised[*tocsin.ReceivedOrder](u, actor, ActionOrderRead, id); err != nil {
			return err
		}
		v.Allowed = f.allowed(actor, v.ReceivedOrder, receivedActions(v.ReceivedOrder))
		v.Erased, v.History, v.Deliveries, err = u.about(v.ReceivedOrder, &v.File)
		if err != nil || v.Erased || v.File.Exact == nil {
			return err
		}
		v.Order, err = u.orderOf(v.ReceivedOrder)
		return err
	})
	return v, err
}

// CopyView is everything about a supervisor's copy.
type CopyView struct {
	*tocsin.OrderCopy
	Order   *tocsin.Order
	File    CopyFile
	History []Past
	Erased  bool
}

// Copy opens a copy.
func (f *Flow) Copy(ctx context.Context, actor Actor, id tocsin.RecordID) (CopyView, error) {
	var v CopyView
	err := f.view(ctx, func(u *unit) (err error) {
		if v.OrderCopy, err = authorised[*tocsin.OrderCopy](u, actor, ActionCopyRead, id); err != nil {
			return err
		}
		v.Erased, v.History, _, err = u.about(v.OrderCopy, &v.File)
		if err != nil || v.Erased {
			return err
		}
		v.Order, err = u.orderOf(v.OrderCopy)
		return err
	})
	return v, err
}

// ItemView is an item with its restrictions.
type ItemView struct {
	*tocsin.Item
	File       ItemFile
	History    []Past
	Deliveries []Delivery
	Erased     bool
}

// Item opens an item.
func (f *Flow) Item(ctx context.Context, actor Actor, id tocsin.RecordID) (ItemView, error) {
	var v ItemView
	err := f.view(ctx, func(u *unit) (err error) {
		if v.Item, err = authorised[*tocsin.Item](u, actor, ActionItemRead, id); err != nil {
			return err
		}
		v.Erased, v.History, v.Deliveries, err = u.about(v.Item, &v.File)
		return err
	})
	return v, err
}

// about reads a record's document, history and deliveries; an erased record keeps its history.
func (u *unit) about(agg tocsin.Aggregate,
	file any) (gone bool, history []Past, deliveries []Delivery, err error) {
	err = u.read(agg, file)
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		gone, err = true, nil
	}
	if err != nil {
		return gone, nil, nil, err
	}
	entries, err := u.tx.EntriesOf(agg.Base().ID)
	if err != nil {
		return gone, nil, nil, err
	}
	for _, e := range entries {
		past := Past{Header: e.Header, LeafIndex: e.LeafIndex, Shard: e.Shard}
		var text tocsin.Text
		if e.Payload != nil && !gone && u.payload(e, &text) == nil {
			past.Text = text.Text
		}
		history = append(history, past)
	}
	deliveries, err = u.tx.DeliveriesOf(agg.Base().ID)
	return gone, history, deliveries, err
}

// Deliveries lists what was offered to whom for a record, and what became of it.
func (f *Flow) Deliveries(ctx context.Context, actor Actor, id tocsin.RecordID) ([]Delivery, error) {
	var list []Delivery
	err := f.view(ctx, func(u *unit) error {
		rec, err := u.record(id)
		if err != nil {
			return err
		}
		if f.Policy.Decide(actor, readAction(rec.agg), rec.agg) != nil {
			return unknownRecord()
		}
		list, err = u.tx.DeliveriesOf(id)
		return err
	})
	return list, err
}
