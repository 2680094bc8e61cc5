// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

import (
	"sync"

	"tocsin/match/hamming"
	"tocsin/match/pdq"
	"tocsin/match/syntax"
)

// Hashes is where a [Set] keeps hashes of pictures. A *hamming.Index is one; another can put them into files.
// What Add or Remove changed must be visible to every Search that begins after it returned, and Search must
// be exact.
type Hashes interface {
	Add(hash hamming.Hash, id uint64) bool
	Remove(hash hamming.Hash, id uint64) bool
	Search(q hamming.Hash, radius int) hamming.Result
}

// pictures keeps signals of the type "pdq".
type pictures struct {
	hashes Hashes
	hashOf func(id uint64) (hamming.Hash, bool)

	mu    sync.RWMutex
	known map[uint64]hamming.Hash
}

// mostNear is how many hits an index in memory gives before it says that there are more.
const mostNear = 1 << 16

func keepPictures(o Options) kind {
	p := &pictures{hashes: o.Hashes, hashOf: o.HashOf, known: map[uint64]hamming.Hash{}}
	if p.hashes == nil {
		p.hashes = hamming.New(hamming.Options{Limit: mostNear})
	}
	return p
}

func (p *pictures) add(id ID, value string) error {
	h, err := pdq.Parse(value)
	if err == nil {
		p.mu.Lock()
		p.known[uint64(id)] = hamming.Hash(h)
		p.mu.Unlock()
		p.hashes.Add(hamming.Hash(h), uint64(id))
	}
	return err
}

func (p *pictures) remove(id ID, value string) error {
	h, err := pdq.Parse(value)
	if err == nil {
		p.hashes.Remove(hamming.Hash(h), uint64(id))
	}
	return err
}

func (p *pictures) find(value string) ([]ID, error) {
	h, err := pdq.Parse(value)
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, hit := range p.hashes.Search(hamming.Hash(h), 0).Hits {
		ids = append(ids, ID(hit.ID))
	}
	return ids, nil
}

// search asks for a picture and for its rotations and reflections, and names the image that is nearest.
func (p *pictures) search(q Query, _ func(ID) bool) (found, error) {
	images, err := parseImages(q)
	if err != nil {
		return found{}, err
	}
	var f found
	type entry struct {
		id   uint64
		hash hamming.Hash
	}
	places := map[entry]int{} // in f.hits
	for i, image := range images {
		result := p.hashes.Search(image, q.Radius)
		f.more = f.more || result.More
		for _, near := range result.Hits {
			hash, known := p.hash(near.ID)
			if !known {
				continue
			}
			e := entry{near.ID, hash}
			hit := Hit{ID: ID(near.ID), Type: q.Type, Value: pdq.Hash(hash).String(), Distance: near.Distance}
			if i > 0 {
				hit.Why.Rotated = pdq.DihedralName(i)
			}
			place, seen := places[e]
			switch {
			case !seen:
				places[e] = len(f.hits)
				f.hits = append(f.hits, hit)
			case near.Distance < f.hits[place].Distance:
				f.hits[place] = hit
			}
		}
	}
	return f, nil
}

// parseImages reads the hash of a query and those of its seven other images.
func parseImages(q Query) ([]hamming.Hash, error) {
	if n := len(q.Rotated); n != 0 && n != 7 {
		return nil, syntax.Errorf(q.Type, syntax.Structure, "a picture has seven other images, not %d", n)
	}
	var images []hamming.Hash
	for _, text := range append([]string{q.Value}, q.Rotated...) {
		h, err := pdq.Parse(text)
		if err != nil {
			return nil, err
		}
		images = append(images, hamming.Hash(h))
	}
	return images, nil
}

func (p *pictures) hash(id uint64) (hamming.Hash, bool) {
	p.mu.RLock()
	h, ok := p.known[id]
	p.mu.RUnlock()
	if !ok && p.hashOf != nil {
		return p.hashOf(id)
	}
	return h, ok
}

// Forgetter is what [Hashes] may also be: it then drops what is held under ids that are gone.
type Forgetter interface {
	Forget(gone func(id uint64) bool)
}

func (p *pictures) forget(gone func(ID) bool) {
	goneNumber := func(id uint64) bool { return gone(ID(id)) }
	switch hashes := p.hashes.(type) {
	case Forgetter:
		hashes.Forget(goneNumber)
	case *hamming.Index:
		snapshot := hashes.Snapshot()
		defer snapshot.Release()
		for _, state := range snapshot.Segments {
			for hash, id := range state.Segment.Pairs {
				if gone(ID(id)) {
					hashes.Remove(hash, id)
				}
			}
		}
		for _, pair := range snapshot.Tail {
			if gone(ID(pair.ID)) {
				hashes.Remove(pair.Hash, pair.ID)
			}
		}
	}
}
