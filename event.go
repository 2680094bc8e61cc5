// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// EventKind says what happened, as "noun.verb" in the past tense. Kinds are never renamed.
type EventKind string

// HeaderVersion is the version of the header encoding written by this release.
const HeaderVersion = 1

// Header is the structural part of an event: everything a transition, a statistic or a clock needs.
// It must hold no text, address or name; [Header.Validate] enforces it. It is stored as its exact
// JSON bytes, which the journal's hash chain covers together with the commitment to the payload.
type Header struct {
	V       int        `json:"v"`
	ID      EventID    `json:"id"`
	Kind    EventKind  `json:"kind"`
	Record  RecordID   `json:"record"`
	Of      RecordKind `json:"of"`
	Version int64      `json:"version"` // of the record after this event, from 1
	At      time.Time  `json:"at"`
	Actor   ActorID    `json:"actor"`
	Facts   Facts      `json:"facts"`
	// Commitment is the salted digest of the payload, hexadecimal; empty when there is none.
	Commitment Digest `json:"commitment,omitempty"`
}

// Facts are the typed particulars of an event. One shape serves all kinds, so that one rule keeps
// text out of all of them; each kind's constructor says which it sets.
type Facts struct {
	Code        string        `json:"code,omitempty"`  // outcome, ground, refusal
	Codes       []string      `json:"codes,omitempty"` // categories, findings, roles
	Party       PartyID       `json:"party,omitempty"` // the counterparty
	Record      RecordID      `json:"record,omitempty"`
	Records     []RecordID    `json:"records,omitempty"`
	Restriction RestrictionID `json:"restriction,omitempty"`
	Event       EventID       `json:"event,omitempty"`
	Key         KeyID         `json:"key,omitempty"`
	Digest      Digest        `json:"digest,omitempty"`
	Basis       Basis         `json:"basis,omitempty"`
	Detection   Detection     `json:"detection,omitempty"`
	Country     Country       `json:"country,omitempty"`
	Territory   []Country     `json:"territory,omitempty"` // "EU" or countries
	Marking     Marking       `json:"marking,omitempty"`   // to whom a signal may be passed on
	Number      int64         `json:"number,omitempty"`
	Due         *time.Time    `json:"due,omitempty"`  // when a legal clock set by this event runs out
	When        *time.Time    `json:"when,omitempty"` // a time told by the other side
	Until       *time.Time    `json:"until,omitempty"`
	Automatic   bool          `json:"automatic,omitempty"`
	Emergency   bool          `json:"emergency,omitempty"`
	Unlogged    bool          `json:"unlogged,omitempty"`
	CrossBorder bool          `json:"cross_border,omitempty"`
}

// Event is a fact that happened: its header, and a payload that is sealed before it is stored.
// Payload is a JSON-encodable value of the kind's payload type, or nil.
type Event struct {
	Header
	Payload any
}

// By is who acts and when; the first argument of every command.
type By struct {
	Actor ActorID
	At    time.Time
}

// Validate refuses a header that holds anything but ids, codes, numbers and times, or that leaves out
// what happened, to what, when, or who did it.
func (h Header) Validate() error {
	if h.V != HeaderVersion || !h.ID.Valid() || !h.Record.Valid() || h.Version < 1 || h.At.IsZero() {
		return errors.New("event header: version, id, record or time is missing or malformed")
	}
	if h.Kind == "" || h.Of == "" || h.Actor == "" {
		return errors.New("event header: kind, kind of record or actor is missing")
	}
	return onlyCodes(reflect.ValueOf(h), "header")
}

// onlyCodes walks a value and refuses any string outside the code alphabet. Text needs a space or a
// letter outside ASCII sooner or later; addresses need a slash.
func onlyCodes(v reflect.Value, path string) error {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); s != "" && !codeForm.MatchString(s) && !categoryForm(s) {
			return fmt.Errorf("%s holds something other than an id or code", path)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return onlyCodes(v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := onlyCodes(v.Index(i), path); err != nil {
				return err
			}
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return nil
		}
		for i := range v.NumField() {
			if err := onlyCodes(v.Field(i), path+"."+v.Type().Field(i).Name); err != nil {
				return err
			}
		}
	}
	return nil
}

func categoryForm(s string) bool {
	for _, c := range Categories() {
		if s == string(c) {
			return true
		}
	}
	return false
}

// Encode gives the exact bytes stored and hashed.
func (h Header) Encode() ([]byte, error) {
	if err := h.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(h)
}

// DecodeHeader reads stored header bytes. It takes only what [Header.Encode] writes: a header with a field
// this release does not know would pass over what it says.
func DecodeHeader(b []byte) (Header, error) {
	var h Header
	if err := json.Unmarshal(b, &h); err != nil {
		return Header{}, errors.New("decode event header: not a header in JSON")
	}
	exact, err := h.Encode()
	if err != nil {
		return Header{}, err
	}
	if !bytes.Equal(exact, b) {
		return Header{}, errors.New("decode event header: not the bytes this header is written as")
	}
	return h, nil
}

// event starts a header; the aggregate fills in record and version. Its times are kept apart from the
// caller's, so that the state folded from it is the state folded from what is stored.
func (by By) event(kind EventKind, facts Facts, payload any) Event {
	facts.Due, facts.When, facts.Until = kept(facts.Due), kept(facts.When), kept(facts.Until)
	return Event{Header: Header{V: HeaderVersion, ID: NewEventID(), Kind: kind, At: *kept(&by.At),
		Actor: by.Actor, Facts: facts}, Payload: payload}
}

// kept is a time as the journal keeps it: UTC, whole microseconds, and nothing of a process's own clock.
func kept(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	cut := t.UTC().Truncate(time.Microsecond)
	return &cut
}

// in is a legal clock that starts at a time. It counts from the time as kept, so that the event and the
// end of its clock are exactly that far apart.
func in(at time.Time, d time.Duration) *time.Time {
	t := kept(&at).Add(d)
	return &t
}
