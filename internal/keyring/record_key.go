// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"

	"golang.org/x/crypto/chacha20poly1305"

	"tocsin"
)

const sealVersion = 1

// recordKey holds the keys derived from one record's key. What is derived for one purpose says nothing
// about the others, so the log's openings can be shown without opening a payload.
type recordKey struct {
	hidden
	id                tocsin.RecordID
	seal, commit, log []byte
}

func newRecordKey(id tocsin.RecordID, secret []byte) (*recordKey, error) {
	k := &recordKey{id: id}
	for info, key := range map[string]*[]byte{
		"tocsin record seal v1": &k.seal, "tocsin record commit v1": &k.commit, "tocsin record log v1": &k.log,
	} {
		derived, err := derive(secret, info)
		if err != nil {
			return nil, err
		}
		*key = derived
	}
	return k, nil
}

// derive is HKDF-SHA256 (RFC 5869) of a random key, for one purpose.
func derive(secret []byte, info string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, info, secretSize)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	return key, nil
}

func newNonce() []byte {
	nonce := make([]byte, chacha20poly1305.NonceSizeX)
	_, _ = rand.Read(nonce) // never fails
	return nonce
}

// Seal encrypts with XChaCha20-Poly1305 under a random nonce; record and context are associated data.
func (k *recordKey) Seal(context string, plain []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(k.seal)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	size := 1 + chacha20poly1305.NonceSizeX + len(plain) + aead.Overhead()
	sealed := append(append(make([]byte, 0, size), sealVersion), newNonce()...)
	return aead.Seal(sealed, sealed[1:], plain, k.context(context)), nil
}

// Open decrypts what Seal made in the same record and context.
func (k *recordKey) Open(context string, sealed []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(k.seal)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	if len(sealed) < 1+aead.NonceSize()+aead.Overhead() || sealed[0] != sealVersion {
		return nil, fmt.Errorf("open sealed bytes of %s: not sealed in version %d", k.id, sealVersion)
	}
	nonce, text := sealed[1:1+aead.NonceSize()], sealed[1+aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, text, k.context(context))
	if err != nil {
		return nil, fmt.Errorf("open sealed bytes of %s: altered, or sealed in another place", k.id)
	}
	return plain, nil
}

func (k *recordKey) context(context string) []byte {
	aad := []byte{sealVersion}
	for _, part := range []string{string(k.id), context} {
		aad = binary.BigEndian.AppendUint32(aad, uint32(len(part)))
		aad = append(aad, part...)
	}
	return aad
}

// Commit is HMAC-SHA256 of the payload under a key of its own for each event.
func (k *recordKey) Commit(id tocsin.EventID, plain []byte) tocsin.Digest {
	return tocsin.Digest(hex.EncodeToString(keyed(keyed(k.commit, []byte(id)), plain)))
}

func keyed(key, message []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(message)
	return mac.Sum(nil)
}

// LogKey is the key of the record's log commitments.
func (k *recordKey) LogKey() []byte { return slices.Clone(k.log) }
