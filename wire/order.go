// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"time"

	"tocsin"
)

// MaxOrder bounds a signed order, in bytes, so that its copy still fits a document.
const MaxOrder = 160 << 10

// Order is a removal order (Art. 3(1)): the exact bytes that two officers approved, and their approvals.
type Order struct {
	Exact     Bytes          `json:"order"` // from [EncodeOrder]
	Approvals []Approval     `json:"approvals"`
	Content   tocsin.Order   `json:"-"` // what Exact says; set by [Verify]
	Officers  []OfficerProof `json:"-"` // who approved, in the order of Approvals; set by [Verify]
}

// Approval is one officer's signature on the exact bytes of an order.
type Approval struct {
	Role        ApprovalRole `json:"role"`
	Certificate string       `json:"certificate"` // officer certificate, compact JWS
	Nonce       Bytes        `json:"nonce"`       // [NonceSize] bytes
	Assertion   Assertion    `json:"assertion"`
}

// OfficerProof is what a verified approval establishes.
type OfficerProof struct {
	Officer tocsin.ActorID
	Role    ApprovalRole
	Counter uint32 // the authenticator's signature counter
}

// Type is [TypeOrder].
func (*Order) Type() Type { return TypeOrder }

// EncodeOrder gives the exact bytes that officers approve. They are kept as they are: encoding the same
// order again, or by other software, may give other bytes.
func EncodeOrder(o tocsin.Order) ([]byte, error) { return encode(o) }

// DecodeOrder reads exact order bytes, strictly.
func DecodeOrder(exact []byte) (tocsin.Order, error) {
	var o tocsin.Order
	if err := decodeStrict(exact, &o); err != nil {
		return tocsin.Order{}, err
	}
	return o, nil
}

func (o *Order) check(c Context, d *Document) error {
	content, err := DecodeOrder(o.Exact)
	if err != nil {
		return err
	}
	o.Content = content
	if content.Annex.Heading.Addressee != d.Audience {
		return refuse(tocsin.RefusedWrongAddressee, "The order inside is addressed to another party.")
	}
	issuer, err := c.Directory.Party(d.Issuer)
	if err != nil {
		return because(err, tocsin.RefusedUnknownIssuer, "The directory does not know the issuer.")
	}
	if err := checkCompetence(c, d, issuer); err != nil {
		return err
	}
	if content.Annex.Heading.IssuingState != issuer.Country {
		return refuse(tocsin.RefusedNotCompetent, "The issuing State is not the issuer's.")
	}
	if err := content.Validate(tocsin.EUPeriods()); err != nil {
		return incomplete(err)
	}
	if content.Annex.Heading.IssuedAt.After(c.Now.Add(MaxAhead)) {
		return refuse(tocsin.RefusedFutureDated, "The order is dated in the future.")
	}
	return o.checkApprovals(c, d, issuer)
}

// checkCompetence asks whether a party may issue removal orders, when the document says and when it arrived.
func checkCompetence(c Context, d *Document, issuer tocsin.Party) error {
	return c.atBothTimes(d.IssuedAt, func(at time.Time) error {
		return issuer.Competent(tocsin.ActRemovalOrder, at)
	})
}

// incomplete turns a broken rule of the form into the failure class, and keeps which field it was.
func incomplete(cause error) error {
	refusal := because(cause, tocsin.RefusedIncomplete, "The form lacks something it must say.")
	if rule, ok := errors.AsType[*tocsin.Error](cause); ok {
		refusal.Field = rule.Field
	}
	return refusal
}

// checkApprovals establishes that two people of the issuer, with two passkeys, approved these exact bytes.
func (o *Order) checkApprovals(c Context, d *Document, issuer tocsin.Party) error {
	if len(o.Approvals) > 2 {
		return refuse(tocsin.RefusedMalformed, "An order carries two approvals.")
	}
	if len(o.Approvals) < 2 || o.Approvals[0].Role != RoleDrafter || o.Approvals[1].Role != RoleApprover {
		return refuse(tocsin.RefusedApprovalMissing,
			"An order carries its drafter's approval, then its approver's.")
	}
	var certificates [2]*OfficerCertificate
	for i, approval := range o.Approvals {
		certificate, err := approval.certificate(c, d)
		if err != nil {
			return err
		}
		certificates[i] = certificate
	}
	if samePerson(certificates[0], certificates[1]) {
		return refuse(tocsin.RefusedApprovalSamePerson, "Both approvals come from the same person.")
	}
	rp := RelyingParty{ID: issuer.RelyingParty, Origins: issuer.Origins}
	o.Officers = nil
	for i, approval := range o.Approvals {
		counter, err := approval.verify(o.Exact, rp, certificates[i])
		if err != nil {
			return err
		}
		o.Officers = append(o.Officers, OfficerProof{certificates[i].Officer, approval.Role, counter})
	}
	return nil
}

// certificate verifies the officer certificate of an approval. What is wrong inside it is one class to the
// sender of the order, save a demonstration credential, which has its own.
func (a Approval) certificate(c Context, d *Document) (*OfficerCertificate, error) {
	certificate, err := VerifyOfficerCertificate([]byte(a.Certificate), c, d.Issuer)
	switch {
	case tocsin.ReasonOf(err) == tocsin.RefusedApprovalDemonstration:
		return nil, err
	case err != nil:
		return nil, because(err, tocsin.RefusedApprovalCertificate, "An officer certificate does not hold.")
	}
	err = c.atBothTimes(d.IssuedAt, func(at time.Time) error { return certificate.covers(a.Role, at) })
	if err != nil {
		return nil, err
	}
	return certificate, nil
}

func (a Approval) verify(exact []byte, rp RelyingParty, certificate *OfficerCertificate) (uint32, error) {
	if len(a.Nonce) != NonceSize {
		return 0, refuse(tocsin.RefusedMalformed, "The nonce of an approval has %d bytes.", NonceSize)
	}
	if !bytes.Equal(a.Assertion.CredentialID, certificate.Credential.ID) {
		return 0, refuse(tocsin.RefusedApprovalCertificate, "The passkey is not the certificate's.")
	}
	return a.Assertion.Verify(Challenge(exact, a.Nonce), rp, certificate.Credential.PublicKey)
}

// samePerson is true when anything that should tell two officers apart does not.
func samePerson(a, b *OfficerCertificate) bool {
	return a.Officer == b.Officer || bytes.Equal(a.Credential.ID, b.Credential.ID) ||
		bytes.Equal(a.Credential.PublicKey, b.Credential.PublicKey)
}
