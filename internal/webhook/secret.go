// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package webhook

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
)

// Sizes of a secret in bytes, from the Standard Webhooks specification.
const (
	minSecret = 24
	maxSecret = 64
	newSecret = 32

	secretPrefix = "whsec_"
)

var errSecret = errors.New("webhook: a secret is whsec_ and 24 to 64 bytes in base64")

// Secret is a key shared by a node and its platform. It prints as a placeholder everywhere but in
// Reveal.
type Secret struct {
	key []byte
}

// ParseSecret reads a secret with or without its prefix; both spellings give the same key.
func ParseSecret(text string) (Secret, error) {
	encoded := strings.TrimPrefix(text, secretPrefix)
	key, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || strings.ContainsAny(encoded, "\r\n") {
		return Secret{}, errSecret // the decoder's error could repeat a character of the secret
	}
	if len(key) < minSecret || len(key) > maxSecret {
		return Secret{}, errSecret
	}
	return Secret{key: key}, nil
}

// NewSecret makes a fresh secret from the system's randomness.
func NewSecret() Secret {
	key := make([]byte, newSecret)
	rand.Read(key) // never fails: the runtime stops the program instead
	return Secret{key: key}
}

// Reveal returns the secret as text, to be handed to the other side once.
func (s Secret) Reveal() string { return secretPrefix + base64.StdEncoding.EncodeToString(s.key) }

// String hides the secret.
func (s Secret) String() string { return secretPrefix + "[hidden]" }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the secret from encoders; only Reveal writes it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the secret from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
