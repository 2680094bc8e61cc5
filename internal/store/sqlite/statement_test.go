// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tocsin/internal/store/sqlite"
)

func handle(t *testing.T) *sql.Conn {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kept.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.OpenHandle(sqlite.WriterName(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	run(t, conn, "CREATE TABLE kettle (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
	for i := range 3 {
		run(t, conn, "INSERT INTO kettle (id, name) VALUES ($1, $2)", i, fmt.Sprint("kettle ", i))
	}
	return conn
}

func run(t *testing.T, conn *sql.Conn, query string, args ...any) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestStatementsAreCompiledOnce(t *testing.T) {
	t.Parallel()
	conn := handle(t)
	for id := range 3 {
		var name string
		err := conn.QueryRowContext(t.Context(), "SELECT name FROM kettle WHERE id = $1", id).Scan(&name)
		if want := fmt.Sprint("kettle ", id); err != nil || name != want {
			t.Errorf("read %q, %v, want %q", name, err, want)
		}
	}
	if kept := sqlite.Kept(t, conn); kept != 2 {
		t.Errorf("%d statements are kept, want the INSERT and the SELECT", kept)
	}
}

func TestOneTextCanRunTwiceAtOnce(t *testing.T) {
	t.Parallel()
	conn := handle(t)
	const query = "SELECT id FROM kettle WHERE id >= $1 ORDER BY id"
	outer, err := conn.QueryContext(t.Context(), query, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	seen := 0
	for outer.Next() {
		var id, first int
		if err := outer.Scan(&id); err != nil {
			t.Fatal(err)
		}
		if err := conn.QueryRowContext(t.Context(), query, id).Scan(&first); err != nil || first != id {
			t.Errorf("inside row %d the same text gives %d, %v", id, first, err)
		}
		seen++
	}
	if err := outer.Err(); err != nil || seen != 3 {
		t.Errorf("%d rows, %v", seen, err)
	}
}

func TestFailedStatementIsNotKept(t *testing.T) {
	t.Parallel()
	conn := handle(t)
	before := sqlite.Kept(t, conn)
	const insert = "INSERT INTO kettle (id, name) VALUES ($1, $2)"
	if _, err := conn.ExecContext(t.Context(), insert, 9, "kettle 0"); err == nil {
		t.Fatal("a duplicate was accepted")
	}
	if kept := sqlite.Kept(t, conn); kept != before-1 {
		t.Errorf("%d statements are kept, want %d", kept, before-1)
	}
	run(t, conn, insert, 9, "kettle 9")
}

func TestKeptStatementsSurviveAChangedSchemaAndAreBounded(t *testing.T) {
	t.Parallel()
	conn := handle(t)
	run(t, conn, "UPDATE kettle SET name = name")
	run(t, conn, "ALTER TABLE kettle ADD COLUMN lid INTEGER")
	run(t, conn, "UPDATE kettle SET name = name")
	for i := range 2 * sqlite.MaxKept {
		run(t, conn, fmt.Sprintf("UPDATE kettle SET lid = %d", i))
	}
	if kept := sqlite.Kept(t, conn); kept != sqlite.MaxKept {
		t.Errorf("%d statements are kept, want %d", kept, sqlite.MaxKept)
	}
}
