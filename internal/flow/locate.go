// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"

	"tocsin"
	"tocsin/wire"
)

// locate asks the platform what each address of an order names, then records it and, where the host
// switched it on and nothing speaks against it, executes.
func (f *Flow) locate(ctx context.Context, job ClaimedJob) (outcome, error) {
	id, order, err := f.namedIn(ctx, tocsin.EventID(job.Args["event"]))
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		return outcome{fail: string(tocsin.ReasonErased)}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	addresses := order.Annex.Content.Addresses
	named := make([]Named, len(addresses))
	for i, a := range addresses {
		if named[i], err = f.Platform.Resolve(ctx, a.URL); err != nil {
			return outcome{}, err
		}
	}
	if f.Settings.Automatic.Enabled {
		if err := f.conduct.prepare(ctx, f.Store, f.Clock.Now()); err != nil {
			return outcome{}, err
		}
	}
	err = f.update(ctx, func(u *unit) error {
		o, err := load[*tocsin.ReceivedOrder](u, id)
		if err != nil {
			return err
		}
		if o.Status == tocsin.ReceivedAuthenticated {
			if err := u.located(o, order, named); err != nil {
				return err
			}
		}
		return u.finish(job)
	})
	return finished, ignoreLost(err)
}

// namedIn is the order of an event, which names addresses.
func (f *Flow) namedIn(ctx context.Context, event tocsin.EventID) (tocsin.RecordID, tocsin.Order, error) {
	var id tocsin.RecordID
	var order tocsin.Order
	err := f.view(ctx, func(u *unit) error {
		entry, err := u.tx.EntryByID(event)
		if err != nil {
			return err
		}
		id = entry.Header.Record
		o, err := load[*tocsin.ReceivedOrder](u, id)
		if err != nil {
			return err
		}
		var file ReceivedFile
		if err := u.read(o, &file); err != nil {
			return err
		}
		order, err = wire.DecodeOrder(file.Exact)
		return err
	})
	return id, order, err
}

// located records items and findings, and executes automatically where that is allowed.
func (u *unit) located(o *tocsin.ReceivedOrder, order tocsin.Order, named []Named) error {
	var file ReceivedFile
	if err := u.read(o, &file); err != nil {
		return err
	}
	file.Located = nil
	located := make([]tocsin.LocatedAddress, len(named))
	for i, n := range named {
		address := order.Annex.Content.Addresses[i].URL
		l := tocsin.LocatedAddress{Findings: tocsin.Gate(address)}
		text := LocatedText{Address: address, Kind: n.Kind, Ref: n.Ref}
		switch n.Kind {
		case "item":
			id, err := u.item(n)
			if err != nil {
				return err
			}
			l.Item, text.Item = id, id
			if err := u.ordered(n.Ref, o.ID); err != nil {
				return err
			}
		case "collection":
			l.Findings = append(l.Findings, tocsin.FindingCollection)
		default:
			l.Findings = append(l.Findings, tocsin.FindingNotFound)
		}
		located[i] = l
		file.Located = append(file.Located, text)
	}
	events, err := o.Locate(u.clock(), located)
	if err := u.did(o, events, err); err != nil {
		return err
	}
	u.findable(o.ID, u.receivedText(order, file.Located))
	if err := u.write(o, file); err != nil {
		return err
	}
	limits, err := u.automaticLimits(o)
	if err != nil {
		return err
	}
	if !o.MayExecuteAutomatically(limits) {
		return nil
	}
	return u.execute(u.clock(), o, limits.RatifyWithin, "")
}

// item finds or opens the record of an item by the platform's own reference.
func (u *unit) item(n Named) (tocsin.RecordID, error) {
	key := u.f.Sealer.LookupKey(lookupItem, n.Ref)
	id, err := u.tx.Lookup(lookupItem, key)
	if err == nil {
		return id, u.retell(id, n)
	}
	if tocsin.CodeOf(err) != tocsin.CodeNotFound {
		return id, err
	}
	file := ItemFile{Ref: n.Ref, Address: n.Address, Language: n.Language, Media: n.Media}
	item, events, err := tocsin.LocateItem(u.clock(), tocsin.NewRecordID(tocsin.KindItem), true, file)
	if err := u.did(item, events, err); err != nil {
		return "", err
	}
	if err := u.tx.Reserve(lookupItem, key, item.ID); err != nil {
		return "", err
	}
	u.findable(item.ID, n.Address)
	return item.ID, u.write(item, file)
}

// retell keeps what the platform says of the files of an item that is known already.
func (u *unit) retell(id tocsin.RecordID, n Named) error {
	if len(n.Media) == 0 {
		return nil
	}
	item, err := load[*tocsin.Item](u, id)
	if err != nil {
		return err
	}
	var file ItemFile
	if err := u.read(item, &file); err != nil {
		return ignoreMissing(err) // erased
	}
	if slices.Equal(file.Media, n.Media) {
		return nil
	}
	file.Media = n.Media
	return u.write(item, file)
}

// automaticLimits gathers what bounds automatic execution of this order.
func (u *unit) automaticLimits(o *tocsin.ReceivedOrder) (tocsin.AutomaticLimits, error) {
	a := u.f.Settings.Automatic
	l := tocsin.AutomaticLimits{Enabled: a.Enabled, MaxPerHour: a.MaxPerHour,
		RatifyWithin: u.f.Settings.Periods.Ratification}
	if !l.Enabled {
		return l, nil
	}
	recent, decided, overdue, err := u.f.conduct.limits(u.tx, o.Issuer, u.now)
	l.RecentOrders, l.KnownIssuer, l.ReviewPending = recent, decided >= a.TrustedFrom, overdue
	return l, err
}
