// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"

	"tocsin"
)

// credentialKey is the public half of a passkey, able to check one signature.
type credentialKey interface {
	verify(message, signature []byte) bool
}

// A passkey's public key is a COSE_Key in CTAP2 canonical CBOR, which leaves exactly one encoding for each
// of the two kinds accepted. Comparing with that template is therefore a complete and strict parser; RS256
// and every other kind are refused by not matching.
var (
	// EC2, ES256, P-256, x: 32 bytes follow, then y and its 32 bytes.
	coseP256  = []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}
	coseP256Y = []byte{0x22, 0x58, 0x20}
	// OKP, EdDSA, Ed25519, x: 32 bytes follow.
	coseEd25519 = []byte{0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20}
)

// parseCredentialKey reads the COSE_Key that an authenticator returned at registration.
func parseCredentialKey(cose []byte) (credentialKey, error) {
	if x, ok := bytes.CutPrefix(cose, coseEd25519); ok && len(x) == ed25519.PublicKeySize {
		return edKey(x), nil
	}
	if rest, ok := bytes.CutPrefix(cose, coseP256); ok && len(rest) == 32+len(coseP256Y)+32 {
		x, y := rest[:32], rest[32:]
		if y, ok := bytes.CutPrefix(y, coseP256Y); ok {
			point := append(append([]byte{0x04}, x...), y...)
			key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
			if err == nil {
				return (*p256Key)(key), nil
			}
		}
	}
	return nil, refuse(tocsin.RefusedAlgorithm,
		"A passkey is ES256 on P-256 or Ed25519, in canonical COSE form.")
}

type edKey ed25519.PublicKey

func (k edKey) verify(message, signature []byte) bool {
	return len(signature) == ed25519.SignatureSize && ed25519.Verify(ed25519.PublicKey(k), message, signature)
}

type p256Key ecdsa.PublicKey

func (k *p256Key) verify(message, signature []byte) bool {
	digest := sha256.Sum256(message)
	return ecdsa.VerifyASN1((*ecdsa.PublicKey)(k), digest[:], signature)
}

// CheckCredentialKey says whether a passkey's public key, as its authenticator returned it, is of a kind that
// recipients accept. Enrolment asks it, so that no officer learns it from a refused order.
func CheckCredentialKey(cose []byte) error {
	_, err := parseCredentialKey(cose)
	return err
}
