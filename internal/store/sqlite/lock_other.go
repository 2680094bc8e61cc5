// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package sqlite

import (
	"errors"
	"os"
)

// takeLock refuses where two processes could not be kept apart.
func takeLock(string) (*os.File, error) {
	return nil, errors.New("lock database: this system is not supported with SQLite; use PostgreSQL")
}

func releaseLock(f *os.File) error { return f.Close() }
