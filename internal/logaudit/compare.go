// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit

import (
	"cmp"
	"slices"

	"tocsin/translog"
)

// Comparison sets what one party's log says it issued to another against what the other's log says it
// received. A log cannot stop an authority from ordering in secret; a receipt without an issue shows it.
type Comparison struct {
	Issuer   string `json:"issuer"`
	Receiver string `json:"receiver"`
	Rows     []Row  `json:"rows"`
	// Unlogged counts documents that arrived without a proof of being logged, as the receiver says.
	Unlogged int64 `json:"unlogged"`
	// Unissued counts documents received beyond all that the issuer can have logged by then: the alarm.
	Unissued int64 `json:"unissued"`
	// Outstanding counts documents issued that nothing shows as received: on their way, refused by the
	// channel, or kept silent about.
	Outstanding int64 `json:"outstanding"`
	// IssuerOpaque and ReceiverOpaque count leaves not opened yet, which may be any of those missing.
	IssuerOpaque   int64 `json:"issuer_opaque"`
	ReceiverOpaque int64 `json:"receiver_opaque"`
}

// Row counts the documents of one type on one day of each log.
type Row struct {
	Of       translog.Type `json:"of"`
	Day      translog.Hour `json:"day"`
	Issued   int64         `json:"issued"`   // with the receiver as addressee
	Unnamed  int64         `json:"unnamed"`  // issued with a hidden addressee, who may be the receiver
	Received int64         `json:"received"` // with a receipt, or refused at once
}

// Agrees reports whether the two logs tell the same story as far as it can be public today.
func (c Comparison) Agrees() bool { return c.Unlogged == 0 && c.Unissued == 0 && c.Outstanding == 0 }

// Compare sets what a issued against what b received from a. For the other direction, swap them. Types of
// document of which b keeps no receipts at all are left out, orders excepted.
func Compare(a, b Report) Comparison {
	c := Comparison{
		Issuer: a.Party, Receiver: b.Party, IssuerOpaque: a.unopened(), ReceiverOpaque: b.unopened(),
	}
	rows := make(map[Row]*Row) // by type and day
	at := func(of translog.Type, day translog.Hour) *Row {
		key := Row{Of: of, Day: day}
		if rows[key] == nil {
			rows[key] = &key
		}
		return rows[key]
	}
	kept := map[translog.Type]bool{translog.TypeOrder: true}
	for _, n := range b.Counts {
		if n.Issuer != a.Party || !n.arrival() {
			continue
		}
		kept[n.Of] = true
		at(n.Of, n.Day).Received += n.Leaves
		if n.Code == translog.CodeUnlogged {
			c.Unlogged += n.Leaves
		}
	}
	for _, n := range a.Counts {
		switch {
		case n.Issuer != a.Party || !kept[n.Type]:
		case n.To == b.Party:
			at(n.Type, n.Day).Issued += n.Leaves
		case n.To == "":
			at(n.Type, n.Day).Unnamed += n.Leaves
		}
	}
	for _, r := range rows {
		c.Rows = append(c.Rows, *r)
	}
	slices.SortFunc(c.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Day, b.Day))
	})
	c.settle()
	return c
}

// arrival reports whether the leaves say that a document came in: by its receipt, or by a refusal that
// answers no receipt.
func (t Tally) arrival() bool {
	return t.Type == translog.TypeReceipt || (t.Type == translog.TypeRefusal && !t.Answers)
}

func (r Report) unopened() (n int64) {
	for _, o := range r.Owed {
		if o.Opaque {
			n++
		}
	}
	return n
}

// settle sums up the rows. A day's arrivals may have been issued up to the day after by the issuer's clock;
// later issues cannot excuse them, so logging an order after the fact does not hide that it came first.
func (c *Comparison) settle() {
	for from := 0; from < len(c.Rows); {
		to := from
		for to < len(c.Rows) && c.Rows[to].Of == c.Rows[from].Of {
			to++
		}
		unissued, outstanding := settleType(c.Rows[from:to])
		c.Unissued += unissued
		c.Outstanding += outstanding
		from = to
	}
	c.Unissued = max(0, c.Unissued-c.IssuerOpaque)
	c.Outstanding = max(0, c.Outstanding-c.ReceiverOpaque)
}

// settleType takes the rows of one type in order of days.
func settleType(rows []Row) (unissued, outstanding int64) {
	var issued, issuable, received int64
	next := 0
	for _, r := range rows {
		received += r.Received
		for next < len(rows) && rows[next].Day <= r.Day+24 {
			issued += rows[next].Issued
			issuable += rows[next].Issued + rows[next].Unnamed
			next++
		}
		unissued = max(unissued, received-issuable)
	}
	return unissued, max(0, issued-received)
}
