// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"tocsin"
	"tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
	"tocsin/internal/flow"
	"tocsin/wire"
)

// Lexicons says which lexicons are read for, and how approvals are verified.
type Lexicons struct {
	Files []string
	Clock tocsin.Clock
	// Adopted gives the entries that people here adopted, and the approvals that were taken back; nil where none are shared.
	Adopted func() *flow.AdoptedEntries
	// Trust gives what approvals are verified with; nil in a demonstration, which takes them as they are stated.
	Trust func() wire.Context
	// Report is told which approvals do not hold, of entries that are not read for lack of them, whenever that changes.
	Report func([]lexicon.Problem)
}

// OpenLexicons reads the lexicons that the settings name and gives the use cases a reader of them; nil when they name
// none. An id stands in one of them only.
func OpenLexicons(o Lexicons) (*Reader, error) {
	if len(o.Files) == 0 && o.Adopted == nil {
		return nil, nil
	}
	var entries []lexicon.Entry
	for _, file := range o.Files {
		s, err := OpenLexicon(file)
		if err != nil {
			return nil, fmt.Errorf("matching.lexicons: %w", err)
		}
		entries = append(entries, s.Entries...)
	}
	r := &Reader{Lexicons: o, entries: entries, tables: fold.New()}
	if err := r.renew(r.now()); err != nil {
		return nil, fmt.Errorf("matching.lexicons: %w", err)
	}
	return r, nil
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

// Reader reads texts for the entries that are current and approved at the time they are read.
type Reader struct {
	Lexicons
	entries []lexicon.Entry
	tables  *fold.Tables

	mu      sync.Mutex
	renewed moment
	files   struct { // entries of the files, verified with the directory of a moment
		at      moment
		entries []verifiedEntry
	}
	digest   string // of what the decoder reads for
	decoder  *decode.Decoder
	reported []lexicon.Problem
}

// moment is what entries stand or fall with: they begin and end with days, approvals hold as long as the keys that signed
// them and the directory says so.
type moment struct {
	hour    time.Time
	serial  int64
	adopted *flow.AdoptedEntries
}

// sameDirectory reports whether the same signatures hold at another moment.
func (m moment) sameDirectory(other moment) bool {
	return m.hour.Equal(other.hour) && m.serial == other.serial
}

// Read reads a text.
func (r *Reader) Read(text string, about decode.About) decode.Result {
	return r.current().Read(text, about)
}

// Lexicon is what is read for now.
func (r *Reader) Lexicon() *lexicon.Snapshot { return r.current().Lexicon() }

func (r *Reader) now() moment {
	m := moment{hour: r.Clock.Now().UTC().Truncate(time.Hour)}
	if r.Trust != nil {
		m.serial = r.Trust().Directory.Serial
	}
	if r.Adopted != nil {
		m.adopted = r.Adopted()
	}
	return m
}

func (r *Reader) current() *decode.Decoder {
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.renewed != now {
		_ = r.renew(now) // the entries made a lexicon before, and fewer of them do
	}
	return r.decoder
}

// renew makes the decoder anew where something changed for it.
func (r *Reader) renew(now moment) error {
	entries, missing := r.approved(now)
	s, err := lexicon.New(entries)
	if err != nil {
		return err
	}
	day := now.hour.Truncate(24 * time.Hour)
	if digest := s.Digest(); digest != r.digest || !r.renewed.hour.Truncate(24*time.Hour).Equal(day) {
		r.digest, r.decoder = digest, decode.New(s, r.tables, day)
	}
	r.renewed = now
	if r.Report != nil && !slices.Equal(missing, r.reported) {
		r.Report(missing)
	}
	r.reported = missing
	return nil
}

// approved gives the entries whose publication an authority and another party bear out, with the approvals that hold, and
// says what is missing for the others.
func (r *Reader) approved(now moment) (entries []lexicon.Entry, missing []lexicon.Problem) {
	if !r.files.at.sameDirectory(now) {
		r.files.at, r.files.entries = now, r.verified(r.entries)
	}
	all := r.files.entries
	if now.adopted != nil {
		all = newest(all, r.verified(now.adopted.Entries))
	}
	for _, e := range all {
		if now.adopted != nil {
			e.hold(now.adopted)
		}
		if e.Status.Read() && !lexicon.Approved(e.Approvals) {
			missing = append(missing, e.wrong...)
			continue
		}
		entries = append(entries, e.Entry)
	}
	return entries, missing
}

// verifiedEntry has the approvals that hold, and what is wrong with the others.
type verifiedEntry struct {
	lexicon.Entry
	wrong []lexicon.Problem
}

// verified holds entries to the directory: two signatures of each, and there may be tens of thousands.
func (r *Reader) verified(entries []lexicon.Entry) (all []verifiedEntry) {
	for _, e := range entries {
		v := verifiedEntry{Entry: e}
		if r.Trust != nil {
			v.Approvals, v.wrong = flow.CheckApprovals(&e, r.Trust())
		}
		all = append(all, v)
	}
	return all
}

// hold leaves out the approvals that were taken back.
func (e *verifiedEntry) hold(adopted *flow.AdoptedEntries) {
	left := adopted.Holding(&e.Entry, e.Approvals)
	if len(left) < len(e.Approvals) {
		e.wrong = append(slices.Clip(e.wrong), lexicon.Problem{Entry: e.ID, Field: "approvals", Text: "one was taken back"})
	}
	e.Approvals = left
}

// newest gives each entry once: of the files and of those that were adopted, the highest version.
func newest(files, adopted []verifiedEntry) (all []verifiedEntry) {
	if len(adopted) == 0 {
		return files
	}
	at := map[string]int{}
	for _, e := range slices.Concat(files, adopted) {
		i, known := at[e.ID]
		switch {
		case !known:
			at[e.ID] = len(all)
			all = append(all, e)
		case e.Version > all[i].Version:
			all[i] = e
		}
	}
	return all
}
