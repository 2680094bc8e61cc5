// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
	"tocsin/translog"
)

// OpenShard closes the current shard and opens the next one past everything published. It runs on a
// node that is not started: after a restore it is the only way to go on.
func (f *Flow) OpenShard(ctx context.Context, actor Actor) (int64, error) {
	if err := f.Policy.Decide(actor, ActionShardOpen, nil); err != nil {
		return 0, err
	}
	mark, _, err := f.Mark.ReadMark()
	if err != nil {
		return 0, err
	}
	var shard int64
	err = f.update(ctx, func(u *unit) error {
		head, err := u.tx.Head()
		if err != nil {
			return err
		}
		last := f.lastServed(head, mark)
		for shard = head.Shard; shard <= last.Shard; shard++ {
			if err := u.tx.OpenShard(); err != nil {
				return err
			}
		}
		return u.startShard(actor.ID, shard, &last)
	})
	return shard, err
}

// lastServed is the tree a closed shard ends with for the world: what was published, where the database was
// restored from an older copy, else all that is committed.
func (f *Flow) lastServed(head Head, mark Published) Published {
	if mark.Shard > head.Shard || mark.Shard == head.Shard && mark.Size > head.TreeSize {
		return mark
	}
	return Published{f.origin(head.Shard), head.Shard, head.TreeSize, head.TreeRoot}
}

// LogFile is the readable document of the log's record: how each closed shard ended.
type LogFile struct {
	Closed []Published
}

// startShard writes the first leaf of a shard; it carries the digest of the last checkpoint of the one
// before.
func (u *unit) startShard(actor tocsin.ActorID, shard int64, before *Published) error {
	log, err := u.singleton(tocsin.KindLog, &tocsin.Log{})
	if err != nil {
		return err
	}
	events, err := log.(*tocsin.Log).OpenShard(u.by(actor), shard)
	if err := u.did(log, events, err); err != nil {
		return err
	}
	leaf := translog.Leaf{Type: translog.TypeShardStart, Issuer: string(u.f.Identity.Party), Shard: shard}
	var file LogFile
	if before != nil {
		leaf.Digest = translog.DigestOf([]byte(before.checkpoint().Text()))
		if err := u.read(log, &file); err != nil {
			return err
		}
		file.Closed = append(file.Closed, *before)
	}
	if err := u.account(tocsin.EventShardOpened, leaf, nil); err != nil {
		return err
	}
	return u.write(log, file)
}

// singleton loads the one record of a kind, or opens it as given.
func (u *unit) singleton(kind tocsin.RecordKind, fresh tocsin.Aggregate) (tocsin.Aggregate, error) {
	rows, _, err := u.tx.Records(Page{Kind: kind, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		fresh.Base().ID = tocsin.NewRecordID(kind)
		return fresh, nil
	}
	if rec, ok := u.records[rows[0].ID]; ok {
		return rec.agg, nil
	}
	rec, err := u.adopt(rows[0])
	if err != nil {
		return nil, err
	}
	return rec.agg, nil
}

// Init opens the first shard of a new node's log. Doing it twice is harmless.
func (f *Flow) Init(ctx context.Context) error {
	return f.update(ctx, func(u *unit) error {
		head, err := u.tx.Head()
		if err != nil || head.Seq > 0 {
			return err
		}
		return u.startShard(tocsin.ActorParty(f.Identity.Party), head.Shard, nil)
	})
}
