// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const (
	secretSize = 32
	maxFile    = 64 << 10

	leftover = ".tocsin-" // how names begin of files that are not, or no longer, in their place

	wrappingBlock = "TOCSIN KEY-ENCRYPTION KEY"
	lookupBlock   = "TOCSIN LOOKUP KEY"
)

func newSecret() []byte {
	secret := make([]byte, secretSize)
	_, _ = rand.Read(secret) // never fails: crypto/rand stops the program instead
	return secret
}

func encodeSecret(block string, secret []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: block, Bytes: secret})
}

// readSecret reads one 32-byte key. The block type keeps a key from being taken for another kind.
func readSecret(path, block string) ([]byte, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	b, err := onlyBlock(path, text, block)
	if err != nil {
		return nil, err
	}
	if len(b) != secretSize {
		return nil, fmt.Errorf("%s: holds a key of %d bytes, not %d", path, len(b), secretSize)
	}
	return b, nil
}

// onlyBlock gives the content of the single PEM block a file must consist of.
func onlyBlock(path string, text []byte, block string) ([]byte, error) {
	b, rest := pem.Decode(text)
	if b == nil || b.Type != block || len(rest) > 0 {
		return nil, fmt.Errorf("%s: is not exactly one PEM block of type %q", path, block)
	}
	return b.Bytes, nil
}

// readFile reads a small file that must be for its owner alone. A link is judged by what it leads to.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is not an ordinary file", path)
	}
	if err := checkMode(path, info.Mode(), 0o600); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s: is larger than %d bytes", path, maxFile)
	}
	return text, err
}

func checkFolder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: is not a folder", path)
	}
	return checkMode(path, info.Mode(), 0o700)
}

// checkMode refuses what anyone but the owner may read, write or enter. Windows has no such modes.
func checkMode(path string, mode, want fs.FileMode) error {
	if runtime.GOOS == "windows" || mode.Perm()&0o077 == 0 {
		return nil
	}
	return fmt.Errorf("%s: its mode %#o lets others than its owner in; run: chmod %o %s",
		path, mode.Perm(), want, path)
}

// writeNew writes a file that must not exist yet. The caller holds the folder's lock.
func writeNew(path string, content []byte) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("%s: %w", path, fs.ErrExist)
		}
		return err
	}
	return replace(path, content)
}

// replace puts a file in place whole or not at all: written beside, synced, moved, and the move synced.
func replace(path string, content []byte) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, leftover+"*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(content); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(dir)
}

// destroy ends a file for good. It first leaves its place, so that no reader meets it half gone and
// [finish] completes what a crash interrupts; then its bytes are overwritten, which helps on media that
// write in place.
func destroy(path string) error {
	dir := filepath.Dir(path)
	gone := filepath.Join(dir, leftover+filepath.Base(path))
	if err := os.Rename(path, gone); err != nil {
		return err
	}
	if err := syncFolder(dir); err != nil {
		return err
	}
	return wipe(gone)
}

// finish wipes what interrupted writes and destructions left in a folder.
func finish(dir, folder string) error {
	isLeftover := func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), leftover) }
	entries, err := os.ReadDir(filepath.Join(dir, folder))
	if err != nil || !slices.ContainsFunc(entries, isLeftover) {
		return err
	}
	return underLock(dir, func() error {
		for _, e := range entries {
			if !isLeftover(e) {
				continue
			}
			if err := wipe(filepath.Join(dir, folder, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	})
}

func wipe(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.Write(make([]byte, info.Size()))
	}
	if err := errors.Join(err, f.Sync(), f.Close(), os.Remove(path)); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a move or removal durable. Windows cannot open folders and journals such changes itself.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
