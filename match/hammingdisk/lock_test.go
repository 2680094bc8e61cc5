// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package hammingdisk

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A child that is being started holds copies of all files for a moment; so does this test.
func TestFolderIsFreeOnceUnlockedWhateverAChildStillHolds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, err := lockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	held, err := unix.Dup(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(held)
	if err := unlockFolder(file); err != nil {
		t.Fatal(err)
	}
	again, err := lockFolder(dir)
	if err != nil {
		t.Fatalf("the folder is still locked: %v", err)
	}
	if err := unlockFolder(again); err != nil {
		t.Error(err)
	}
}
