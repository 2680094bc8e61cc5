// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"crypto/rand"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/softkey"
	"tocsin/wire"
)

// Worker is a person of a demonstration: an actor with a passkey made of software.
type Worker struct {
	flow.Actor
	member *Member
	key    *softkey.Credential
}

// Hire enrols a worker at a party.
func (m *Member) Hire(ctx context.Context, name string, duties ...tocsin.Duty) (*Worker, error) {
	invited, err := m.Node.Flow.InvitePerson(ctx, node.Operator, name, duties)
	if err != nil {
		return nil, err
	}
	key, err := softkey.New(rand.Reader, softkey.ES256, m.Entry.RelyingParty, []byte(invited.Person))
	if err != nil {
		return nil, err
	}
	id, err := m.Node.Flow.Enrol(ctx, invited.Token, name, flow.Credential{ID: key.ID, PublicKey: key.PublicKey(),
		AAGUID: softkey.AAGUID[:], Demonstration: true})
	if err != nil {
		return nil, err
	}
	person, err := m.Node.Flow.ByID(ctx, id)
	if err != nil {
		return nil, err
	}
	return &Worker{Actor: person.Actor(), member: m, key: key}, nil
}

// Sign gives the next signature an order needs, with this worker's passkey.
func (w *Worker) Sign(ctx context.Context, order tocsin.RecordID) error {
	f := w.member.Node.Flow
	c, err := f.BeginSigning(ctx, w.Actor, order)
	if err != nil {
		return err
	}
	a, err := w.Assert(c.Challenge)
	if err != nil {
		return err
	}
	return f.FinishSigning(ctx, w.Actor, c, a)
}

// Assert is what the worker's passkey answers to a challenge of her own party's console.
func (w *Worker) Assert(challenge []byte) (wire.Assertion, error) {
	a, err := w.key.Assert(softkey.Ceremony{Challenge: challenge, Origin: w.member.Config.PublicURL})
	return wire.Assertion{CredentialID: a.CredentialID, AuthenticatorData: a.AuthenticatorData,
		ClientDataJSON: a.ClientDataJSON, Signature: a.Signature}, err
}
