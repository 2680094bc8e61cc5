// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"fmt"

	"tocsin"
)

// minRSA is the shortest RSA modulus accepted, in bits (RFC 7518 §3.5).
const minRSA = 2048

// PublicKey reads a registered key and checks that its kind is the one its algorithm needs: Ed25519 for
// EdDSA, P-256 for ES256, RSA of 2048 bits and more for PS256.
func PublicKey(k tocsin.Key) (crypto.PublicKey, error) {
	public, err := x509.ParsePKIXPublicKey(k.Public)
	if err != nil {
		return nil, because(err, tocsin.RefusedWrongKey, "The registered key cannot be read.")
	}
	alg, err := algorithmOf(public)
	if err != nil {
		return nil, err
	}
	if alg != k.Algorithm {
		return nil, refuse(tocsin.RefusedAlgorithm,
			"The registered key is not a key of its registered algorithm.")
	}
	return public, nil
}

// NewKey describes a public key as the directory registers it; the caller adds id, uses and dates.
func NewKey(public crypto.PublicKey) (tocsin.Key, error) {
	alg, err := algorithmOf(public)
	if err != nil {
		return tocsin.Key{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return tocsin.Key{}, fmt.Errorf("encode public key: %w", err)
	}
	return tocsin.Key{Algorithm: alg, Public: der}, nil
}

func algorithmOf(public crypto.PublicKey) (tocsin.Algorithm, error) {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return tocsin.AlgEdDSA, nil
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return tocsin.AlgES256, nil
		}
	case *rsa.PublicKey:
		if key.N.BitLen() >= minRSA {
			return tocsin.AlgPS256, nil
		}
	}
	return "", refuse(tocsin.RefusedAlgorithm, "Keys are Ed25519, P-256, or RSA of at least %d bits.", minRSA)
}

// Signer signs documents with one registered key of a party. The private key may live anywhere that
// implements crypto.Signer: a file, a hardware module, a remote qualified seal.
type Signer struct {
	Party     tocsin.PartyID
	Key       tocsin.KeyID
	Algorithm tocsin.Algorithm
	Private   crypto.Signer
}
