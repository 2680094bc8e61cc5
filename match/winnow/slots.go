// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import "sync/atomic"

const slotChunk = 1 << 9

// slots holds the texts of an index by number. Readers take no lock.
type slots struct {
	chunks atomic.Pointer[[]*[slotChunk]atomic.Pointer[stored]]
	used   uint32
	free   []uint32
}

func (s *slots) get(number uint32) *stored {
	return (*s.chunks.Load())[number/slotChunk][number%slotChunk].Load()
}

// put finds a place. There must be one writer at most.
func (s *slots) put(text *stored) uint32 {
	var number uint32
	if n := len(s.free); n > 0 {
		number, s.free = s.free[n-1], s.free[:n-1]
	} else {
		number = s.used
		s.used++
		s.grow()
	}
	(*s.chunks.Load())[number/slotChunk][number%slotChunk].Store(text)
	return number
}

func (s *slots) grow() {
	var chunks []*[slotChunk]atomic.Pointer[stored]
	if now := s.chunks.Load(); now != nil {
		chunks = *now
	}
	if int(s.used) <= len(chunks)*slotChunk {
		return
	}
	chunks = append(chunks[:len(chunks):len(chunks)], new([slotChunk]atomic.Pointer[stored]))
	s.chunks.Store(&chunks)
}

// clear makes a text invisible; release lets its number be used again.
func (s *slots) clear(number uint32) {
	(*s.chunks.Load())[number/slotChunk][number%slotChunk].Store(nil)
}

func (s *slots) release(number uint32) { s.free = append(s.free, number) }
