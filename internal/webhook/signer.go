// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package webhook signs and verifies messages in the Standard Webhooks format and wraps facts as
// CloudEvents 1.0, so that a platform in any language can check what its node tells it.
//
// It must never send anything, hold a clock of its own, or print a secret. A receiver must claim a
// message id only after it has acted on the message: claiming it before would refuse the retry.
//
// Start reading at Signer.
package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// ContentType is the media type of a structured CloudEvents message.
const ContentType = "application/cloudevents+json"

const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"

	maxID      = 256 // bytes
	maxSecrets = 8   // active at once, and signatures looked at in one message
)

// Signer signs messages from one source with every active secret: while a secret is being replaced a
// receiver that knows either of them accepts.
type Signer struct {
	source string
	hooks  []*standardwebhooks.Webhook
}

// NewSigner takes the CloudEvents source (the node's address) and one to eight secrets.
func NewSigner(source string, secrets ...Secret) (*Signer, error) {
	hooks, err := hooksOf(secrets)
	if err != nil {
		return nil, err
	}
	if source == "" {
		return nil, errors.New("webhook: empty source")
	}
	return &Signer{source: source, hooks: hooks}, nil
}

// Event returns the headers and body of one CloudEvents message. The body depends on the fact alone
// (id, kind, occurred, data), so every attempt sends the same bytes; now dates this attempt.
func (s *Signer) Event(id, kind string, occurred, now time.Time, data json.RawMessage) (
	http.Header, []byte, error,
) {
	body, err := Event{ID: id, Source: s.source, Type: kind, Time: occurred, Data: data}.Encode()
	if err != nil {
		return nil, nil, err
	}
	header, err := s.Sign(id, now, body)
	if err != nil {
		return nil, nil, err
	}
	header.Set("Content-Type", ContentType)
	return header, body, nil
}

// Sign returns the three webhook headers for a body. The id names the message and stays the same on
// every attempt; now is the time of this attempt.
func (s *Signer) Sign(id string, now time.Time, body []byte) (http.Header, error) {
	if !isID(id) {
		return nil, errors.New("webhook: id is empty, too long or holds a character that is not allowed")
	}
	signatures := make([]string, len(s.hooks))
	for i, hook := range s.hooks {
		signature, err := hook.Sign(id, now, body)
		if err != nil {
			return nil, fmt.Errorf("sign webhook: %w", err)
		}
		signatures[i] = signature
	}
	header := make(http.Header, 4)
	header.Set(headerID, id)
	header.Set(headerTimestamp, strconv.FormatInt(now.Unix(), 10))
	header.Set(headerSignature, strings.Join(signatures, " "))
	return header, nil
}

// isID refuses the full stop above all: it separates the parts of what is signed, so an id that holds
// one could move bytes between id, time and body under the same signature.
func isID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for _, c := range []byte(id) {
		if c <= ' ' || c > '~' || c == '.' {
			return false
		}
	}
	return true
}

func hooksOf(secrets []Secret) ([]*standardwebhooks.Webhook, error) {
	if len(secrets) == 0 || len(secrets) > maxSecrets {
		return nil, fmt.Errorf("webhook: %d secrets, want 1 to %d", len(secrets), maxSecrets)
	}
	hooks := make([]*standardwebhooks.Webhook, len(secrets))
	for i, secret := range secrets {
		if len(secret.key) == 0 {
			return nil, errors.New("webhook: empty secret")
		}
		hook, err := standardwebhooks.NewWebhookRaw(secret.key)
		if err != nil {
			return nil, fmt.Errorf("use secret %d: %w", i, err)
		}
		hooks[i] = hook
	}
	return hooks, nil
}
