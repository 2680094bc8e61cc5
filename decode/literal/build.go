// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package literal

import (
	"cmp"
	"math/bits"
	"slices"
)

// span is a state that still lacks its successors: the patterns that pass through it stand side by side in
// their order.
type span struct{ state, from, to uint32 }

// builder places states level by level, the shortest first: the failure of a state is shorter than itself, so
// it has its successors when they are asked for.
type builder struct {
	*Set
	keys   []string
	order  []uint32 // of patterns, by their keys
	places places
	queue  []span
	// Of the state at hand, reused.
	labels []uint32
	bounds []uint32
}

func build(s *Set, keys []string, known int) {
	b := &builder{Set: s, keys: keys, order: make([]uint32, len(keys))}
	for i := range b.order {
		b.order[i] = uint32(i)
	}
	slices.SortFunc(b.order, func(x, y uint32) int {
		return cmp.Or(cmp.Compare(keys[x], keys[y]), cmp.Compare(x, y))
	})
	s.endings = make([]ending, 1, len(keys)+1)
	b.places.begin(&s.nodes, known)
	b.queue = append(b.queue, span{root, 0, uint32(len(keys))})
	for head := 0; head < len(b.queue); head++ {
		b.extend(b.queue[head])
	}
	s.nodes = slices.Clip(slices.Clone(s.nodes))
}

// extend places the successors of a state.
func (b *builder) extend(at span) {
	depth := int(b.nodes[at.state].depth)
	b.labels, b.bounds = b.labels[:0], b.bounds[:0]
	for i := at.from; i < at.to; i++ {
		key := b.keys[b.order[i]]
		if len(key) == depth {
			continue // it ends here; such come first
		}
		label := uint32(b.classes[key[depth]])
		if n := len(b.labels); n == 0 || b.labels[n-1] != label {
			b.labels, b.bounds = append(b.labels, label), append(b.bounds, i)
		}
	}
	if len(b.labels) == 0 {
		return
	}
	base := b.places.take(b.labels)
	b.nodes[at.state].base = base
	b.bounds = append(b.bounds, at.to)
	for i, label := range b.labels {
		child := span{base ^ label, b.bounds[i], b.bounds[i+1]}
		fail := b.failure(at.state, label)
		b.nodes[child.state] = node{fail: fail, class: uint16(label), depth: uint16(depth + 1)}
		b.nodes[child.state].first = b.ends(child, depth+1, b.nodes[fail].first)
		b.queue = append(b.queue, child)
	}
}

// failure is where a state goes whose predecessor and class are known.
func (b *builder) failure(predecessor, label uint32) uint32 {
	for state := predecessor; state != root; {
		state = b.nodes[state].fail
		if next := b.nodes[state].base ^ label; uint32(b.nodes[next].class) == label {
			return next
		}
	}
	return root
}

// ends lists the patterns that end in a state before those that end in its failure.
func (b *builder) ends(at span, depth int, shorter uint32) (first uint32) {
	last := at.from
	for last < at.to && len(b.keys[b.order[last]]) == depth {
		last++
	}
	first = shorter
	for i := last; i > at.from; i-- {
		b.endings = append(b.endings, ending{pattern: b.order[i-1], next: first})
		first = uint32(len(b.endings) - 1)
	}
	return first
}

// places gives out nodes so that no two states share a base: then a node's class alone says whose successor
// it is. Nodes come in blocks as wide as there are classes; the first block holds the root and is otherwise
// vacant, for a state without successors has base 0.
type places struct {
	nodes      *[]node
	width      uint32
	next, prev []uint32 // the ring of vacant nodes; 0 is its clasp
	used       []bool   // as a base
	cursor     uint32   // where the search goes on
}

// tries is how many vacant nodes are tried before a block is added.
const tries = 64

func (p *places) begin(nodes *[]node, known int) {
	p.nodes, p.width = nodes, 1<<bits.Len(uint(known))
	*nodes = make([]node, p.width)
	p.next, p.prev, p.used = make([]uint32, p.width), make([]uint32, p.width), make([]bool, p.width)
}

// take finds a base whose successors by all labels are vacant, and takes those.
func (p *places) take(labels []uint32) (base uint32) {
	base, found := p.search(labels)
	if !found {
		base = p.grow()
	}
	p.used[base] = true
	for _, label := range labels {
		p.remove(base ^ label)
	}
	return base
}

func (p *places) search(labels []uint32) (base uint32, found bool) {
	at := p.cursor
	for range tries {
		if at == 0 {
			if at = p.next[0]; at == 0 {
				return 0, false // none is vacant
			}
		}
		base := at ^ labels[0]
		if !p.used[base] && p.vacant(base, labels[1:]) {
			p.cursor = at
			return base, true
		}
		at = p.next[at]
	}
	p.cursor = at
	return 0, false
}

func (p *places) vacant(base uint32, labels []uint32) bool {
	for _, label := range labels {
		if at := base ^ label; at == p.next[at] || p.next[p.prev[at]] != at {
			return false
		}
	}
	return true
}

// grow adds a block and gives its first node as a base.
func (p *places) grow() uint32 {
	first := uint32(len(*p.nodes))
	size := len(*p.nodes) + int(p.width)
	*p.nodes = slices.Grow(*p.nodes, int(p.width))[:size]
	p.used = slices.Grow(p.used, int(p.width))[:size]
	p.next, p.prev = slices.Grow(p.next, int(p.width))[:size], slices.Grow(p.prev, int(p.width))[:size]
	for at := first; at < first+p.width; at++ {
		p.next[at], p.prev[at] = at+1, at-1
	}
	last := p.prev[0]
	p.next[last], p.prev[first] = first, last
	p.next[first+p.width-1], p.prev[0] = 0, first+p.width-1
	return first
}

func (p *places) remove(at uint32) {
	if p.cursor == at {
		p.cursor = p.next[at]
	}
	p.next[p.prev[at]], p.prev[p.next[at]] = p.next[at], p.prev[at]
	p.next[at], p.prev[at] = at, at // by itself
}
