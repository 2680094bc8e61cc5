// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Directory is the versioned set of parties a node trusts. It is signed by k of n publishers whose
// keys were pinned in a ceremony; package wire checks the signatures, this type only holds content.
type Directory struct {
	Serial        int64     `json:"serial"` // grows with each edition; an older one is never accepted
	IssuedAt      time.Time `json:"issued_at"`
	Demonstration bool      `json:"demonstration,omitempty"` // its parties and credentials are not real
	Parties       []Party   `json:"parties"`
}

// Party finds an entry.
func (d Directory) Party(id PartyID) (Party, error) {
	for _, p := range d.Parties {
		if p.ID == id {
			return p, nil
		}
	}
	return Party{}, Errorf(CodeNotFound, ReasonUnknownParty, "The directory does not know this party.")
}

// KeyOwner finds the party that owns a key.
func (d Directory) KeyOwner(id KeyID) (Party, Key, bool) {
	for _, p := range d.Parties {
		if k, ok := p.Key(id); ok {
			return p, k, true
		}
	}
	return Party{}, Key{}, false
}

// SupervisorOf finds the Art. 12(1)(b) authority of a State, the one that receives copies (Art. 4(1)).
func (d Directory) SupervisorOf(state Country, at time.Time) (Party, bool) {
	for _, p := range d.Parties {
		if p.Country == state && p.Has(RoleSupervisor) && p.Competent(ActScrutiny, at) == nil {
			return p, true
		}
	}
	return Party{}, false
}

// Validate checks what every reader relies on: distinct party ids and key ids, known roles and
// algorithms, and that no party outside the Union holds an EU competence.
func (d Directory) Validate() error {
	if d.Serial < 1 || d.IssuedAt.IsZero() {
		return Invalid(ReasonMissing, "serial", "A directory needs a serial from 1 and a date of issue.")
	}
	if len(d.Parties) == 0 || len(d.Parties) > 10_000 {
		return Invalid(ReasonTooMany, "parties", "A directory holds 1 to 10,000 parties.")
	}
	seenParty, seenKey := map[PartyID]bool{}, map[KeyID]bool{}
	for _, p := range d.Parties {
		if seenParty[p.ID] {
			return Invalid(ReasonDuplicate, "parties.id", "Party %q is listed twice.", p.ID)
		}
		seenParty[p.ID] = true
		if err := p.validate(); err != nil {
			return err
		}
		for _, k := range p.Keys {
			if seenKey[k.ID] {
				return Invalid(ReasonDuplicate, "parties.keys.id", "Key %q is listed twice.", k.ID)
			}
			seenKey[k.ID] = true
		}
	}
	return nil
}

func (p Party) validate() error {
	if !p.ID.Valid() {
		return Invalid(ReasonFormat, "parties.id", "A party id is 1 to 64 of a-z, 0-9 and inner hyphens.")
	}
	if len(p.Country) != 2 || p.Name == "" || p.Source == "" || p.Checker == "" {
		return Invalid(ReasonMissing, "parties", "Party %q needs a name, a country, a source and a checker.", p.ID)
	}
	for _, r := range p.Roles {
		if !slices.Contains(knownRoles, r) {
			return Invalid(ReasonUnknownValue, "parties.roles", "Party %q has an unknown role.", p.ID)
		}
	}
	for _, c := range p.Competences {
		if (c.Act == ActRemovalOrder || c.Act == ActScrutiny || c.Act == ActPenalties) && !p.Country.InUnion() {
			return Invalid(RefusedNotCompetent, "parties.competences",
				"Party %q is outside the Union and cannot hold a competence of Regulation (EU) 2021/784.", p.ID)
		}
	}
	for _, k := range p.Keys {
		if !codeForm.MatchString(string(k.ID)) || len(k.Public) == 0 || len(k.Uses) == 0 {
			return Invalid(ReasonMissing, "parties.keys", "A key of party %q lacks an id, its bytes or a use.", p.ID)
		}
		if k.Algorithm != AlgEdDSA && k.Algorithm != AlgES256 && k.Algorithm != AlgPS256 {
			return Invalid(RefusedAlgorithm, "parties.keys.algorithm",
				"A key of party %q has an algorithm outside the list.", p.ID)
		}
	}
	return nil
}

var knownRoles = []Role{RoleIssuingAuthority, RoleSupervisor, RoleCourt, RoleHost, RoleNotifier, RoleReviewer,
	RoleNetworkOperator, RoleWitness, RoleRelay, RolePreventionService}

var memberStates = []Country{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR",
	"HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}

// InUnion reports whether the country is a Member State of the European Union.
func (c Country) InUnion() bool { return slices.Contains(memberStates, c) }
