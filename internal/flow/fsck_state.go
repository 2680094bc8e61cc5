// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"

	"tocsin"
	"tocsin/wire"
)

// states compares every stored record with the fold of its events.
func (x *examination) states(u *unit) error {
	for _, kind := range tocsin.RecordKinds() {
		page := Page{Kind: kind, Limit: 200}
		for {
			rows, next, err := u.tx.Records(page)
			if err != nil {
				return err
			}
			for _, row := range rows {
				if err := x.state(u, row); err != nil {
					return err
				}
			}
			if next == "" {
				break
			}
			page.After = next
		}
	}
	if err := x.facetsCounted(u); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(x.told)) {
		x.differ(Difference{Record: id, Kind: "state", Detail: "The record's row is missing."})
	}
	return nil
}

func (x *examination) state(u *unit, row Row) error {
	x.Records++
	d := Difference{Record: row.ID, Kind: "state"}
	r, known := x.told[row.ID]
	if !known {
		d.Detail = "The record has no events."
		x.differ(d)
		return nil
	}
	delete(x.told, row.ID)
	stored, err := tocsin.NewAggregate(row.Kind)
	if err != nil || json.Unmarshal(row.Body, stored) != nil {
		d.Detail = "The stored state cannot be read."
		x.differ(d)
		return nil
	}
	want, _ := json.Marshal(r.agg)
	have, _ := json.Marshal(stored)
	if !bytes.Equal(want, have) || row.Version != r.agg.Base().Version || row.Status != r.agg.State() ||
		!sameTime(row.Due, r.agg.Due()) || !row.UpdatedAt.Equal(r.at) {
		d.Detail = "The stored state is not the fold of its events."
		x.differ(d)
	}
	if row.Erased != r.erased || (row.Key == nil) != r.erased || (row.Document == nil) != r.erased {
		d.Detail = "The record is erased without an event that says so, or not erased and one says so."
		x.differ(d)
	}
	if err := x.lookups(u, row.ID, r.lookups); err != nil {
		return err
	}
	if err := x.whose(u, row, r); err != nil {
		return err
	}
	if err := x.faceted(u, row, r); err != nil {
		return err
	}
	if row.Key == nil {
		x.Erased++
		return nil
	}
	return x.document(u, row, r)
}

// whose compares whose a record is said to be with its state.
func (x *examination) whose(u *unit, row Row, r *replayed) error {
	if _, owned := r.agg.(interface{ Whose() []tocsin.ActorID }); !owned {
		return nil
	}
	told, err := u.tx.Whose(row.ID)
	if err == nil && !slices.Equal(told, whoseIs(r.agg)) {
		x.differ(Difference{Record: row.ID, Kind: "whose", Detail: "It is listed as another person's than its state says."})
	}
	return err
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// document opens what people read of a record, and looks the record up as they would.
func (x *examination) document(u *unit, row Row, r *replayed) error {
	if row.Document == nil {
		return nil
	}
	key, err := x.f.Sealer.OpenKey(row.ID, row.Key)
	var plain []byte
	if err == nil {
		plain, err = key.Open("document", row.Document)
	}
	if err != nil {
		x.differ(Difference{Record: row.ID, Kind: "document",
			Detail: "The readable document cannot be opened with the record's key."})
		return nil
	}
	var file struct {
		Exact        []byte        // of issued orders, received orders and copies
		Ref, Address string        // of items
		Key          string        // of alerts
		Located      []LocatedText // of received orders
	}
	if json.Unmarshal(plain, &file) != nil {
		return nil // of another kind, which nobody searches for
	}
	order, err := wire.DecodeOrder(file.Exact)
	readable := err == nil // a refused order is not
	switch agg := r.agg.(type) {
	case *tocsin.Alert:
		if agg.Status == tocsin.AlertCleared {
			return nil
		}
		return x.lookups(u, row.ID, []lookup{{lookupAlert, file.Key}})
	case *tocsin.Item:
		if err := x.lookups(u, row.ID, []lookup{{lookupItem, file.Ref}}); err != nil {
			return err
		}
		return x.searched(u, row.ID, file.Address)
	case *tocsin.ReceivedOrder:
		if !readable {
			return nil
		}
		key := lookup{lookupReference, referenceValue(agg.Issuer, order.Annex.Heading.Reference)}
		if err := x.lookups(u, row.ID, []lookup{key}); err != nil {
			return err
		}
		return x.searched(u, row.ID, u.receivedText(order, file.Located))
	case *tocsin.Bank, *tocsin.Batch, *tocsin.Signal, *tocsin.Case:
		return x.matching(u, r.agg, plain)
	case *tocsin.Notice, *tocsin.Complaint, *tocsin.Misuse, *tocsin.Decision, *tocsin.Review, *tocsin.Challenge,
		*tocsin.SharedEntry:
		return x.ofDesk(u, r.agg, plain)
	case *tocsin.IssuedOrder, *tocsin.OrderCopy:
		if readable {
			return x.searched(u, row.ID, searchText(order))
		}
	}
	return nil
}

// searched checks that a record is found by all of its words.
func (x *examination) searched(u *unit, id tocsin.RecordID, text string) error {
	terms := words(text)
	if len(terms) == 0 {
		return nil
	}
	found, err := u.tx.Search(terms, math.MaxInt32)
	if err == nil && !slices.Contains(found, id) {
		x.differ(Difference{Record: id, Kind: "search", Detail: "The record is not found by its own words."})
	}
	return err
}

// lookups checks that a record is found under each of its keys.
func (x *examination) lookups(u *unit, id tocsin.RecordID, keys []lookup) error {
	for _, k := range keys {
		if err := x.leads(u, id, k.kind, x.f.Sealer.LookupKey(k.kind, k.value)); err != nil {
			return err
		}
	}
	return nil
}

// leads checks that a key leads to a record.
func (x *examination) leads(u *unit, id tocsin.RecordID, kind string, key []byte) error {
	found, err := u.tx.Lookup(kind, key)
	if err != nil && tocsin.CodeOf(err) != tocsin.CodeNotFound {
		return err
	}
	if found != id {
		x.differ(Difference{Record: id, Kind: "lookup", Detail: "The record is not found under its " + kind + "."})
	}
	return nil
}
