// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Country is an ISO 3166-1 alpha-2 code in capitals.
type Country string

// Role is what a party does in the exchange (design: "Party").
type Role string

// The roles a party may hold; one party may hold several.
const (
	RoleIssuingAuthority  Role = "issuing_authority"  // Art. 12(1)(a)
	RoleSupervisor        Role = "supervisor"         // Art. 12(1)(b)–(d)
	RoleCourt             Role = "court"              // hears challenges (Art. 9)
	RoleHost              Role = "host"               // hosting service provider, Art. 2(1)
	RoleNotifier          Role = "notifier"           // DSA Art. 16; trusted flagger is a status
	RoleReviewer          Role = "reviewer"           // independent, sees everything
	RoleNetworkOperator   Role = "network_operator"   // resolver, search engine
	RoleWitness           Role = "witness"            // cosigns logs
	RoleRelay             Role = "relay"              // carries documents for others
	RolePreventionService Role = "prevention_service" // offers counter-speech
)

// Act is a legal power a competence grants.
type Act string

// Acts that need a competence. An authority outside the Union holds none of the first three.
const (
	ActRemovalOrder Act = "eu-2021-784:3"  // issue removal orders
	ActScrutiny     Act = "eu-2021-784:4"  // scrutinise orders of other States
	ActPenalties    Act = "eu-2021-784:18" // impose penalties
	ActReferral     Act = "referral"       // voluntary
)

// Competence says that a party may perform an act, from when and until when.
type Competence struct {
	Act   Act        `json:"act"`
	From  time.Time  `json:"from"`
	Until *time.Time `json:"until,omitempty"` // mandate end, exclusive
}

// KeyUse is what a party's key may sign.
type KeyUse string

// The uses of a key.
const (
	UseDocument KeyUse = "document" // orders, receipts and every other signed document
	UseHop      KeyUse = "hop"      // RFC 9421 signatures between nodes
	UseOfficer  KeyUse = "officer"  // officer certificates
	UseLog      KeyUse = "log"      // transparency log checkpoints
)

// Algorithm is a JWS algorithm of the closed list.
type Algorithm string

// The closed list of document algorithms. A key is registered with exactly one.
const (
	AlgEdDSA Algorithm = "EdDSA"
	AlgES256 Algorithm = "ES256"
	AlgPS256 Algorithm = "PS256"
)

// Key is a public key of a party. Public is the PKIX (SubjectPublicKeyInfo) DER encoding.
type Key struct {
	ID               KeyID      `json:"id"`
	Algorithm        Algorithm  `json:"algorithm"`
	Uses             []KeyUse   `json:"uses"`
	Public           []byte     `json:"public"`
	From             time.Time  `json:"from"`
	Until            *time.Time `json:"until,omitempty"`
	RevokedAt        *time.Time `json:"revoked_at,omitempty"`
	CompromisedSince *time.Time `json:"compromised_since,omitempty"` // may be earlier than RevokedAt
}

// Usable reports whether a signature made with the key for a use at a time counts, judged by what is
// known now. A compromised key taints everything signed since CompromisedSince, whenever it is read.
func (k Key) Usable(use KeyUse, signedAt time.Time) error {
	switch {
	case !slices.Contains(k.Uses, use):
		return Errorf(CodeForbidden, RefusedWrongKey, "This key is not registered for %s signatures.", use)
	case k.CompromisedSince != nil && !signedAt.Before(*k.CompromisedSince):
		return Errorf(CodeForbidden, RefusedKeyCompromised, "This key is known to be compromised.")
	case k.RevokedAt != nil && !signedAt.Before(*k.RevokedAt):
		return Errorf(CodeForbidden, RefusedKeyRevoked, "This key has been revoked.")
	case signedAt.Before(k.From):
		return Errorf(CodeForbidden, RefusedKeyNotYetValid, "This key was not yet valid.")
	case k.Until != nil && !signedAt.Before(*k.Until):
		return Errorf(CodeForbidden, RefusedKeyRevoked, "This key is past its end date.")
	}
	return nil
}

// ContactPoint is where a party can be reached (Art. 12(2), Art. 15). Telephone is for call-backs.
type ContactPoint struct {
	Purpose   string   `json:"purpose"` // "orders", "scrutiny", "clarification"
	Name      string   `json:"name"`
	Email     string   `json:"email,omitempty"`
	Telephone string   `json:"telephone,omitempty"`
	Languages []string `json:"languages,omitempty"` // BCP 47
}

// Party is an organisation with a node or a contact point.
type Party struct {
	ID           PartyID        `json:"id"`
	Name         string         `json:"name"`
	Country      Country        `json:"country"`
	Roles        []Role         `json:"roles"`
	Competences  []Competence   `json:"competences,omitempty"`
	Keys         []Key          `json:"keys"`
	Contacts     []ContactPoint `json:"contacts,omitempty"`
	Endpoint     string         `json:"endpoint,omitempty"`      // base address of the node
	LogOrigin    string         `json:"log_origin,omitempty"`    // origin line of its current log
	RelyingParty string         `json:"relying_party,omitempty"` // WebAuthn RP id of officers' passkeys
	Origins      []string       `json:"origins,omitempty"`       // WebAuthn origins of its console
	Source       string         `json:"source"`                  // where the entry comes from, e.g. a register
	Checker      string         `json:"checker"`                 // who compared it, and how
	CheckedAt    time.Time      `json:"checked_at"`
}

// Has reports whether the party holds a role.
func (p Party) Has(role Role) bool { return slices.Contains(p.Roles, role) }

// Key finds a key of the party by id.
func (p Party) Key(id KeyID) (Key, bool) {
	for _, k := range p.Keys {
		if k.ID == id {
			return k, true
		}
	}
	return Key{}, false
}

// Competent says whether the party may perform an act at a time: RefusedNotCompetent when it never
// had the competence, RefusedMandateExpired when it is outside its dates.
func (p Party) Competent(act Act, at time.Time) error {
	refusal := Errorf(CodeForbidden, RefusedNotCompetent,
		"The directory does not list this party as competent for this act.")
	for _, c := range p.Competences {
		if c.Act != act {
			continue
		}
		if !at.Before(c.From) && (c.Until == nil || at.Before(*c.Until)) {
			return nil
		}
		refusal = Errorf(CodeForbidden, RefusedMandateExpired,
			"The party's mandate for this act does not cover this date.")
	}
	return refusal
}
