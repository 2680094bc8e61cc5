// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"tocsin/internal/store/sqlstore"
)

// dialect of the one process that has the file: nobody to notify, no commit whose answer is lost. SQLite
// looks up every $n in a list of all, so a statement's cost grows with the square of their number.
var dialect = sqlstore.Dialect{
	Claim:      sqlstore.ClaimStatement(""),
	Classify:   classify,
	Parameters: 120,
}

func classify(err error) sqlstore.Class {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return sqlstore.ClassBug
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return sqlstore.ClassDuplicate
	}
	switch e.Code() & 0xff { // the rest is told apart by the primary code
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return sqlstore.ClassContended
	case sqlite3.SQLITE_INTERRUPT:
		return sqlstore.ClassSlow
	case sqlite3.SQLITE_FULL:
		return sqlstore.ClassFull
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return sqlstore.ClassBroken
	case sqlite3.SQLITE_CANTOPEN:
		return sqlstore.ClassLost
	}
	return sqlstore.ClassBug
}
