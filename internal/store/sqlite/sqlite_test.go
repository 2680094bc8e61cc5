// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite_test

import (
	"path/filepath"
	"testing"

	"tocsin/internal/flow"
	"tocsin/internal/store/sqlite"
	"tocsin/internal/store/storetest"
)

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
