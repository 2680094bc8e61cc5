// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tocsin"
	"tocsin/decode/lexicon"
	"tocsin/wire"
)

// ApproveEntry signs an entry as it stands, for a party that calls itself an authority or not; [CheckApproval] asks the
// directory what it is.
func ApproveEntry(s wire.Signer, e *lexicon.Entry, role lexicon.Role, at time.Time) (lexicon.Approval, error) {
	ref, err := refOf(e)
	if err != nil {
		return lexicon.Approval{}, err
	}
	at = at.UTC().Truncate(time.Second)
	signed, err := wire.Sign(s, wire.Letter{ID: wire.NewDocumentID(), At: at},
		&wire.EntryApproval{EntryRef: ref})
	if err != nil {
		return lexicon.Approval{}, fmt.Errorf("approve %s: %w", e.ID, err)
	}
	return lexicon.Approval{Party: string(s.Party), Role: role, At: at, Signature: string(signed)}, nil
}

// CheckApprovals gives the approvals of an entry that hold now, and says what is wrong with the others.
func CheckApprovals(e *lexicon.Entry, c wire.Context) (held []lexicon.Approval, wrong []lexicon.Problem) {
	for _, a := range e.Approvals {
		if err := CheckApproval(e, a, c); err != nil {
			wrong = append(wrong, lexicon.Problem{Entry: e.ID, Field: "approvals", Text: a.Party + ": " + said(err)})
		} else {
			held = append(held, a)
		}
	}
	return held, wrong
}

func said(err error) string {
	if e, ok := errors.AsType[*tocsin.Error](err); ok {
		return e.Public
	}
	return err.Error()
}

// CheckApproval verifies that a party of the directory signed an entry as it stands, and is of the kind it says.
func CheckApproval(e *lexicon.Entry, a lexicon.Approval, c wire.Context) error {
	if a.Signature == "" {
		return tocsin.Invalid(tocsin.ReasonMissing, "approvals", "The approval is not signed.")
	}
	d, err := wire.VerifyEntryApproval([]byte(a.Signature), c, tocsin.PartyID(a.Party))
	if err != nil {
		return err
	}
	ref, err := refOf(e)
	if err != nil {
		return err
	}
	if d.Body.(*wire.EntryApproval).EntryRef != ref || !d.IssuedAt.Equal(a.At) {
		return tocsin.Invalid(tocsin.RefusedAltered, "approvals", "The approval is of another version of the entry, or of another time.")
	}
	party, err := c.Directory.Party(d.Issuer)
	if err != nil {
		return err
	}
	if !speaksAs(party, a.Role) {
		return tocsin.Invalid(tocsin.RefusedNotCompetent, "approvals", "The directory does not list the party as %s.", nameOf(a.Role))
	}
	return nil
}

// refOf names an entry as it stands.
func refOf(e *lexicon.Entry) (wire.EntryRef, error) {
	content, err := e.Content()
	return wire.EntryRef{Entry: e.ID, Version: e.Version, Content: tocsin.Digest(content)}, err
}

// speaksAs reports whether a party is of the kind that an approval says. What has any power of a State is an authority, and
// never civil society beside it.
func speaksAs(p tocsin.Party, role lexicon.Role) bool {
	has := func(roles ...tocsin.Role) bool { return slices.ContainsFunc(roles, p.Has) }
	if has(tocsin.RoleIssuingAuthority, tocsin.RoleSupervisor, tocsin.RoleCourt) {
		return role == lexicon.RoleAuthority
	}
	return role != lexicon.RoleAuthority && has(tocsin.RoleNotifier, tocsin.RoleReviewer, tocsin.RolePreventionService)
}

func nameOf(role lexicon.Role) string {
	if role == lexicon.RoleAuthority {
		return "an authority"
	}
	return "an organisation that gives notice, reviews or prevents"
}
