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

	"tocsin"
	"tocsin/translog"
	"tocsin/wire"
)

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
		return "", tocsin.Errorf(tocsin.CodeBusy, tocsin.ReasonNoInclusionProof,
			"The order is not in the published log yet.")
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

// evidence shows a recipient that a document stands in the sender's public log: the event's leaf, and the
// openings of what it commits to. Events without a leaf give none.
func (u *unit) evidence(e StoredEntry, sent *Sent) (*wire.LogEvidence, error) {
	if e.Leaf == nil {
		return nil, nil
	}
	rec, err := u.record(e.Header.Record)
	if err != nil {
		return nil, err
	}
	fields := sent.fields()
	if e.Header.Kind == tocsin.EventOrderIssued {
		var file IssuedFile
		if err := u.read(rec.agg, &file); err != nil {
			return nil, err
		}
		order, err := wire.DecodeOrder(file.Exact)
		if err != nil {
			return nil, err
		}
		fields = orderFields(wire.Digest([]byte(file.Signed)), order.Annex.Heading.Reference,
			exactTime(e.Header.At))
	}
	openings, err := u.openings(rec, e.Header.ID, fields...)
	if err != nil {
		return nil, err
	}
	out := &wire.LogEvidence{Leaf: e.Leaf, Inner: sent.Inner}
	for _, o := range openings {
		out.Openings = append(out.Openings, wire.Opening(o))
	}
	return out, nil
}

// fields are what the leaf of an event commits to: the digest of each document it makes leave.
func (s *Sent) fields() []translog.Field {
	var fields []translog.Field
	for i, l := range s.Letters {
		name := translog.FieldDocument
		if i > 0 {
			name += "." + strconv.Itoa(i)
		}
		fields = append(fields, translog.Field{Name: name, Value: string(wire.Digest([]byte(l.Signed)))})
	}
	return fields
}

var errNotLogged = errors.New("no valid inclusion proof")

// receiptCode says in a receipt's leaf whether the document came with proof that its sender had logged it.
func (u *unit) receiptCode(doc *wire.Document, bundle wire.Bundle, as translog.Type,
	digest tocsin.Digest) string {
	if u.f.checkInclusion(doc.Issuer, bundle, as, digest) != nil {
		return translog.CodeUnlogged
	}
	return translog.CodeLogged
}

// checkInclusion verifies that a document stands in its issuer's public log: a leaf of the type commits to
// the digest, and a checkpoint signed with a log key of the issuer contains the leaf.
func (f *Flow) checkInclusion(by tocsin.PartyID, bundle wire.Bundle, as translog.Type,
	digest tocsin.Digest) error {
	if bundle.Log == nil {
		return errNotLogged
	}
	issuer, err := f.Directory().Party(by)
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
	return commitsTo(bundle.Log, by, as, digest)
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

// commitsTo checks that a leaf is about a document: one of its digests opens to the document's.
func commitsTo(evidence *wire.LogEvidence, issuer tocsin.PartyID, as translog.Type,
	digest tocsin.Digest) error {
	leaf, err := revealed(evidence)
	if err != nil {
		return err
	}
	if leaf.Type != as || leaf.Issuer != string(issuer) {
		return errNotLogged
	}
	for _, o := range evidence.Openings {
		if strings.HasPrefix(o.Name, translog.FieldDocument) && o.Value == string(digest) {
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
