// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"crypto/rand"

	"tocsin"
	"tocsin/wire"
)

// Ceremony is what an officer's passkey is asked to sign: these exact bytes of this order, as a drafter's
// or an approver's signature.
type Ceremony struct {
	Order        tocsin.RecordID
	Role         wire.ApprovalRole
	Digest       tocsin.Digest // of the exact bytes, so that a change in between shows
	Nonce        []byte
	Challenge    []byte // SHA-256(exact bytes ‖ nonce)
	CredentialID []byte
}

// BeginSigning prepares the next signature an order needs: the drafter's on a draft, the approver's on
// a submitted one. The caller keeps the ceremony on the server until the assertion comes back.
func (f *Flow) BeginSigning(ctx context.Context, actor Actor, id tocsin.RecordID) (Ceremony, error) {
	var c Ceremony
	err := f.view(ctx, func(u *unit) error {
		role, o, err := f.nextSignature(u, actor, id)
		if err != nil {
			return err
		}
		var file IssuedFile
		if err := u.read(o, &file); err != nil {
			return err
		}
		_, person, err := f.officer(u, actor)
		if err != nil {
			return err
		}
		nonce := make([]byte, wire.NonceSize)
		_, _ = rand.Read(nonce) // never fails
		c = Ceremony{Order: id, Role: role, Digest: o.Draft, Nonce: nonce,
			Challenge: wire.Challenge(file.Exact, nonce), CredentialID: person.Credential.ID}
		return nil
	})
	return c, err
}

// FinishSigning verifies the assertion as the recipient will, and records the signature. The second one
// sends the order on its way.
func (f *Flow) FinishSigning(ctx context.Context, actor Actor, c Ceremony, a wire.Assertion) error {
	return f.update(ctx, func(u *unit) error {
		role, o, err := f.nextSignature(u, actor, c.Order)
		if err != nil {
			return err
		}
		if role != c.Role || o.Draft != c.Digest {
			return stale()
		}
		var file IssuedFile
		if err := u.read(o, &file); err != nil {
			return err
		}
		approval, err := f.approval(u, actor, c, a, file.Exact)
		if err != nil {
			return err
		}
		file.Approvals = append(file.Approvals, approval)
		if err := u.write(o, file); err != nil {
			return err
		}
		digest := tocsin.DigestOf(file.Exact)
		if role == wire.RoleDrafter {
			events, err := o.Submit(u.by(actor.ID), digest, approval)
			return u.did(o, events, err)
		}
		events, err := o.Approve(u.by(actor.ID), digest, approval)
		if err := u.did(o, events, err); err != nil {
			return err
		}
		return u.advance(o)
	})
}

// nextSignature loads an order and says which signature it needs and whether this actor may give it.
func (f *Flow) nextSignature(u *unit, actor Actor,
	id tocsin.RecordID) (wire.ApprovalRole, *tocsin.IssuedOrder, error) {
	o, err := f.orderFor(u, actor, ActionOrderRead, id)
	if err != nil {
		return "", nil, err
	}
	switch o.Status {
	case tocsin.IssuedDraft:
		return wire.RoleDrafter, o, f.Policy.Decide(actor, ActionOrderSubmit, o)
	case tocsin.IssuedSubmitted:
		return wire.RoleApprover, o, f.Policy.Decide(actor, ActionOrderApprove, o)
	}
	return "", nil, tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState,
		"This order needs no signature now.")
}

func (f *Flow) approval(u *unit, actor Actor, c Ceremony, a wire.Assertion,
	exact []byte) (wire.Approval, error) {
	person, file, err := f.officer(u, actor)
	if err != nil {
		return wire.Approval{}, err
	}
	self, err := f.Self()
	if err != nil {
		return wire.Approval{}, err
	}
	if string(a.CredentialID) != string(file.Credential.ID) {
		return wire.Approval{}, tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedApprovalCertificate,
			"This passkey is not the one you enrolled with.")
	}
	rp := wire.RelyingParty{ID: self.RelyingParty, Origins: self.Origins}
	counter, err := a.Verify(wire.Challenge(exact, c.Nonce), rp, file.Credential.PublicKey)
	if err != nil {
		return wire.Approval{}, err
	}
	if err := u.advanceCounter(person, &file, counter); err != nil {
		return wire.Approval{}, err
	}
	return wire.Approval{Role: c.Role, Certificate: file.Certificate, Nonce: c.Nonce, Assertion: a}, nil
}

// advanceCounter refuses a passkey whose counter stands still: it may have been copied.
func (u *unit) advanceCounter(person *tocsin.Person, file *PersonFile, counter uint32) error {
	if counter == 0 && file.Credential.Counter == 0 {
		return nil
	}
	if counter <= file.Credential.Counter {
		return tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedReplayed,
			"The passkey's counter did not advance: it may have been copied.")
	}
	file.Credential.Counter = counter
	return u.write(person, *file)
}

// officer loads the person behind an actor, who must hold an officer certificate.
func (f *Flow) officer(u *unit, actor Actor) (*tocsin.Person, PersonFile, error) {
	var file PersonFile
	person, err := load[*tocsin.Person](u, tocsin.RecordID(actor.ID))
	if err != nil || person.Status != tocsin.PersonEnrolled {
		return nil, file, tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonPasskeyRequired,
			"Only an enrolled officer can sign, with her own passkey.")
	}
	if err := u.read(person, &file); err != nil {
		return nil, file, err
	}
	if file.Certificate == "" {
		return nil, file, tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonRole,
			"You hold no officer certificate at this party.")
	}
	return person, file, nil
}

// ReturnOrder sends a submitted draft back to its drafter. Signatures given so far fall.
func (f *Flow) ReturnOrder(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.issuedCommand(ctx, actor, ActionOrderReturn, id,
		func(u *unit, o *tocsin.IssuedOrder, file *IssuedFile) error {
			file.Approvals, file.Reasons = nil, reasons
			events, err := o.Return(u.by(actor.ID), reasons)
			return u.did(o, events, err)
		})
}

// AbandonOrder ends an order that never left.
func (f *Flow) AbandonOrder(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.issuedCommand(ctx, actor, ActionOrderWithdraw, id,
		func(u *unit, o *tocsin.IssuedOrder, file *IssuedFile) error {
			file.Reasons = reasons
			events, err := o.Abandon(u.by(actor.ID), reasons)
			return u.did(o, events, err)
		})
}

// issuedCommand loads an order and its document, runs a command and writes the document back.
func (f *Flow) issuedCommand(ctx context.Context, actor Actor, action Action, id tocsin.RecordID,
	fn func(*unit, *tocsin.IssuedOrder, *IssuedFile) error) error {
	return f.update(ctx, func(u *unit) error {
		o, err := f.orderFor(u, actor, action, id)
		if err != nil {
			return err
		}
		var file IssuedFile
		if err := u.read(o, &file); err != nil {
			return err
		}
		if err := fn(u, o, &file); err != nil {
			return err
		}
		return u.write(o, file)
	})
}
