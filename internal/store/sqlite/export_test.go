// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"database/sql"
	"testing"
)

// Writer is the handle whose connection the store writes with.
func (db *DB) Writer() *sql.DB { return db.writer }

// Classify is what the store makes of the driver's errors.
var Classify = classify

// OpenHandle and WriterName open a connection as the store does.
var (
	OpenHandle = openHandle
	WriterName = writerName
)

// MaxKept is how many statements a connection keeps.
const MaxKept = maxKept

// Kept counts the statements a connection keeps now.
func Kept(t *testing.T, conn *sql.Conn) (n int) {
	t.Helper()
	err := conn.Raw(func(inner any) error {
		n = len(inner.(*keepingConn).kept)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
