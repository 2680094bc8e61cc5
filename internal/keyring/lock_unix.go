// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build unix && !solaris && !illumos && !aix

package keyring

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// underLock runs fn while no other process writes to the folder. The system drops the lock of a process
// that dies. It is let go before the file is closed: a child that this process is just starting holds a copy of
// every file, and the lock with it.
func underLock(dir string, fn func() error) error {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("lock key folder: %w", err)
	}
	defer f.Close()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err == nil {
			return errors.Join(fn(), syscall.Flock(int(f.Fd()), syscall.LOCK_UN))
		}
		if err != syscall.EINTR {
			return fmt.Errorf("lock key folder: %w", err)
		}
	}
}
