// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"tocsin"
	"tocsin/match/batch"
)

// SignalFile is the readable document of a signal.
type SignalFile struct {
	Value      string // canonical
	Touched    bool   `json:",omitempty"` // it came with a batch
	References map[tocsin.PartyID]string
	Labels     []string `json:",omitempty"`
	Note       string   `json:",omitempty"`
	Content    string   `json:",omitempty"` // record of the first signal of the same content, see [Contents]
	Origin     *Origin  `json:",omitempty"` // of the first signal of a content
}

// SignalRef names a signal by its record, or by what it is: a bank, a type and a value.
type SignalRef struct {
	ID    tocsin.RecordID
	Bank  string // id or name
	Type  tocsin.SignalType
	Value string
}

// NewSignal is what a party vouches for.
type NewSignal struct {
	SignalRef
	Source     tocsin.PartyID // this node's own party when empty
	Vouched    time.Time      // now when zero
	Until      *time.Time
	Confidence int64
	Marking    tocsin.Marking // the bank's when empty
	Reference  string
	Labels     []string
	Note       string
}

const lookupSignal = "signal" // bank, type and value

// AddSignal puts a signal into a bank. One that is there already gets another voucher: duplicates merge their
// provenance. What was retracted stays retracted.
func (f *Flow) AddSignal(ctx context.Context, actor Actor, key string, n NewSignal) (tocsin.RecordID, error) {
	if err := f.canonical(&n.SignalRef); err != nil {
		return "", err
	}
	if err := n.validate(); err != nil {
		return "", err
	}
	asked := f.request(actor, ActionSignalAdd, key, "signal", n)
	return f.once(ctx, asked, func(u *unit) (tocsin.RecordID, error) {
		bank, _, err := u.bankOf(actor, ActionSignalAdd, n.Bank)
		if err != nil {
			return "", err
		}
		s, file, err := u.findSignal(u.by(actor.ID), bank, n.Type, n.Value)
		if err != nil {
			return "", err
		}
		v := u.voucher(n, bank)
		if s == nil {
			file = n.file(v.Party)
			added, events, err := tocsin.AddSignal(u.by(actor.ID), bank, n.Type, v, file)
			if err := u.did(added, events, err); err != nil {
				return "", err
			}
			return added.ID, u.keepSignal(added, file)
		}
		file.References[v.Party], file.Labels = n.Reference, union(file.Labels, n.Labels)
		events, err := s.Vouch(u.by(actor.ID), v, file)
		if err := u.did(s, events, err); err != nil {
			return "", err
		}
		return s.ID, u.write(s, file)
	})
}

func (n NewSignal) validate() error {
	if len(n.Reference) > 500 {
		return tocsin.Invalid(tocsin.ReasonTooLong, "reference", "A reference takes at most 500 bytes.")
	}
	if len(n.Note) > 255 {
		return tocsin.Invalid(tocsin.ReasonTooLong, "note", "A note takes at most 255 bytes.")
	}
	return checkLabels(n.Labels)
}

func (n NewSignal) file(source tocsin.PartyID) SignalFile {
	return SignalFile{Value: n.Value, References: map[tocsin.PartyID]string{source: n.Reference}, Labels: n.Labels,
		Note: n.Note}
}

func (u *unit) voucher(n NewSignal, bank *tocsin.Bank) tocsin.Voucher {
	v := tocsin.Voucher{Party: n.Source, At: n.Vouched, Until: n.Until, Confidence: n.Confidence, Marking: n.Marking}
	if v.Party == "" {
		v.Party = u.f.Identity.Party
	}
	if v.At.IsZero() {
		v.At = u.now
	}
	if v.Marking == "" {
		v.Marking = bank.Marking
	}
	return v
}

// canonical checks the type and gives the value its canonical form.
func (f *Flow) canonical(ref *SignalRef) error {
	if f.Matcher == nil {
		return noMatcher()
	}
	t, ok := f.Matcher.Type(string(ref.Type))
	if !ok {
		return tocsin.Invalid(tocsin.ReasonUnknownValue, "type", "There is no such type of signal.")
	}
	value, err := t.Parse(ref.Value)
	if err != nil {
		return badValue(err)
	}
	ref.Value = value
	return nil
}

// bankOf finds the bank of a reference and loads it within the transaction.
func (u *unit) bankOf(actor Actor, action Action, name string) (*tocsin.Bank, BankFile, error) {
	id := tocsin.RecordID(name)
	if !id.Valid() {
		var err error
		if id, err = u.tx.Lookup(lookupBank, u.f.Sealer.LookupKey(lookupBank, name)); err != nil {
			return nil, BankFile{}, unknownRecord()
		}
	}
	return u.bank(actor, action, id)
}

func (u *unit) signalKey(bank tocsin.RecordID, t tocsin.SignalType, value string) []byte {
	return u.f.Sealer.LookupKey(lookupSignal, signalValue(bank, t, value))
}

func signalValue(bank tocsin.RecordID, t tocsin.SignalType, value string) string {
	return string(bank) + "/" + string(t) + "/" + value
}

// findSignal gives the record of a signal, making one when a batch brought it; nil when the bank lacks it.
func (u *unit) findSignal(by tocsin.By, bank *tocsin.Bank, t tocsin.SignalType,
	value string) (*tocsin.Signal, SignalFile, error) {
	var file SignalFile
	id, err := u.tx.Lookup(lookupSignal, u.signalKey(bank.ID, t, value))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return u.touch(by, bank, t, value)
	}
	if err != nil {
		return nil, file, err
	}
	s, err := load[*tocsin.Signal](u, id)
	if err != nil {
		return nil, file, err
	}
	return s, file, u.read(s, &file)
}

// touch gives what batches brought a record of its own: the first makes it, the others vouch for it too.
func (u *unit) touch(by tocsin.By, bank *tocsin.Bank, t tocsin.SignalType,
	value string) (*tocsin.Signal, SignalFile, error) {
	var s *tocsin.Signal
	file := SignalFile{Value: value, Touched: true, References: map[tocsin.PartyID]string{}}
	brought, err := u.bringing(bank.ID, t, value)
	if err != nil {
		return nil, file, err
	}
	for _, b := range brought {
		d, row := b.delivery, b.row
		file.References[d.Source], file.Labels = row.Reference, union(file.Labels, row.Labels)
		var events []tocsin.Event
		if s == nil {
			s, events, err = tocsin.TouchSignal(by, &d.Batch, t, int64(row.Confidence), row.Until, file)
		} else {
			events, err = s.AlsoIn(by, &d.Batch, int64(row.Confidence), row.Until)
		}
		if err := u.did(s, events, err); err != nil {
			return nil, file, err
		}
	}
	if s == nil {
		return nil, file, nil
	}
	return s, file, u.keepSignal(s, file)
}

// bringing are the active imports that bring a value into a bank, each with its row.
func (u *unit) bringing(bank tocsin.RecordID, t tocsin.SignalType, value string) (all []bringer, err error) {
	ids, err := u.f.Matcher.Find(u.ctx, t, value)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		base, number, hand := split(id)
		d, known := u.f.catalogue.batch(base)
		if hand || !known || d.Bank != bank || d.Status != tocsin.BatchActive || ended(d.Until, u.now) {
			continue
		}
		row, err := u.f.Matcher.Row(u.ctx, d.Blob, number)
		if err != nil {
			return nil, err
		}
		if !ended(row.Until, u.now) {
			all = append(all, bringer{d, row})
		}
	}
	return all, nil
}

type bringer struct {
	*delivery
	row batch.Row
}

func (u *unit) keepSignal(s *tocsin.Signal, file SignalFile) error {
	err := u.tx.Reserve(lookupSignal, u.signalKey(s.Bank, s.Type, file.Value), s.ID)
	if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate {
		return errConcurrent // somebody added it a moment ago: now it is found
	}
	if err != nil {
		return err
	}
	return u.write(s, file)
}

func union(a, b []string) []string {
	seen := map[string]bool{}
	var all []string
	for _, l := range append(a[:len(a):len(a)], b...) {
		if !seen[l] {
			seen[l] = true
			all = append(all, l)
		}
	}
	return all
}
