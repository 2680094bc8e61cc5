// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package literal finds every occurrence of many patterns in a text at once: tens of thousands of words in one
// pass. It compares bytes; whoever wants accents, marks or scripts folded folds patterns and text alike before
// (package decode does). A hit says that the bytes are there and must never be taken to say more.
//
// A Set is an Aho–Corasick automaton whose states lie in a double array (build.go), behind a filter that looks
// at each place of the text and leaves out those where no pattern can begin (filter.go). Both are exact
// together. Whatever the text, the automaton takes at most two steps a byte and the filter looks at no place
// twice; what is not bounded so is the number of reports, which is that of the occurrences: nested patterns such
// as a, aa, aaa, … are found at every place where they stand.
//
// Start reading at Compile.
package literal

import (
	"errors"
	"fmt"
	"unsafe"
)

const (
	// MaxPatterns is how many patterns a set holds at most.
	MaxPatterns = 1 << 20
	// MaxLength is the length of the longest pattern in bytes.
	MaxLength = 4096
	// MaxBytes is the length of all patterns together. A set of that size takes up to 300 MB.
	MaxBytes = 16 << 20
)

// What Compile refuses; the error names the pattern by its place in the list.
var (
	ErrTooMany = errors.New("too many patterns")
	ErrTooLong = errors.New("pattern is too long")
	ErrTooMuch = errors.New("patterns are too long together")
	ErrEmpty   = errors.New("pattern is empty")
)

// Set is a compiled list of patterns. It does not change: any number of goroutines may search with it, and a
// list is replaced by compiling another and storing it in an atomic pointer, as the example does.
type Set struct {
	nodes   []node
	classes [256]uint16 // of bytes; 0 for one that is in no pattern
	endings []ending    // [0] is vacant
	lengths []uint16    // of patterns
	filter  filter
}

// node is a state: the longest end of the text read so far with which a pattern begins. Its successor by a
// class is at base ^ class, if that node's class is this class.
type node struct {
	base  uint32
	fail  uint32 // the longest proper end of it that is a state too
	first uint32 // of the endings here, longest first; 0 when there is none
	class uint16 // by which it is reached; 0 marks a vacant node
	depth uint16 // length in bytes
}

// root is the state in which no pattern has begun.
const root = 0

// ending is a pattern that ends in a state, and the next one that does.
type ending struct{ pattern, next uint32 }

// Compile makes a set of patterns, which a report names by their places in the list. A pattern that is listed
// twice is reported twice. The set of no patterns finds nothing.
func Compile(patterns []string) (*Set, error) { return compile(patterns, false) }

// CompileFolded is Compile for a search that takes A to Z in patterns and text for a to z, at no cost.
func CompileFolded(patterns []string) (*Set, error) { return compile(patterns, true) }

func compile(patterns []string, folded bool) (*Set, error) {
	if err := check(patterns); err != nil {
		return nil, err
	}
	keys := patterns
	if folded {
		keys = make([]string, len(patterns))
		for i, p := range patterns {
			keys[i] = lower(p)
		}
	}
	s := &Set{lengths: make([]uint16, len(keys)), filter: newFilter(keys)}
	for i, key := range keys {
		s.lengths[i] = uint16(len(key))
	}
	known := s.classify(keys, folded)
	build(s, keys, known)
	return s, nil
}

func check(patterns []string) error {
	if len(patterns) > MaxPatterns {
		return fmt.Errorf("compile patterns: %w: %d, at most %d", ErrTooMany, len(patterns), MaxPatterns)
	}
	total := 0
	for i, p := range patterns {
		total += len(p)
		switch {
		case p == "":
			return fmt.Errorf("compile pattern %d: %w", i, ErrEmpty)
		case len(p) > MaxLength:
			return fmt.Errorf("compile pattern %d: %w: %d bytes, at most %d", i, ErrTooLong, len(p), MaxLength)
		case total > MaxBytes:
			return fmt.Errorf("compile pattern %d: %w: more than %d bytes", i, ErrTooMuch, MaxBytes)
		}
	}
	return nil
}

// classify numbers the bytes that are in patterns from 1, and says how many there are.
func (s *Set) classify(keys []string, folded bool) (known int) {
	for _, key := range keys {
		for i := range len(key) {
			if class := &s.classes[key[i]]; *class == 0 {
				*class = 1 // for now
			}
		}
	}
	for b := range s.classes {
		if s.classes[b] != 0 {
			known++
			s.classes[b] = uint16(known)
		}
	}
	if folded {
		for b := 'A'; b <= 'Z'; b++ {
			s.classes[b] = s.classes[b+'a'-'A']
		}
	}
	return known
}

// lower folds A to Z and nothing else.
func lower(text string) string {
	folded := []byte(text)
	for i, b := range folded {
		if 'A' <= b && b <= 'Z' {
			folded[i] = b + 'a' - 'A'
		}
	}
	return string(folded)
}

// Len is the number of patterns.
func (s *Set) Len() int { return len(s.lengths) }

// Size is the memory that the set holds, in bytes.
func (s *Set) Size() int {
	return int(unsafe.Sizeof(*s)) + cap(s.nodes)*int(unsafe.Sizeof(node{})) +
		cap(s.endings)*int(unsafe.Sizeof(ending{})) + cap(s.lengths)*2 + s.filter.size()
}
