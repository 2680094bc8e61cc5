// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tocsin"
)

// SignalLine is one line of a bank: enough to choose, in a list.
type SignalLine struct {
	tocsin.Signal
	Value string
}

// BankShelf is what stands in a bank.
type BankShelf struct {
	BankView
	Signals []SignalLine
	Next    string      // after which the next page begins; empty on the last
	Batches []BatchView // imports, the latest first, at most a hundred
}

// signalOrder puts first what a person has to look at.
var signalOrder = []tocsin.SignalState{tocsin.SignalQuarantined, tocsin.SignalDisputed, tocsin.SignalDisabled,
	tocsin.SignalActive, tocsin.SignalExpired, tocsin.SignalWithdrawn, tocsin.SignalRetracted}

// Shelf opens a bank by its record, with the signals in it that have records of their own: those added by hand, and rows
// of imports that somebody touched. What waits for a person comes first. Other rows stand in their imports.
func (f *Flow) Shelf(_ context.Context, actor Actor, id tocsin.RecordID, after string, limit int) (BankShelf, error) {
	b, ok := f.catalogue.bank(string(id))
	if !ok || b.ID != id || !f.mayRead(actor, b) {
		return BankShelf{}, unknownRecord()
	}
	if limit < 1 || limit > 200 {
		limit = 50
	}
	shelf := BankShelf{BankView: BankView{b.Bank, b.File}}
	shelf.Signals, shelf.Batches = f.catalogue.stand(id)
	if at := slices.IndexFunc(shelf.Signals, func(s SignalLine) bool { return string(s.ID) == after }); at >= 0 {
		shelf.Signals = shelf.Signals[at+1:]
	}
	if len(shelf.Signals) > limit {
		shelf.Signals = shelf.Signals[:limit]
		shelf.Next = string(shelf.Signals[limit-1].ID)
	}
	return shelf, nil
}

// stand gives the signals and imports of a bank, in the order of its page.
func (c *catalogue) stand(bank tocsin.RecordID) (signals []SignalLine, batches []BatchView) {
	c.RLock()
	defer c.RUnlock()
	for key, s := range c.signals {
		if key.bank == bank {
			signals = append(signals, SignalLine{s.Signal, s.File.Value})
		}
	}
	slices.SortFunc(signals, func(a, b SignalLine) int {
		return cmp.Or(cmp.Compare(slices.Index(signalOrder, a.Stands()), slices.Index(signalOrder, b.Stands())),
			cmp.Compare(a.ID, b.ID))
	})
	for _, d := range c.batches {
		if d.Bank == bank {
			batches = append(batches, BatchView{d.Batch, d.File})
		}
	}
	slices.SortFunc(batches, func(a, b BatchView) int {
		return cmp.Or(b.Vouched.Compare(a.Vouched), cmp.Compare(a.ID, b.ID))
	})
	return signals, batches[:min(len(batches), 100)]
}

// now gives the proposals of a signal in this hour, and how many are usual.
func (h *hits) now(place uint64, at time.Time) (count int64, usual float64) {
	h.Lock()
	defer h.Unlock()
	own := h.of[place].rolled(hourOf(at))
	return int64(own.count), float64(own.average)
}
