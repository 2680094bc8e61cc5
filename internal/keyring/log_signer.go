// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// checkpointSigner signs checkpoints as C2SP signed-note has it: plain Ed25519 over the text.
type checkpointSigner struct {
	note.Verifier
	key crypto.Signer
}

// LogSigner makes the signer of a log's checkpoints from a key for [tocsin.UseLog]. The origin is the
// log's name, as in its checkpoints.
func LogSigner(origin string, key crypto.Signer) (note.Signer, error) {
	vkey, err := VerifierKey(origin, key.Public())
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("make log signer: %w", err)
	}
	return checkpointSigner{Verifier: verifier, key: key}, nil
}

// Sign signs the text of a note.
func (s checkpointSigner) Sign(text []byte) ([]byte, error) {
	return s.key.Sign(rand.Reader, text, crypto.Hash(0))
}

// VerifierKey is the vkey under which everybody verifies the log's checkpoints.
func VerifierKey(origin string, public crypto.PublicKey) (string, error) {
	key, ok := public.(ed25519.PublicKey)
	if !ok {
		return "", errors.New("make verifier key: a log key must be Ed25519")
	}
	vkey, err := note.NewEd25519VerifierKey(origin, key)
	if err == nil {
		_, err = note.NewVerifier(vkey) // which also judges the origin
	}
	if err != nil {
		return "", fmt.Errorf("make verifier key: origin %q: %w", origin, err)
	}
	return vkey, nil
}
