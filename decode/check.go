// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"fmt"
	"slices"
	"time"

	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// Check reads what the entries of a lexicon say of themselves: each form is read as its entry, and each counter-example is
// not, or carries the flag that it is one. An entry that is not read for is checked as if it were.
func Check(s *lexicon.Snapshot, tables *fold.Tables) (found []lexicon.Problem) {
	for _, e := range s.Entries {
		found = append(found, checkEntry(e, tables)...)
	}
	return found
}

func checkEntry(e lexicon.Entry, tables *fold.Tables) (found []lexicon.Problem) {
	e.Status = lexicon.StatusPublished
	alone, err := lexicon.New([]lexicon.Entry{e})
	if err != nil {
		return []lexicon.Problem{{Entry: e.ID, Field: "entry", Text: err.Error()}}
	}
	d := New(alone, tables, dayWithin(e))
	context := ""
	for _, c := range d.entriesContexts() {
		context += " " + c
	}
	for _, f := range e.Forms {
		if e.Allows(f.Kind.Tier()) && len(d.Read(f.Text+" "+context, About{}).Decodes) == 0 {
			found = append(found, lexicon.Problem{Entry: e.ID, Field: "forms", Text: fmt.Sprintf("%q is not read", Visible(f.Text))})
		}
	}
	for _, text := range e.CounterExamples {
		unflagged := func(r Decode) bool { return r.Context.CounterExample == "" }
		if slices.ContainsFunc(d.Read(text, About{}).Decodes, unflagged) {
			found = append(found, lexicon.Problem{Entry: e.ID, Field: "counter_examples",
				Text: fmt.Sprintf("%q is read as the entry, and nothing says that it is a counter-example", Visible(text))})
		}
	}
	return found
}

// dayWithin is a day on which an entry is current.
func dayWithin(e lexicon.Entry) time.Time { return e.Valid.From.Time }

// entriesContexts are words that satisfy what the entries require.
func (d *Decoder) entriesContexts() (words []string) {
	for _, r := range d.entries {
		for _, c := range r.contexts {
			words = append(words, c.Words...)
		}
	}
	return words
}
