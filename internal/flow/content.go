// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"
	"sync"
	"time"
	"unicode/utf8"

	"tocsin"
	"tocsin/match"
)

// Contents speaks of the signals of banks as the interface of hasher-matcher-actioner does: a content has a
// number and one signal or several of different types. It holds no state but what can be had again.
type Contents struct {
	*Flow
	mu    sync.Mutex
	first map[tocsin.RecordID]int64 // sequence number of a record's first event
}

// NewContents gives the contents of a node's banks.
func NewContents(f *Flow) *Contents {
	return &Contents{Flow: f, first: map[tocsin.RecordID]int64{}}
}

// Origin is what a client of that interface keeps beside a content. Addresses are never fetched again.
type Origin struct {
	ID      string          `json:",omitempty"`
	Address string          `json:",omitempty"`
	Free    json.RawMessage `json:",omitempty"` // an object of the client's own
}

func (o Origin) empty() bool { return o.ID == "" && o.Address == "" && len(o.Free) == 0 }

// ContentSignal is one signal of a content.
type ContentSignal struct {
	Type  tocsin.SignalType
	Value string
}

// NewContent is a content to be put into a bank.
type NewContent struct {
	Bank    string          // name
	Signals []ContentSignal // each of another type
	Note    string          // at most 255 characters
	Origin  Origin
}

// Content is a content of a bank. What was taken back is none any more.
type Content struct {
	Number  int64
	Bank    BankView
	Signals []Signalled // the first gives the content its number
	Origin  Origin
	Note    string
	// References are what the sources of imports call it.
	References []string
}

// Signalled is a signal of a content, with or without a record of its own.
type Signalled struct {
	ContentSignal
	ID       tocsin.RecordID // empty for a row of an import that nobody touched
	Disabled bool
	Until    *time.Time // when a disabled signal matches again by itself
}

const lookupContent = "content" // record of the first signal, and a type

// Add puts a content into a bank and gives its number. A signal that is there already keeps its number, and
// this node's party vouches for it too.
func (c *Contents) Add(ctx context.Context, actor Actor, n NewContent) (int64, error) {
	if c.Matcher == nil {
		return 0, noMatcher()
	}
	if utf8.RuneCountInString(n.Note) > 255 || len(n.Signals) == 0 {
		return 0, tocsin.Invalid(tocsin.ReasonTooLong, "note",
			"A content has signals, and a note of at most 255 characters.")
	}
	for i, s := range n.Signals {
		ref := SignalRef{Type: s.Type, Value: s.Value}
		if err := c.canonical(&ref); err != nil {
			return 0, err
		}
		n.Signals[i].Value = ref.Value
	}
	add := func(u *unit) (tocsin.RecordID, error) { return u.addContent(actor, n) }
	bank, err := matching(c.Flow, ctx, "", add)
	if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate { // somebody added it a moment ago: now it is found
		bank, err = matching(c.Flow, ctx, "", add)
	}
	if err != nil {
		return 0, err
	}
	return c.number(ctx, signalKey{bank, n.Signals[0].Type, n.Signals[0].Value})
}

// addContent gives the bank it went to.
func (u *unit) addContent(actor Actor, n NewContent) (tocsin.RecordID, error) {
	bank, _, err := u.bankOf(actor, ActionSignalAdd, n.Bank)
	if err != nil {
		return "", err
	}
	var head *tocsin.Signal
	for _, cs := range n.Signals {
		var together tocsin.RecordID
		if head != nil {
			together = head.ID
		}
		s, err := u.addToContent(actor, bank, cs, together, n.Note)
		if err != nil {
			return "", err
		}
		if head == nil {
			head = s
		}
	}
	if n.Origin.empty() {
		return bank.ID, nil
	}
	head, file, err := u.headOf(head)
	if err != nil {
		return "", err
	}
	file.Origin = &n.Origin
	return bank.ID, u.write(head, file)
}

// headOf gives the first signal of the content that a signal belongs to.
func (u *unit) headOf(s *tocsin.Signal) (*tocsin.Signal, SignalFile, error) {
	var file SignalFile
	if err := u.read(s, &file); err != nil || file.Content == "" {
		return s, file, err
	}
	head, err := load[*tocsin.Signal](u, tocsin.RecordID(file.Content))
	if err != nil {
		return nil, file, err
	}
	file = SignalFile{}
	return head, file, u.read(head, &file)
}

// addToContent adds one signal, or vouches for the one that is there, and keeps it together with the first.
func (u *unit) addToContent(actor Actor, bank *tocsin.Bank, cs ContentSignal, head tocsin.RecordID,
	note string) (*tocsin.Signal, error) {
	s, file, err := u.findSignal(u.by(actor.ID), bank, cs.Type, cs.Value)
	if err != nil {
		return nil, err
	}
	v := u.voucher(NewSignal{}, bank)
	if s != nil {
		file.References[v.Party] = ""
		if note != "" {
			file.Note = note
		}
		events, err := s.Vouch(u.by(actor.ID), v, file)
		if err := u.did(s, events, err); err != nil {
			return nil, err
		}
		return s, u.write(s, file)
	}
	file = SignalFile{Value: cs.Value, References: map[tocsin.PartyID]string{v.Party: ""}, Note: note}
	grouped, err := u.mayJoin(head, cs.Type)
	if err != nil {
		return nil, err
	}
	if grouped {
		file.Content = string(head)
	}
	s, events, err := tocsin.AddSignal(u.by(actor.ID), bank, cs.Type, v, file)
	if err := u.did(s, events, err); err != nil {
		return nil, err
	}
	if grouped {
		if err := u.tx.Reserve(lookupContent, u.contentKey(head, cs.Type), s.ID); err != nil {
			return nil, err
		}
	}
	return s, u.keepSignal(s, file)
}

// mayJoin says whether a content has room for a signal of the type: one of each, and none with a row of an
// import, which has a number already.
func (u *unit) mayJoin(head tocsin.RecordID, t tocsin.SignalType) (bool, error) {
	if head == "" {
		return false, nil
	}
	first, err := load[*tocsin.Signal](u, head)
	if err != nil || first.Type == t {
		return false, err
	}
	var file SignalFile
	if err := u.read(first, &file); err != nil || file.Touched || file.Content != "" {
		return false, err
	}
	_, err = u.tx.Lookup(lookupContent, u.contentKey(head, t))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return true, nil
	}
	return false, err
}

func (u *unit) contentKey(head tocsin.RecordID, t tocsin.SignalType) []byte {
	return u.f.Sealer.LookupKey(lookupContent, string(head)+"/"+string(t))
}

// members are the records of a content, the first one first.
func (u *unit) members(head *tocsin.Signal) ([]*tocsin.Signal, error) {
	all := []*tocsin.Signal{head}
	for _, t := range match.Types() {
		id, err := u.tx.Lookup(lookupContent, u.contentKey(head.ID, tocsin.SignalType(t.Name)))
		if tocsin.CodeOf(err) == tocsin.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		s, err := load[*tocsin.Signal](u, id)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Get opens a content of a bank. What is not in this bank, or was taken back, is not there.
func (c *Contents) Get(ctx context.Context, actor Actor, bank string, number int64) (Content, error) {
	b, err := c.Bank(ctx, actor, bank)
	if err != nil {
		return Content{}, err
	}
	v := Content{Number: number, Bank: b}
	err = c.view(ctx, func(u *unit) error {
		at, err := c.locate(u, number)
		if err != nil {
			return err
		}
		if at.bank != b.ID {
			return unknownRecord()
		}
		return u.readContent(at, &v)
	})
	return v, err
}

func (u *unit) readContent(at place, v *Content) error {
	if at.head == nil {
		if at.row.Reference != "" {
			v.References = []string{at.row.Reference}
		}
		v.Signals = []Signalled{{ContentSignal: ContentSignal{at.typ, at.row.Value}}}
		return nil
	}
	members, err := u.members(at.head)
	if err != nil {
		return err
	}
	for i, s := range members {
		var file SignalFile
		err := u.read(s, &file)
		if tocsin.CodeOf(err) == tocsin.CodeErased {
			continue
		}
		if err != nil {
			return err
		}
		if i == 0 {
			v.Note = file.Note
			if file.Origin != nil {
				v.Origin = *file.Origin
			}
		}
		for _, voucher := range s.Vouchers {
			if r := file.References[voucher.Party]; r != "" && voucher.Batch != "" {
				v.References = append(v.References, r)
			}
		}
		if !s.Ended() {
			v.Signals = append(v.Signals, Signalled{ContentSignal{s.Type, file.Value}, s.ID, s.Disabled, s.Reenabled})
		}
	}
	if len(v.Signals) == 0 {
		return unknownRecord()
	}
	return nil
}
