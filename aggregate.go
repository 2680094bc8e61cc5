// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"fmt"
	"slices"
	"time"
)

// Aggregate is a record whose state is the fold of its events. Its JSON is structural: no text.
type Aggregate interface {
	Base() *Root
	Kind() RecordKind
	State() string                          // current state of its main state machine
	Due() *time.Time                        // the earliest legal clock still running, nil when none is
	Apply(h Header) error                   // folds one event; only reads the header
	Tick(by By, p Periods) ([]Event, error) // events of clocks that have run out at by.At
}

// Root is what every aggregate has: its id and how many events it folded.
type Root struct {
	ID      RecordID `json:"id"`
	Version int64    `json:"version"`
}

// Base gives access to the id and version.
func (r *Root) Base() *Root { return r }

// NewAggregate makes the empty aggregate of a kind, ready to fold.
func NewAggregate(kind RecordKind) (Aggregate, error) {
	switch kind {
	case KindIssuedOrder:
		return &IssuedOrder{}, nil
	case KindReceivedOrder:
		return &ReceivedOrder{}, nil
	case KindItem:
		return &Item{}, nil
	case KindOrderCopy:
		return &OrderCopy{}, nil
	case KindContact:
		return &Contact{}, nil
	case KindDirectory:
		return &DirectoryEdition{}, nil
	case KindPerson:
		return &Person{}, nil
	case KindLog:
		return &Log{}, nil
	case KindBank:
		return &Bank{}, nil
	case KindBatch:
		return &Batch{}, nil
	case KindSignal:
		return &Signal{}, nil
	case KindCase:
		return &Case{}, nil
	case KindDecision:
		return &Decision{}, nil
	case KindNotice:
		return &Notice{}, nil
	case KindComplaint:
		return &Complaint{}, nil
	case KindMisuse:
		return &Misuse{}, nil
	case KindAlert:
		return &Alert{}, nil
	case KindRota:
		return &Rota{}, nil
	case KindReview:
		return &Review{}, nil
	case KindChallenge:
		return &Challenge{}, nil
	case KindEntry:
		return &SharedEntry{}, nil
	}
	return nil, fmt.Errorf("unknown record kind %q", kind)
}

// Fold applies the next event of a record, refusing a gap or another record's event. What is refused
// changes nothing.
func Fold(a Aggregate, h Header) error {
	r := a.Base()
	if r.ID != "" && h.Record != r.ID || h.Of != a.Kind() || h.Version != r.Version+1 {
		return fmt.Errorf("event %s does not follow version %d of record %s", h.ID, r.Version, r.ID)
	}
	if h.Kind != EventRecordErased && h.Kind != EventLeafOpened {
		if err := a.Apply(h); err != nil {
			return err
		}
	}
	r.ID, r.Version = h.Record, h.Version
	return nil
}

// Events any record can have; they change nothing in its state machine.
const (
	EventRecordErased EventKind = "record.erased" // its key was destroyed; folds and proofs still hold
	EventLeafOpened   EventKind = "leaf.opened"   // what a gag kept out of the public log is now told
)

// Erase gives the event that records the destruction of a record's key, for a stated reason.
func Erase(by By, a Aggregate, reason Reason) ([]Event, error) {
	return happened(a, by.event(EventRecordErased, Facts{Code: string(reason)}, nil))
}

// OpenLeaf gives the event that tells the public log what the leaf of an earlier event concealed.
func OpenLeaf(by By, a Aggregate, concealed EventID) ([]Event, error) {
	return happened(a, by.event(EventLeafOpened, Facts{Event: concealed}, nil))
}

// happened numbers events, folds them into the aggregate and returns them.
func happened(a Aggregate, events ...Event) ([]Event, error) {
	for i := range events {
		h := &events[i].Header
		h.Record, h.Of, h.Version = a.Base().ID, a.Kind(), a.Base().Version+1
		if err := Fold(a, *h); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// wrongState reports a command that does not fit where the record stands.
func wrongState(a Aggregate, doing string) error {
	return &Error{Code: CodeConflict, Reason: ReasonWrongState,
		Public: fmt.Sprintf("This cannot be %s now: it is %q.", doing, a.State())}
}

// malformedEvent reports an event of a known kind that lacks what its kind must say: the journal was
// altered, or written by something else.
func malformedEvent(h Header) error {
	return fmt.Errorf("event %s of kind %q does not say what its kind must", h.ID, h.Kind)
}

func unknownEvent(a Aggregate, h Header) error {
	return fmt.Errorf("%s does not know event kind %q", a.Kind(), h.Kind)
}

func earliest(times ...*time.Time) *time.Time {
	var first *time.Time
	for _, t := range times {
		if t != nil && (first == nil || t.Before(*first)) {
			first = t
		}
	}
	return first
}

func passed(due *time.Time, at time.Time) bool { return due != nil && !at.Before(*due) }

func stateIn[S ~string](s S, allowed ...S) bool { return slices.Contains(allowed, s) }

func codes[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}
