// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"crypto/sha256"
	"database/sql"
	"math"
	"time"
)

// never stands for a clock that does not run, so that pages by due time need no NULL.
const never = math.MaxInt64

// micros is how a time is stored.
func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// optional stores a time that may be unknown.
func optional(t *time.Time) any {
	if t == nil {
		return nil
	}
	return t.UnixMicro()
}

func fromOptional(us sql.NullInt64) *time.Time {
	if !us.Valid {
		return nil
	}
	t := fromMicros(us.Int64)
	return &t
}

func due(t *time.Time) int64 {
	if t == nil {
		return never
	}
	return t.UnixMicro()
}

func fromDue(us int64) *time.Time {
	if us == never {
		return nil
	}
	t := fromMicros(us)
	return &t
}

// blob stores bytes that may be absent. Nothing sealed is empty, and SQLite's driver reads an empty blob
// as none.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// digest is how values are kept that others choose: of one length, and no text.
func digest(parts ...string) []byte {
	h := sha256.New()
	for _, p := range parts {
		inner := sha256.Sum256([]byte(p))
		h.Write(inner[:])
	}
	return h.Sum(nil)
}
