// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// NonceStore remembers which nonces a key has used. Use must be atomic: of two concurrent calls with
// the same key and nonce exactly one is fresh. A nonce may be forgotten once until has passed.
type NonceStore interface {
	Use(ctx context.Context, keyID, nonce string, until time.Time) (fresh bool, err error)
}

// Verifier accepts or refuses messages. All fields are required to verify requests; Nonces and
// External are not used for responses.
type Verifier struct {
	// Keys returns the key published under an id, or ErrUnknownKey or ErrRevokedKey. For responses
	// it must know only the keys of the peer that was asked.
	Keys     func(keyID string) (ed25519.PublicKey, error)
	Now      func() time.Time
	Nonces   NonceStore
	External External
}

// Proof is what a verified signature says. Who KeyID belongs to is the caller's to know.
type Proof struct {
	KeyID   string
	Nonce   string
	Created time.Time
	Expires time.Time
}

// VerifyRequest checks a request received with exactly these body bytes. It uses up the nonce, so a
// request verifies once. A message that is not accepted gives a *Failure.
func (v *Verifier) VerifyRequest(ctx context.Context, r *http.Request, body []byte) (Proof, error) {
	in, err := parseInput(r.Header, requestComponents)
	if err != nil {
		return Proof{}, err
	}
	target, err := v.External.Target(r)
	if err != nil {
		return Proof{}, fail(Malformed)
	}
	if err := v.check(message{method: r.Method, target: target, header: r.Header}, in, body); err != nil {
		return Proof{}, err
	}
	// Last of all: nobody without the key can use up a nonce. Kept a while longer than the signature
	// lives, because a clock may be set back.
	fresh, err := v.Nonces.Use(ctx, in.keyID, in.nonce, in.expires.Add(MaxSkew))
	if err != nil {
		return Proof{}, fmt.Errorf("use nonce: %w", err)
	}
	if !fresh {
		return Proof{}, fail(Replayed)
	}
	return in.proof(), nil
}

// VerifyResponse checks the answer to a request signed with SignRequest.
func (v *Verifier) VerifyResponse(resp *http.Response, body []byte, to Sent) (Proof, error) {
	in, err := parseInput(resp.Header, responseComponents)
	if err != nil {
		return Proof{}, err
	}
	if to.binding == "" || in.nonce != to.binding {
		return Proof{}, fail(WrongBinding)
	}
	if err := v.check(message{status: resp.StatusCode, header: resp.Header}, in, body); err != nil {
		return Proof{}, err
	}
	return in.proof(), nil
}

func (v *Verifier) check(m message, in input, body []byte) error {
	if err := in.checkTime(v.Now()); err != nil {
		return err
	}
	key, err := v.key(in.keyID)
	if err != nil {
		return err
	}
	if err := checkDigest(m.header, body); err != nil {
		return err
	}
	base, err := m.signatureBase(in.list)
	if err != nil {
		return err
	}
	if !ed25519.Verify(key, base, in.signature) {
		return fail(BadSignature)
	}
	return nil
}

func (v *Verifier) key(id string) (ed25519.PublicKey, error) {
	key, err := v.Keys(id)
	switch {
	case errors.Is(err, ErrUnknownKey):
		return nil, fail(UnknownKey)
	case errors.Is(err, ErrRevokedKey):
		return nil, fail(RevokedKey)
	case err != nil:
		return nil, fmt.Errorf("look up hop key: %w", err)
	case len(key) != ed25519.PublicKeySize:
		return nil, errors.New("look up hop key: not an Ed25519 key")
	}
	return key, nil
}

func (in *input) proof() Proof {
	return Proof{KeyID: in.keyID, Nonce: in.nonce, Created: in.created, Expires: in.expires}
}
