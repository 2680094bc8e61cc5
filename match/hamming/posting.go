// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import "encoding/binary"

// posting finds the rows of a key of one chunk, in lists sorted by key. Beside each row lies a sketch, the
// first bits of its next chunk: together with the key it shows nearly every stranger (see layout.guarantee)
// without a look at the hash, which would be a wait for memory each.
type posting struct {
	chunk
	next     chunk
	balls    *balls
	starts   []uint32
	sketches []uint16
	members  members
}

// sketch is what of a hash lies beside its row.
func (p *posting) sketch(w *words) uint16 { return uint16(p.next.key(w)) }

// span is a range of the lists of a posting.
type span struct{ begin, end uint32 }

func (s span) length() uint32 { return s.end - s.begin }

// members are numbers of rows, little-endian, in as few bytes as they need: they are seldom read.
type members struct {
	data []byte
	size int
}

func (m members) at(i uint32) uint32 {
	switch b := m.data[int(i)*m.size:]; m.size {
	case 2:
		return uint32(b[0]) | uint32(b[1])<<8
	case 3:
		return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	default:
		return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
	}
}

// greatest is the greatest number. It reads three bytes as four where it can, since those of a large segment
// are checked whenever it is opened.
func (m members) greatest() (most uint32) {
	b := m.data
	if m.size == 3 {
		for ; len(b) >= 4; b = b[3:] {
			most = max(most, binary.LittleEndian.Uint32(b)&0xff_ffff)
		}
	}
	for rest := (members{b, m.size}); len(rest.data) > 0; rest.data = rest.data[m.size:] {
		most = max(most, rest.at(0))
	}
	return most
}

func (m members) set(i, row uint32) {
	b := m.data[int(i)*m.size:]
	b[0], b[1] = byte(row), byte(row>>8)
	if m.size > 2 {
		b[2] = byte(row >> 16)
	}
	if m.size > 3 {
		b[3] = byte(row >> 24)
	}
}

// fill sorts the rows by their keys: it counts them, turns counts into places, and puts each row into its
// place. Placing moves every start to the next one, so that they are shifted back at last.
func (p *posting) fill(hashes []words) {
	clear(p.starts)
	for i := range hashes {
		p.starts[p.key(&hashes[i])]++
	}
	sum := uint32(0)
	for key, count := range p.starts {
		p.starts[key] = sum
		sum += count
	}
	for i := range hashes {
		key := p.key(&hashes[i])
		at := p.starts[key]
		p.starts[key]++
		p.sketches[at] = p.sketch(&hashes[i])
		p.members.set(at, uint32(i))
	}
	copy(p.starts[1:], p.starts)
	p.starts[0] = 0
}

// check holds what lookups rely on.
func (p *posting) check(rows int) error {
	last := uint32(0)
	for _, start := range p.starts {
		if start < last {
			return corrupt("starts of the chunk at %d", p.offset)
		}
		last = start
	}
	if p.starts[0] != 0 || int(last) != rows {
		return corrupt("ends of the chunk at %d", p.offset)
	}
	if rows > 0 && int(p.members.greatest()) >= rows {
		return corrupt("members of the chunk at %d", p.offset)
	}
	return nil
}
