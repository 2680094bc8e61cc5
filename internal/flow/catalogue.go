// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"sync"
	"time"

	"tocsin"
	"tocsin/match"
)

// catalogue is what this node knows of banks, batches and signals, readable without the database. It follows
// the journal: it changes only by what was committed. Rows of batches that nobody touched are not in it.
type catalogue struct {
	sync.RWMutex
	banks   map[tocsin.RecordID]*shelf
	names   map[string]tocsin.RecordID
	batches map[match.ID]*delivery // by the base of their rows
	hands   map[match.ID]signalKey // of every signal that has a record, as if it were added by hand
	signals map[signalKey]*card
	missing map[match.ID]bool // batches whose rows cannot be read
}

// shelf is a bank with its readable document.
type shelf struct {
	tocsin.Bank
	File BankFile
}

// delivery is a batch with its readable document.
type delivery struct {
	tocsin.Batch
	File   BatchFile
	erased bool // its text is gone, and so are its rows
}

// card is a signal that has a record, with its readable document.
type card struct {
	tocsin.Signal
	File SignalFile
}

// signalKey is what makes two signals the same one: duplicates merge their provenance.
type signalKey struct {
	bank  tocsin.RecordID
	typ   tocsin.SignalType
	value string
}

func newCatalogue() *catalogue {
	return &catalogue{banks: map[tocsin.RecordID]*shelf{}, names: map[string]tocsin.RecordID{},
		batches: map[match.ID]*delivery{}, hands: map[match.ID]signalKey{}, signals: map[signalKey]*card{},
		missing: map[match.ID]bool{}}
}

// bank finds an open or closed bank by id or name.
func (c *catalogue) bank(name string) (*shelf, bool) {
	c.RLock()
	defer c.RUnlock()
	if b, ok := c.banks[tocsin.RecordID(name)]; ok {
		return b, true
	}
	b, ok := c.banks[c.names[name]]
	return b, ok
}

func (c *catalogue) putBank(b *shelf) {
	c.Lock()
	defer c.Unlock()
	if old, ok := c.banks[b.ID]; ok && c.names[old.File.Name] == b.ID {
		delete(c.names, old.File.Name)
	}
	c.banks[b.ID] = b
	if b.Status == tocsin.BankOpen {
		c.names[b.File.Name] = b.ID
	}
}

func (c *catalogue) putBatch(b *delivery) {
	c.Lock()
	defer c.Unlock()
	c.batches[batchBase(b.ID)] = b
}

func (c *catalogue) putSignal(s *card) {
	c.Lock()
	defer c.Unlock()
	key := signalKey{s.Bank, s.Type, s.File.Value}
	c.signals[key] = s
	c.hands[handID(s.ID)] = key
}

// dropSignal forgets a signal whose text was erased, and gives the value it had.
func (c *catalogue) dropSignal(id tocsin.RecordID) (signalKey, bool) {
	c.Lock()
	defer c.Unlock()
	key, ok := c.hands[handID(id)]
	if ok {
		delete(c.hands, handID(id))
		if c.signals[key].ID == id { // not a later record of the same value
			delete(c.signals, key)
		}
	}
	return key, ok
}

func (c *catalogue) miss(base match.ID, missing bool) {
	c.Lock()
	defer c.Unlock()
	if delete(c.missing, base); missing {
		c.missing[base] = true
	}
}

// whole refuses while rows are missing: an answer without them could be a silent non-match.
func (c *catalogue) whole() error {
	c.RLock()
	defer c.RUnlock()
	if len(c.missing) == 0 {
		return nil
	}
	return &tocsin.Error{Code: tocsin.CodeBusy, Reason: "matching_incomplete", RetryAfter: time.Minute,
		Public: "The rows of an import cannot be read, so nothing is screened. Restore them and restart, or withdraw the import."}
}

// named reports whether some import whose text is there names these rows.
func (c *catalogue) named(rows tocsin.Digest) bool {
	c.RLock()
	defer c.RUnlock()
	for _, d := range c.batches {
		if d.Blob == rows && !d.erased {
			return true
		}
	}
	return false
}

func (c *catalogue) batch(base match.ID) (*delivery, bool) {
	c.RLock()
	defer c.RUnlock()
	d, ok := c.batches[base]
	return d, ok
}
