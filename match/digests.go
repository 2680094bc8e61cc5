// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

import (
	"tocsin/match/hamming"
	"tocsin/match/tlsh"
)

// CaveatWholeText goes with hits of the type "text_tlsh": they say that two texts are alike as wholes, and
// cannot show where.
const CaveatWholeText = "whole_text_only"

// farthest is the greatest distance between digests that a bank may ask for: beyond it lie texts that have
// nothing in common.
const farthest = 150

// digests keeps signals of the type "text_tlsh". Distances leave out how long the texts are, as the peers do
// who exchange them.
//
// The body of a digest is 128 numbers from 0 to 3, and the distance of two bodies at least the sum of the
// differences of their numbers. In a Gray code of two bits each, numbers differ in no more bits than that.
// So whatever lies within a distance lies within as many bits, and the index of bits misses nothing: what it
// gives is compared whole. A distance above what the index can look up is answered by reading all bodies.
type digests struct {
	roll[tlsh.Hash]
	bodies *hamming.Index
}

var parseDigest = named("text_tlsh", tlsh.Parse)

func keepDigests(Options) kind {
	return &digests{newRoll[tlsh.Hash](), hamming.New(hamming.Options{Limit: mostNear})}
}

// body is the part of a digest that the index holds, in a Gray code: 0 00, 1 01, 2 11, 3 10.
func body(h tlsh.Hash) (gray hamming.Hash) {
	for i, four := range h[len(h)-len(gray):] {
		gray[i] = four ^ four>>1&0x55
	}
	return gray
}

func (d *digests) add(id ID, value string) error {
	h, err := parseDigest(value)
	if err != nil {
		return err
	}
	return d.roll.add(id, h.String(), h, func(number uint64) error {
		d.bodies.Add(body(h), number)
		return nil
	})
}

func (d *digests) leave(number uint64, h tlsh.Hash) { d.bodies.Remove(body(h), number) }

func (d *digests) remove(id ID, value string) error {
	h, err := parseDigest(value)
	if err == nil {
		d.roll.remove(h.String(), is(id), d.leave)
	}
	return err
}

func (d *digests) forget(gone func(ID) bool) { d.roll.forget(gone, d.leave) }

func (d *digests) find(value string) ([]ID, error) {
	h, err := parseDigest(value)
	if err != nil {
		return nil, err
	}
	return d.holders(h.String()), nil
}

func (d *digests) search(q Query, _ func(ID) bool) (found, error) {
	h, err := parseDigest(q.Value)
	if err != nil {
		return found{}, err
	}
	near := d.bodies.Search(body(h), q.Radius)
	f := found{more: near.More}
	for _, candidate := range near.Hits {
		e := d.at(candidate.ID)
		if e == nil {
			continue
		}
		if distance := tlsh.DistanceWithoutLength(h, e.value); distance <= q.Radius {
			f.hits = e.hits(f.hits, Hit{Type: q.Type, Distance: distance, Why: Why{Caveat: CaveatWholeText}})
		}
	}
	return f, nil
}
