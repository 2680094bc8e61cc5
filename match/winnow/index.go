// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"sync"
)

// ErrKnown says that an index already holds a text under that id.
var ErrKnown = errors.New("winnow: the index holds a text of that id")

// agreeing is how many of the shingles that a known text is filed under a query must have for the two to be
// compared. More would save comparisons and cost filing.
const agreeing = 2

// Index finds the known texts that a query contains or resembles. It lives in memory and learns and forgets
// one text at a time: what Add or Remove has returned from, every later Search sees. Searches never wait
// for each other, and for a writer only while it changes one chain. Its zero value is not ready: use
// NewIndex.
type Index struct {
	key                    KeyID
	equal, shingles, bands postings
	slots                  slots

	writing sync.Mutex // held by Add and Remove
	ids     map[uint64]uint32
}

// NewIndex makes an index for fingerprints made with one key; the zero KeyID for those without.
func NewIndex(key KeyID) *Index { return &Index{key: key, ids: map[uint64]uint32{}} }

// Add files a known text under an id. Errors are ErrKey, ErrKnown and, for a fingerprint that neither Sum nor
// Parse made or whose folded text points outside its source, a *syntax.Error.
func (x *Index) Add(id uint64, f *Fingerprint) error {
	if f.Key != x.key {
		return ErrKey
	}
	x.writing.Lock()
	defer x.writing.Unlock()
	if _, known := x.ids[id]; known {
		return ErrKnown
	}
	text := store(id, f, x.rarest(f))
	if _, err := Read(text.data); err != nil {
		return fmt.Errorf("add text: %w", err)
	}
	slot := x.slots.put(text)
	x.ids[id] = slot
	x.file(f, text.filed, slot, (*postings).add)
	return nil
}

// Remove forgets a text, and says whether there was one.
func (x *Index) Remove(id uint64) bool {
	x.writing.Lock()
	defer x.writing.Unlock()
	slot, known := x.ids[id]
	if !known {
		return false
	}
	text := x.slots.get(slot)
	f := text.read()
	delete(x.ids, id)
	x.slots.clear(slot)
	x.file(&f, text.filed, slot, (*postings).remove)
	x.slots.release(slot)
	return true
}

// Len is how many texts the index holds.
func (x *Index) Len() int {
	x.writing.Lock()
	defer x.writing.Unlock()
	return len(x.ids)
}

// file adds a text to, or removes it from, everything it is found by.
func (x *Index) file(f *Fingerprint, hashes []uint32, slot uint32, change func(*postings, uint32, uint32)) {
	change(&x.equal, digestHash(f), slot)
	if f.Short() {
		return
	}
	for _, hash := range hashes {
		change(&x.shingles, hash, slot)
	}
	for _, key := range f.Sketch.BandKeys() {
		change(&x.bands, key, slot)
	}
}

func digestHash(f *Fingerprint) uint32 { return binary.LittleEndian.Uint32(f.Digest[:]) }

// rarest are the hashes to file a text under: those that the fewest texts are filed under, so that common
// phrases cost little. A query looks up all of its own.
func (x *Index) rarest(f *Fingerprint) []uint32 {
	type counted struct{ hash, texts uint32 }
	var all []counted
	for _, hash := range hashes(f) {
		all = append(all, counted{hash, x.shingles.length(hash)})
	}
	slices.SortFunc(all, func(a, b counted) int {
		return cmp.Or(cmp.Compare(a.texts, b.texts), cmp.Compare(a.hash, b.hash))
	})
	chosen := make([]uint32, enough(len(all)))
	for i := range chosen {
		chosen[i] = all[i].hash
	}
	return chosen
}

// enough is the least number of hashes, of so many, of which every query that matches by containment has as
// many as must agree, whichever were chosen: those left out are too few to make up the rest.
func enough(distinct int) int {
	needed := max(MinShared, int(math.Ceil(MatchContainment*float64(distinct))))
	return max(0, min(distinct, distinct-needed+agreeing))
}

// Hit is a known text that a query contains or resembles.
type Hit struct {
	ID uint64
	Comparison
}

// Search finds the known texts that match a query, the strongest first. Each was compared with the query
// whole. The only error is ErrKey.
func (x *Index) Search(query *Fingerprint) ([]Hit, error) {
	if query.Key != x.key {
		return nil, ErrKey
	}
	var hits []Hit
	prepared := NewQuery(query)
	for _, slot := range x.candidates(prepared) {
		text := x.slots.get(slot)
		if text == nil { // removed meanwhile
			continue
		}
		known := text.read()
		c := prepared.measure(&known)
		if c.Matches() {
			prepared.show(&c, &known)
			hits = append(hits, Hit{text.id, c})
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(b.weigh(a), cmp.Compare(a.ID, b.ID)) })
	return hits, nil
}

// weigh compares how much there is to a hit.
func (h Hit) weigh(other Hit) int {
	if h.Equal != other.Equal {
		if h.Equal {
			return 1
		}
		return -1
	}
	return cmp.Or(
		cmp.Compare(h.Containment, other.Containment),
		cmp.Compare(h.Resemblance, other.Resemblance),
	)
}

// candidates are the texts that probably match, each once.
func (x *Index) candidates(prepared *Query) []uint32 {
	query := prepared.fingerprint
	found := x.equal.each(digestHash(query), nil)
	if query.Short() {
		return found
	}
	for _, slot := range x.banded(query) {
		if text := x.slots.get(slot); text != nil && text.resembles(&query.Sketch) {
			found = append(found, slot)
		}
	}
	set := newHashSet(prepared.hashes)
	for slot, count := range x.sharing(prepared.hashes) {
		text := x.slots.get(slot)
		if text == nil || count < agreeing {
			continue
		}
		if text.shares(set) || text.resembles(&query.Sketch) {
			found = append(found, slot)
		}
	}
	return unique(found)
}

// banded are the texts with a band of the query.
func (x *Index) banded(query *Fingerprint) (found []uint32) {
	for _, key := range query.Sketch.BandKeys() {
		found = x.bands.each(key, found)
	}
	return unique(found)
}

// sharing gives the texts filed under any of some hashes, and under how many.
func (x *Index) sharing(hashes []uint32) iter.Seq2[uint32, int] {
	var found []uint32
	for _, hash := range hashes {
		found = x.shingles.each(hash, found)
	}
	slices.Sort(found)
	return func(yield func(slot uint32, count int) bool) {
		for i, next := 0, 0; i < len(found); i = next {
			for next = i + 1; next < len(found) && found[next] == found[i]; next++ {
			}
			if !yield(found[i], next-i) {
				return
			}
		}
	}
}

func unique(slots []uint32) []uint32 {
	slices.Sort(slots)
	return slices.Compact(slots)
}
