// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import "tocsin"

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
