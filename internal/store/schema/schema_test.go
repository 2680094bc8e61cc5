// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"bytes"
	"context"
	"database/sql"
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
