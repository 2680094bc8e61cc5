// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

import (
	"slices"

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

// Forgetter is what [Hashes] may also be: then what Hide made unfindable leaves them when it is reclaimed.
type Forgetter interface {
	// RemoveIDs forgets what is held under ids that are gone, and tells how much that was.
	RemoveIDs(gone func(id uint64) bool) int
}

// pictures keeps signals of the type "pdq".
type pictures struct {
	hashes Hashes
}

// mostNear is how many hits an index in memory, and a [Set], gives before it says that there are more.
const mostNear = 1 << 16

func keepPictures(o Options) kind {
	if o.Hashes == nil {
		o.Hashes = hamming.New(hamming.Options{Limit: mostNear})
	}
	return &pictures{hashes: o.Hashes}
}

func (p *pictures) add(id ID, value string) error {
	h, err := pdq.Parse(value)
	if err == nil {
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

// search asks for a picture and for its rotations and reflections, and names the image that is nearest. What
// an image finds beyond the limit is beyond it among the finds of all, too: it becomes no hit, which would
// cost more than to find it.
func (p *pictures) search(q Query, gone func(ID) bool) (found, error) {
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
		if gone != nil {
			result.Hits = slices.DeleteFunc(result.Hits, func(h hamming.Hit) bool { return gone(ID(h.ID)) })
		}
		for _, near := range result.Hits[:min(len(result.Hits), q.Limit+1)] {
			e := entry{near.ID, near.Hash}
			hit := Hit{ID: ID(near.ID), Type: q.Type, Value: pdq.Hash(near.Hash).String(), Distance: near.Distance}
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

func (p *pictures) forget(gone func(ID) bool) {
	if hashes, ok := p.hashes.(Forgetter); ok {
		hashes.RemoveIDs(func(id uint64) bool { return gone(ID(id)) })
	}
}
