// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package keyring holds a party's keys in a folder of its own, apart from the data and its backups: what
// seals records, what signs in the party's name, the tokens of its machines, and the mark that keeps a
// restored database from forking the transparency log.
//
// The folder:
//
//	kek/      key-encryption keys; the highest number wraps new record keys, all of them open
//	party/    private signing keys, PKCS#8 PEM, each named by its key id
//	service/  hashes of the tokens of machines, with name and scopes
//	lookup.pem, mark.json, lock
//
// Folders are for their owner alone (0700), files too (0600); anything wider is refused when it is read.
// Files are written beside their place, synced, then moved. What an interrupted write left begins with a
// dot: it is never read, and wiped at the next Open.
//
// The package must never overwrite a key, never print one, and never put one into an error. Keys are
// read from files only: nothing here reaches the network.
//
// Start reading at Open, then kek.go and party.go.
package keyring

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"tocsin/internal/flow"
)

const (
	wrappingFolder = "kek"
	partyFolder    = "party"
	serviceFolder  = "service"
	lookupFile     = "lookup.pem"
	markFile       = "mark.json"
	lockFile       = "lock"
)

var _ flow.Sealer = (*Ring)(nil)

// Ring is an open key folder. It is safe for concurrent use, and several processes may share a folder.
// It prints as nothing but a placeholder.
type Ring struct {
	hidden
	dir    string
	lookup []byte // derived from lookup.pem

	service servicesRead
	uses    uses

	mu       sync.RWMutex
	wrapping []wrappingKey // by number, the newest last
	party    []partyKey
}

// Create makes a key folder at dir with a first key-encryption key and a lookup key. dir may be absent or
// an empty folder. A folder that is in use is refused; one that an interrupted Create left is completed.
func Create(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create key folder: %w", err)
	}
	if err := refuseUsed(dir); err != nil {
		return err
	}
	// A mounted volume arrives with wider modes; empty, it is ours to narrow.
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("create key folder: %w", err)
	}
	return underLock(dir, func() error {
		if err := refuseUsed(dir); err != nil {
			return err
		}
		for _, name := range []string{wrappingFolder, partyFolder, serviceFolder} {
			if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("create key folder: %w", err)
			}
		}
		err := writeNew(filepath.Join(dir, lookupFile), encodeSecret(lookupBlock, newSecret()))
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("create lookup key: %w", err)
		}
		// Last: its presence says that the folder is complete.
		if _, err := addWrappingKey(dir, 1); err != nil {
			return err
		}
		return syncFolder(dir)
	})
}

// refuseUsed finds anything that Create must not touch.
func refuseUsed(dir string) error {
	ours := []string{wrappingFolder, partyFolder, serviceFolder, lookupFile, lockFile}
	names, err := list(dir)
	if err != nil {
		return fmt.Errorf("create key folder: %w", err)
	}
	for _, name := range names {
		if !slices.Contains(ours, name) {
			return fmt.Errorf("create key folder: %s is not empty: it holds %s", dir, name)
		}
	}
	for _, name := range []string{wrappingFolder, partyFolder, serviceFolder} {
		inside, err := list(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("create key folder: %w", err)
		}
		if len(inside) > 0 {
			return fmt.Errorf("create key folder: %s holds keys already: %w", dir, fs.ErrExist)
		}
	}
	return nil
}

// Open reads a key folder. Every file and folder in it must be for its owner alone, and whole.
func Open(dir string) (*Ring, error) {
	for _, name := range []string{"", wrappingFolder, partyFolder, serviceFolder} {
		if err := checkFolder(filepath.Join(dir, name)); err != nil {
			return nil, fmt.Errorf("open key folder: %w", err)
		}
		if err := finish(dir, name); err != nil {
			return nil, fmt.Errorf("open key folder: %w", err)
		}
	}
	secret, err := readSecret(filepath.Join(dir, lookupFile), lookupBlock)
	if err != nil {
		return nil, fmt.Errorf("open lookup key: %w", err)
	}
	r := &Ring{dir: dir}
	if r.lookup, err = derive(secret, "tocsin lookup v1"); err != nil {
		return nil, fmt.Errorf("open lookup key: %w", err)
	}
	if r.wrapping, err = readWrappingKeys(dir); err != nil {
		return nil, err
	}
	if len(r.wrapping) == 0 {
		return nil, fmt.Errorf("open key folder: %s holds no key-encryption key: it was not completely created, "+
			"or not completely restored", dir)
	}
	if r.party, err = readPartyKeys(dir); err != nil {
		return nil, err
	}
	return r, nil
}

// LookupKey is HMAC-SHA256 of a kind and a value under the lookup key. The kind's length goes first, so
// that no two pairs run together.
func (r *Ring) LookupKey(kind, value string) []byte {
	mac := hmac.New(sha256.New, r.lookup)
	mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(kind))))
	mac.Write([]byte(kind))
	mac.Write([]byte(value))
	return mac.Sum(nil)
}

// list gives the names in a folder, without those of interrupted writes and of editors.
func list(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
