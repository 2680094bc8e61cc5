// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/softkey"
	"tocsin/wire"
)

// Person works at a party, with a passkey made of software.
type Person struct {
	flow.Actor
	seat
	at  *Node
	key *softkey.Credential
}

// Hire invites and enrols a person.
func (n *Node) Hire(ctx context.Context, duties ...tocsin.Duty) (*Person, error) {
	f := n.Flow()
	invited, err := f.InvitePerson(ctx, node.Operator, "Somebody", duties)
	if err != nil {
		return nil, fmt.Errorf("invite: %w", err)
	}
	p, err := n.employ(seat{party: n.ID, id: invited.Person, duties: duties, seed: randomSeed()})
	if err != nil {
		return nil, err
	}
	_, err = f.Enrol(ctx, invited.Token, "", flow.Credential{ID: p.key.ID, PublicKey: p.key.PublicKey(),
		AAGUID: softkey.AAGUID[:], Demonstration: true})
	return p, err
}

func randomSeed() (seed [32]byte) {
	_, _ = rand.Read(seed[:]) // never fails
	return seed
}

// employ makes the passkey of somebody who is enrolled, or about to be.
func (n *Node) employ(s seat) (*Person, error) {
	key, err := softkey.New(bytes.NewReader(s.seed[:]), softkey.Ed25519, hostName(n.ID), []byte(s.id))
	if err != nil {
		return nil, err
	}
	actor := flow.Actor{ID: tocsin.ActorID(s.id), Duties: s.duties, Passkey: true}
	return &Person{Actor: actor, seat: s, at: n, key: key}, nil
}

// Assert is what the person's passkey answers to a challenge.
func (p *Person) Assert(challenge []byte) (wire.Assertion, error) {
	a, err := p.key.Assert(softkey.Ceremony{Challenge: challenge, Origin: address(p.party)})
	return wire.Assertion{CredentialID: a.CredentialID, AuthenticatorData: a.AuthenticatorData,
		ClientDataJSON: a.ClientDataJSON, Signature: a.Signature}, err
}

// Sign gives the next signature an order needs.
func (p *Person) Sign(ctx context.Context, order tocsin.RecordID) error {
	f := p.at.Flow()
	c, err := f.BeginSigning(ctx, p.Actor, order)
	if err != nil {
		return err
	}
	a, err := p.Assert(c.Challenge)
	if err != nil {
		return err
	}
	return f.FinishSigning(ctx, p.Actor, c, a)
}
