// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"time"

	"tocsin"
	"tocsin/internal/softkey"
	"tocsin/wire"
)

// officer is a person of the test world: a pseudonym, a passkey and what her certificate says.
type officer struct {
	actor         tocsin.ActorID
	passkey       *softkey.Credential
	roles         []wire.ApprovalRole
	from, until   time.Time
	certifiedBy   tocsin.KeyID
	demonstration bool
	publicKey     []byte // what the certificate claims
}

// approvalDraft is everything a test may forge about one approval.
type approvalDraft struct {
	officer  officer
	role     wire.ApprovalRole
	nonce    []byte
	over     []byte // document the passkey signs; nil: the order's exact bytes
	ceremony softkey.Ceremony
	after    func(*wire.Approval)
}

// orderDraft is everything a test may forge about an order; newOrder gives an honest one.
type orderDraft struct {
	content   tocsin.Order
	key       tocsin.KeyID
	to        tocsin.PartyID
	at        time.Time
	approvals []approvalDraft
}

func (w *world) newOfficer(name string, alg softkey.Algorithm, role wire.ApprovalRole) officer {
	w.t.Helper()
	passkey, err := softkey.New(bytes.NewReader(seed(name)), alg, rpID, []byte(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return officer{
		actor: tocsin.ActorID(token("prs", name)), passkey: passkey, roles: []wire.ApprovalRole{role},
		from: start, until: noon.Add(90 * 24 * time.Hour), certifiedBy: "fr-officer",
		publicKey: passkey.PublicKey(),
	}
}

func (w *world) newOrder() *orderDraft {
	return &orderDraft{
		content: gardenOrder(), key: "fr-doc", to: host, at: noon,
		approvals: []approvalDraft{
			{
				officer: w.newOfficer("drafter", softkey.ES256, wire.RoleDrafter),
				role:    wire.RoleDrafter, nonce: seed("first nonce"),
			},
			{
				officer: w.newOfficer("approver", softkey.Ed25519, wire.RoleApprover),
				role:    wire.RoleApprover, nonce: seed("second nonce"),
			},
		},
	}
}

// gardenOrder is a complete order about a picture of a garden.
func gardenOrder() tocsin.Order {
	return tocsin.Order{
		ID: tocsin.RecordID(token("ord", "garden")),
		Annex: tocsin.AnnexI{
			Heading: tocsin.OrderHeading{
				IssuingState: "FR", Addressee: host, AddresseeName: "Garden board",
				ContactPoint: "orders@board.example", EstablishmentState: "IE",
				IssuedAt: noon.Add(-10 * time.Minute), Reference: "FR-2026-0001",
			},
			Content: tocsin.OrderContent{
				Addresses:  []tocsin.Address{{URL: "https://board.example/post/12"}},
				Categories: []tocsin.Category{tocsin.CategoryIncites},
			},
			Copy: tocsin.CopyStatement{OtherState: true, CopySent: true},
			Authority: tocsin.AuthorityDetails{
				Type: tocsin.AuthorityLawEnforcement, Name: "Test authority", FileNumber: "F-1", Date: noon,
			},
			Contacts: tocsin.OrderContacts{Feedback: "feedback@authority.example"},
			Redress:  tocsin.RedressInformation{Body: "Test court", Deadline: "Two months from receipt"},
		},
		Reasons: "The picture of the garden is only a test of this exchange.",
		Exemptions: tocsin.ExemptionAssessment{
			Considered: tocsin.Exemptions(), Rationale: "A garden picture made for tests.",
		},
	}
}

// certificate signs what the officer's record says.
func (w *world) certificate(o officer) []byte {
	return w.sign(o.certifiedBy, "", &wire.OfficerCertificate{
		Officer: o.actor, Roles: o.roles, From: o.from, Until: o.until,
		Credential: wire.Credential{
			ID: o.passkey.ID, PublicKey: o.publicKey, Demonstration: o.demonstration,
		},
	})
}

func (w *world) approve(a approvalDraft, exact []byte) wire.Approval {
	w.t.Helper()
	over := exact
	if a.over != nil {
		over = a.over
	}
	ceremony := a.ceremony
	ceremony.Challenge = wire.Challenge(over, a.nonce)
	if ceremony.Origin == "" {
		ceremony.Origin = origin
	}
	used, err := a.officer.passkey.Assert(ceremony)
	if err != nil {
		w.t.Fatal(err)
	}
	approval := wire.Approval{
		Role: a.role, Certificate: string(w.certificate(a.officer)), Nonce: a.nonce,
		Assertion: wire.Assertion{
			CredentialID: used.CredentialID, AuthenticatorData: used.AuthenticatorData,
			ClientDataJSON: used.ClientDataJSON, Signature: used.Signature,
		},
	}
	if a.after != nil {
		a.after(&approval)
	}
	return approval
}

// body makes the order body: exact bytes and approvals.
func (w *world) body(d *orderDraft) *wire.Order {
	w.t.Helper()
	exact, err := wire.EncodeOrder(d.content)
	if err != nil {
		w.t.Fatal(err)
	}
	body := &wire.Order{Exact: exact}
	for _, a := range d.approvals {
		body.Approvals = append(body.Approvals, w.approve(a, exact))
	}
	return body
}

// order signs a draft after some changes to it.
func (w *world) order(changes ...func(*orderDraft)) []byte {
	w.t.Helper()
	d := w.newOrder()
	for _, change := range changes {
		change(d)
	}
	return w.signAt(d.key, d.to, d.at, w.body(d))
}

// ref points at the honest order.
func (w *world) ref() wire.OrderRef {
	content := gardenOrder()
	return wire.OrderRef{
		ID: content.ID, Reference: content.Annex.Heading.Reference, Document: wire.Digest(w.order()),
	}
}
