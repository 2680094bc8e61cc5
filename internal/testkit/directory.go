// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"tocsin"
	"tocsin/wire"
)

// Publishers sign directories: three people, of whom two must agree.
type Publishers struct {
	Pinned  wire.Publishers
	signers []wire.Signer
}

func newPublishers(at time.Time) (*Publishers, error) {
	p := &Publishers{Pinned: wire.Publishers{Threshold: 2}}
	for i := range 3 {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		key, err := wire.NewKey(public)
		if err != nil {
			return nil, err
		}
		key.ID, key.Uses = tocsin.KeyID(fmt.Sprintf("publisher-%d", i+1)), []tocsin.KeyUse{wire.UseDirectory}
		key.From = at.Add(-time.Hour)
		p.Pinned.Keys = append(p.Pinned.Keys, key)
		p.signers = append(p.signers, wire.Signer{Party: "publishers", Key: key.ID, Algorithm: key.Algorithm,
			Private: private})
	}
	return p, nil
}

// Sign gives an edition with the signatures of the first n publishers.
func (p *Publishers) Sign(dir tocsin.Directory, n int, at time.Time) ([]byte, error) {
	signed, err := wire.NewSignedDirectory(dir)
	if err != nil {
		return nil, err
	}
	for _, s := range p.signers[:n] {
		if err := signed.Sign(s, at); err != nil {
			return nil, err
		}
	}
	return signed.Encode()
}

// Edition signs the next edition of the directory, with the changes a test makes to it.
func (w *World) Edition(change func(*tocsin.Directory)) []byte {
	w.Helper()
	next := w.Directory
	next.Serial++
	next.IssuedAt = w.Clock.Now()
	next.Parties = slices.Clone(next.Parties)
	for i := range next.Parties {
		next.Parties[i].Keys = slices.Clone(next.Parties[i].Keys)
		next.Parties[i].Competences = slices.Clone(next.Parties[i].Competences)
	}
	change(&next)
	signed, err := w.Publishers.Sign(next, 2, w.Clock.Now())
	if err != nil {
		w.Fatalf("sign the directory: %v", err)
	}
	w.Directory = next
	return signed
}

// Import gives a node an edition; it counts the orders that came into doubt.
func (w *World) Import(n *Node, signed []byte) (reopened int) {
	w.Helper()
	reopened, err := n.Flow().ImportDirectory(w.Context(), Operator, signed, w.Publishers.Pinned)
	if err != nil {
		w.Fatalf("import at %s: %v", n.ID, err)
	}
	return reopened
}

// Entry is a party of an edition, to be changed.
func Entry(d *tocsin.Directory, id tocsin.PartyID) *tocsin.Party {
	for i := range d.Parties {
		if d.Parties[i].ID == id {
			return &d.Parties[i]
		}
	}
	return &tocsin.Party{}
}

// KeyFor is a party's key of a use, to be changed.
func KeyFor(d *tocsin.Directory, id tocsin.PartyID, use tocsin.KeyUse) *tocsin.Key {
	p := Entry(d, id)
	for i := range p.Keys {
		if slices.Contains(p.Keys[i].Uses, use) {
			return &p.Keys[i]
		}
	}
	return &tocsin.Key{}
}
