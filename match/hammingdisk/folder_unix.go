// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package hammingdisk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// lockFolder keeps a second process out. The lock ends with the process, however that ends.
func lockFolder(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock folder: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock folder: %w", ErrInUse)
	}
	return file, nil
}

// unlockFolder lets go at once. Closing alone is not enough: a child that this process is just starting holds a
// copy of every file until it runs its own program, and the lock with it.
func unlockFolder(file *os.File) error {
	return errors.Join(unix.Flock(int(file.Fd()), unix.LOCK_UN), file.Close())
}

// sync makes the names in the folder durable.
func (f *folder) sync() error {
	file, err := os.Open(f.dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
