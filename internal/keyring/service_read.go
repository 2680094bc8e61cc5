// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"io/fs"
	"os"
	"sync"
	"time"
)

// servicesRead spares reading the file of a service key for each request. Every check still looks at the file:
// one that is gone is refused, and one that is not exactly as it was is read again.
type servicesRead struct {
	byPath sync.Map // of serviceRead
}

// serviceRead is a service key with the file that it was read from.
type serviceRead struct {
	key  storedKey
	file fs.FileInfo
}

// settled is the age from which a file's time tells whether it changed: file systems count time in steps, and
// two changes within one step look like one.
const settled = 2 * time.Second

// read gives the key of a file as it is now.
func (s *servicesRead) read(path string) (storedKey, error) {
	now, err := os.Stat(path)
	if err != nil {
		s.byPath.Delete(path)
		return storedKey{}, err
	}
	if before, ok := s.byPath.Load(path); ok && unchanged(before.(serviceRead).file, now) {
		return before.(serviceRead).key, nil
	}
	key, err := readServiceKey(path)
	if err == nil && time.Since(now.ModTime()) > settled {
		s.byPath.Store(path, serviceRead{key, now})
	}
	return key, err
}

func unchanged(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && a.Mode() == b.Mode()
}
