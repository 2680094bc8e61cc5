// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

import (
	"slices"
	"sync"
)

// roll numbers the different values of a type and knows which ids hold each, so that an index holds a value
// once, however many vouch for it. A number is never used again.
type roll[V any] struct {
	writing sync.Mutex // held while a value enters or leaves both the roll and the index beside it

	mu      sync.RWMutex
	numbers map[string]uint64 // by canonical value
	entries map[uint64]*listed[V]
	last    uint64
}

// listed is a value with the ids that hold it. It is replaced, never changed.
type listed[V any] struct {
	text  string // canonical
	value V
	ids   []ID
}

func newRoll[V any]() roll[V] {
	return roll[V]{numbers: map[string]uint64{}, entries: map[uint64]*listed[V]{}}
}

// add puts an id on the roll. When its value is new, enter tells the index; what it refuses is not listed.
func (r *roll[V]) add(id ID, text string, value V, enter func(number uint64) error) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	number, known := r.numbers[text] // only writers change it
	if !known {
		r.mu.Lock()
		r.last++
		number = r.last
		r.numbers[text] = number
		r.entries[number] = &listed[V]{text, value, []ID{id}}
		r.mu.Unlock()
		err := enter(number)
		if err != nil {
			r.strike(number)
		}
		return err
	}
	e := r.entries[number]
	if !slices.Contains(e.ids, id) {
		r.put(number, &listed[V]{e.text, e.value, append(slices.Clone(e.ids), id)})
	}
	return nil
}

// remove takes ids from a value. When none is left, leave tells the index.
func (r *roll[V]) remove(text string, gone func(ID) bool, leave func(number uint64, value V)) {
	r.writing.Lock()
	defer r.writing.Unlock()
	number, known := r.numbers[text]
	if !known {
		return
	}
	e := r.entries[number]
	rest := slices.DeleteFunc(slices.Clone(e.ids), gone)
	switch len(rest) {
	case len(e.ids):
	case 0:
		r.strike(number)
		leave(number, e.value)
	default:
		r.put(number, &listed[V]{e.text, e.value, rest})
	}
}

// forget takes ids from every value.
func (r *roll[V]) forget(gone func(ID) bool, leave func(number uint64, value V)) {
	var texts []string
	r.mu.RLock()
	for _, e := range r.entries {
		if slices.ContainsFunc(e.ids, gone) {
			texts = append(texts, e.text)
		}
	}
	r.mu.RUnlock()
	for _, text := range texts {
		r.remove(text, gone, leave)
	}
}

func (r *roll[V]) put(number uint64, e *listed[V]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries[number] = e
}

func (r *roll[V]) strike(number uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.numbers, r.entries[number].text)
	delete(r.entries, number)
}

// at gives what a number stands for; nil when it left the roll.
func (r *roll[V]) at(number uint64) *listed[V] {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.entries[number]
}

// holders are the ids that hold a value.
func (r *roll[V]) holders(text string) []ID {
	r.mu.RLock()
	defer r.mu.RUnlock()
	number, known := r.numbers[text]
	if !known {
		return nil
	}
	return slices.Clone(r.entries[number].ids)
}

// is makes the condition that an id is this one.
func is(id ID) func(ID) bool { return func(other ID) bool { return other == id } }

// hits makes a hit of each id that holds a value.
func (e *listed[V]) hits(to []Hit, like Hit) []Hit {
	like.Value = e.text
	for _, id := range e.ids {
		like.ID = id
		to = append(to, like)
	}
	return to
}
