// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"tocsin"
	"tocsin/decode"
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

// MostPieces bounds one screening.
const MostPieces = 500

// MostMatches bounds the matches of one piece.
const MostMatches = 1000

// Screening asks what some pieces of content are known as.
type Screening struct {
	Assertion Assertion
	Pieces    []Piece  // 1 to [MostPieces]
	Banks     []string // ids or names; all that the actor may read when empty
	Seed      string   // the same seed gives the same choice of banks that take part in a share of queries
	Every     bool     // also banks that would sit this query out
}

// Piece is one piece of content, as the values that were made of it: the fingerprints of a file, or what an
// address is looked up as.
type Piece struct {
	Queries []match.Query // at least one; radius and limit are set here
	Item    string        // the platform's opaque reference, under which hashes may be kept; or none
	Text    string        // where it is one: read for the entries of the node's lexicons, and kept only around a reading
	// FromPicture says that a program read the text off a picture, so that it may have mixed letters up.
	FromPicture bool
}

// Screened is what one piece came upon. Err is why it could not be answered, or not in full: never a silent
// non-match.
type Screened struct {
	Matches  []Match
	More     bool
	Readings decode.Result // of a text: beside the matches; no finding of anything
	Err      error
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

// Screen answers for every piece in one call. It restricts nothing: it counts hits and, where a host's platform
// names the item, puts what it came upon before a person.
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
	if err := f.watchStanding(ctx, s); err != nil {
		return nil, err
	}
	answers := make([]Screened, len(s.Pieces))
	for i, p := range s.Pieces {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		answers[i] = f.screen(ctx, p, banks)
		var err error
		if answers[i].Readings, err = f.read(ctx, p.Text, decode.About{FromPicture: p.FromPicture}); err != nil {
			return nil, err
		}
		if err := f.weigh(ctx, answers[i].Readings.Decodes); err != nil {
			return nil, err
		}
		if err := f.raise(ctx, p, answers[i].Matches); err != nil {
			return nil, err
		}
		if err := f.raiseReadings(ctx, p, answers[i].Readings.Decodes); err != nil {
			return nil, err
		}
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
	if len(s.Pieces) == 0 {
		return tocsin.Invalid(tocsin.ReasonMissing, "queries", "There is nothing to screen.")
	}
	if len(s.Pieces) > MostPieces {
		return tocsin.Invalid(tocsin.ReasonTooMany, "queries", "One call screens at most %d.", MostPieces)
	}
	return nil
}

// screen judges what all queries about one piece came upon together: a negative bank that knows it by one of
// them knows all of it.
func (f *Flow) screen(ctx context.Context, p Piece, banks map[tocsin.RecordID]*shelf) Screened {
	if len(p.Queries) == 0 {
		return Screened{Err: tocsin.Invalid(tocsin.ReasonMissing, "value", "There is nothing to look up.")}
	}
	var answer Screened
	found := map[signalKey]*sighting{}
	for _, q := range p.Queries {
		more, err := f.search(ctx, q, banks, found)
		answer.More, answer.Err = answer.More || more, cmp.Or(answer.Err, err)
	}
	for key, s := range found {
		s.flooded = s.proposes() && s.Bank.Polarity == tocsin.PolarityPositive && f.flooded(ctx, key)
	}
	matches := judged(found)
	answer.Matches, answer.More = shown(matches), answer.More || len(matches) > MostMatches
	return answer
}

// shown keeps at most [MostMatches], and those that ask for a person before those that ask nothing of anybody.
// It comes after judging: what a negative bank knows may be farther away.
func shown(matches []Match) []Match {
	if len(matches) <= MostMatches {
		return matches
	}
	slices.SortStableFunc(matches, func(a, b Match) int {
		switch asks := a.Proposal == ProposeReview; {
		case asks == (b.Proposal == ProposeReview):
			return 0
		case asks:
			return -1
		}
		return 1
	})
	matches = matches[:MostMatches]
	slices.SortFunc(matches, nearer)
	return matches
}

func nearer(a, b Match) int {
	return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Bank.File.Name, b.Bank.File.Name),
		cmp.Compare(a.Value, b.Value))
}

// search adds what one query comes upon to what was found. It asks for all hits within the widest threshold:
// which of them count, only the banks tell, and one limit over all would let entries of other banks hide those
// that do.
func (f *Flow) search(ctx context.Context, q match.Query, banks map[tocsin.RecordID]*shelf,
	found map[signalKey]*sighting) (more bool, err error) {
	t, ok := f.Matcher.Type(q.Type)
	if !ok {
		return false, tocsin.Invalid(tocsin.ReasonUnknownValue, "type", "There is no such type of signal.")
	}
	q.Radius, q.Limit = radius(banks, t), math.MaxInt
	answer, err := f.Matcher.Search(ctx, q)
	if err != nil {
		return false, badValue(err)
	}
	seen := f.sightings(ctx, answer.Hits, banks, t)
	if answer.More && len(seen) == 0 {
		return false, tocsin.Errorf(tocsin.CodeUnsupported, "too_many_hits",
			"More entries are near this value than can be looked at.")
	}
	for key, s := range seen {
		if before, ok := found[key]; !ok || s.Distance < before.Distance {
			found[key] = s
		}
	}
	return answer.More, nil
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
	slices.SortFunc(matches, nearer)
	return matches
}
