// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"tocsin"
)

// CaseFile is the readable document of a case.
type CaseFile struct {
	Item    string // the platform's own reference
	Address string `json:",omitempty"` // once the platform told it
	Matches []CaseMatch
	// Readings are what texts of it can be read as, at most [MostCaseReadings].
	Readings []CaseReading `json:",omitempty"`
	// Follow is a decision to be extended to this item once the platform said what it is: to a copy that was there
	// when it was taken, or, with Anew, by a decision that a standing one makes.
	Follow tocsin.RecordID `json:",omitempty"`
	Anew   bool            `json:",omitempty"`
}

// CaseMatch is one signal that matches the item of a case.
type CaseMatch struct {
	Bank     tocsin.RecordID
	Type     tocsin.SignalType
	Value    string // of the signal
	Hash     string // of the item
	Distance int
	At       time.Time
}

const lookupCase = "case" // platform's reference of the item

// propose puts a match before a person: in the case of the item, which is opened when there is none. A match
// that is in it already changes nothing.
func (u *unit) propose(item string, m CaseMatch) error {
	c, file, opened, err := u.caseOf(item, m.Bank, tocsin.PriorityMatch, m)
	if err != nil || slices.ContainsFunc(file.Matches, m.same) {
		return err
	}
	if !opened {
		events, err := c.Match(u.clock(), m.Bank, u.f.Settings.Periods, m)
		if err := u.did(c, events, err); err != nil {
			return err
		}
		u.identifyAgain(events)
	}
	if bank, ok := u.f.catalogue.bank(string(m.Bank)); ok { // one label may be the code of a category
		if err := u.categorise(c, bank.File.Labels); err != nil {
			return err
		}
	}
	file.Matches = append(file.Matches, m)
	return u.writeCase(c, file)
}

// raise puts before a person what a piece came upon, where the platform named the item and is there to say what it
// is. A search that was only asked what it finds opens no case.
func (f *Flow) raise(ctx context.Context, p Piece, matches []Match) error {
	if p.Item == "" || f.Platform == nil {
		return nil
	}
	for _, m := range matches {
		if m.Proposal != ProposeReview {
			continue
		}
		found := CaseMatch{Bank: m.Bank.ID, Type: m.Type, Value: m.Value, Distance: m.Distance}
		for _, q := range p.Queries {
			if q.Type == string(m.Type) {
				found.Hash = q.Value
			}
		}
		err := f.update(ctx, func(u *unit) error {
			found.At = u.now
			return u.propose(p.Item, found)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// reported puts a notice before a person, in the case of the item it names. said is what it says that the item is.
func (u *unit) reported(item string, notice tocsin.RecordID, p tocsin.Priority, said []tocsin.Category) (
	tocsin.RecordID, error) {
	c, file, opened, err := u.caseOf(item, notice, p, nil)
	if err != nil {
		return "", err
	}
	events, err := c.Categorise(u.clock(), said)
	if err := u.did(c, events, err); err != nil {
		return "", err
	}
	if opened {
		return c.ID, u.writeCase(c, file)
	}
	if slices.Contains(c.Notices, notice) { // it comes again with another address, which names the same item
		return c.ID, u.askAgain(c)
	}
	restricted, err := u.restrictedBy(c)
	if err != nil {
		return "", err
	}
	events, err = c.Report(u.clock(), notice, p, restricted, u.f.Settings.Periods)
	if err := u.did(c, events, err); err != nil {
		return "", err
	}
	if c.Item == "" {
		u.identifyAgain(events)
	}
	return c.ID, nil
}

// askAgain opens a case again that was closed because the platform did not know its item.
func (u *unit) askAgain(c *tocsin.Case) error {
	if c.Status != tocsin.CaseClosed {
		return nil
	}
	events, err := c.Reopen(u.clock(), tocsin.ReopenedReported, nil, u.f.Settings.Periods)
	if err := u.did(c, events, err); err != nil {
		return err
	}
	u.identifyAgain(events)
	return nil
}

// restrictedBy reports whether the last decision on a case restricts its item now.
func (u *unit) restrictedBy(c *tocsin.Case) (bool, error) {
	latest := c.LatestDecision()
	if latest == "" || c.Item == "" {
		return false, nil
	}
	item, err := load[*tocsin.Item](u, c.Item)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(item.Active(u.now), func(r tocsin.Restriction) bool { return r.Decision == latest }), nil
}

// identifyAgain asks the platform once more what an item is whose case is open again.
func (u *unit) identifyAgain(events []tocsin.Event) {
	for _, e := range events {
		if e.Kind == tocsin.EventCaseReopened && u.f.Platform != nil {
			u.enqueue(JobIdentify, e.ID, platformTarget, nil)
		}
	}
}

// caseOf finds the case of an item or opens it; source is what points to the item. A new one is asked about at
// the platform: what it is, and that it is public.
func (u *unit) caseOf(item string, source tocsin.RecordID, p tocsin.Priority, payload any) (c *tocsin.Case,
	file CaseFile, opened bool, err error) {
	key := u.f.Sealer.LookupKey(lookupCase, item)
	id, err := u.tx.Lookup(lookupCase, key)
	if err == nil {
		if c, err = load[*tocsin.Case](u, id); err != nil {
			return nil, file, false, err
		}
		return c, file, false, u.read(c, &file)
	}
	if tocsin.CodeOf(err) != tocsin.CodeNotFound {
		return nil, file, false, err
	}
	c, events, err := tocsin.OpenCase(u.clock(), source, p, u.f.Settings.Periods, payload)
	if err := u.did(c, events, err); err != nil {
		return nil, file, false, err
	}
	err = u.tx.Reserve(lookupCase, key, c.ID)
	if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate {
		err = errConcurrent // another process opened it a moment ago
	}
	if u.f.Platform != nil {
		u.enqueue(JobIdentify, events[0].ID, platformTarget, nil)
	}
	return c, CaseFile{Item: item}, true, err
}

// writeCase keeps a case's document and makes it findable: by what is in its address and its reference, and by
// keyed marks of the signals that match it, which tell nothing to whoever lacks the key.
func (u *unit) writeCase(c *tocsin.Case, file CaseFile) error {
	u.findable(c.ID, c.ID.Short()+" "+u.caseText(file))
	return u.write(c, file)
}

func (u *unit) caseText(file CaseFile) string {
	return strings.Join(append(u.marks(file), file.Item, file.Address), " ")
}

// marks are one word for each signal that matches.
func (u *unit) marks(file CaseFile) []string {
	var all []string
	for _, m := range file.Matches {
		all = append(all, u.mark(m))
	}
	return all
}

func (u *unit) mark(m CaseMatch) string {
	return "m" + hex.EncodeToString(u.f.Sealer.LookupKey("mark", string(m.Type)+"/"+m.Value))
}

func (m CaseMatch) same(other CaseMatch) bool {
	return m.Bank == other.Bank && m.Type == other.Type && m.Value == other.Value
}

// identify asks the platform which public item a case is about. An item it does not know leaves nothing to
// decide.
func (f *Flow) identify(ctx context.Context, job ClaimedJob) (outcome, error) {
	var id tocsin.RecordID
	var file CaseFile
	err := f.view(ctx, func(u *unit) error {
		entry, err := u.tx.EntryByID(tocsin.EventID(job.Args["event"]))
		if err != nil {
			return err
		}
		c, err := load[*tocsin.Case](u, entry.Header.Record)
		if err != nil {
			return err
		}
		id = c.ID
		return u.read(c, &file)
	})
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		return outcome{fail: string(tocsin.ReasonErased)}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	named, err := f.Platform.Identify(ctx, file.Item)
	if err != nil {
		return outcome{}, err
	}
	err = f.update(ctx, func(u *unit) error {
		if err := u.identified(id, named); err != nil {
			return err
		}
		return u.finish(job)
	})
	return finished, ignoreLost(err)
}

func (u *unit) identified(id tocsin.RecordID, named Named) error {
	c, err := load[*tocsin.Case](u, id)
	if err != nil || c.Item != "" {
		return err
	}
	var file CaseFile
	if err := u.read(c, &file); err != nil {
		return err
	}
	if named.Kind != "item" || named.Ref != file.Item {
		if c.Status != tocsin.CaseOpen {
			return nil
		}
		events, err := c.Close(u.clock(), "unknown_item")
		if err := u.did(c, events, err); err != nil {
			return err
		}
		return u.noticesUnlocated(c)
	}
	item, err := u.item(named)
	if err != nil {
		return err
	}
	events, err := c.Identify(u.clock(), item)
	if err := u.did(c, events, err); err != nil {
		return err
	}
	if err := u.joinOrders(c, file.Item); err != nil {
		return err
	}
	file.Address = named.Address
	if err := u.followed(c, &file); err != nil {
		return err
	}
	return u.writeCase(c, file)
}
