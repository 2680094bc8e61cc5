// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"fmt"
	"iter"
	"slices"
)

// A compaction builds one segment out of others, or of full tails, while they go on answering. One that seals
// tails and a few that merge run at a time: what is small must not wait for what is large.

// compaction is one that runs. Pairs that are removed meanwhile are removed from what it built before that
// is published.
type compaction struct {
	segments []*Segment
	tails    []*tail
	removed  []pair
}

const (
	// mostSegments is how many segments an index has at rest: each one costs a query all its probes.
	mostSegments = 4
	// mergeRatio: a segment is merged once the smaller ones together hold a fourth of it. Each pair is then
	// copied a few times in its life, and there are about four segments for ten million pairs.
	mergeRatio = 4
	// mostMerges is how many run at a time.
	mostMerges = 2
	// finalRemovals is how many removals are left for the moment in which writers wait.
	finalRemovals = 64
)

// schedule starts what is to be done in the background. The caller holds mu.
func (x *Index) schedule() {
	for c := x.due(); c != nil; c = x.due() {
		x.running = append(x.running, c)
		go func() {
			if err := x.compact(c); err != nil {
				x.options.Report(err)
			}
		}()
	}
}

// due gives the next compaction, if any should begin now.
func (x *Index) due() *compaction {
	if x.closed {
		return nil
	}
	v := x.current.Load()
	sealing, merging := false, 0
	free := slices.Clone(v.segments)
	for _, c := range x.running {
		sealing = sealing || len(c.tails) > 0
		if len(c.segments) > 0 {
			merging++
		}
		free = slices.DeleteFunc(free, func(s *Segment) bool { return slices.Contains(c.segments, s) })
	}
	if waiting := v.tails[:len(v.tails)-1]; len(waiting) > 0 && !sealing {
		return &compaction{tails: slices.Clone(waiting)}
	}
	if together := mergeable(free); len(together) > 0 && merging < mostMerges {
		return &compaction{segments: together}
	}
	return nil
}

// mergeable gives the segments to merge: the small ones, up to the largest that is not yet mergeRatio times
// as large as they are together.
func mergeable(segments []*Segment) []*Segment {
	sorted := slices.Clone(segments)
	slices.SortStableFunc(sorted, func(a, b *Segment) int { return a.live() - b.live() })
	together, sum := 0, 0
	for i, s := range sorted {
		if i > 0 && s.live() <= mergeRatio*sum {
			together = i + 1
		}
		sum += s.live()
	}
	if together == 0 && len(sorted) > mostSegments {
		together = 1 + len(sorted) - mostSegments
	}
	if together == 0 {
		// A segment of which half is removed is built again without it.
		for i, s := range sorted {
			if s.slots() >= scanRows && s.live() < s.slots()/2 {
				return sorted[i : i+1]
			}
		}
	}
	return sorted[:together]
}

// compact builds the segment of a compaction that is among the running ones, and puts it in place.
func (x *Index) compact(c *compaction) error {
	built, err := c.build(x.options.Memory)
	if err != nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.finish(c)
		return fmt.Errorf("compact index: %w", err)
	}
	for {
		x.mu.Lock()
		removed := c.removed
		c.removed = nil
		if len(removed) <= finalRemovals {
			built.removeAll(removed)
			x.replace(c, built)
			x.finish(c)
			x.schedule()
			x.mu.Unlock()
			return nil
		}
		x.mu.Unlock()
		built.removeAll(removed)
	}
}

func (s *Segment) removeAll(pairs []pair) {
	for _, p := range pairs {
		q := p.hash.words()
		s.remove(&q, p.id)
	}
}

// build makes the segment of all live pairs.
func (c *compaction) build(memory Memory) (*Segment, error) {
	count := 0
	for _, s := range c.segments {
		count += s.live() // it can only fall
	}
	for _, t := range c.tails {
		count += t.live()
	}
	// One processor is enough: the others are for those who search.
	return builder{memory, layoutFor, 1}.build(count, c.pairs())
}

func (c *compaction) pairs() iter.Seq2[Hash, uint64] {
	return func(yield func(Hash, uint64) bool) {
		more := true
		each := func(hash Hash, id uint64) bool {
			more = yield(hash, id)
			return more
		}
		for _, s := range c.segments {
			if s.pairs(each); !more {
				return
			}
		}
		for _, t := range c.tails {
			if t.pairs(int(t.length.Load()))(each); !more {
				return
			}
		}
	}
}

// replace publishes the built segment in place of what it was built from. The caller holds mu.
func (x *Index) replace(c *compaction, built *Segment) {
	v := x.current.Load()
	segments := slices.DeleteFunc(slices.Clone(v.segments), func(s *Segment) bool {
		return slices.Contains(c.segments, s)
	})
	tails := slices.DeleteFunc(slices.Clone(v.tails), func(t *tail) bool { return slices.Contains(c.tails, t) })
	if built.live() == 0 {
		built.block.Release()
	} else {
		segments = append(segments, built)
	}
	x.publish(segments, tails)
}

// finish takes a compaction from the running ones. The caller holds mu.
func (x *Index) finish(c *compaction) {
	x.running = slices.DeleteFunc(x.running, func(other *compaction) bool { return other == c })
	x.idle.Broadcast()
}

// Wait returns when nothing is going on in the background.
func (x *Index) Wait() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.rest()
}

// rest waits for the background. The caller holds mu, which is given up meanwhile.
func (x *Index) rest() {
	for len(x.running) > 0 {
		x.idle.Wait()
	}
}

// Settle makes one segment of everything that is stored, and waits for it. Searches go on meanwhile; what is
// added meanwhile stays in the tail. It is for those who know that little will be added for long.
func (x *Index) Settle() error {
	x.mu.Lock()
	x.rest()
	v := x.current.Load()
	last := v.tails[len(v.tails)-1]
	if x.closed || len(v.segments) < 2 && len(v.tails) == 1 && last.length.Load() == 0 {
		x.mu.Unlock()
		return nil
	}
	c := &compaction{segments: slices.Clone(v.segments), tails: v.tails}
	x.publish(v.segments, append(slices.Clone(v.tails), newTail(x.options.Tail)))
	x.running = append(x.running, c)
	x.mu.Unlock()
	return x.compact(c)
}
