// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/translog"
	"tocsin/wire"
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
	return translog.Checkpoint{Origin: p.Origin, Size: p.Size, Root: p.Root}.Sign(signer)
}

// Follow publishes after every commit until the context ends.
func (f *Flow) Follow(ctx context.Context) error {
	wake := f.Store.Committed()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		}
		if err := f.Publish(ctx); err != nil && ctx.Err() == nil {
			f.Log.Error("checkpoint not published", "code", tocsin.CodeOf(err), "reason", tocsin.ReasonOf(err))
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
			"This database is older than the log this node has published (shard %d, size %d), as after restoring a backup. "+
				"Run 'tocsin log open-shard' to continue in a new shard; the published one stays as it is.", mark.Shard, mark.Size)
		for _, s := range shards {
			if s.Shard < mark.Shard {
				continue
			}
			if s.Shard > mark.Shard {
				return nil // a later shard was opened on purpose
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
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) { return tx.StoredHashes(shard, indexes) })
}

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
		for shard = head.Shard; shard <= max(mark.Shard, head.Shard); shard++ {
			if err := u.tx.OpenShard(); err != nil {
				return err
			}
		}
		return u.startShard(actor.ID, shard)
	})
	return shard, err
}

// startShard writes the first leaf of a shard.
func (u *unit) startShard(actor tocsin.ActorID, shard int64) error {
	log, err := u.singleton(tocsin.KindLog, &tocsin.Log{})
	if err != nil {
		return err
	}
	events, err := log.(*tocsin.Log).OpenShard(u.by(actor), shard)
	if err := u.did(log, events, err); err != nil {
		return err
	}
	leaf := translog.Leaf{Type: translog.TypeShardStart, Issuer: string(u.f.Identity.Party), Shard: shard}
	return u.account(tocsin.EventShardOpened, leaf, nil)
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
		return u.startShard(tocsin.ActorParty(f.Identity.Party), head.Shard)
	})
}

// CurrentShard gives the number of the shard being written.
func (f *Flow) CurrentShard(context.Context) (int64, error) {
	p := f.published.Load()
	if p == nil {
		return 0, notPublished()
	}
	return p.Shard, nil
}

// Checkpoint gives the last published checkpoint of a shard, signed.
func (f *Flow) Checkpoint(ctx context.Context, shard int64) ([]byte, error) {
	p := f.published.Load()
	if p == nil || shard < 1 || shard > p.Shard {
		return nil, notPublished()
	}
	if shard == p.Shard {
		return p.signed, nil
	}
	var closed *Head
	err := f.Store.View(ctx, func(tx Tx) error {
		shards, err := tx.Shards()
		for i := range shards {
			if shards[i].Shard == shard {
				closed = &shards[i]
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if closed == nil {
		return nil, notPublished()
	}
	return f.signCheckpoint(Published{f.origin(shard), shard, closed.TreeSize, closed.TreeRoot})
}

// Tile gives the hashes of a tile.
func (f *Flow) Tile(ctx context.Context, shard int64, t tlog.Tile) ([]byte, error) {
	signed, err := f.Checkpoint(ctx, shard)
	if err != nil {
		return nil, err
	}
	c, err := translog.PeekCheckpoint(signed)
	if err != nil {
		return nil, err
	}
	var data []byte
	err = f.Store.View(ctx, func(tx Tx) (err error) {
		data, err = translog.TileData(c.Size, t, hashReader(tx, shard))
		return err
	})
	return data, err
}

// Entries gives n leaves from an index.
func (f *Flow) Entries(ctx context.Context, shard, from int64, n int) ([][]byte, error) {
	var leaves [][]byte
	err := f.Store.View(ctx, func(tx Tx) (err error) {
		leaves, err = tx.Leaves(shard, from, n)
		return err
	})
	return leaves, err
}

func notPublished() error {
	return tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord, "This part of the log is not published.")
}

// inclusionProof proves an event's leaf under a checkpoint that is already public; publishing comes first.
func (f *Flow) inclusionProof(ctx context.Context, e StoredEntry) (string, error) {
	p := f.published.Load()
	if p == nil || p.Shard < e.Shard || p.Shard == e.Shard && p.Size <= e.LeafIndex {
		if err := f.Publish(ctx); err != nil {
			return "", err
		}
	}
	signed, err := f.Checkpoint(ctx, e.Shard)
	if err != nil {
		return "", tocsin.Errorf(tocsin.CodeBusy, tocsin.ReasonNoInclusionProof, "The order is not in the published log yet.")
	}
	var proof translog.Proof
	err = f.Store.View(ctx, func(tx Tx) (err error) {
		proof, err = translog.Prove(signed, e.LeafIndex, hashReader(tx, e.Shard))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("prove inclusion: %w", err)
	}
	return string(proof.Encode()), nil
}

// orderEvidence is the leaf of an issued order with the openings its recipient needs.
func (u *unit) orderEvidence(e StoredEntry, signed []byte) (*wire.LogEvidence, error) {
	if e.Leaf == nil {
		return nil, tocsin.Errorf(tocsin.CodeInternal, tocsin.ReasonNoInclusionProof, "The order has no leaf.")
	}
	rec, err := u.record(e.Header.Record)
	if err != nil {
		return nil, err
	}
	var file IssuedFile
	if err := u.read(rec.agg, &file); err != nil {
		return nil, err
	}
	order, err := wire.DecodeOrder(file.Exact)
	if err != nil {
		return nil, err
	}
	fields := orderFields(wire.Digest(signed), order.Annex.Heading.Reference, exactTime(e.Header.At))
	openings, err := u.openings(rec, e.Header.ID, fields...)
	if err != nil {
		return nil, err
	}
	evidence := &wire.LogEvidence{Leaf: e.Leaf}
	for _, o := range openings {
		evidence.Openings = append(evidence.Openings, wire.Opening(o))
	}
	var sent Sent
	if err := u.payload(e, &sent); err != nil {
		return nil, err
	}
	evidence.Inner = sent.Inner
	return evidence, nil
}

var errNotLogged = errors.New("no valid inclusion proof")

// checkInclusion verifies that an order stands in its issuer's public log: the leaf commits to this very
// document, and a checkpoint signed with a log key of the issuer contains the leaf.
func (f *Flow) checkInclusion(doc *wire.Document, bundle wire.Bundle) error {
	if bundle.Log == nil {
		return errNotLogged
	}
	issuer, err := f.Directory().Party(doc.Issuer)
	if err != nil {
		return err
	}
	proof, err := translog.ParseProof([]byte(bundle.Log.Proof))
	if err != nil {
		return err
	}
	policy, err := logPolicy(issuer, proof.Checkpoint, f)
	if err != nil {
		return err
	}
	if _, err := proof.Verify(bundle.Log.Leaf, policy); err != nil {
		return err
	}
	return commitsTo(bundle.Log, doc)
}

// logPolicy trusts the issuer's log keys for a shard of the issuer's log, and nothing else.
func logPolicy(issuer tocsin.Party, signed []byte, f *Flow) (*translog.Policy, error) {
	c, err := translog.PeekCheckpoint(signed)
	if err != nil {
		return nil, err
	}
	shard, ok := strings.CutPrefix(c.Origin, issuer.LogOrigin+"/log/")
	if _, err := strconv.ParseUint(shard, 10, 32); !ok || err != nil || issuer.LogOrigin == "" {
		return nil, errNotLogged
	}
	var verifiers []note.Verifier
	for _, k := range issuer.Keys {
		if k.Usable(tocsin.UseLog, f.Clock.Now()) != nil {
			continue
		}
		public, err := wire.PublicKey(k)
		if err != nil {
			return nil, err
		}
		key, ok := public.(ed25519.PublicKey)
		if !ok {
			continue
		}
		v, err := translog.NewVerifier(c.Origin, key)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, v)
	}
	return translog.TrustLogs(verifiers...), nil
}

// commitsTo checks that a leaf is about this document: one of its digests opens to the document's.
func commitsTo(evidence *wire.LogEvidence, doc *wire.Document) error {
	leaf, err := revealed(evidence)
	if err != nil {
		return err
	}
	if leaf.Type != translog.TypeOrder || leaf.Issuer != string(doc.Issuer) {
		return errNotLogged
	}
	for _, o := range evidence.Openings {
		if o.Name == translog.FieldDocument && o.Value == string(doc.Digest) {
			return leaf.Verify(translog.Opening(o))
		}
	}
	return errNotLogged
}

// revealed is the leaf itself, or what an opaque leaf conceals, shown to the recipient only.
func revealed(evidence *wire.LogEvidence) (translog.Leaf, error) {
	entry, err := translog.ParseEntry(evidence.Leaf)
	if err != nil {
		return translog.Leaf{}, err
	}
	switch e := entry.(type) {
	case translog.Leaf:
		return e, nil
	case translog.Opaque:
		return e.Reveal(evidence.Inner)
	}
	return translog.Leaf{}, errNotLogged
}
