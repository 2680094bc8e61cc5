// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// A case among many, by its number: half are decided, half of these restricted; of the others two in a hundred are
// overdue, one waits for a senior, half of one is assigned to somebody, and one in three thousand to the moderator who
// measures.
const (
	fillBatch   = 400 // cases to a commit
	mineEvery   = 3000
	fillSignals = 200
	fillBank    = "KETTLES"
	vocabulary  = 2000
)

// filler writes cases as the use cases of a node do: the same events by the same rules, payloads sealed and committed to,
// lookups, words, hashes that are kept, whose a case is, and what it is listed under; only many to a commit, and without the work outside that
// has been done already. fsck finds no difference.
type filler struct {
	sealer  flow.Sealer
	store   flow.Store
	bank    tocsin.RecordID
	signals []string
	people  []tocsin.ActorID // who decided, and to whom cases are assigned; the first is who measures
	periods tocsin.Periods
	now     time.Time
}

// filled is what one commit writes.
type filled struct {
	rows    []flow.Row
	entries []flow.Entry
	lookups []lookup
	words   map[tocsin.RecordID]string
	whose   map[tocsin.RecordID][]tocsin.ActorID
	facets  map[tocsin.RecordID][]flow.Facet
	kept    []flow.KeptHash
	told    []flow.Delivery
}

type lookup struct {
	kind string
	key  []byte
	id   tocsin.RecordID
}

// fill writes cases of numbers in [from, to). Sealing goes on while the batch before is written.
func (f *filler) fill(ctx context.Context, from, to int) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type made struct {
		batch *filled
		err   error
	}
	next := make(chan made, 1)
	go func() {
		defer close(next)
		for at := from; at < to; at += fillBatch {
			b := &filled{words: map[tocsin.RecordID]string{}, whose: map[tocsin.RecordID][]tocsin.ActorID{},
				facets: map[tocsin.RecordID][]flow.Facet{}}
			var err error
			for i := at; i < min(at+fillBatch, to) && err == nil; i++ {
				err = f.one(i, b)
			}
			select {
			case next <- made{b, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	for m := range next {
		if m.err != nil {
			return m.err
		}
		if err := f.write(ctx, m.batch); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (f *filler) write(ctx context.Context, b *filled) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	return f.store.Update(ctx, func(tx flow.Tx) error {
		for _, r := range b.rows {
			if err := tx.Create(r); err != nil {
				return err
			}
		}
		for _, l := range b.lookups {
			if err := tx.Reserve(l.kind, l.key, l.id); err != nil {
				return err
			}
		}
		for id, text := range b.words {
			if err := tx.SetSearchText(id, text); err != nil {
				return err
			}
		}
		for id, people := range b.whose {
			if err := tx.SetWhose(id, people...); err != nil {
				return err
			}
		}
		for id, facets := range b.facets {
			if err := tx.MoveFacets(id, nil, facets); err != nil {
				return err
			}
		}
		for _, d := range b.told {
			if err := tx.SaveDelivery(d); err != nil {
				return err
			}
		}
		if err := tx.Keep(b.kept...); err != nil {
			return err
		}
		return tx.Append(b.entries)
	})
}

// followed says that whoever tails the journal has seen all of it, as a node that ran would have.
func (f *filler) followed(ctx context.Context) error {
	return f.store.Update(ctx, func(tx flow.Tx) error {
		head, err := tx.Head()
		if err != nil {
			return err
		}
		for _, follower := range []string{"alert", "retrospect"} {
			if err := tx.SetPosition(follower, head.Seq); err != nil {
				return err
			}
		}
		return nil
	})
}

// refOf is the platform's own reference of a case's item, addressOf its address.
func refOf(i int) string { return "p" + strconv.Itoa(i) }

func addressOf(i int) string {
	luck := rand.New(rand.NewPCG(uint64(i), 1))
	return fmt.Sprintf("https://board.example/%s/%s/post-%d", wordOf(luck), wordOf(luck), i)
}

// wordOf draws a word of the addresses; each is in about a thousandth of all.
func wordOf(luck *rand.Rand) string { return "w" + strconv.Itoa(luck.IntN(vocabulary)) + "garden" }

// recent is how long ago a case may have come that nobody should have looked at before these measurements end.
func (f *filler) recent(p tocsin.Priority) time.Duration {
	return f.answer(p) - 6*time.Hour
}

func (f *filler) answer(p tocsin.Priority) time.Duration {
	if p == tocsin.PriorityMatch {
		return f.periods.CaseMatched
	}
	return f.periods.CaseReported
}

// overdue tells which of the others are.
func overdue(i int) bool { return i%50 == 1 && i%mineEvery != 1 }

// decided tells which cases are.
func decided(i int) bool { return i%2 == 0 }

// one makes a case with all that belongs to it.
func (f *filler) one(i int, b *filled) error {
	luck := rand.New(rand.NewPCG(uint64(i), 2))
	priority := tocsin.Priority(luck.IntN(100) / 90) // one in ten as if somebody had given notice
	at := f.now.Add(-time.Duration(luck.Int64N(int64(f.recent(priority))))).Truncate(time.Microsecond)
	if overdue(i) {
		at = at.Add(-f.answer(priority))
	}
	if decided(i) { // so long ago that the work outside is done and put away
		at = at.Add(-35 * 24 * time.Hour)
	}
	by, ref := tocsin.By{Actor: tocsin.ActorClock, At: at}, refOf(i)
	item, located, err := tocsin.LocateItem(by, tocsin.NewRecordID(tocsin.KindItem), true,
		flow.ItemFile{Ref: ref, Address: addressOf(i)})
	if err != nil {
		return err
	}
	signal := f.signals[i%len(f.signals)]
	m := flow.CaseMatch{Bank: f.bank, Type: "pdq", Value: signal, Hash: signal, At: at}
	c, events, err := tocsin.OpenCase(by, f.bank, priority, f.periods, m)
	if err != nil {
		return err
	}
	s := &story{f: f, b: b, c: c, item: item, events: events, located: located, luck: luck, at: at}
	s.did(c.Identify(by, item.ID))
	s.goOn(i)
	if s.err != nil {
		return fmt.Errorf("case %d: %w", i, s.err)
	}
	file := flow.CaseFile{Item: ref, Address: addressOf(i), Matches: []flow.CaseMatch{m}}
	if err := f.seal(b, c, s.events, file); err != nil {
		return err
	}
	if err := f.seal(b, item, s.located, flow.ItemFile{Ref: ref, Address: addressOf(i)}); err != nil {
		return err
	}
	mark := "m" + hex.EncodeToString(f.sealer.LookupKey("mark", "pdq/"+signal))
	b.words[c.ID] = strings.Join([]string{mark, ref, addressOf(i)}, " ")
	b.words[item.ID] = addressOf(i)
	b.facets[c.ID] = flow.FacetsOf(c)
	if whose := c.Whose(); whose != nil {
		b.whose[c.ID] = whose
	}
	b.lookups = append(b.lookups, lookup{"case", f.sealer.LookupKey("case", ref), c.ID},
		lookup{"item", f.sealer.LookupKey("item", ref), item.ID})
	b.kept = append(b.kept, flow.KeptHash{Type: "sha256", Item: ref, Until: f.now.Add(720 * time.Hour),
		Value: string(tocsin.DigestOf([]byte(strconv.Itoa(i - i%100/99))))}) // one in a hundred is a copy of its neighbour
	return nil
}

// seal makes a record's row and entries, as flow does at the end of a use case.
func (f *filler) seal(b *filled, agg tocsin.Aggregate, events []tocsin.Event, document any) error {
	id := agg.Base().ID
	key, wrapped, err := f.sealer.NewKey(id)
	if err != nil {
		return err
	}
	var at time.Time
	for _, e := range events {
		entry := flow.Entry{Header: e.Header}
		if e.Payload != nil {
			plain, err := json.Marshal(e.Payload)
			if err != nil {
				return err
			}
			if entry.Payload, err = key.Seal(string(e.ID), plain); err != nil {
				return err
			}
			entry.Header.Commitment = key.Commit(e.ID, plain)
		}
		if entry.Exact, err = entry.Header.Encode(); err != nil {
			return err
		}
		b.entries, at = append(b.entries, entry), e.At
	}
	body, err := json.Marshal(agg)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(document)
	if err != nil {
		return err
	}
	sealed, err := key.Seal("document", plain)
	b.rows = append(b.rows, flow.Row{ID: id, Kind: agg.Kind(), Version: agg.Base().Version, Status: agg.State(), Body: body,
		Due: agg.Due(), UpdatedAt: at, Key: wrapped, Document: sealed})
	return err
}

// story is what happened to one case.
type story struct {
	f               *filler
	b               *filled
	c               *tocsin.Case
	item            *tocsin.Item
	events, located []tocsin.Event
	luck            *rand.Rand
	at              time.Time
	err             error
}

func (s *story) did(events []tocsin.Event, err error) {
	if s.events = append(s.events, events...); s.err == nil {
		s.err = err
	}
}

// by is somebody, a while after what happened last.
func (s *story) by(who tocsin.ActorID) tocsin.By {
	s.at = s.at.Add(time.Duration(s.luck.Int64N(int64(time.Minute)))).Truncate(time.Microsecond)
	return tocsin.By{Actor: who, At: s.at}
}

func (s *story) goOn(i int) {
	somebody := s.f.people[1+s.luck.IntN(len(s.f.people)-1)]
	switch fate := s.luck.IntN(1000); {
	case decided(i):
		s.decide(somebody)
	case i%mineEvery == 1:
		s.did(s.c.Assign(s.by(s.f.people[1]), tocsin.RecordID(s.f.people[0])))
	case overdue(i):
		s.did(s.c.Tick(tocsin.By{Actor: tocsin.ActorClock, At: *s.c.Answer}, s.f.periods))
	case fate < 60:
		s.did(s.c.Escalate(s.by(somebody), "Somebody with more experience should look at this bridge."))
	case fate < 70:
		s.did(s.c.Assign(s.by(s.f.people[1]), tocsin.RecordID(somebody)))
	}
}

// draftOf is what a person finds.
func draftOf(outcome tocsin.Outcome) tocsin.DecisionDraft {
	return tocsin.DecisionDraft{Outcome: outcome, Basis: tocsin.BasisHostTerms, Provision: "Rule 4: kettles",
		Facts: "A kettle on a bridge.", Reasons: "Kettles do not stand on bridges here, and this one does, as the picture shows.",
		Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(), Rationale: "A picture made for this run."},
		Territory:  []tocsin.Country{tocsin.TerritoryUnion}, Detection: tocsin.DetectionMatch}
}

func (s *story) decide(who tocsin.ActorID) {
	outcome := []tocsin.Outcome{tocsin.OutcomeKeep, tocsin.OutcomeRestrict}[s.luck.IntN(2)]
	s.did(s.c.Take(s.by(who)))
	if s.err != nil {
		return
	}
	by, file := s.by(who), flow.DecisionFile{Draft: draftOf(outcome)}
	d, taken, decided, err := s.c.Decide(by, file.Draft, s.c.Content, 15*time.Minute, flow.DecisionFile{Draft: file.Draft})
	if s.did(decided, err); s.err != nil {
		return
	}
	covered, err := d.Cover(by, s.c)
	if s.err = err; err != nil {
		return
	}
	taken = append(taken, covered...)
	if restriction := d.Items[0].Restriction; restriction != "" {
		imposed, err := s.item.Impose(by, tocsin.Restriction{ID: restriction, Basis: d.Basis, Decision: d.ID,
			Territory: d.Territory})
		if s.err = err; err != nil {
			return
		}
		s.located = append(s.located, imposed...)
		if taken, err = s.told(imposed[0].ID, d, taken); err != nil {
			s.err = err
			return
		}
	}
	s.err = s.f.seal(s.b, d, taken, file)
}

// told is what comes of a restriction once the platform has confirmed it.
func (s *story) told(of tocsin.EventID, d *tocsin.Decision, taken []tocsin.Event) ([]tocsin.Event, error) {
	by := s.by(tocsin.ActorClock)
	confirmed, err := s.item.ConfirmMeasure(by, tocsin.Measure{Event: of, Action: "restricted", At: by.At})
	if err != nil {
		return nil, err
	}
	s.located = append(s.located, confirmed...)
	informed, err := d.Inform(by, s.item.ID, by.At)
	s.b.told = append(s.b.told, flow.Delivery{Event: of, Target: "platform", Kind: "callback", Record: s.item.ID, Attempts: 1,
		OfferedAt: &by.At, TriedAt: &by.At, AckedAt: &by.At})
	return append(taken, informed...), err
}

// signalsOf are hashes far from each other.
func signalsOf(n int) []string {
	luck, all := rand.NewChaCha8([32]byte{6}), make([]string, n)
	for i := range all {
		var hash [32]byte
		_, _ = luck.Read(hash[:]) // never fails
		all[i] = hex.EncodeToString(hash[:])
	}
	return all
}

// know opens the bank that the cases' matches are of.
func know(ctx context.Context, f *flow.Flow, by flow.Actor, signals []string) error {
	_, err := f.OpenBank(ctx, by, "", tocsin.BankTerms{Polarity: tocsin.PolarityPositive, Marking: tocsin.MarkingGreen,
		Enabled: tocsin.Whole}, flow.BankFile{Name: fillBank, Policy: "Kettles do not stand on bridges."})
	if err != nil {
		return err
	}
	for _, value := range signals {
		_, err := f.AddSignal(ctx, by, "", flow.NewSignal{Confidence: 70,
			SignalRef: flow.SignalRef{Bank: fillBank, Type: "pdq", Value: value}})
		if err != nil {
			return err
		}
	}
	return nil
}
