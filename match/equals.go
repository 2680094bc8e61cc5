// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

import (
	"encoding/hex"
	"hash/maphash"
	"slices"
	"sync"

	"tocsin/match/digest"
)

const (
	// CaveatForgeable goes with hits of digests for which somebody can make two different files.
	CaveatForgeable = "forgeable"
	// CaveatUnchecked goes with hits of a payment address that was asked for without its checksum: an error in
	// typing would not show.
	CaveatUnchecked = "no_checksum"
)

// always makes the caveat of a type all of whose hits have the same.
func always(caveat string) func(string) string { return func(string) string { return caveat } }

// equals keeps signals of a type that are equal or not, in tables that cost little more than the values: a
// hash of 16 bytes takes 40 to 60 bytes with its id.
type equals[K comparable] struct {
	read   func(value string) (K, error)
	write  func(key K) string
	caveat func(asked string) string // goes with a hit
	seed   maphash.Seed
	shards [equalShards]equalShard[K]
}

// equalShards bound how long a reader can wait for a growing table, or for one that forgets.
const equalShards = 1024

type equalShard[K comparable] struct {
	mu      sync.RWMutex
	ids     map[K]ID
	further map[K][]ID // of values that several ids hold; few do
}

// fileKey is a digest of one length.
type fileKey interface {
	[16]byte | [20]byte | [32]byte
}

// keepFiles makes a kind of digests.
func keepFiles[K fileKey](parse func(string) (digest.Digest, error),
	bytes func(K) []byte, caveat func(string) string) func(Options) kind {
	read := func(text string) (key K, err error) {
		d, err := parse(text)
		if err != nil {
			return key, err
		}
		return K(d.Bytes()), nil
	}
	write := func(key K) string { return hex.EncodeToString(bytes(key)) }
	return func(Options) kind {
		return &equals[K]{read: read, write: write, caveat: caveat, seed: maphash.MakeSeed()}
	}
}

func of16(key [16]byte) []byte { return key[:] }
func of20(key [20]byte) []byte { return key[:] }
func of32(key [32]byte) []byte { return key[:] }

// keepTexts makes a kind of short texts that are equal or not.
func keepTexts(parse func(string) (string, error), caveat func(string) string) func(Options) kind {
	return func(Options) kind {
		return &equals[string]{read: parse, write: func(key string) string { return key }, caveat: caveat,
			seed: maphash.MakeSeed()}
	}
}

func (e *equals[K]) shard(key K) *equalShard[K] {
	return &e.shards[maphash.Comparable(e.seed, key)%equalShards]
}

func (e *equals[K]) add(id ID, value string) error {
	key, err := e.read(value)
	if err != nil {
		return err
	}
	s := e.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	first, known := s.ids[key]
	switch {
	case !known:
		if s.ids == nil {
			s.ids = map[K]ID{}
		}
		s.ids[key] = id
	case first != id && !slices.Contains(s.further[key], id):
		if s.further == nil {
			s.further = map[K][]ID{}
		}
		s.further[key] = append(s.further[key], id)
	}
	return nil
}

func (e *equals[K]) remove(id ID, value string) error {
	key, err := e.read(value)
	if err != nil {
		return err
	}
	s := e.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(key, func(held ID) bool { return held == id })
	return nil
}

// drop takes ids from a key. The caller holds mu.
func (s *equalShard[K]) drop(key K, gone func(ID) bool) {
	first, known := s.ids[key]
	if !known {
		return
	}
	others, several := s.further[key]
	if several {
		others = slices.DeleteFunc(others, gone)
	}
	if gone(first) {
		if len(others) == 0 {
			delete(s.ids, key)
		} else {
			s.ids[key], others = others[0], others[1:]
		}
	}
	switch {
	case len(others) > 0:
		s.further[key] = others
	case several:
		delete(s.further, key)
	}
}

func (e *equals[K]) find(value string) ([]ID, error) {
	key, err := e.read(value)
	if err != nil {
		return nil, err
	}
	return e.holders(key), nil
}

func (e *equals[K]) holders(key K) []ID {
	s := e.shard(key)
	s.mu.RLock()
	defer s.mu.RUnlock()
	first, known := s.ids[key]
	if !known {
		return nil
	}
	return append([]ID{first}, s.further[key]...)
}

func (e *equals[K]) search(q Query, _ func(ID) bool) (found, error) {
	key, err := e.read(q.Value)
	if err != nil {
		return found{}, err
	}
	ids := e.holders(key)
	if len(ids) == 0 {
		return found{}, nil
	}
	var f found
	value, why := e.write(key), Why{Caveat: e.caveat(q.Value)}
	for _, id := range ids {
		f.hits = append(f.hits, Hit{ID: id, Type: q.Type, Value: value, Why: why})
	}
	return f, nil
}

func (e *equals[K]) forget(gone func(ID) bool) {
	for i := range e.shards {
		e.shards[i].forget(gone)
	}
}

func (s *equalShard[K]) forget(gone func(ID) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, first := range s.ids {
		if gone(first) || len(s.further) > 0 && slices.ContainsFunc(s.further[key], gone) {
			s.drop(key, gone)
		}
	}
	if len(s.ids) == 0 {
		s.ids, s.further = nil, nil // a table never shrinks by itself
	}
}
