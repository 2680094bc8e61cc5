// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/store/postgres"
	"tocsin/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if storetest.Child(func(ctx context.Context, address string) (flow.Store, error) {
		return postgres.Open(ctx, postgres.Options{URL: address})
	}) {
		return
	}
	os.Exit(m.Run())
}

// server gives the address of the test server, or skips the test so that nobody overlooks it.
func server(t testing.TB) string {
	t.Helper()
	address := os.Getenv("TOCSIN_TEST_POSTGRES")
	if address == "" {
		t.Skip("NOT TESTED: NO POSTGRESQL: set TOCSIN_TEST_POSTGRES to the address of a server " +
			"whose user may create databases")
	}
	return address
}

// admin runs a statement, also when the test is over.
func admin(t testing.TB, address, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("connect to the test server: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// newDatabase makes a database of its own for a test and gives its address.
func newDatabase(t testing.TB) string {
	t.Helper()
	address, name := server(t), tocsin.NewToken("tst")
	admin(t, address, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'")
	t.Cleanup(func() { admin(t, address, "DROP DATABASE "+name+" WITH (FORCE)") })
	own, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	own.Path = "/" + name
	return own.String()
}

func open(t testing.TB, address string, create bool) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Options{URL: address, Create: create})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

func TestStore(t *testing.T) {
	t.Parallel()
	server(t) // skips once, loudly
	storetest.Run(t, func(t *testing.T) flow.Store { return open(t, newDatabase(t), true) })
}

func TestSessions(t *testing.T) {
	t.Parallel()
	db := open(t, newDatabase(t), true)
	storetest.Sessions(t, db.Pool(), func(c tocsin.Clock) storetest.SessionStore { return db.Sessions(c) })
}

func TestJournalIsAppendOnly(t *testing.T) {
	t.Parallel()
	db := open(t, newDatabase(t), true)
	storetest.AppendOnly(t, db, db.Pool(),
		"TRUNCATE event", "TRUNCATE leaf", "TRUNCATE leaf_hash", "TRUNCATE log_shard",
		"INSERT INTO event SELECT * FROM event ON CONFLICT (seq) DO UPDATE SET at = 9",
		"INSERT INTO leaf SELECT * FROM leaf ON CONFLICT (shard, idx) DO UPDATE SET body = ''")
}

func TestKilledProcessLosesNothing(t *testing.T) {
	t.Parallel()
	address := newDatabase(t)
	db := open(t, address, true)
	storetest.Crash(t, address, 10, func() (flow.Store, func()) { return db, func() {} })
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestChangedDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	server(t)
	storetest.Drift(t, func(t *testing.T) (*sql.DB, func() error) {
		address := newDatabase(t)
		db := open(t, address, true)
		return db.Pool(), func() error {
			db, err := postgres.Open(t.Context(), postgres.Options{URL: address})
			if err != nil {
				return err
			}
			return db.Close()
		}
	}, "DROP TRIGGER event_no_delete ON event", "ALTER TABLE event DISABLE TRIGGER event_no_delete",
		"ALTER TABLE event RENAME COLUMN actor TO who",
		"ALTER TABLE record ALTER COLUMN status DROP NOT NULL",
		"ALTER TABLE event DROP CONSTRAINT event_record_version_key",
		"ALTER TABLE record ENABLE ROW LEVEL SECURITY",
		`CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
			AS $$ BEGIN RETURN NEW; END $$`)
}

func TestMissingNodeIsNotMade(t *testing.T) {
	t.Parallel()
	address := newDatabase(t)
	_, err := postgres.Open(t.Context(), postgres.Options{URL: address})
	if tocsin.ReasonOf(err) != "schema_missing" {
		t.Errorf("got %v", err)
	}
	open(t, address, true)
	_, err = postgres.Open(t.Context(), postgres.Options{URL: address, Create: true})
	if tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("got %v", err)
	}
}

func TestErrorsDoNotShowTheAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"postgres://gardener:canary@canary.invalid:1/canary?connect_timeout=1&sslmode=canary",
		"postgres://gardener:canary@127.0.0.1:1/canary?connect_timeout=1",
		"postgres://gardener:canary@canary.invalid:1/canary?connect_timeout=1",
		"postgres://%zz:canary@canary",
	} {
		_, err := postgres.Open(t.Context(), postgres.Options{URL: address})
		if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "gardener") {
			t.Errorf("got %v", err)
		}
	}
}

// TestNodeNeedsNoRightToRewriteHistory holds docs/erasure.md to its word.
func TestNodeNeedsNoRightToRewriteHistory(t *testing.T) {
	t.Parallel()
	address, role := newDatabase(t), tocsin.NewToken("tst")
	if err := open(t, address, true).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	admin(t, address, "CREATE ROLE "+role+" LOGIN PASSWORD '"+role+"'")
	t.Cleanup(func() { admin(t, address, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	admin(t, address, "GRANT ALL ON ALL TABLES IN SCHEMA public TO "+role+
		"; REVOKE ALL ON event, leaf, leaf_hash, log_shard FROM "+role+
		"; GRANT SELECT, INSERT ON event, leaf, leaf_hash, log_shard TO "+role+
		"; GRANT UPDATE (payload) ON event TO "+role)
	own, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	own.User = url.UserPassword(role, role)
	db := open(t, own.String(), false)
	id := tocsin.NewRecordID(tocsin.KindItem)
	update(t, db, func(tx flow.Tx) error { return note(tx, id, 0) })
	update(t, db, func(tx flow.Tx) error { return tx.OpenShard() })
	update(t, db, func(tx flow.Tx) error { return tx.Enqueue(flow.Job{Kind: "callback", Key: "a", RunAt: at}) })
	update(t, db, func(tx flow.Tx) error { return tx.Erase(id) })
	if got := storetest.Verify(t, db); len(got) != 1 {
		t.Errorf("%d events", len(got))
	}
	for _, statement := range []string{
		"DELETE FROM event", "UPDATE event SET at = 1", "TRUNCATE leaf", "DROP TRIGGER event_no_delete ON event",
		"ALTER TABLE event DISABLE TRIGGER ALL",
	} {
		_, err := db.Pool().ExecContext(t.Context(), statement)
		if err == nil || !strings.Contains(err.Error(), "42501") { // insufficient privilege
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestCompactingLeavesEverythingElse(t *testing.T) {
	t.Parallel()
	db := open(t, newDatabase(t), true)
	id := tocsin.NewRecordID(tocsin.KindItem)
	update(t, db, func(tx flow.Tx) error { return note(tx, id, 0) })
	update(t, db, func(tx flow.Tx) error { return tx.Erase(id) })
	if err := db.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := storetest.Verify(t, db); len(got) != 1 {
		t.Errorf("%d events are left", len(got))
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) flow.Store { return open(b, newDatabase(b), true) })
}
