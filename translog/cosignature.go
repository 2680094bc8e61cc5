// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode"

	"golang.org/x/mod/sumdb/note"
)

// Signature types of c2sp.org/signed-note.
const (
	algorithmEd25519     = 0x01
	algorithmCosignature = 0x04
)

// vkey is a public key in the text form of c2sp.org/signed-note.
type vkey struct {
	name      string
	hash      uint32
	algorithm byte
	key       []byte
}

func parseVkey(text string) (vkey, error) {
	malformed := fmt.Errorf("parse verifier key: %w", ErrMalformed)
	name, rest, _ := strings.Cut(text, "+")
	id, encoded, ok := strings.Cut(rest, "+")
	if !ok || name == "" || strings.ContainsFunc(name, unicode.IsSpace) {
		return vkey{}, malformed
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(data) != 1+ed25519.PublicKeySize {
		return vkey{}, malformed
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), data...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != id {
		return vkey{}, fmt.Errorf("parse verifier key: %w: its id is not that of the key", ErrMalformed)
	}
	return vkey{name: name, hash: hash, algorithm: data[0], key: data[1:]}, nil
}

// cosigner verifies timestamped Ed25519 cosignatures (c2sp.org/tlog-cosignature). A witness states with
// one that this is the largest consistent tree it has seen of the log at that time.
type cosigner struct{ vkey }

var _ note.Verifier = cosigner{}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }

func (c cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	if at > math.MaxInt64 {
		return false
	}
	signed := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, msg)
	return ed25519.Verify(c.key, signed, sig[8:])
}
