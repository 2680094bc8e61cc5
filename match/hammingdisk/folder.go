// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// folder counts who needs each file, and removes a file that nobody needs: neither a segment in use nor the
// manifest.
type folder struct {
	dir string

	mu    sync.Mutex
	users map[string]int
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f *folder) hold(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users[name]++
}

// drop ends one use. A file that cannot be removed is removed when the folder is opened again.
func (f *folder) drop(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.users[name]--; f.users[name] <= 0 {
		delete(f.users, name)
		_ = os.Remove(f.path(name))
	}
}

// create writes a file under a name that no file had before, and holds it. It is on the disk itself only
// after syncFile.
func (f *folder) create(kind string, data []byte) (name string, err error) {
	random := make([]byte, 8)
	_, _ = rand.Read(random) // never fails
	name = kind + "-" + hex.EncodeToString(random)
	f.hold(name) // first, lest sweep take it for one that nobody needs
	file, err := os.OpenFile(f.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		f.drop(name)
		return "", fmt.Errorf("create %s: %w", kind, err)
	}
	_, err = file.Write(data)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		f.drop(name)
		return "", fmt.Errorf("write %s: %w", kind, err)
	}
	return name, nil
}

// syncFile brings what was written to a file to the disk itself.
func syncFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("sync file: %w", err)
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		return fmt.Errorf("sync file: %w", err)
	}
	return nil
}

// sweep removes files of ours that nobody needs: those of what was not finished.
func (f *folder) sweep() {
	names, err := os.ReadDir(f.dir)
	if err != nil {
		return // they only take room
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, entry := range names {
		name := entry.Name()
		unfinished := strings.HasPrefix(name, manifestName+".") || strings.HasPrefix(name, logName+".")
		if f.users[name] == 0 && (unfinished || fileName.MatchString(name)) {
			_ = os.Remove(f.path(name))
		}
	}
}
