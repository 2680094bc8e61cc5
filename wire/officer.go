// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"slices"
	"time"

	"tocsin"
)

// ApprovalRole is the part an officer takes in an order.
type ApprovalRole string

// The two parts; an order needs both, from two people.
const (
	RoleDrafter  ApprovalRole = "drafter"
	RoleApprover ApprovalRole = "approver"
)

// OfficerCertificate is a party's statement that a passkey belongs to one of its officers, who is named by a
// pseudonym. It is signed with a key of use "officer" and has no addressee: it travels inside orders.
type OfficerCertificate struct {
	Officer    tocsin.ActorID `json:"officer"` // "prs_…"; one person keeps one for as long as she serves
	Roles      []ApprovalRole `json:"roles"`
	Credential Credential     `json:"credential"`
	From       time.Time      `json:"from"`
	Until      time.Time      `json:"until"` // exclusive
}

// Credential is the public half of a passkey.
type Credential struct {
	ID            Bytes `json:"id"`
	PublicKey     Bytes `json:"public_key"`    // COSE_Key as its authenticator returned it
	Demonstration bool  `json:"demonstration"` // made by software that anybody can run
}

// Type is [TypeOfficerCertificate].
func (*OfficerCertificate) Type() Type { return TypeOfficerCertificate }

func (o *OfficerCertificate) check(c Context, d *Document) error {
	if d.Audience != "" || !tocsin.RecordID(o.Officer).Valid() ||
		len(o.Credential.ID) == 0 || len(o.Roles) == 0 {
		return refuse(tocsin.RefusedMalformed, "The officer certificate is incomplete.")
	}
	for _, r := range o.Roles {
		if r != RoleDrafter && r != RoleApprover {
			return refuse(tocsin.RefusedMalformed, "The officer certificate names an unknown role.")
		}
	}
	if err := CheckCredentialKey(o.Credential.PublicKey); err != nil {
		return err
	}
	if o.Credential.Demonstration && !c.Demonstration {
		return refuse(tocsin.RefusedApprovalDemonstration, "The passkey is a demonstration credential.")
	}
	return nil
}

// covers checks that the certificate held for a role at a time.
func (o *OfficerCertificate) covers(role ApprovalRole, at time.Time) error {
	if !slices.Contains(o.Roles, role) {
		return refuse(tocsin.RefusedApprovalCertificate, "The officer certificate does not cover this role.")
	}
	if at.Before(o.From) || !at.Before(o.Until) {
		return refuse(tocsin.RefusedApprovalCertificate, "The officer certificate does not cover this date.")
	}
	return nil
}

// VerifyOfficerCertificate reads an officer certificate of a party. Its validity dates are the caller's
// question; in an order, they are checked against the order's own.
func VerifyOfficerCertificate(signed []byte, c Context, issuer tocsin.PartyID) (*OfficerCertificate, error) {
	d, err := verifyAny(signed, c)
	if err != nil {
		return nil, err
	}
	certificate, ok := d.Body.(*OfficerCertificate)
	if !ok || d.Issuer != issuer {
		return nil, refuse(tocsin.RefusedApprovalCertificate,
			"This is not an officer certificate of the party.")
	}
	if err := certificate.check(c, d); err != nil {
		return nil, err
	}
	return certificate, nil
}

// RolesOf says which parts in an order a person's duties allow.
func RolesOf(duties []tocsin.Duty) []ApprovalRole {
	var roles []ApprovalRole
	if slices.Contains(duties, tocsin.DutyOfficer) {
		roles = append(roles, RoleDrafter)
	}
	if slices.Contains(duties, tocsin.DutyApprover) {
		roles = append(roles, RoleApprover)
	}
	return roles
}
