// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package softkey is an authenticator in software, for demonstrations and tests: it makes WebAuthn
// registrations and assertions that pass an ordinary relying party, so that the same ceremonies run without
// a person and a device.
//
// It must never stand in for a person outside a demonstration. Every credential it makes carries [AAGUID],
// which a serving node refuses at enrolment, and is recorded as a demonstration credential in its officer
// certificate, which every recipient refuses outside a demonstration. It keeps no file and asks nobody:
// whoever holds a Credential signs.
//
// Start reading at [New], then [Credential.Register] and [Credential.Assert].
package softkey

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
)

// AAGUID is the authenticator model of every credential made here. Its sixteen bytes spell
// "demonstrationkey".
var AAGUID = [16]byte([]byte("demonstrationkey"))

// Algorithm is a COSE algorithm identifier (RFC 9053).
type Algorithm int

// The algorithms a software authenticator signs with.
const (
	ES256   Algorithm = -7 // ECDSA on P-256 with SHA-256
	Ed25519 Algorithm = -8 // EdDSA on edwards25519
)

// seedSize is the number of bytes New reads; everything about a credential derives from them.
const seedSize = 32

// Credential is one software passkey, bound to one relying party.
type Credential struct {
	ID        []byte    // 32 bytes
	RPID      string    // the relying party's id, a host name
	User      []byte    // the user handle the relying party chose
	Algorithm Algorithm // what it signs with
	signer    crypto.Signer
	public    []byte // COSE_Key, CTAP2 canonical form
	count     uint32
}

// New makes a credential for a user of a relying party from 32 bytes of random. The same bytes make the same
// credential, which is what published vectors need.
func New(random io.Reader, alg Algorithm, rpID string, user []byte) (*Credential, error) {
	seed := make([]byte, seedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, fmt.Errorf("read seed: %w", err)
	}
	id, err := derive(seed, "id")
	if err != nil {
		return nil, err
	}
	c := &Credential{ID: id, RPID: rpID, User: user, Algorithm: alg}
	switch alg {
	case ES256:
		err = c.useP256(seed)
	case Ed25519:
		err = c.useEd25519(seed)
	default:
		err = fmt.Errorf("software authenticator cannot sign with COSE algorithm %d", alg)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// PublicKey returns the COSE_Key a relying party stores at registration.
func (c *Credential) PublicKey() []byte {
	return append([]byte(nil), c.public...)
}

func (c *Credential) useEd25519(seed []byte) error {
	material, err := derive(seed, "key")
	if err != nil {
		return err
	}
	key := ed25519.NewKeyFromSeed(material)
	c.signer = key
	c.public = coseEd25519(key.Public().(ed25519.PublicKey))
	return nil
}

func (c *Credential) useP256(seed []byte) error {
	material, err := derive(seed, "key")
	if err != nil {
		return err
	}
	// One seed in 2^32 lies above the order of the curve; hashing again finds the next candidate.
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), material)
	for err != nil {
		next := sha256.Sum256(material)
		material = next[:]
		key, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), material)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return fmt.Errorf("encode public key: %w", err)
	}
	c.signer = key
	c.public = coseP256(point)
	return nil
}

func derive(seed []byte, purpose string) ([]byte, error) {
	out, err := hkdf.Key(sha256.New, seed, nil, "tocsin softkey "+purpose, seedSize)
	if err != nil {
		return nil, fmt.Errorf("derive %s: %w", purpose, err)
	}
	return out, nil
}
