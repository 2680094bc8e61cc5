// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tocsin"
	"tocsin/match"
	"tocsin/match/digest"
)

// SoughtContent is what somebody looks for: exactly this, and nothing like it. One of the fields is set.
type SoughtContent struct {
	Text    string // the whole text itself
	Address string // as it stands on the platform
	Hash    string // hexadecimal: MD5, SHA-1, SHA-256 or PDQ
	File    []byte // of which only hashes are looked for, and nothing is kept
}

// MostFoundBytes bounds a file that somebody looks for.
const MostFoundBytes = 32 << 20

// mostContent bounds what is found of one content.
const mostContent = 100

// FoundContent is what is known of a content.
type FoundContent struct {
	Looked []Looked // what was looked for, as it was computed
	Found  []Found  // cases, decisions, complaints, notices, items, orders
	More   bool
}

// Looked is one value that was looked for.
type Looked struct {
	Type  string
	Value string
}

// FindContent finds cases, decisions, complaints, notices, items and orders about exactly one content: those whose item
// has a file with this hash, or that a signal with this very value matches, or that name this address; each as far as
// the actor may read it. Never by person.
func (f *Flow) FindContent(ctx context.Context, actor Actor, c SoughtContent) (FoundContent, error) {
	var v FoundContent
	if err := f.MaySearch(actor); err != nil {
		return v, err
	}
	looked, err := f.lookedFor(ctx, c)
	if err != nil {
		return v, err
	}
	err = f.view(ctx, func(u *unit) error {
		s := &finding{u: u, actor: actor, seen: map[tocsin.RecordID]bool{}, most: mostContent + 1}
		for _, l := range looked {
			if err := s.value(l); err != nil {
				return err
			}
		}
		if c.Address != "" {
			if err := s.address(c.Address); err != nil {
				return err
			}
		}
		slices.SortStableFunc(s.found, func(a, b Found) int { return cmp.Compare(foundRank(a.Kind), foundRank(b.Kind)) })
		v = FoundContent{Looked: looked, Found: s.found[:min(len(s.found), mostContent)], More: s.more || len(s.found) > mostContent}
		return nil
	})
	return v, err
}

func foundRank(k tocsin.RecordKind) int {
	return slices.Index([]tocsin.RecordKind{tocsin.KindCase, tocsin.KindDecision, tocsin.KindComplaint, tocsin.KindNotice,
		tocsin.KindItem}, k) & 7 // others last
}

// lookedFor makes of a content what is looked for.
func (f *Flow) lookedFor(ctx context.Context, c SoughtContent) ([]Looked, error) {
	var all []Looked
	add := func(typ, text string) bool {
		t, known := match.Lookup(typ)
		if !known {
			return false
		}
		value, err := t.Parse(text)
		if err == nil && !slices.Contains(all, Looked{typ, value}) {
			all = append(all, Looked{typ, value})
		}
		return err == nil
	}
	given := 0
	if c.Text != "" {
		given++
		add("sha256", string(tocsin.DigestOf([]byte(c.Text))))
		add("text", c.Text)
	}
	if c.Address = strings.TrimSpace(c.Address); c.Address != "" {
		if given++; len(words(c.Address)) == 0 {
			return nil, tocsin.Invalid(tocsin.ReasonFormat, "address", "This is no address.")
		}
		add("url", c.Address)
	}
	if c.Hash = strings.TrimSpace(c.Hash); c.Hash != "" {
		given++
		for _, typ := range []string{"sha256", "pdq", "sha1", "md5", "video_md5"} {
			add(typ, c.Hash)
		}
		if len(all) == 0 {
			return nil, tocsin.Invalid(tocsin.ReasonFormat, "hash", "This is no MD5, SHA-1, SHA-256 or PDQ in hexadecimal.")
		}
	}
	if len(c.File) > 0 {
		given++
		for _, p := range f.fingerprints(ctx, c.File) {
			if p.Value != "" {
				add(p.Type, p.Value)
			}
		}
	}
	if given != 1 {
		return nil, tocsin.Invalid(tocsin.ReasonMissing, "text", "Give one of these: a text, an address, a hash or a file.")
	}
	return all, ctx.Err()
}

// fingerprints are digests always, and more where this node decodes media.
func (f *Flow) fingerprints(ctx context.Context, file []byte) []Fingerprint {
	if f.Media != nil {
		if prints, _ := f.Media.Fingerprint(ctx, file); prints != nil { // what cannot be decoded has digests all the same
			return prints
		}
	}
	var all []Fingerprint
	for _, a := range digest.Algorithms() {
		all = append(all, Fingerprint{Type: string(a), Value: digest.Sum(a, file).String()})
	}
	return all
}

// finding collects what somebody looks for and may read.
type finding struct {
	u     *unit
	actor Actor
	seen  map[tocsin.RecordID]bool
	found []Found
	most  int // of them
	more  bool
}

// value finds what has a file with this hash, and what a signal of this value matches.
func (s *finding) value(l Looked) error {
	kept, err := s.u.tx.KeptAs(l.Type, l.Value, s.u.now, mostContent)
	if err != nil {
		return err
	}
	s.more = s.more || len(kept) == mostContent
	for _, k := range kept {
		if err := s.reference(k.Item); err != nil {
			return err
		}
	}
	ids, err := s.u.tx.Search([]string{s.u.mark(CaseMatch{Type: tocsin.SignalType(l.Type), Value: l.Value})}, mostContent)
	if err != nil {
		return err
	}
	s.more = s.more || len(ids) == mostContent
	return s.records(ids)
}

// reference finds what is about an item of the platform.
func (s *finding) reference(ref string) error {
	for _, kind := range []string{lookupCase, lookupItem} {
		id, err := s.u.tx.Lookup(kind, s.u.f.Sealer.LookupKey(kind, ref))
		if tocsin.CodeOf(err) == tocsin.CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		if err := s.record(id); err != nil {
			return err
		}
	}
	return nil
}

// address finds what names this very address, and not only its words.
func (s *finding) address(address string) error {
	asked := words(address)
	ids, err := s.u.tx.Search(asked, mostContent)
	if err != nil {
		return err
	}
	s.more = s.more || len(ids) == mostContent
	for _, id := range ids {
		rec, err := s.u.record(id)
		if err != nil {
			return err
		}
		named, err := s.u.addressesOf(rec.agg)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(named, func(a string) bool { return slices.Equal(words(a), asked) }) {
			continue
		}
		if err := s.record(id); err != nil {
			return err
		}
	}
	return nil
}

// addressesOf are those that a record names.
func (u *unit) addressesOf(agg tocsin.Aggregate) (all []string, err error) {
	var file struct{ Address string }
	switch agg.(type) {
	case *tocsin.Case, *tocsin.Item:
		if err = u.read(agg, &file); err == nil {
			return []string{file.Address}, nil
		}
	case *tocsin.IssuedOrder, *tocsin.ReceivedOrder, *tocsin.OrderCopy:
		order, failed := u.orderOf(agg)
		if err = failed; err == nil && order != nil {
			for _, a := range order.Annex.Content.Addresses {
				all = append(all, a.URL)
			}
		}
	}
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		return nil, nil
	}
	return all, err
}

func (s *finding) records(ids []tocsin.RecordID) error {
	for _, id := range ids {
		if err := s.record(id); err != nil {
			return err
		}
	}
	return nil
}

// record adds a record that the actor may read, and what belongs to it: of a case its decisions, notices and item, of a
// decision its complaints, of an item the decisions that restrict it.
func (s *finding) record(id tocsin.RecordID) error {
	if id == "" || s.seen[id] || len(s.found) >= s.most {
		return nil
	}
	s.seen[id] = true
	rec, err := s.u.record(id)
	if err != nil {
		return err
	}
	action := readAction(rec.agg)
	if !slices.Contains(searched, action) || s.u.f.Policy.Decide(s.actor, action, rec.agg) != nil {
		return nil
	}
	s.found = append(s.found, Found{id, rec.row.Kind})
	switch r := rec.agg.(type) {
	case *tocsin.Case:
		return s.records(slices.Concat(r.Decisions, r.Notices, []tocsin.RecordID{r.Item}))
	case *tocsin.Decision:
		return s.records(r.Complaints)
	case *tocsin.Item:
		for _, restriction := range r.Restrictions {
			if err := s.records([]tocsin.RecordID{restriction.Decision, restriction.Order}); err != nil {
				return err
			}
		}
	}
	return nil
}
