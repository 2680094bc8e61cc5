// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/translog"
)

// checkpoint is what was published last.
type checkpoint struct {
	Published
	signed []byte
}

// Publish serves what was committed: it records size and root outside the database, durably, then signs
// and shows the checkpoint. Nothing that was ever shown can be taken back by restoring a backup.
func (f *Flow) Publish(ctx context.Context) error {
	select {
	case f.publish <- struct{}{}:
		defer func() { <-f.publish }()
	case <-ctx.Done():
		return ctx.Err()
	}
	var head Head
	err := f.Store.View(ctx, func(tx Tx) (err error) {
		head, err = tx.Head()
		return err
	})
	if err != nil {
		return err
	}
	last := f.published.Load()
	if last != nil && last.Shard == head.Shard && last.Size == head.TreeSize {
		return nil
	}
	p := Published{Origin: f.origin(head.Shard), Shard: head.Shard, Size: head.TreeSize, Root: head.TreeRoot}
	if err := f.Mark.WriteMark(p); err != nil {
		return fmt.Errorf("record published size: %w", err)
	}
	signed, err := f.signCheckpoint(p)
	if err != nil {
		return err
	}
	f.published.Store(&checkpoint{p, signed})
	return nil
}

func (f *Flow) origin(shard int64) string { return translog.Origin(f.Identity.LogHost, shard) }

func (f *Flow) signCheckpoint(p Published) ([]byte, error) {
	signer, err := translog.NewSigner(p.Origin, f.Identity.Log)
	if err != nil {
		return nil, err
	}
	return p.checkpoint().Sign(signer)
}

func (p Published) checkpoint() translog.Checkpoint {
	return translog.Checkpoint{Origin: p.Origin, Size: p.Size, Root: p.Root}
}

// followAgain is how soon a checkpoint that could not be published is tried again, without waiting for a
// commit.
const followAgain = time.Second

// Follow publishes after every commit until the context ends, and takes up what other processes of this node
// imported or put into a bank. It begins with what was committed before it listened: nothing else would wake it for
// that.
func (f *Flow) Follow(ctx context.Context) error {
	wake := f.Store.Committed()
	var watch logWatch
	for {
		var again <-chan time.Time
		published := f.Publish(ctx)
		if ctx.Err() == nil {
			f.watchLog(ctx, &watch, published)
		}
		if err := errors.Join(published, f.refreshDirectory(ctx), f.catchUp(ctx)); err != nil && ctx.Err() == nil {
			f.Log.Error("not up to date with the journal", "code", tocsin.CodeOf(err), "reason", tocsin.ReasonOf(err))
			again = time.After(followAgain)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-again:
		}
	}
}

// checkMark refuses a database that is older than what this node has already shown the world.
func (f *Flow) checkMark(ctx context.Context) error {
	mark, found, err := f.Mark.ReadMark()
	if err != nil || !found {
		return err
	}
	return f.Store.View(ctx, func(tx Tx) error {
		shards, err := tx.Shards()
		if err != nil {
			return err
		}
		behind := tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonLogBehindMark,
			"This database is older than the log this node has published (shard %d, size %d), as after restoring "+
				"a backup. Run 'tocsin log open-shard' to continue in a new shard; the published one stays as it is.",
			mark.Shard, mark.Size)
		if n := len(shards); n > 0 && shards[n-1].Shard > mark.Shard {
			return nil // a later shard was opened on purpose
		}
		for _, s := range shards {
			if s.Shard < mark.Shard {
				continue
			}
			if s.TreeSize < mark.Size {
				return behind
			}
			root, err := tlog.TreeHash(mark.Size, hashReader(tx, s.Shard))
			if err != nil {
				return fmt.Errorf("recompute published root: %w", err)
			}
			if root != mark.Root {
				return behind
			}
			return nil
		}
		return behind
	})
}

func hashReader(tx Tx, shard int64) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		return tx.StoredHashes(shard, indexes)
	})
}
