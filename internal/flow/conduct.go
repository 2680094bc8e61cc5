// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"sync"
	"time"

	"tocsin"
)

// conduct is how each issuer's orders fared at this host, as far as it bounds automatic execution (design,
// refusal 2). It follows the journal, whose headers say everything, and holds nothing else: a new process
// reads it from the start before its first order needs it.
type conduct struct {
	mu      sync.Mutex
	seq     int64 // everything up to here is counted
	issuers map[tocsin.PartyID]*issuerConduct
}

type issuerConduct struct {
	received []time.Time // its orders of the last hour
	decided  int         // its orders that a person decided, or ratified
	overdue  map[tocsin.RecordID]bool
}

const conductPage = 500 // events read at a time

// prepare reads what can be read before a write transaction makes others wait.
func (c *conduct) prepare(ctx context.Context, s Store, now time.Time) error {
	for more := true; more; {
		err := s.View(ctx, func(tx Tx) (err error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			more, err = c.read(tx, now)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// limits gives what bounds the next order of an issuer, up to the last commit that a transaction sees.
func (c *conduct) limits(tx Tx, issuer tocsin.PartyID,
	now time.Time) (recent, decided int, overdue bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for more := true; more; {
		if more, err = c.read(tx, now); err != nil {
			return 0, 0, false, err
		}
	}
	i := c.of(issuer)
	i.forget(now)
	return len(i.received), i.decided, len(i.overdue) > 0, nil
}

// read counts the next events; it says whether there may be more.
func (c *conduct) read(tx Tx, now time.Time) (more bool, err error) {
	entries, err := tx.Entries(c.seq, conductPage)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if e.Header.Of == tocsin.KindReceivedOrder {
			c.of(e.Header.Facts.Party).count(e.Header, now)
		}
		c.seq = e.Seq
	}
	return len(entries) == conductPage, nil
}

func (c *conduct) of(issuer tocsin.PartyID) *issuerConduct {
	if c.issuers == nil {
		c.issuers = map[tocsin.PartyID]*issuerConduct{}
	}
	i, known := c.issuers[issuer]
	if !known {
		i = &issuerConduct{overdue: map[tocsin.RecordID]bool{}}
		c.issuers[issuer] = i
	}
	return i
}

func (i *issuerConduct) count(h tocsin.Header, now time.Time) {
	switch h.Kind {
	case tocsin.EventOrderReceived:
		i.received = append(i.received, h.At)
		if len(i.received)%conductPage == 0 {
			i.forget(now)
		}
	case tocsin.EventReceivedDecided:
		if !h.Facts.Automatic {
			i.decided++
		}
	case tocsin.EventReceivedRatified:
		i.decided++
		delete(i.overdue, h.Record)
	case tocsin.EventReceivedRatificationLate:
		i.overdue[h.Record] = true
	case tocsin.EventReceivedWithdrawn, tocsin.EventReceivedDismissed:
		delete(i.overdue, h.Record) // nothing stands that somebody would have to confirm
	}
}

func (i *issuerConduct) forget(now time.Time) {
	kept := i.received[:0]
	for _, at := range i.received {
		if now.Sub(at) < time.Hour {
			kept = append(kept, at)
		}
	}
	i.received = kept
}
