// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"fmt"
	"os"
	"sync"
	"time"

	"tocsin"
	"tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// OpenLexicons reads the lexicons that the settings name and gives the use cases a reader of them. An id stands in one of
// them only.
func OpenLexicons(files []string, clock tocsin.Clock) (*Reader, error) {
	if len(files) == 0 {
		return nil, nil
	}
	var entries []lexicon.Entry
	for _, file := range files {
		s, err := OpenLexicon(file)
		if err != nil {
			return nil, fmt.Errorf("matching.lexicons: %w", err)
		}
		entries = append(entries, s.Entries...)
	}
	all, err := lexicon.New(entries)
	if err != nil {
		return nil, fmt.Errorf("matching.lexicons: %w", err)
	}
	return &Reader{clock: clock, all: all, tables: fold.New()}, nil
}

// ReadLexicon reads a lexicon file whatever its entries are like.
func ReadLexicon(file string) (*lexicon.Snapshot, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	s, err := lexicon.Read(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// OpenLexicon reads a lexicon file and refuses one with faults, naming the first; 'tocsin lexicon lint' names them all.
func OpenLexicon(file string) (*lexicon.Snapshot, error) {
	s, err := ReadLexicon(file)
	if err != nil {
		return nil, err
	}
	if found := s.Lint(); len(found) > 0 {
		return nil, &tocsin.Error{Code: tocsin.CodeInvalid, Reason: tocsin.ReasonFormat, Public: fmt.Sprintf(
			"%s has %d faults, the first: %s. See: tocsin lexicon lint %s", decode.VisibleLine(file), len(found),
			decode.VisibleLine(found[0].Error()), decode.VisibleLine(file))}
	}
	return s, nil
}

// Reader reads texts for the entries that are current on the day they are read.
type Reader struct {
	clock  tocsin.Clock
	all    *lexicon.Snapshot
	tables *fold.Tables

	mu      sync.Mutex
	day     time.Time
	decoder *decode.Decoder
}

// Read reads a text. The first of a day makes the decoder anew: entries begin and end with days.
func (r *Reader) Read(text string, about decode.About) decode.Result {
	return r.today().Read(text, about)
}

// Snapshot is the digest of what is read for.
func (r *Reader) Snapshot() string { return r.all.Digest() }

func (r *Reader) today() *decode.Decoder {
	day := r.clock.Now().UTC().Truncate(24 * time.Hour)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.decoder == nil || !r.day.Equal(day) {
		r.day, r.decoder = day, decode.New(r.all, r.tables, day)
	}
	return r.decoder
}
