// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/store/sqlite"
	"tocsin/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if storetest.Child(func(ctx context.Context, path string) (flow.Store, error) {
		return sqlite.Open(ctx, sqlite.Options{Path: path})
	}) {
		return
	}
	os.Exit(m.Run())
}

// open gives a database in a file of its own.
func open(t testing.TB, path string, create bool) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Create: create})
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
	storetest.Run(t, func(t *testing.T) flow.Store {
		return open(t, filepath.Join(t.TempDir(), "node.db"), true)
	})
}

func TestSessions(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "node.db"), true)
	storetest.Sessions(t, db.Writer(), func(c tocsin.Clock) storetest.SessionStore { return db.Sessions(c) })
}

// TestKilledProcessLosesNothing also shows that the kernel lets go of the lock of a killed process.
func TestKilledProcessLosesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	storetest.Crash(t, path, 10, func() (flow.Store, func()) {
		db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		return db, func() {
			if err := db.Check(t.Context()); err != nil {
				t.Error(err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) flow.Store {
		return open(b, filepath.Join(b.TempDir(), "node.db"), true)
	})
}
