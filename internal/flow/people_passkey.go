// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"

	"tocsin"
	"tocsin/wire"
)

// Confirmation is what a person's passkey is asked to sign before something grave is done: the exact bytes that say
// what. The caller keeps it on the server until the assertion comes back.
type Confirmation struct {
	Record       tocsin.RecordID
	Exact        []byte
	Nonce        []byte
	Challenge    []byte // SHA-256(exact bytes ‖ nonce)
	CredentialID []byte
}

// Confirmed is the payload of an event that a person confirmed with her passkey: enough to verify it again.
type Confirmed struct {
	Exact     []byte
	Nonce     []byte
	Assertion wire.Assertion
}

// askPasskey prepares a confirmation of something by the actor.
func (u *unit) askPasskey(actor Actor, about tocsin.RecordID, what any) (Confirmation, error) {
	exact, err := json.Marshal(what)
	if err != nil {
		return Confirmation{}, fmt.Errorf("encode what is confirmed: %w", err)
	}
	who, err := u.present(actor)
	if err != nil {
		return Confirmation{}, err
	}
	nonce := make([]byte, wire.NonceSize)
	_, _ = rand.Read(nonce) // never fails
	return Confirmation{Record: about, Exact: exact, Nonce: nonce, Challenge: wire.Challenge(exact, nonce),
		CredentialID: who.File.Credential.ID}, nil
}

// confirmed verifies that the actor's own passkey signed what would be done now. What changed in between is stale.
func (u *unit) confirmed(actor Actor, c Confirmation, what any, a wire.Assertion) (*Confirmed, error) {
	exact, err := json.Marshal(what)
	if err != nil {
		return nil, fmt.Errorf("encode what is confirmed: %w", err)
	}
	if !bytes.Equal(exact, c.Exact) {
		return nil, stale()
	}
	who, err := u.present(actor)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(a.CredentialID, who.File.Credential.ID) {
		return nil, tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedApprovalCertificate,
			"This passkey is not the one you enrolled with.")
	}
	counter, err := a.Verify(wire.Challenge(exact, c.Nonce), u.f.relyingParty(), who.File.Credential.PublicKey)
	if err != nil {
		return nil, err
	}
	if err := u.advanceCounter(who.Person, &who.File, counter); err != nil {
		return nil, err
	}
	return &Confirmed{Exact: exact, Nonce: c.Nonce, Assertion: a}, nil
}

// present loads the person behind an actor, who must be here with a passkey of her own.
func (u *unit) present(actor Actor) (Individual, error) {
	p, err := u.individual(tocsin.RecordID(actor.ID))
	if err != nil || !u.f.admits(p) || p.File.Credential.ID == nil {
		return Individual{}, tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonPasskeyRequired,
			"This is confirmed by a person with her own passkey.")
	}
	return p, nil
}

// relyingParty is this node's own console, as its operator made it known. What stays in this node needs no entry in
// a directory.
func (f *Flow) relyingParty() wire.RelyingParty {
	u, err := url.Parse(f.Settings.Source)
	if err != nil || u.Host == "" {
		return wire.RelyingParty{}
	}
	return wire.RelyingParty{ID: u.Hostname(), Origins: []string{u.Scheme + "://" + u.Host}}
}
