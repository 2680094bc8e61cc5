// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package lexicon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Change is what became of an entry between two snapshots.
type Change struct {
	Entry  string   `json:"entry"`
	Before int      `json:"before,omitempty"` // version; 0: there was none
	After  int      `json:"after,omitempty"`
	Fields []string `json:"fields,omitempty"` // that differ
	// Unraised says that the entry differs and its version does not.
	Unraised bool `json:"unraised,omitempty"`
}

func (c Change) String() string {
	switch {
	case c.Before == 0:
		return fmt.Sprintf("%s: new at version %d", c.Entry, c.After)
	case c.After == 0:
		return fmt.Sprintf("%s: gone, was at version %d", c.Entry, c.Before)
	}
	line := fmt.Sprintf("%s: %d → %d: %s", c.Entry, c.Before, c.After, strings.Join(c.Fields, ", "))
	if c.Unraised {
		line += " (the version was not raised)"
	}
	return line
}

// Diff names the entries that two snapshots do not have alike.
func Diff(before, after *Snapshot) []Change {
	all := []Change{}
	ids := map[string]bool{}
	for _, s := range []*Snapshot{before, after} {
		for _, e := range s.Entries {
			ids[e.ID] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		was, is := before.Entry(id), after.Entry(id)
		switch {
		case was == nil:
			all = append(all, Change{Entry: id, After: is.Version})
		case is == nil:
			all = append(all, Change{Entry: id, Before: was.Version})
		default:
			if fields := differing(was, is); len(fields) > 0 {
				all = append(all, Change{Entry: id, Before: was.Version, After: is.Version, Fields: fields,
					Unraised: is.Version <= was.Version})
			}
		}
	}
	return all
}

// differing names the fields of two entries that are written differently.
func differing(a, b *Entry) (fields []string) {
	was, is := fieldsOf(a), fieldsOf(b)
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if !bytes.Equal(was[name], is[name]) {
			fields = append(fields, name)
		}
	}
	for name := range was {
		if _, kept := is[name]; !kept {
			fields = append(fields, name)
		}
	}
	slices.Sort(fields)
	return fields
}

func fieldsOf(e *Entry) (fields map[string]json.RawMessage) {
	text, err := json.Marshal(e)
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil {
		panic(err) // an entry that was read is written
	}
	return fields
}

// markings are from what all may see to what a few may.
var markings = []string{"clear", "green", "amber", "amber+strict", "red"}

// UpTo are the entries that are marked no stricter.
func (s *Snapshot) UpTo(marking string) (*Snapshot, error) {
	most := slices.Index(markings, marking)
	if most < 0 {
		return nil, fmt.Errorf("%q is none of %s", marking, strings.Join(markings, ", "))
	}
	return New(slices.DeleteFunc(slices.Clone(s.Entries), func(e Entry) bool { return slices.Index(markings, e.Marking) > most }))
}
