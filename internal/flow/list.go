// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"tocsin"
)

// Listed is one line of a list: what a person needs to choose, and nothing of the content.
type Listed struct {
	ID        tocsin.RecordID
	Kind      tocsin.RecordKind
	State     string
	Party     tocsin.PartyID // the other side
	Reference string
	Due       *time.Time // the deadline that people work to; an alarm on the way there does not show
	Late      bool       // the hour passed without the measure
	UpdatedAt time.Time
	Version   int64
}

// Listing asks for a page of orders or copies.
type Listing struct {
	Kind   tocsin.RecordKind // issued_order, received_order or order_copy
	States []string
	After  string
	Limit  int
}

// Orders lists records by what is due first.
func (f *Flow) Orders(ctx context.Context, actor Actor, l Listing) (list []Listed, next string, err error) {
	if l.Kind != tocsin.KindIssuedOrder && l.Kind != tocsin.KindReceivedOrder && l.Kind != tocsin.KindOrderCopy {
		return nil, "", tocsin.Invalid(tocsin.ReasonUnknownValue, "kind",
			"List issued_order, received_order or order_copy.")
	}
	if l.Limit < 1 || l.Limit > 200 {
		l.Limit = 50
	}
	err = f.view(ctx, func(u *unit) error {
		list = nil
		var recs []*record
		recs, next, err = u.permitted(actor, Page{Kind: l.Kind, Statuses: l.States, ByDue: true, After: l.After, Limit: l.Limit})
		if err != nil {
			return err
		}
		for _, rec := range recs {
			line, err := u.listed(rec)
			if err != nil {
				return err
			}
			list = append(list, line)
		}
		return nil
	})
	return list, next, err
}

func (u *unit) listed(rec *record) (Listed, error) {
	l := Listed{ID: rec.row.ID, Kind: rec.row.Kind, State: rec.row.Status, UpdatedAt: rec.row.UpdatedAt,
		Version: rec.row.Version}
	switch o := rec.agg.(type) {
	case *tocsin.IssuedOrder:
		l.Party = o.Host
	case *tocsin.ReceivedOrder:
		l.Party = o.Issuer
	case *tocsin.OrderCopy:
		l.Party = o.Issuer
	case *tocsin.Case:
		l.Due, l.Late, l.Version = o.Answer, o.Late, o.Changes()
		return l, nil
	case *tocsin.Decision:
		l.Due = o.Due()
		return l, nil
	case *tocsin.Complaint:
		if o.Open() { // the law's clock; policy's only calls
			l.Due, l.Late = o.AnswerBy, o.Late
		}
		return l, nil
	case *tocsin.Notice:
		l.Due = o.Due()
		return l, nil
	case *tocsin.Misuse:
		l.Due, l.Late = o.Until, o.Waits()
		return l, nil
	case *tocsin.Challenge:
		l.Due, l.Late = o.AnswerBy, o.Late
		return l, nil
	case *tocsin.SharedEntry:
		l.Party = o.From
		return l, nil
	case *tocsin.Item:
		return l, nil
	}
	l.Due, l.Late = orderClock(rec.agg)
	order, err := u.orderOf(rec.agg)
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		return l, nil
	}
	if err == nil && order != nil {
		l.Reference = order.Annex.Heading.Reference
	}
	return l, err
}

// orderClock is the deadline of an order or a copy that people work to, and whether it passed without the measure.
func orderClock(agg tocsin.Aggregate) (due *time.Time, late bool) {
	switch o := agg.(type) {
	case *tocsin.IssuedOrder:
		if o.Status == tocsin.IssuedOverdue {
			return o.Deadline, true
		}
		return o.Clock, false
	case *tocsin.ReceivedOrder:
		if o.Status == tocsin.ReceivedAuthenticated || o.Status == tocsin.ReceivedExecuting {
			return o.Deadline, o.Late
		}
		return o.RatifyBy, false
	case *tocsin.OrderCopy:
		return o.Clock, false
	}
	return nil, false
}

// Clocks is how many open orders there are by when they are due.
type Clocks struct {
	Over, Soon, Hour, Later, None int64
	More                          bool // there are more orders than were looked at
}

// soonDue is when a clock asks for somebody before anything else.
const soonDue = 15 * time.Minute

// mostClocked bounds the orders that are looked at: what is due first is.
const mostClocked = 400

// Clocks counts the orders of a kind in some states by their clocks.
func (f *Flow) Clocks(ctx context.Context, actor Actor, kind tocsin.RecordKind, states []string) (Clocks, error) {
	var c Clocks
	err := f.view(ctx, func(u *unit) error {
		c = Clocks{}
		page := Page{Kind: kind, Statuses: states, ByDue: true, Limit: 200}
		for seen := 0; ; seen += page.Limit {
			recs, next, err := u.permitted(actor, page)
			if err != nil {
				return err
			}
			for _, rec := range recs {
				c.add(u.now, rec.agg)
			}
			if page.After = next; next == "" || seen+page.Limit >= mostClocked {
				c.More = next != ""
				return nil
			}
		}
	})
	return c, err
}

func (c *Clocks) add(now time.Time, agg tocsin.Aggregate) {
	due, late := orderClock(agg)
	switch {
	case due == nil && !late:
		c.None++
	case late || !now.Before(*due):
		c.Over++
	case due.Sub(now) <= soonDue:
		c.Soon++
	case due.Sub(now) <= time.Hour:
		c.Hour++
	default:
		c.Later++
	}
}

// Lines gives the line of each record that the actor may read, in the order asked for.
func (f *Flow) Lines(ctx context.Context, actor Actor, ids []tocsin.RecordID) ([]Listed, error) {
	var lines []Listed
	err := f.view(ctx, func(u *unit) error {
		for _, id := range ids {
			rec, err := u.record(id)
			if err != nil {
				return err
			}
			if f.Policy.Decide(actor, readAction(rec.agg), rec.agg) != nil {
				continue
			}
			line, err := u.listed(rec)
			if err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return nil
	})
	return lines, err
}
