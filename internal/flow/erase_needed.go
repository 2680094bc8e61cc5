// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"math"
	"slices"

	"tocsin"
)

// needed says why the text of a record is not to be erased yet: something that may still have to be done
// would need it. A restriction whose order or item cannot be read any more could never be lifted.
func (u *unit) needed(rec *record) error {
	if rec.agg.Due() != nil {
		return stillNeeded("A legal clock of this record still runs.")
	}
	switch r := rec.agg.(type) {
	case *tocsin.DirectoryEdition, *tocsin.Log, *tocsin.Rota:
		return stillNeeded("The node itself works with this record.")
	case *tocsin.Alert:
		if r.Status != tocsin.AlertCleared {
			return stillNeeded("People are called about something that still waits.")
		}
	case *tocsin.IssuedOrder:
		if !slices.Contains(issuedAndOver, r.Status) {
			return stillNeeded("This order stands: to withdraw or to clarify it, its text is needed.")
		}
	case *tocsin.ReceivedOrder:
		if err := u.orderNeeded(r); err != nil {
			return err
		}
	case *tocsin.Item:
		if err := u.itemNeeded(r); err != nil {
			return err
		}
	case *tocsin.Case:
		if err := u.caseNeeded(r); err != nil {
			return err
		}
	case *tocsin.Decision:
		if err := u.decisionNeeded(r); err != nil {
			return err
		}
	case *tocsin.Bank, *tocsin.Batch, *tocsin.Signal:
		if err := u.matchingNeeds(r); err != nil {
			return err
		}
	case *tocsin.SharedEntry:
		if r.Status == tocsin.EntryInUse {
			return stillNeeded("This node reads for this entry: drop it first.")
		}
	case *tocsin.Notice, *tocsin.Complaint:
		if err := u.intakeNeeds(r); err != nil {
			return err
		}
	}
	return u.workNeeds(rec.row.ID)
}

// issuedAndOver are the states of an order of which nothing follows any more, or nothing yet.
var issuedAndOver = []tocsin.IssuedState{tocsin.IssuedDraft, tocsin.IssuedSubmitted, tocsin.IssuedRefused,
	tocsin.IssuedWithdrawn, tocsin.IssuedAbandoned}

func (u *unit) orderNeeded(o *tocsin.ReceivedOrder) error {
	switch o.Status {
	case tocsin.ReceivedRefused, tocsin.ReceivedWithdrawn, tocsin.ReceivedDismissed:
		return nil
	case tocsin.ReceivedConfirmed:
	default:
		return stillNeeded("This order is not answered yet.")
	}
	for _, ordered := range o.Items {
		item, err := load[*tocsin.Item](u, ordered.Item)
		if err != nil {
			return err
		}
		for _, r := range item.Restrictions {
			if r.ID == ordered.Restriction && r.EndedAt == nil {
				return stillNeeded("This order restricts an item: to tell of it and to lift it, its text is needed.")
			}
		}
	}
	return nil
}

var unanswered = []tocsin.ReceivedState{tocsin.ReceivedAuthenticated, tocsin.ReceivedImpeded,
	tocsin.ReceivedReopened}

// itemNeeded keeps each item the platform was ever told of: it counts the versions of what it is told, and a
// later order for the item goes on counting.
func (u *unit) itemNeeded(item *tocsin.Item) error {
	if len(item.Restrictions) > 0 {
		return stillNeeded("The platform was told of this item: a change or a later order needs its address.")
	}
	page := Page{Kind: tocsin.KindReceivedOrder, Limit: 200}
	for _, s := range unanswered {
		page.Statuses = append(page.Statuses, string(s))
	}
	for {
		rows, next, err := u.tx.Records(page)
		if err != nil {
			return err
		}
		for _, row := range rows {
			rec, err := u.adopt(row)
			if err != nil {
				return err
			}
			o := rec.agg.(*tocsin.ReceivedOrder)
			if slices.ContainsFunc(o.Items, func(i tocsin.OrderedItem) bool { return i.Item == item.ID }) {
				return stillNeeded("An order that is not answered yet names this item.")
			}
		}
		if page.After = next; next == "" {
			return nil
		}
	}
}

// caseNeeded keeps a case as long as each decision on it: taking one back, or finding it wrong, needs its text.
func (u *unit) caseNeeded(c *tocsin.Case) error {
	for _, id := range c.Decisions {
		d, err := load[*tocsin.Decision](u, id)
		if err != nil {
			return err
		}
		if err := u.decisionNeeded(d); err != nil {
			return err
		}
	}
	return nil
}

// decisionNeeded keeps what a restriction in force rests on, and what can still be complained of.
func (u *unit) decisionNeeded(d *tocsin.Decision) error {
	until := d.DecidedAt.Add(tocsin.ComplaintPeriod) // of a notifier, where it was decided to keep
	if d.ComplainUntil != nil {
		until = *d.ComplainUntil
	}
	if d.Status == tocsin.DecisionEffective && u.now.Before(until) {
		return stillNeeded("This decision can still be complained of.")
	}
	for _, id := range d.Complaints {
		c, err := load[*tocsin.Complaint](u, id)
		if err != nil {
			return err
		}
		if c.Due() != nil {
			return stillNeeded("A complaint about this decision is not answered yet.")
		}
	}
	for _, covered := range d.Items {
		if covered.Restriction == "" {
			continue
		}
		item, err := load[*tocsin.Item](u, covered.Item)
		if err != nil {
			return err
		}
		for _, r := range item.Restrictions {
			if r.ID == covered.Restriction && r.EndedAt == nil {
				return stillNeeded("This decision restricts an item: to tell of it and to lift it, its text is needed.")
			}
		}
	}
	return nil
}

// workNeeds refuses while something of the record waits to be sent; what failed for good does not count.
func (u *unit) workNeeds(id tocsin.RecordID) error {
	entries, err := u.tx.EntriesOf(id)
	if err != nil {
		return err
	}
	jobs, err := u.tx.Jobs(true, math.MaxInt32)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		of := func(e StoredEntry) bool { return j.FailedAt == nil && string(e.Header.ID) == j.Args["event"] }
		if slices.ContainsFunc(entries, of) {
			return stillNeeded("Something of this record is still on its way.")
		}
	}
	return nil
}

// forget gives the reference of an erased item or case, and the value of an erased signal, free, so that what
// comes later about it finds a new record.
func (u *unit) forget(rec *record) error {
	switch agg := rec.agg.(type) {
	case *tocsin.Item:
		var file ItemFile
		if err := u.read(agg, &file); err != nil {
			return err
		}
		return u.tx.Release(lookupItem, u.f.Sealer.LookupKey(lookupItem, file.Ref))
	case *tocsin.Case:
		var file CaseFile
		if err := u.read(agg, &file); err != nil {
			return err
		}
		return u.tx.Release(lookupCase, u.f.Sealer.LookupKey(lookupCase, file.Item))
	case *tocsin.Signal:
		var file SignalFile
		if err := u.read(agg, &file); err != nil {
			return err
		}
		if err := u.tx.DropHits(int64(u.f.place(signalKey{agg.Bank, agg.Type, file.Value}))); err != nil {
			return err
		}
		return u.tx.Release(lookupSignal, u.signalKey(agg.Bank, agg.Type, file.Value))
	}
	return u.forgetIntake(rec.agg)
}

func stillNeeded(why string) error {
	return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "%s", why)
}
