// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"tocsin"
)

var engine = Engine{
	Dir:         "sqlite",
	Dialect:     goose.DialectSQLite3,
	Tables:      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
	Fingerprint: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY 1",
}

func database(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "node.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestMigrationsHaveTheSameNamesOnBothEngines(t *testing.T) {
	t.Parallel()
	names := func(dir string) (all []string) {
		found, err := migrations(files, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range found {
			all = append(all, m.name)
		}
		return all
	}
	if diff := cmp.Diff(names("sqlite"), names("postgres")); diff != "" {
		t.Errorf("names (-sqlite +postgres):\n%s", diff)
	}
}

func TestMigrationsAreNumberedWithoutAHole(t *testing.T) {
	t.Parallel()
	for _, second := range []string{"00003_more.sql", "more.sql", "00001_more.sql"} {
		fsys := fstest.MapFS{"migrations/sqlite/00001_first.sql": {}, "migrations/sqlite/" + second: {}}
		if _, err := migrations(fsys, "sqlite"); err == nil {
			t.Errorf("%s was accepted", second)
		}
	}
}

func TestFreshDatabasesHaveOneFingerprint(t *testing.T) {
	t.Parallel()
	var first []byte
	for range 2 {
		db := database(t)
		if err := Migrate(t.Context(), db, engine, true); err != nil {
			t.Fatal(err)
		}
		got, err := engine.fingerprint(t.Context(), db)
		if err != nil || (first != nil && !bytes.Equal(first, got)) {
			t.Errorf("fingerprints differ, %v", err)
		}
		first = got
		if err := Check(t.Context(), db, engine); err != nil {
			t.Error(err)
		}
	}
}

// steps are migrations of one statement each.
func steps(statements ...string) (all []migration) {
	for i, s := range statements {
		all = append(all, migration{int64(i + 1), "step", s, [32]byte{byte(i), byte(len(s))}})
	}
	return all
}

const first = `CREATE TABLE schema_mark (version INTEGER, sha256 BLOB, fingerprint BLOB);
CREATE TABLE a (x TEXT)`

func TestOlderDatabaseIsUpgraded(t *testing.T) {
	t.Parallel()
	db := database(t)
	second := "ALTER TABLE a ADD COLUMN y TEXT; INSERT INTO a VALUES ('1', '2')"
	if err := engine.migrate(t.Context(), db, steps(first), true); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds nothing to do
		if err := engine.migrate(t.Context(), db, steps(first, second), false); err != nil {
			t.Fatal(err)
		}
	}
	var y string
	if err := db.QueryRowContext(t.Context(), "SELECT y FROM a").Scan(&y); err != nil || y != "2" {
		t.Errorf("got %q, %v", y, err)
	}
	err := engine.migrate(t.Context(), db, steps(first), false) // the former program
	if tocsin.ReasonOf(err) != reasonNewer {
		t.Errorf("the former program: %v", err)
	}
	err = engine.migrate(t.Context(), db, steps(first, second+" "), false)
	if tocsin.ReasonOf(err) != reasonEdited {
		t.Errorf("another content: %v", err)
	}
}

func TestFailedMigrationLeavesTheFormerSchema(t *testing.T) {
	t.Parallel()
	db := database(t)
	if err := engine.migrate(t.Context(), db, steps(first), true); err != nil {
		t.Fatal(err)
	}
	err := engine.migrate(t.Context(), db, steps(first, "CREATE TABLE b (x TEXT); SELECT nonsense"), false)
	if err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("got %v", err)
	}
	if err := engine.migrate(t.Context(), db, steps(first), false); err != nil {
		t.Errorf("after the failure: %v", err)
	}
}

func TestEndedStartLeavesAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	db := database(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Migrate(ctx, db, engine, true); err == nil {
		t.Error("migrated in an ended context")
	}
	// What a kill between goose's own table and the first migration leaves.
	provider, err := goose.NewProvider(engine.Dialect, db, nil, goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(goose.NewGoMigration(1, nil, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.GetDBVersion(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := Migrate(t.Context(), db, engine, false); tocsin.ReasonOf(err) != reasonMissing {
		t.Errorf("without create: %v", err)
	}
	if err := Migrate(t.Context(), db, engine, true); err != nil {
		t.Error(err)
	}
}

// TestSeventhMigrationFoldsWhatCasesWere: a database of the sixth version has cases whose events say since when they wait
// and which banks point to them, and states that do not.
func TestSeventhMigrationFoldsWhatCasesWere(t *testing.T) {
	t.Parallel()
	db := database(t)
	all, err := migrations(files, engine.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.migrate(t.Context(), db, all[:6], true); err != nil {
		t.Fatal(err)
	}
	run := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	seq := 0
	event := func(record, kind, header string) {
		seq++
		run("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, 'clock', ?, NULL, zeroblob(32))", seq, fmt.Sprint("evt_", seq), record, seq,
			kind, 1000*seq, []byte(header))
	}
	event("cas_a", "case.opened", `{"at":"2026-01-01T00:00:01Z","facts":{"record":"bnk_two"}}`)
	event("cas_a", "case.matched", `{"at":"2026-01-01T00:00:02Z","facts":{"record":"bnk_one"}}`)
	event("cas_a", "case.matched", `{"at":"2026-01-01T00:00:03Z","facts":{"record":"bnk_two"}}`)
	event("cas_a", "case.reopened", `{"at":"2026-01-01T00:00:04Z","facts":{"code":"undone"}}`)
	event("cas_b", "case.opened", `{"at":"2026-01-01T00:00:05Z","facts":{"record":"ntc_one"}}`)
	record := func(id, status, body string) {
		run("INSERT INTO record VALUES (?, 'case', 1, ?, ?, 77, 1, NULL, NULL, 0)", id, status, body)
	}
	record("cas_a", "open", `{"id":"cas_a","priority":0,"categories":["2(7)(a)"]}`)
	record("cas_b", "decided", `{"id":"cas_b","priority":2}`)
	run("INSERT INTO record VALUES ('itm_a', 'item', 1, 'visible', '{}', 77, 1, NULL, NULL, 0)")
	if err := engine.migrate(t.Context(), db, all, false); err != nil {
		t.Fatal(err)
	}
	read := func(query string) (lines []string) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		return lines
	}
	if diff := cmp.Diff([]string{
		`{"id":"cas_a","priority":0,"categories":["2(7)(a)"],"since":"2026-01-01T00:00:04Z","banks":["bnk_two","bnk_one"]}`,
		`{"id":"cas_b","priority":2,"since":"2026-01-01T00:00:05Z"}`, `{}`}, read("SELECT body FROM record ORDER BY id")); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bank/bnk_one open 77 cas_a", "bank/bnk_two open 77 cas_a", "category/2(7)(a) open 77 cas_a",
		"priority/0 open 77 cas_a", "priority/2 decided 77 cas_b", "since open 4000 cas_a"},
		read("SELECT name || ' ' || status || ' ' || place || ' ' || record FROM facet ORDER BY 1")); diff != "" {
		t.Errorf("facets (-want +got):\n%s", diff)
	}
}
