// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package lexicon

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	strict "github.com/go-json-experiment/json"
)

// Limits of a lexicon.
const (
	MaxSize    = 64 << 20 // bytes of a file
	MaxEntries = 50_000
	MaxForms   = 64      // of an entry
	MaxText    = 2000    // bytes of one text of an entry
	MaxForm    = 160     // bytes of a form
	MaxLetters = 2 << 20 // bytes of all forms
)

// Snapshot is a set of entries that never changes.
type Snapshot struct {
	Entries []Entry // by id, newest version of each
	digest  string
}

// file is how a lexicon is written.
type file struct {
	Format  string  `json:"format"`
	Entries []Entry `json:"entries"`
}

const format = "tocsin-lexicon-1"

// ErrFormat says that a file is not a lexicon.
var ErrFormat = errors.New(`lexicon: not a lexicon: it begins {"format": "` + format + `", "entries": [`)

// Problem is what is wrong with an entry.
type Problem struct {
	Entry string `json:"entry"` // its id
	Field string `json:"field"`
	Text  string `json:"text"`
}

func (p Problem) Error() string { return fmt.Sprintf("%s: %s: %s", p.Entry, p.Field, p.Text) }

// Parse reads a lexicon and refuses one with an entry that [Entry.Lint] finds fault with, naming all faults.
func Parse(r io.Reader) (*Snapshot, error) {
	s, err := Read(r)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, problem := range s.Lint() {
		faults = append(faults, problem)
	}
	return s, errors.Join(faults...)
}

// Read reads a lexicon whatever its entries are like: a linter's way in. Names that stand twice or in another case are
// refused, so that nobody approves an entry that others read otherwise.
func Read(r io.Reader) (*Snapshot, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxSize {
		return nil, fmt.Errorf("lexicon: more than %d bytes", MaxSize)
	}
	var f file
	if err := strict.Unmarshal(text, &f, strict.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	if f.Format != format {
		return nil, ErrFormat
	}
	return New(f.Entries)
}

// ReadEntry reads a single entry, as strictly as [Read] does, whatever it is like.
func ReadEntry(text []byte) (*Entry, error) {
	var e Entry
	if err := strict.Unmarshal(text, &e, strict.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	return &e, nil
}

// New makes a snapshot. An id may stand in it once.
func New(entries []Entry) (*Snapshot, error) {
	if len(entries) > MaxEntries {
		return nil, fmt.Errorf("lexicon: %d entries, at most %d", len(entries), MaxEntries)
	}
	letters := 0
	for _, e := range entries {
		for _, f := range e.Forms {
			letters += len(f.Text)
		}
	}
	if letters > MaxLetters {
		return nil, fmt.Errorf("lexicon: %d bytes of forms, at most %d", letters, MaxLetters)
	}
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Compare(a.ID, b.ID) })
	for i := 1; i < len(entries); i++ {
		if entries[i].ID == entries[i-1].ID {
			return nil, Problem{entries[i].ID, "id", "stands twice"}
		}
	}
	text, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	return &Snapshot{Entries: entries, digest: "sha256:" + hex.EncodeToString(sum[:])}, nil
}

// Digest names the snapshot: SHA-256 over its entries in order.
func (s *Snapshot) Digest() string { return s.digest }

// Entry finds an entry by its id; nil when there is none.
func (s *Snapshot) Entry(id string) *Entry {
	at, found := slices.BinarySearchFunc(s.Entries, id, func(e Entry, id string) int { return cmp.Compare(e.ID, id) })
	if !found {
		return nil
	}
	return &s.Entries[at]
}

// Write writes the snapshot as Parse reads it.
func (s *Snapshot) Write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(file{Format: format, Entries: s.Entries})
}

// Lint finds what is wrong with each entry by itself.
func (s *Snapshot) Lint() (all []Problem) {
	for i := range s.Entries {
		all = append(all, s.Entries[i].Lint()...)
	}
	return all
}
