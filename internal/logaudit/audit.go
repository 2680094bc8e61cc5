// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin/translog"
)

// Audit says which log to read and whom to believe.
type Audit struct {
	// Base is the address of one shard, such as "https://authority.example/log/1". A short form such as
	// ".../log" reads whichever shard is current.
	Base string
	// Policy says whose checkpoint is believed.
	Policy *translog.Policy
	Client Client
	// Earlier is a checkpoint that was verified before. The log must contain all of it.
	Earlier *translog.Checkpoint
	// Previous is the report on the shard before. The new report continues it: its counts and what was
	// still owed are carried over.
	Previous *Report
	// Progress, when set, is told after each bundle.
	Progress func(Progress)
}

// Progress counts leaves.
type Progress struct {
	Done, Total int64
}

// Run reads the whole log. An error means that it cannot be believed: a signature, a hash, an entry or the
// continuity with Earlier does not hold, or a part of it is not there. What a log that can be believed does
// wrong is in the report.
func (a Audit) Run(ctx context.Context) (Report, error) {
	r, err := newReader(a.Base, a.Client)
	if err != nil {
		return Report{}, err
	}
	signed, err := r.checkpoint(ctx)
	if err != nil {
		return Report{}, err
	}
	c, err := a.Policy.Open(signed)
	if err != nil {
		return Report{}, fmt.Errorf("audit log: %w", err)
	}
	if a.Earlier != nil {
		if err := plausible(*a.Earlier, c); err != nil {
			return Report{}, err
		}
	}
	book := newLedger(a.Previous)
	if err := a.walk(ctx, r, c, book); err != nil {
		return Report{}, err
	}
	report := book.report()
	report.Checkpoint, report.Signed = c, signed
	return report, nil
}

// plausible refuses what need not be read to be known wrong.
func plausible(earlier, now translog.Checkpoint) error {
	if earlier.Origin != now.Origin {
		return fmt.Errorf("audit log: %w: the earlier checkpoint is of another log", translog.ErrMalformed)
	}
	if now.Size < earlier.Size {
		return fmt.Errorf("audit log: %w: it had %d leaves, now %d", translog.ErrRewritten, earlier.Size, now.Size)
	}
	return nil
}

// walk reads all bundles from the left, and the tiles as they fill.
func (a Audit) walk(ctx context.Context, r reader, c translog.Checkpoint, book *ledger) error {
	t := &tower{served: r.hashes}
	if err := a.meetEarlier(t); err != nil {
		return err
	}
	for from := int64(0); from < c.Size; from += translog.TileWidth {
		entries, err := r.bundle(ctx, tlog.Tile{
			H: translog.TileHeight, L: translog.EntriesLevel, N: from / translog.TileWidth,
			W: int(min(translog.TileWidth, c.Size-from)),
		})
		if err != nil {
			return err
		}
		if err := a.addBundle(ctx, t, entries); err != nil {
			return err
		}
		for i, entry := range entries {
			if err := book.add(from+int64(i), entry); err != nil {
				return err
			}
		}
		if a.Progress != nil {
			a.Progress(Progress{Done: t.edge.Size(), Total: c.Size})
		}
	}
	if err := t.finish(ctx); err != nil {
		return err
	}
	if t.edge.Root() != c.Root {
		return fmt.Errorf("audit log: %w: its entries do not give the signed root", translog.ErrUnverified)
	}
	return nil
}

// addBundle stops, where need be, at the size of the earlier checkpoint to compare the roots.
func (a Audit) addBundle(ctx context.Context, t *tower, entries [][]byte) error {
	if a.Earlier != nil {
		before := a.Earlier.Size - t.edge.Size()
		if 0 < before && before <= int64(len(entries)) {
			if err := t.add(ctx, entries[:before]); err != nil {
				return err
			}
			if err := a.meetEarlier(t); err != nil {
				return err
			}
			entries = entries[before:]
		}
	}
	return t.add(ctx, entries)
}

// meetEarlier compares roots when the tower has just the size of the earlier checkpoint.
func (a Audit) meetEarlier(t *tower) error {
	if a.Earlier == nil || t.edge.Size() != a.Earlier.Size || t.edge.Root() == a.Earlier.Root {
		return nil
	}
	return fmt.Errorf("audit log: %w: the first %d leaves are not those of the earlier checkpoint",
		translog.ErrRewritten, a.Earlier.Size)
}
