// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"encoding/json"
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
	Digests     []Digest      `json:"digests,omitempty"`
	Country     Country       `json:"country,omitempty"`
	Territory   []Country     `json:"territory,omitempty"` // "EU" or countries
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

// Validate refuses a header that holds anything but ids, codes, numbers and times.
func (h Header) Validate() error {
	if h.V != HeaderVersion || !h.ID.Valid() || !h.Record.Valid() || h.Version < 1 || h.At.IsZero() {
		return fmt.Errorf("event header %q: version, id, record or time is missing or malformed", h.Kind)
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

// DecodeHeader reads stored header bytes.
func DecodeHeader(b []byte) (Header, error) {
	var h Header
	if err := json.Unmarshal(b, &h); err != nil {
		return Header{}, fmt.Errorf("decode event header: %w", err)
	}
	return h, h.Validate()
}

// event starts a header; the aggregate fills in record and version.
func (by By) event(kind EventKind, facts Facts, payload any) Event {
	return Event{Header: Header{V: HeaderVersion, ID: NewEventID(), Kind: kind, At: by.At.UTC(), Actor: by.Actor, Facts: facts},
		Payload: payload}
}

func in(at time.Time, d time.Duration) *time.Time {
	t := at.Add(d).UTC()
	return &t
}
