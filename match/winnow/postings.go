// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import "sync"

const (
	shardCount = 64
	nodeChunk  = 1 << 8
)

// postings is a multimap from hashes to the slots of texts. A reader takes a lock of one shard for the time
// of one chain; a writer changes one shard at a time. There must be one writer at most.
type postings struct{ shards [shardCount]shard }

// shard keeps its chains as numbers of nodes, in pieces that never move, so that growth copies little.
type shard struct {
	sync.RWMutex
	heads  map[uint32]chain
	chunks [][]node
	used   uint32 // nodes given out so far, from 1
	free   uint32 // first of the nodes given back
}

// chain is what is filed under one hash.
type chain struct{ first, length uint32 } // first is the number of a node; 0 is none

type node struct{ slot, next uint32 }

func (p *postings) shard(hash uint32) *shard { return &p.shards[hash%shardCount] }

func (s *shard) node(number uint32) *node { return &s.chunks[number/nodeChunk][number%nodeChunk] }

// each appends the slots filed under a hash.
func (p *postings) each(hash uint32, to []uint32) []uint32 {
	s := p.shard(hash)
	s.RLock()
	defer s.RUnlock()
	for n := s.heads[hash].first; n != 0; {
		found := s.node(n)
		to, n = append(to, found.slot), found.next
	}
	return to
}

// length is how many slots are filed under a hash.
func (p *postings) length(hash uint32) uint32 {
	s := p.shard(hash)
	s.RLock()
	defer s.RUnlock()
	return s.heads[hash].length
}

func (p *postings) add(hash, slot uint32) {
	s := p.shard(hash)
	s.Lock()
	defer s.Unlock()
	if s.heads == nil {
		s.heads = map[uint32]chain{}
	}
	n := s.free
	if n != 0 {
		s.free = s.node(n).next
	} else {
		s.used++
		if n = s.used; int(n/nodeChunk) == len(s.chunks) {
			s.chunks = append(s.chunks, make([]node, nodeChunk))
		}
	}
	head := s.heads[hash]
	*s.node(n) = node{slot, head.first}
	s.heads[hash] = chain{n, head.length + 1}
}

// remove takes one entry away, if there is one.
func (p *postings) remove(hash, slot uint32) {
	s := p.shard(hash)
	s.Lock()
	defer s.Unlock()
	head, before := s.heads[hash], uint32(0)
	for n := head.first; n != 0; before, n = n, s.node(n).next {
		found := s.node(n)
		if found.slot != slot {
			continue
		}
		if before != 0 {
			s.node(before).next = found.next
		} else {
			head.first = found.next
		}
		if head.length--; head.length == 0 {
			delete(s.heads, hash)
		} else {
			s.heads[hash] = head
		}
		*found = node{next: s.free}
		s.free = n
		return
	}
}
