// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package sqlite

import (
	"path/filepath"
	"syscall"
	"testing"
)

// A child that is being started holds copies of all files for a moment; so does this test.
func TestDatabaseIsFreeOnceClosedWhateverAChildStillHolds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tocsin.db")
	db, err := Open(t.Context(), Options{Path: path, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	held, err := syscall.Dup(int(db.lock.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(held)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db, err = Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatalf("the database is still locked: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
