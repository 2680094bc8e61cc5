// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"errors"
	"slices"

	"tocsin/match/minhash"
)

const (
	// MatchContainment is the share of a known text's shingles that, found in another text, counts as a
	// match.
	MatchContainment = .4
	// MatchResemblance is the estimated resemblance of two texts that counts as a match.
	MatchResemblance = .5
	// MinShared is how many different shingles must be shared for containment to count at all.
	MinShared = 4
	// EmbeddingRatio is how many times longer than a known text one must be that contains it, for the known
	// text to count as embedded.
	EmbeddingRatio = 1.5
)

// ErrKey says that two fingerprints were made with different keys, and so cannot be compared.
var ErrKey = errors.New("winnow: the fingerprints were made with different keys")

// Comparison is what two texts have in common.
type Comparison struct {
	Equal       bool      // after folding
	Shared      int       // different shingles of the known text that the other text has
	Containment float64   // Shared as a share of the different shingles of the known text, 0 to 1
	Resemblance float64   // estimated share of the five-rune shingles of both that are common; ±.044
	Embedded    bool      // the known text is contained in a longer one: perhaps a quotation
	Passages    []Passage // in the order of the query
	More        bool      // there are more passages than MaxPassages; the longest are given
}

// Matches says whether the texts have enough in common to be shown to a person. A match by Containment is
// exact and has passages; one by Resemblance alone rests on 128 samples.
func (c *Comparison) Matches() bool {
	return c.Equal || c.contained() || c.Resemblance >= MatchResemblance
}

func (c *Comparison) contained() bool {
	return c.Shared >= MinShared && c.Containment >= MatchContainment
}

// Compare says what a query has in common with a known text. The only error is ErrKey.
func Compare(known, query *Fingerprint) (Comparison, error) {
	return NewQuery(query).Compare(known)
}

// Query is a fingerprint made ready to be compared with many known ones. It is never changed and may be
// used by many goroutines.
type Query struct {
	fingerprint *Fingerprint
	hashes      []uint32
}

// NewQuery prepares a fingerprint, which must not be changed afterwards.
func NewQuery(f *Fingerprint) *Query { return &Query{f, hashes(f)} }

// Compare says what the query has in common with a known text. The only error is ErrKey.
func (q *Query) Compare(known *Fingerprint) (Comparison, error) {
	if known.Key != q.fingerprint.Key {
		return Comparison{}, ErrKey
	}
	c := q.measure(known)
	q.show(&c, known)
	return c, nil
}

// measure compares without looking for passages.
func (q *Query) measure(known *Fingerprint) Comparison {
	c := Comparison{Equal: known.Digest == q.fingerprint.Digest}
	if known.Short() || q.fingerprint.Short() {
		return c
	}
	c.Resemblance = minhash.Resemblance(&known.Sketch, &q.fingerprint.Sketch)
	all := hashes(known)
	c.Shared = shared(all, q.hashes)
	c.Containment = float64(c.Shared) / float64(len(all))
	longer := float64(q.fingerprint.Runes) >= EmbeddingRatio*float64(known.Runes)
	c.Embedded = longer && !c.Equal && c.contained()
	return c
}

// show adds the passages.
func (q *Query) show(c *Comparison, known *Fingerprint) {
	if c.Shared > 0 {
		c.Passages, c.More = passages(sortedByHash(known.Shingles), q.fingerprint.Shingles)
	}
}

// hashes are the different hashes of the shingles, sorted.
func hashes(f *Fingerprint) []uint32 {
	all := make([]uint32, len(f.Shingles))
	for i, s := range f.Shingles {
		all[i] = s.Hash
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// shared counts what is in both of two sorted lists.
func shared(a, b []uint32) (count int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			count++
			a, b = a[1:], b[1:]
		}
	}
	return count
}
