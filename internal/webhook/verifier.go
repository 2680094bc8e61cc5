// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package webhook

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Tolerance is how far the time of a message may lie from ours, in either direction.
const Tolerance = 5 * time.Minute

// Why a message is not accepted. Each maps to 401.
var (
	ErrHeaders   = errors.New("webhook: header missing, repeated or malformed")
	ErrTooOld    = errors.New("webhook: message is too old")
	ErrTooNew    = errors.New("webhook: message is dated in the future")
	ErrSignature = errors.New("webhook: no signature matches")
)

// Message is what a verified message says about itself.
type Message struct {
	ID string    // the same on every attempt: the key to act once
	At time.Time // of this attempt, whole seconds
}

// Verifier accepts messages signed with any of the active secrets.
type Verifier struct {
	hooks []*standardwebhooks.Webhook
}

// NewVerifier takes one to eight secrets.
func NewVerifier(secrets ...Secret) (*Verifier, error) {
	hooks, err := hooksOf(secrets)
	if err != nil {
		return nil, err
	}
	return &Verifier{hooks: hooks}, nil
}

// Verify checks the exact body bytes received against the headers. It does not know which ids have
// been acted on: the caller does, and records an id after its work, not before.
func (v *Verifier) Verify(header http.Header, body []byte, now time.Time) (Message, error) {
	m, err := messageOf(header)
	if err != nil {
		return Message{}, err
	}
	switch age := now.Sub(m.At); {
	case age > Tolerance:
		return Message{}, ErrTooOld
	case age < -Tolerance:
		return Message{}, ErrTooNew
	}
	for _, hook := range v.hooks {
		// The library's own time check uses the machine's clock; ours was done above.
		if hook.VerifyIgnoringTimestamp(body, header) == nil {
			return m, nil
		}
	}
	return Message{}, ErrSignature
}

func messageOf(header http.Header) (Message, error) {
	for _, name := range []string{headerID, headerTimestamp, headerSignature} {
		if len(header.Values(name)) != 1 {
			return Message{}, ErrHeaders
		}
	}
	seconds, err := parseSeconds(header.Get(headerTimestamp))
	if err != nil || !isID(header.Get(headerID)) {
		return Message{}, ErrHeaders
	}
	if strings.Count(header.Get(headerSignature), " ") >= maxSecrets {
		return Message{}, ErrHeaders
	}
	return Message{ID: header.Get(headerID), At: time.Unix(seconds, 0).UTC()}, nil
}

// parseSeconds takes the canonical spelling only: what is signed is the number, not its spelling.
func parseSeconds(text string) (int64, error) {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(seconds, 10) != text || seconds < 0 {
		return 0, ErrHeaders
	}
	return seconds, nil
}
