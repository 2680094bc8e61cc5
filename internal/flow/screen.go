// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"tocsin"
	"tocsin/match"
	"tocsin/match/syntax"
)

// Assertion is the caller's word that anyone can see the content, or that somebody reported it. Nothing else is
// screened (design, refusal 1).
type Assertion string

// The assertions.
const (
	AssertedPublic   Assertion = "public"
	AssertedReported Assertion = "reported"
)

// MostQueries bounds one screening.
const MostQueries = 500

// Screening asks what some content is known as.
type Screening struct {
	Assertion Assertion
	Queries   []match.Query // 1 to [MostQueries]; radius and limit are set here
	Items     []string      // by the queries: the platform's opaque reference, where hashes may be kept; or none
	Banks     []string      // ids or names; all that the actor may read when empty
	Seed      string        // the same seed gives the same choice of banks that take part in a share of queries
	Every     bool          // also banks that would sit this query out
}

// Screened is what one query came upon. Err is why it could not be answered: never a silent non-match.
type Screened struct {
	Matches []Match
	More    bool
	Err     error
}

// Proposal is what the policy of this node makes of a match. It never restricts anything.
type Proposal string

// The proposals. Only the first asks anything of anybody.
const (
	ProposeReview     Proposal = "review"      // a person should look
	ProposeNothing    Proposal = "nothing"     // a bank of what may stay
	ProposeSuppressed Proposal = "suppressed"  // a negative bank knows it
	ProposeDisabled   Proposal = "disabled"    // somebody stopped this signal
	ProposeQuarantine Proposal = "quarantined" // it hits too often; a person looks at the signal first
)

// Provenance is one party that vouches for what matched.
type Provenance struct {
	tocsin.Voucher
	Reference string
}

// Match is one signal of one bank that a query hit, with everything needed to judge it.
type Match struct {
	Bank         BankView
	Signal       tocsin.RecordID // when it has a record
	Type         tocsin.SignalType
	Value        string
	Distance     int
	Threshold    int
	Provenance   []Provenance
	Opinions     []tocsin.Opinion
	Labels       []string
	State        tocsin.SignalState
	SuppressedBy []tocsin.RecordID // negative banks
	Proposal     Proposal
	Why          match.Why
}

// Screen answers every query in one call. It changes nothing but the counts of hits.
func (f *Flow) Screen(ctx context.Context, actor Actor, s Screening) ([]Screened, error) {
	if err := f.mayScreen(actor, s); err != nil {
		return nil, err
	}
	if err := f.catalogue.whole(); err != nil {
		return nil, err
	}
	banks := f.taking(actor, s)
	if err := f.keep(ctx, s); err != nil {
		return nil, err
	}
	answers := make([]Screened, len(s.Queries))
	for i, q := range s.Queries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		answers[i] = f.screen(ctx, q, banks)
	}
	return answers, nil
}

func (f *Flow) mayScreen(actor Actor, s Screening) error {
	if f.Matcher == nil {
		return noMatcher()
	}
	if err := f.Policy.Decide(actor, ActionScreen, nil); err != nil {
		return err
	}
	if s.Assertion != AssertedPublic && s.Assertion != AssertedReported {
		return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonNotPublicItem,
			"Say that the content is public, or that it was reported. Nothing else is screened.")
	}
	if len(s.Queries) == 0 {
		return tocsin.Invalid(tocsin.ReasonMissing, "queries", "There is nothing to screen.")
	}
	if len(s.Queries) > MostQueries {
		return tocsin.Invalid(tocsin.ReasonTooMany, "queries", "One call screens at most %d.", MostQueries)
	}
	return nil
}

func (f *Flow) screen(ctx context.Context, q match.Query, banks map[tocsin.RecordID]*shelf) Screened {
	t, ok := f.Matcher.Type(q.Type)
	if !ok {
		return Screened{Err: tocsin.Invalid(tocsin.ReasonUnknownValue, "type", "There is no such type of signal.")}
	}
	q.Radius = f.catalogue.radius(t)
	answer, err := f.Matcher.Search(ctx, q)
	if err != nil {
		return Screened{Err: badValue(err)}
	}
	found := f.sightings(ctx, answer.Hits, banks, t)
	for key, s := range found {
		s.flooded = s.proposes() && s.Bank.Polarity == tocsin.PolarityPositive && f.flooded(ctx, key)
	}
	return Screened{Matches: judged(found), More: answer.More}
}

// sightings makes of hits what a person can judge.
func (f *Flow) sightings(ctx context.Context, hits []match.Hit, banks map[tocsin.RecordID]*shelf,
	t match.Type) map[signalKey]*sighting {
	found := f.catalogue.resolve(hits, banks, t)
	for key, s := range found {
		if f.provenance(ctx, s); len(s.Provenance) == 0 { // every row of it has expired
			delete(found, key)
		}
	}
	return found
}

// badValue tells a caller what is wrong with a value, without the value.
func badValue(err error) error {
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		return tocsin.Invalid(tocsin.Reason(e.Reason), "value", "%s", e.Error())
	}
	return err
}

// judged says of each match what is proposed, the nearest first.
func judged(found map[signalKey]*sighting) []Match {
	var against []tocsin.RecordID
	for _, s := range found {
		if s.Bank.Polarity == tocsin.PolarityNegative && s.proposes() {
			against = append(against, s.Bank.ID)
		}
	}
	slices.Sort(against)
	against = slices.Compact(against)
	matches := make([]Match, 0, len(found))
	for _, s := range found {
		s.Match.State = s.state()
		switch {
		case s.State == tocsin.SignalDisabled:
			s.Proposal = ProposeDisabled
		case s.State == tocsin.SignalQuarantined:
			s.Proposal = ProposeQuarantine
		case s.Bank.Polarity == tocsin.PolarityNegative || s.Why.Context:
			s.Proposal = ProposeNothing
		case len(against) > 0:
			s.Proposal, s.SuppressedBy = ProposeSuppressed, against
		default:
			s.Proposal = ProposeReview
		}
		matches = append(matches, s.Match)
	}
	slices.SortFunc(matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Bank.File.Name, b.Bank.File.Name),
			cmp.Compare(a.Value, b.Value))
	})
	return matches
}

// sighting is a match in the making: one key with all the entries of the matcher behind it.
type sighting struct {
	Match
	card    *card
	batches []batchRow
	flooded bool // this very hit put it in quarantine
}

type batchRow struct {
	*delivery
	row int64
}

func (s *sighting) state() tocsin.SignalState {
	switch {
	case s.flooded:
		return tocsin.SignalQuarantined
	case s.card == nil:
		return tocsin.SignalActive
	}
	return s.card.Stands()
}

func (s *sighting) proposes() bool { return s.card == nil || s.card.Proposes() }

// provenance gathers who vouches for a match: what its record says, and the batches that nobody touched.
func (f *Flow) provenance(ctx context.Context, s *sighting) {
	named := map[tocsin.PartyID]bool{}
	if s.card != nil {
		s.Signal, s.Opinions, s.Labels = s.card.ID, s.card.Opinions, s.card.File.Labels
		for _, v := range s.card.Vouchers {
			named[v.Party] = true
			s.Provenance = append(s.Provenance, Provenance{v, s.card.File.References[v.Party]})
		}
	}
	for _, b := range s.batches {
		if named[b.Source] {
			continue
		}
		p := Provenance{Voucher: tocsin.Voucher{Party: b.Source, At: b.Vouched, Until: b.Until, Marking: b.Marking,
			Batch: b.ID}, Reference: b.File.Reference}
		row, err := f.Matcher.Row(ctx, b.Blob, b.row)
		if err != nil {
			f.Log.Error("row of a batch cannot be read", "batch", b.ID, "code", tocsin.CodeOf(err))
		}
		if row.Until != nil {
			p.Until = row.Until
			if !f.Clock.Now().Before(*row.Until) {
				continue
			}
		}
		named[b.Source] = true
		p.Confidence, p.Reference = int64(row.Confidence), cmp.Or(row.Reference, p.Reference)
		s.Labels = union(s.Labels, row.Labels)
		s.Provenance = append(s.Provenance, p)
	}
	slices.SortFunc(s.Provenance, func(a, b Provenance) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Party, b.Party))
	})
}

// resolve groups hits by bank and value and keeps those that count: known, in a bank that takes part, within
// its threshold, and vouched for.
func (c *catalogue) resolve(hits []match.Hit, banks map[tocsin.RecordID]*shelf, t match.Type) map[signalKey]*sighting {
	c.RLock()
	defer c.RUnlock()
	found := map[signalKey]*sighting{}
	for _, hit := range hits {
		key, from, ok := c.source(hit, tocsin.SignalType(t.Name))
		if !ok {
			continue
		}
		bank, takes := banks[key.bank]
		if !takes {
			continue
		}
		threshold := int(bank.Threshold(key.typ, int64(t.Default)))
		known := c.signals[key]
		if hit.Distance > threshold || known != nil && (known.Retracted || known.Expired) {
			continue
		}
		s, seen := found[key]
		if !seen {
			s = &sighting{card: known, Match: Match{Bank: BankView{bank.Bank, bank.File}, Type: key.typ,
				Value: key.value, Distance: hit.Distance, Threshold: threshold, Why: hit.Why}}
			found[key] = s
		}
		if hit.Distance < s.Distance {
			s.Distance, s.Why = hit.Distance, hit.Why
		}
		if from != nil {
			s.batches = append(s.batches, *from)
		}
	}
	return found
}

// source tells which signal of which bank a hit is; false when it is one no more.
func (c *catalogue) source(hit match.Hit, t tocsin.SignalType) (signalKey, *batchRow, bool) {
	base, row, hand := split(hit.ID)
	if hand {
		key, ok := c.hands[hit.ID]
		return key, nil, ok
	}
	d, ok := c.batches[base]
	if !ok || d.Status != tocsin.BatchActive {
		return signalKey{}, nil, false
	}
	return signalKey{d.Bank, t, hit.Value}, &batchRow{d, row}, true
}
