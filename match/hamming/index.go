// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"iter"
	"slices"
	"sync"
	"sync/atomic"
)

// Defaults of Options.
const (
	DefaultTail  = 8 << 10
	DefaultLimit = 10_000
)

// Options of an index; the zero value is good.
type Options struct {
	// Memory is where segments live; nil: the Go heap.
	Memory Memory
	// Tail is how many pairs are scanned before they become a segment; 0: DefaultTail.
	Tail int
	// Limit is how many hits a result holds at most; 0: DefaultLimit.
	Limit int
	// Report is told of memory that could not be had in the background, from another goroutine. The pairs
	// stay where they are, found as before but more slowly; it is tried again later. nil: nobody is told.
	Report func(error)
}

// Index is a set of pairs of a hash and an id. All methods may be called at any time from any goroutine.
// Searches wait for nobody; Add, Remove and the others take turns.
type Index struct {
	options Options
	current atomic.Pointer[view]
	work    sync.Pool // of *scratch

	mu      sync.Mutex // held by writers
	running []*compaction
	idle    sync.Cond // signalled when a compaction ended
	closed  bool
}

// New makes an empty index.
func New(options Options) *Index {
	if options.Memory == nil {
		options.Memory = Heap
	}
	if options.Tail <= 0 {
		options.Tail = DefaultTail
	}
	if options.Limit <= 0 {
		options.Limit = DefaultLimit
	}
	if options.Report == nil {
		options.Report = func(error) {}
	}
	x := &Index{options: options, work: sync.Pool{New: func() any { return new(scratch) }}}
	x.idle.L = &x.mu
	x.current.Store(newView(nil, []*tail{newTail(options.Tail)}))
	return x
}

// Close waits for work in the background and gives the memory of segments back once the last search ended.
// The index is empty afterwards and takes no more pairs.
func (x *Index) Close() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed = true
	x.rest()
	x.publish(nil, []*tail{newTail(lanes)})
}

// Add stores a pair and tells whether it was not there yet. The next search finds it.
func (x *Index) Add(hash Hash, id uint64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed || x.has(pair{hash, id}) {
		return false
	}
	v := x.current.Load()
	last := v.tails[len(v.tails)-1]
	if last.full() {
		last = newTail(x.options.Tail)
		x.publish(v.segments, append(slices.Clone(v.tails), last))
		x.schedule()
	}
	last.add(hash, id)
	return true
}

// Remove forgets a pair and tells whether it was there. The next search does not find it.
func (x *Index) Remove(hash Hash, id uint64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	v, p := x.current.Load(), pair{hash, id}
	for _, c := range x.running {
		c.removed = append(c.removed, p) // the segment it builds may hold the pair already
	}
	found := false
	for _, t := range v.tails {
		found = t.remove(p) || found
	}
	q := hash.words()
	for _, s := range v.segments {
		found = s.remove(&q, id) || found
	}
	return found
}

// has tells whether a pair is stored.
func (x *Index) has(p pair) bool {
	v := x.current.Load()
	for _, t := range v.tails {
		if t.has(p) {
			return true
		}
	}
	q := p.hash.words()
	for _, s := range v.segments {
		if _, found := s.findSlot(&q, p.id); found {
			return true
		}
	}
	return false
}

// Load builds one segment of many pairs at once, at most count, and adds it. All become visible together.
// Pairs that the index holds already are joined with them when segments are merged; results repeat none.
func (x *Index) Load(count int, pairs iter.Seq2[Hash, uint64]) error {
	segment, err := Build(x.options.Memory, count, pairs)
	if err != nil {
		return err
	}
	x.Attach(segment)
	return nil
}

// Attach adds a segment, which belongs to the index from now on.
func (x *Index) Attach(segment *Segment) {
	x.mu.Lock()
	defer x.mu.Unlock()
	v := x.current.Load()
	if x.closed {
		segment.block.Release()
		return
	}
	x.publish(append(slices.Clone(v.segments), segment), v.tails)
	x.schedule()
}

// publish makes a new view the current one. The caller holds mu.
func (x *Index) publish(segments []*Segment, tails []*tail) {
	old := x.current.Load()
	x.current.Store(newView(segments, tails))
	old.release()
}

// Size is what an index holds.
type Size struct {
	Pairs    int // stored and not removed; a pair that was loaded twice counts twice until it is merged
	Tail     int // of them in the tail
	Segments int
	Bytes    int // memory of segments, and the planes of tails
}

// Size tells what the index holds now.
func (x *Index) Size() (size Size) {
	v := x.pin()
	defer v.release()
	for _, t := range v.tails {
		size.Tail += t.live()
		size.Bytes += len(t.ids) * (32 + 8)
	}
	size.Pairs = size.Tail
	for _, s := range v.segments {
		size.Pairs += s.live()
		size.Segments++
		size.Bytes += len(s.block.Bytes()) + 8*len(s.dead)
	}
	return size
}
