// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"tocsin"
)

// takeLock holds the file beside the database for this process. The kernel lets go of it when the process
// ends, however it ends.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = &tocsin.Error{Code: tocsin.CodeConflict, Reason: "storage_in_use", Err: err,
			Public: "Another process uses this data folder. Stop it first; several processes need PostgreSQL."}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock database: %w", err), f.Close())
	}
	return f, nil
}

// releaseLock lets go at once. Closing alone is not enough: a child that this process is just starting holds a
// copy of every file until it runs its own program, and the lock with it.
func releaseLock(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}
