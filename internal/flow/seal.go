// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"encoding/json"
	"errors"
	"fmt"

	"tocsin"
	"tocsin/translog"
)

// Sealer makes and opens record keys. Key-encryption keys live outside the data folder and its backups.
type Sealer interface {
	// NewKey draws a key for a record and gives it wrapped for storage.
	NewKey(id tocsin.RecordID) (key RecordKey, wrapped []byte, err error)
	// OpenKey unwraps a stored key; the record id is bound to it.
	OpenKey(id tocsin.RecordID, wrapped []byte) (RecordKey, error)
	// LookupKey derives the keyed digest under which a value is reserved and looked up, so that
	// the database alone cannot be asked whether it knows an address.
	LookupKey(kind, value string) []byte
}

// RecordKey seals one record's text. context binds a ciphertext to its place (an event id, "document").
type RecordKey interface {
	Seal(context string, plain []byte) ([]byte, error)
	Open(context string, sealed []byte) ([]byte, error)
	// Commit is the salted digest of a payload that a header carries: HMAC-SHA256 under a key derived
	// from the record key and the event id. Without the key it can be neither opened nor guessed.
	Commit(id tocsin.EventID, plain []byte) tocsin.Digest
	// LogKey is the 32-byte key of the record's log commitments (trust: K_rec).
	LogKey() []byte
}

// write sets the readable document of a record in use; it is sealed at the end.
func (u *unit) write(agg tocsin.Aggregate, document any) error {
	rec, err := u.use(agg)
	if err != nil {
		return err
	}
	rec.document = document
	return nil
}

// read opens the readable document of a record in use into out.
func (u *unit) read(agg tocsin.Aggregate, out any) error {
	rec := u.records[agg.Base().ID]
	if rec.document != nil {
		b, err := json.Marshal(rec.document)
		if err != nil {
			return fmt.Errorf("copy document: %w", err)
		}
		return json.Unmarshal(b, out)
	}
	if rec.key == nil {
		return erased()
	}
	plain, err := rec.key.Open("document", rec.row.Document)
	if err != nil {
		return fmt.Errorf("open document of %s: %w", rec.row.ID, err)
	}
	return json.Unmarshal(plain, out)
}

func erased() error {
	return tocsin.Errorf(tocsin.CodeErased, tocsin.ReasonErased, "The text of this record was erased.")
}

// payload opens the payload of a stored event into out.
func (u *unit) payload(e StoredEntry, out any) error {
	rec, err := u.record(e.Header.Record)
	if err != nil {
		return err
	}
	if rec.key == nil || e.Payload == nil {
		return erased()
	}
	plain, err := rec.key.Open(string(e.Header.ID), e.Payload)
	if err != nil {
		return fmt.Errorf("open payload of %s: %w", e.Header.ID, err)
	}
	return json.Unmarshal(plain, out)
}

// seal turns staged events into entries: payload sealed, commitment in the header, leaf where accountable.
func (u *unit) seal() ([]Entry, error) {
	entries := make([]Entry, 0, len(u.events))
	for _, s := range u.events {
		entry, err := u.sealOne(s)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

func (u *unit) sealOne(s staged) (Entry, error) {
	e := Entry{Header: s.event.Header, Leaf: s.leaf}
	if s.event.Payload != nil {
		if s.rec.key == nil {
			return Entry{}, erased()
		}
		plain, err := json.Marshal(s.event.Payload)
		if err != nil {
			return Entry{}, fmt.Errorf("encode payload: %w", err)
		}
		if e.Payload, err = s.rec.key.Seal(string(e.Header.ID), plain); err != nil {
			return Entry{}, fmt.Errorf("seal payload: %w", err)
		}
		e.Header.Commitment = s.rec.key.Commit(e.Header.ID, plain)
	}
	var err error
	e.Exact, err = e.Header.Encode()
	return e, err
}

// logKey is the key of a record's log commitments.
func (r *record) logKey() (translog.RecordKey, error) {
	var k translog.RecordKey
	if n := copy(k[:], r.key.LogKey()); n != len(k) {
		return k, errors.New("log key has the wrong length")
	}
	return k, nil
}
