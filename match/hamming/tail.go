// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import "sync/atomic"

// tail holds the newest pairs, in the order in which they came. One writer appends; readers take the length
// once and see everything below it, which never changes.
type tail struct {
	low, high []plane
	ids       []uint64
	dead      []atomic.Uint64
	length    atomic.Int64
	removed   atomic.Int64

	slots map[pair]uint32 // live pairs; for writers only
}

// pair is what is stored.
type pair struct {
	hash Hash
	id   uint64
}

func newTail(capacity int) *tail {
	blocks := (capacity + lanes - 1) / lanes
	return &tail{
		low:   make([]plane, blocks),
		high:  make([]plane, blocks),
		ids:   make([]uint64, capacity),
		dead:  make([]atomic.Uint64, (capacity+63)/64),
		slots: make(map[pair]uint32),
	}
}

func (t *tail) full() bool { return int(t.length.Load()) == len(t.ids) }

func (t *tail) live() int { return int(t.length.Load() - t.removed.Load()) }

// add appends a pair: first its slot, then the length by which readers find it.
func (t *tail) add(hash Hash, id uint64) {
	i := int(t.length.Load())
	w := hash.words()
	t.low[i/lanes].put(i%lanes, w[0], w[1])
	t.high[i/lanes].put(i%lanes, w[2], w[3])
	t.ids[i] = id
	t.slots[pair{hash, id}] = uint32(i)
	t.length.Store(int64(i + 1))
}

func (t *tail) has(p pair) bool {
	_, found := t.slots[p]
	return found
}

func (t *tail) remove(p pair) bool {
	slot, found := t.slots[p]
	if !found {
		return false
	}
	delete(t.slots, p)
	t.dead[slot/64].Or(1 << (slot % 64))
	t.removed.Add(1)
	return true
}

func (t *tail) isDead(slot int) bool { return t.dead[slot/64].Load()>>(slot%64)&1 != 0 }

func (t *tail) at(slot int) words {
	low, high, lane := &t.low[slot/lanes], &t.high[slot/lanes], slot%lanes
	return words{low[0][lane], low[1][lane], high[0][lane], high[1][lane]}
}

// pairs gives the live pairs below a length.
func (t *tail) pairs(length int) func(yield func(Hash, uint64) bool) {
	return func(yield func(Hash, uint64) bool) {
		for slot := range length {
			if w := t.at(slot); !t.isDead(slot) && !yield(w.hash(), t.ids[slot]) {
				return
			}
		}
	}
}

// search adds what lies within the threshold and gives the number of pairs that were read. The last plane,
// when it is not full, is read by lane: its other lanes may be being written.
func (t *tail) search(q *words, threshold int, found *collector, work *scratch) int {
	length := int(t.length.Load())
	whole := length / lanes
	near := scanPlanes(t.low[:whole], q[0], q[1], threshold, work.near[:0])
	if rest := length % lanes; rest > 0 {
		near = appendLanes(near, whole*lanes, t.low[whole].near(q[0], q[1], threshold, rest))
	}
	work.near = near
	for _, slot := range near {
		w := t.at(int(slot))
		if distance := w.distance(q); distance <= threshold && !t.isDead(int(slot)) {
			found.add(t.ids[slot], distance, &w)
		}
	}
	return length
}
