// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"golang.org/x/crypto/chacha20poly1305"

	"tocsin"
	"tocsin/internal/flow"
)

// A wrapped record key: version, id of the key-encryption key, nonce, sealed key and its tag.
const (
	wrapVersion   = 1
	wrapIDSize    = 8
	wrapHeader    = 1 + wrapIDSize
	wrappedLength = wrapHeader + chacha20poly1305.NonceSizeX + secretSize + chacha20poly1305.Overhead
)

// wrappingName is number-id.pem. The number orders the keys whatever the clock does; the id, random, is
// what wrapped keys name, so that a number used again after a loss opens nothing.
var wrappingName = regexp.MustCompile(`^([0-9]{6})-([0-9a-f]{16})\.pem$`)

type wrappingKey struct {
	hidden
	WrappingKey
	id     [wrapIDSize]byte
	secret []byte
}

// WrappingKey names a key-encryption key without showing it.
type WrappingKey struct {
	Number int    // from 1; the highest wraps
	ID     string // 16 hexadecimal digits
}

// WrappingKeys lists the key-encryption keys, oldest first.
func (r *Ring) WrappingKeys() []WrappingKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	names := make([]WrappingKey, len(r.wrapping))
	for i, k := range r.wrapping {
		names[i] = k.WrappingKey
	}
	return names
}

// Rotate adds a key-encryption key, which wraps from now on. Older ones still open what they wrapped.
func (r *Ring) Rotate() (WrappingKey, error) {
	var added wrappingKey
	err := underLock(r.dir, func() error {
		present, err := readWrappingKeys(r.dir)
		if err != nil {
			return err
		}
		next := 1
		if len(present) > 0 {
			next = present[len(present)-1].Number + 1
		}
		added, err = addWrappingKey(r.dir, next)
		return err
	})
	if err != nil {
		return WrappingKey{}, fmt.Errorf("rotate key-encryption key: %w", err)
	}
	return added.WrappingKey, r.reload()
}

// Destroy ends a key-encryption key, and with it every record key it wrapped, in backups too. It cannot be
// undone. The newest is refused: rotate first.
func (r *Ring) Destroy(id string) error {
	err := underLock(r.dir, func() error {
		present, err := readWrappingKeys(r.dir)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(present, func(k wrappingKey) bool { return k.ID == id })
		if n < 0 {
			return tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord,
				"There is no such key-encryption key.")
		}
		if n == len(present)-1 {
			return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState,
				"This key-encryption key wraps new records. Rotate first, then destroy it.")
		}
		return destroy(wrappingPath(r.dir, present[n].WrappingKey))
	})
	if err != nil {
		return fmt.Errorf("destroy key-encryption key: %w", err)
	}
	return r.reload()
}

// NewKey draws a record's key and wraps it under the newest key-encryption key.
func (r *Ring) NewKey(id tocsin.RecordID) (flow.RecordKey, []byte, error) {
	secret := newSecret()
	key, err := newRecordKey(id, secret)
	if err != nil {
		return nil, nil, fmt.Errorf("make record key: %w", err)
	}
	r.mu.RLock()
	newest := r.wrapping[len(r.wrapping)-1]
	r.mu.RUnlock()
	aead, err := chacha20poly1305.NewX(newest.secret)
	if err != nil {
		return nil, nil, fmt.Errorf("wrap record key: %w", err)
	}
	wrapped := append(make([]byte, 0, wrappedLength), wrapVersion)
	wrapped = append(wrapped, newest.id[:]...)
	aad := wrapContext(id, wrapped)
	wrapped = append(wrapped, newNonce()...)
	return key, aead.Seal(wrapped, wrapped[wrapHeader:], secret, aad), nil
}

// OpenKey unwraps a record's key. Another record's key and an altered one are refused alike; a key whose
// key-encryption key is gone, or that was erased, gives [tocsin.CodeErased].
func (r *Ring) OpenKey(id tocsin.RecordID, wrapped []byte) (flow.RecordKey, error) {
	if len(wrapped) == 0 {
		return nil, tocsin.Errorf(tocsin.CodeErased, tocsin.ReasonErased, "The key of this record was destroyed.")
	}
	if len(wrapped) != wrappedLength || wrapped[0] != wrapVersion {
		return nil, fmt.Errorf("unwrap key of %s: not a wrapped key of version %d", id, wrapVersion)
	}
	kek, err := r.wrappingKey([wrapIDSize]byte(wrapped[1:wrapHeader]))
	if err != nil {
		return nil, fmt.Errorf("unwrap key of %s: %w", id, err)
	}
	aead, err := chacha20poly1305.NewX(kek.secret)
	if err != nil {
		return nil, fmt.Errorf("unwrap key of %s: %w", id, err)
	}
	nonce, sealed := wrapped[wrapHeader:wrapHeader+aead.NonceSize()], wrapped[wrapHeader+aead.NonceSize():]
	secret, err := aead.Open(nil, nonce, sealed, wrapContext(id, wrapped[:wrapHeader]))
	if err != nil {
		return nil, fmt.Errorf("unwrap key of %s: altered, or wrapped for another record", id)
	}
	return newRecordKey(id, secret)
}

func wrapContext(id tocsin.RecordID, header []byte) []byte {
	return append(append([]byte("tocsin wrap v1\x00"), header...), id...)
}

// wrappingKey finds a key by id. An unknown one may have been added by another process: look once more.
func (r *Ring) wrappingKey(id [wrapIDSize]byte) (wrappingKey, error) {
	for again := range 2 {
		r.mu.RLock()
		n := slices.IndexFunc(r.wrapping, func(k wrappingKey) bool { return k.id == id })
		var found wrappingKey
		if n >= 0 {
			found = r.wrapping[n]
		}
		r.mu.RUnlock()
		if n >= 0 {
			return found, nil
		}
		if again == 0 {
			if err := r.reload(); err != nil {
				return wrappingKey{}, err
			}
		}
	}
	return wrappingKey{}, tocsin.Errorf(tocsin.CodeErased, tocsin.ReasonErased,
		"The key-encryption key of this record is not in the key folder: it was destroyed, or not restored.")
}

func (r *Ring) reload() error {
	keys, err := readWrappingKeys(r.dir)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return fmt.Errorf("%s: holds no key-encryption key", r.dir)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wrapping = keys
	return nil
}

func readWrappingKeys(dir string) ([]wrappingKey, error) {
	names, err := list(filepath.Join(dir, wrappingFolder))
	if err != nil {
		return nil, fmt.Errorf("read key-encryption keys: %w", err)
	}
	var keys []wrappingKey
	for _, name := range names { // sorted, and so by number
		path := filepath.Join(dir, wrappingFolder, name)
		m := wrappingName.FindStringSubmatch(name)
		if m == nil {
			return nil, fmt.Errorf("read key-encryption keys: %s: is not named number-id.pem", path)
		}
		k := wrappingKey{WrappingKey: WrappingKey{ID: m[2]}}
		k.Number, _ = strconv.Atoi(m[1])         // six digits
		_, _ = hex.Decode(k.id[:], []byte(m[2])) // sixteen hexadecimal digits
		if k.secret, err = readSecret(path, wrappingBlock); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				continue // destroyed between the listing and now
			}
			return nil, fmt.Errorf("read key-encryption keys: %w", err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// addWrappingKey draws and stores a key. The caller holds the folder's lock.
func addWrappingKey(dir string, number int) (wrappingKey, error) {
	k := wrappingKey{secret: newSecret()}
	copy(k.id[:], newSecret())
	k.WrappingKey = WrappingKey{Number: number, ID: hex.EncodeToString(k.id[:])}
	if err := writeNew(wrappingPath(dir, k.WrappingKey), encodeSecret(wrappingBlock, k.secret)); err != nil {
		return wrappingKey{}, fmt.Errorf("add key-encryption key: %w", err)
	}
	return k, nil
}

func wrappingPath(dir string, k WrappingKey) string {
	return filepath.Join(dir, wrappingFolder, fmt.Sprintf("%06d-%s.pem", k.Number, k.ID))
}
