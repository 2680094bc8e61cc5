// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"bytes"
	"encoding/binary"

	"tocsin/match/minhash"
)

// stored is a text of the index: its fingerprint in the bytes of the text form, which are a third of the
// fingerprint in memory. What most candidates fail at is read from the bytes alone.
type stored struct {
	id       uint64
	hashes   uint32 // where the hashes of the shingles begin in data
	count    uint32 // of shingles
	distinct uint32 // of different ones
	filed    []uint32
	data     []byte
}

func store(id uint64, f *Fingerprint, filed []uint32) *stored {
	data := f.Append(make([]byte, 0, 64+8*len(f.Shingles)+minhash.Size))
	s := &stored{
		id: id, count: uint32(len(f.Shingles)), distinct: uint32(len(hashes(f))),
		filed: filed, data: bytes.Clone(data),
	}
	for _, number := range []uint32{f.Size, f.Runes, s.count} {
		s.hashes += uint32(len(binary.AppendUvarint(nil, uint64(number))))
	}
	s.hashes += uint32(len(f.Key) + len(f.Digest))
	return s
}

// read unpacks the fingerprint.
func (s *stored) read() Fingerprint {
	f, err := Read(s.data)
	if err != nil {
		panic("winnow: an index cannot read what it wrote: " + err.Error())
	}
	return f
}

// resembles says whether the sketches agree enough for a match.
func (s *stored) resembles(query *minhash.Signature) bool {
	return query.Resembles(s.data[len(s.data)-minhash.Size:], MatchResemblance)
}

// shares says whether enough shingles may be shared for a match: those that repeat count each time.
func (s *stored) shares(query *hashSet) bool {
	count := 0
	all := s.data[s.hashes:][:4*s.count]
	for len(all) >= 4 {
		if query.has(binary.LittleEndian.Uint32(all)) {
			count++
		}
		all = all[4:]
	}
	return count >= MinShared && float64(count) >= MatchContainment*float64(s.distinct)
}

// hashSet is a set of hashes, open to one side: a place holds a hash or zero, and the hash zero is held
// apart.
type hashSet struct {
	places []uint32
	zero   bool
}

func newHashSet(hashes []uint32) *hashSet {
	size := 4
	for size < 2*len(hashes) {
		size *= 2
	}
	set := &hashSet{places: make([]uint32, size)}
	for _, hash := range hashes {
		if hash == 0 {
			set.zero = true
			continue
		}
		i := int(hash) & (size - 1)
		for set.places[i] != 0 {
			i = (i + 1) & (size - 1)
		}
		set.places[i] = hash
	}
	return set
}

func (s *hashSet) has(hash uint32) bool {
	if hash == 0 {
		return s.zero
	}
	mask := len(s.places) - 1
	for i := int(hash) & mask; s.places[i] != 0; i = (i + 1) & mask {
		if s.places[i] == hash {
			return true
		}
	}
	return false
}
