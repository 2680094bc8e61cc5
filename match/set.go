// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"tocsin/match/syntax"
)

// Set holds known signals of every type, each under an id, and finds those that a query comes upon. It
// learns and forgets one signal at a time: what Add or Remove returned from, every later Search sees. All
// methods may be called at any time from any goroutine; searches never wait for each other, and for a writer
// no longer than it takes to change one place of a table.
//
// An id may hold several values, and several ids one value: what counts as one signal is for whoever chose
// the ids to say.
type Set struct {
	kinds  map[string]kind
	hidden atomic.Pointer[[]span] // ids that are gone, though not yet from memory

	reclaiming sync.Mutex
}

// Options of a Set; the zero value is good.
type Options struct {
	// Hashes keeps the hashes of the type "pdq"; nil: an index in memory.
	Hashes Hashes
}

// kind keeps the signals of one type. Values are canonical.
type kind interface {
	add(id ID, value string) error
	remove(id ID, value string) error
	find(value string) ([]ID, error)
	// search gives every hit within q.Radius, which lies between 0 and the type's Largest, in any order.
	search(q Query, gone func(ID) bool) (found, error)
	// forget drops what is held under ids that are gone.
	forget(gone func(ID) bool)
}

// found are hits, and whether an index knew of more than it gave.
type found struct {
	hits []Hit
	more bool
}

// span is a range of ids, both ends in it.
type span struct{ first, last ID }

// ErrNoType says that no type of signal has that name.
var ErrNoType = errors.New("there is no such type of signal")

// NewSet makes an empty set.
func NewSet(o Options) *Set {
	s := &Set{kinds: make(map[string]kind, len(registry))}
	for _, r := range registry {
		s.kinds[r.Name] = r.keep(o)
	}
	return s
}

// Add makes a value findable under an id. The value is what the type's Parse gives. Adding what is there
// already changes nothing. Errors: ErrNoType, or a *syntax.Error.
func (s *Set) Add(id ID, signalType, value string) error {
	k, ok := s.kinds[signalType]
	if !ok {
		return ErrNoType
	}
	if s.isHidden(id) {
		s.Reclaim() // what the id held before must not come back with it
	}
	return k.add(id, value)
}

// Remove forgets a value that was added under an id; one that was not is no error. Errors are those of Add.
func (s *Set) Remove(id ID, signalType, value string) error {
	k, ok := s.kinds[signalType]
	if !ok {
		return ErrNoType
	}
	return k.remove(id, value)
}

// Find gives the ids that hold exactly this canonical value, sorted. Errors are those of Add.
func (s *Set) Find(signalType, value string) ([]ID, error) {
	k, ok := s.kinds[signalType]
	if !ok {
		return nil, ErrNoType
	}
	ids, err := k.find(value)
	if gone := s.gone(); gone != nil {
		ids = slices.DeleteFunc(ids, gone)
	}
	slices.Sort(ids)
	return ids, err
}

// Search finds what a query comes upon, nearest first. Errors: ErrNoType, or a *syntax.Error when the value
// is not one of the type or the radius not one that the type serves.
func (s *Set) Search(q Query) (Answer, error) {
	t, ok := Lookup(q.Type)
	if !ok {
		return Answer{}, ErrNoType
	}
	switch {
	case q.Radius < 0:
		q.Radius = t.Default
	case q.Radius > t.Largest && !t.Exact:
		return Answer{}, syntax.Errorf(t.Name, syntax.Range, "a distance lies between 0 and %d", t.Largest)
	}
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	q.Limit = min(q.Limit, mostNear)
	gone := s.gone()
	f, err := s.kinds[q.Type].search(q, gone)
	if err != nil {
		return Answer{}, err
	}
	if gone != nil {
		f.hits = slices.DeleteFunc(f.hits, func(h Hit) bool { return gone(h.ID) })
	}
	slices.SortFunc(f.hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Value, b.Value))
	})
	if len(f.hits) > q.Limit {
		f.hits, f.more = f.hits[:q.Limit], true
	}
	return Answer{Hits: f.hits, More: f.more}, nil
}

// Hide makes everything unfindable at once that is held under the ids from first to last. The memory is given
// back by Reclaim.
func (s *Set) Hide(first, last ID) {
	for {
		before := s.hidden.Load()
		after := []span{{first, last}}
		if before != nil {
			after = append(after, *before...)
		}
		if s.hidden.CompareAndSwap(before, &after) {
			return
		}
	}
}

// Reclaim forgets what is hidden. It passes over all signals; searches go on meanwhile.
func (s *Set) Reclaim() {
	s.reclaiming.Lock()
	defer s.reclaiming.Unlock()
	before := s.hidden.Load()
	if before == nil {
		return
	}
	gone := within(*before)
	for _, k := range s.kinds {
		k.forget(gone)
	}
	for {
		now := s.hidden.Load() // those hidden meanwhile stand before the others
		var rest *[]span
		if n := len(*now) - len(*before); n > 0 {
			spans := slices.Clone((*now)[:n])
			rest = &spans
		}
		if s.hidden.CompareAndSwap(now, rest) {
			return
		}
	}
}

// gone tells which ids are hidden; nil when none is.
func (s *Set) gone() func(ID) bool {
	if spans := s.hidden.Load(); spans != nil {
		return within(*spans)
	}
	return nil
}

func (s *Set) isHidden(id ID) bool {
	gone := s.gone()
	return gone != nil && gone(id)
}

func within(spans []span) func(ID) bool {
	return func(id ID) bool {
		return slices.ContainsFunc(spans, func(s span) bool { return s.first <= id && id <= s.last })
	}
}
