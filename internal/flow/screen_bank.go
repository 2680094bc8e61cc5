// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"

	"tocsin"
	"tocsin/match"
)

// taking gives the open banks that take part in a screening: those the actor may read and asked for, and of
// those that take part in a share of queries only, those whose turn it is.
func (f *Flow) taking(actor Actor, s Screening) map[tocsin.RecordID]*shelf {
	wanted := map[tocsin.RecordID]bool{}
	for _, name := range s.Banks {
		if b, ok := f.catalogue.bank(name); ok {
			wanted[b.ID] = true
		}
	}
	flip := sync.OnceValue(func() int64 { return f.flip(s) })
	f.catalogue.RLock()
	defer f.catalogue.RUnlock()
	banks := map[tocsin.RecordID]*shelf{}
	for id, b := range f.catalogue.banks {
		asked := len(s.Banks) == 0 || wanted[id] || b.Polarity == tocsin.PolarityNegative
		if b.Status == tocsin.BankOpen && asked && (b.Enabled == tocsin.Whole || b.Enabled >= flip()) &&
			f.mayRead(actor, b) {
			banks[id] = b
		}
	}
	return banks
}

// open gives every open bank.
func (c *catalogue) open() map[tocsin.RecordID]*shelf {
	c.RLock()
	defer c.RUnlock()
	banks := map[tocsin.RecordID]*shelf{}
	for id, b := range c.banks {
		if b.Status == tocsin.BankOpen {
			banks[id] = b
		}
	}
	return banks
}

// radius is the greatest distance any of these banks asks for.
func radius(banks map[tocsin.RecordID]*shelf, t match.Type) int {
	widest := int64(0)
	for _, b := range banks {
		widest = max(widest, b.Threshold(tocsin.SignalType(t.Name), int64(t.Default)))
	}
	return int(min(widest, int64(t.Largest)))
}

// flip is the share a bank must reach to take part in this query, in parts per million: never 0 but when every
// bank is asked, so that a bank at 0 sits out. The same seed gives the same flip at this node.
func (f *Flow) flip(s Screening) int64 {
	switch {
	case s.Every:
		return 0
	case s.Seed == "":
		return 1 + rand.Int64N(tocsin.Whole)
	}
	digest := f.Sealer.LookupKey("coin", s.Seed)
	return 1 + int64(binary.BigEndian.Uint64(digest)%tocsin.Whole)
}
