// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !unix || solaris || illumos || aix

package keyring

import "sync"

var writing sync.Mutex

// underLock keeps the writers of this process apart. On these systems a key folder has one process.
func underLock(_ string, fn func() error) error {
	writing.Lock()
	defer writing.Unlock()
	return fn()
}
