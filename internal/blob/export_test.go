// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"os"

	"tocsin"
)

// Break lets a test fail a step of the disk; what is nil stays as it is.
func (s *Store) Break(syncFile func(*os.File) error, rename func(from, to string) error,
	syncFolder func(string) error) {
	if syncFile != nil {
		s.disk.syncFile = syncFile
	}
	if rename != nil {
		s.disk.rename = rename
	}
	if syncFolder != nil {
		s.disk.syncFolder = syncFolder
	}
}

// Path is where a blob lies.
func (s *Store) Path(digest tocsin.Digest) string { return s.path(digest) }
