// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"iter"
	"time"

	"tocsin"
	"tocsin/match"
	"tocsin/match/batch"
)

// Matcher holds what is matched on, ready to be searched. It holds values and ids and knows no bank: which
// hits count, the use cases decide. What it keeps on disk is derived and can be thrown away.
type Matcher interface {
	// Type finds a type of signal by its name.
	Type(name string) (match.Type, bool)
	// Add makes one value findable under an id. The next Search finds it.
	Add(id match.ID, t tocsin.SignalType, value string) error
	// Remove forgets one value that was added.
	Remove(id match.ID, t tocsin.SignalType, value string) error
	// AddBatch makes every row of a blob findable under base plus its number.
	AddBatch(ctx context.Context, base match.ID, blob tocsin.Digest) error
	// RemoveBatch forgets the rows of a batch.
	RemoveBatch(ctx context.Context, base match.ID, blob tocsin.Digest) error
	// Row reads one row of a blob. Errors: CodeNotFound.
	Row(ctx context.Context, blob tocsin.Digest, row int64) (batch.Row, error)
	// Find gives the ids under which exactly this canonical value is held.
	Find(ctx context.Context, t tocsin.SignalType, value string) ([]match.ID, error)
	// Search never waits for Add, and is exact. Errors: CodeInvalid with the reason of the type's parser.
	Search(ctx context.Context, q match.Query) (match.Answer, error)
}

// Blobs keeps immutable bytes under their digest.
type Blobs interface {
	// Put stores what it reads and gives its digest and size; durable when it returns.
	Put(ctx context.Context, r io.Reader) (digest tocsin.Digest, size int64, err error)
	// Open reads a blob; what was damaged on the disk is an error before the end of it.
	Open(ctx context.Context, d tocsin.Digest) (io.ReadCloser, error)
	// Delete removes a blob for good. Errors: CodeNotFound.
	Delete(ctx context.Context, d tocsin.Digest) error
	// Old gives the blobs that nobody put since a time.
	Old(ctx context.Context, since time.Time) iter.Seq2[tocsin.Digest, error]
}

// Ids of what the matcher holds are made of record ids, so that they need no table: the first bits of its
// digest for a signal added by hand; the same of its batch, and the row, for the others.
const (
	rowBits = 24 // tocsin.MostRows
	byHand  = match.ID(1) << 63
)

func handID(id tocsin.RecordID) match.ID { return idOf(id) | byHand }

func batchBase(id tocsin.RecordID) match.ID { return idOf(id) &^ byHand >> rowBits << rowBits }

func idOf(id tocsin.RecordID) match.ID {
	sum := sha256.Sum256([]byte(id))
	return match.ID(binary.BigEndian.Uint64(sum[:]))
}

// split gives the batch and the row of an id, or hand true for a signal that was added by hand.
func split(id match.ID) (base match.ID, row int64, hand bool) {
	if id&byHand != 0 {
		return id, 0, true
	}
	return id >> rowBits << rowBits, int64(id & (1<<rowBits - 1)), false
}
