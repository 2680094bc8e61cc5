// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"strings"
	"time"
)

// The three forms of Regulation (EU) 2021/784, field by field. Labels and the fixed preamble belong
// to the faces; what stands here is what a person or a machine fills in.

// AnnexI is the removal order form (Art. 3), sections A to G.
type AnnexI struct {
	Heading       OrderHeading       `json:"a"`
	Content       OrderContent       `json:"b"`
	NonDisclosure bool               `json:"c"` // ticked: the addressee must not inform the content provider
	Copy          CopyStatement      `json:"d"`
	Authority     AuthorityDetails   `json:"e"`
	Contacts      OrderContacts      `json:"f"`
	Redress       RedressInformation `json:"g"`
}

// OrderHeading is Section A.
type OrderHeading struct {
	IssuingState        Country   `json:"issuing_state"`
	Addressee           PartyID   `json:"addressee"`
	AddresseeName       string    `json:"addressee_name"`
	LegalRepresentative string    `json:"legal_representative,omitempty"`
	ContactPoint        string    `json:"contact_point"`
	EstablishmentState  Country   `json:"establishment_state"`
	IssuedAt            time.Time `json:"issued_at"`
	Reference           string    `json:"reference"` // unique per authority
}

// Address locates one item exactly (Art. 3(4)(c)).
type Address struct {
	URL        string `json:"url"`
	Additional string `json:"additional,omitempty"`
	// SeenSHA256 is the digest of the content the officer saw, so that a changed page shows (ours, not in
	// the form).
	SeenSHA256 Digest `json:"seen_sha256,omitempty"`
}

// OrderContent is Section B.
type OrderContent struct {
	Addresses   []Address  `json:"addresses"`
	Categories  []Category `json:"categories"`
	Information string     `json:"information,omitempty"`
}

// CopyStatement is Section D.
type CopyStatement struct {
	OtherState bool `json:"other_state"` // establishment is in another State than the issuer
	CopySent   bool `json:"copy_sent"`   // a copy goes to that State's authority (Art. 4(1))
}

// AuthorityType is a tick box of Section E.
type AuthorityType string

// The three types of Section E; AuthorityOther requires Section F.
const (
	AuthorityJudicial       AuthorityType = "judicial"
	AuthorityLawEnforcement AuthorityType = "law_enforcement"
	AuthorityOther          AuthorityType = "other"
)

// AuthorityDetails is Section E.
type AuthorityDetails struct {
	Type           AuthorityType `json:"type"`
	Name           string        `json:"name"`
	Representative string        `json:"representative,omitempty"`
	Post           string        `json:"post,omitempty"` // title, grade
	FileNumber     string        `json:"file_number"`
	Address        string        `json:"address,omitempty"`
	Telephone      string        `json:"telephone,omitempty"`
	Fax            string        `json:"fax,omitempty"`
	Email          string        `json:"email,omitempty"`
	Date           time.Time     `json:"date"`
	Stamp          string        `json:"stamp,omitempty"` // description of an official stamp, if any
}

// OrderContacts is Section F.
type OrderContacts struct {
	Feedback      string `json:"feedback"`                // for the time of removal or clarification
	Establishment string `json:"establishment,omitempty"` // authority of the establishment State
}

// RedressInformation is Section G (Art. 3(4)(f)).
type RedressInformation struct {
	Body     string `json:"body"`     // competent body or court
	Deadline string `json:"deadline"` // days or months, and from when
	Law      string `json:"law,omitempty"`
}

// OrderReferences opens Annex II and Annex III alike (their Section A).
type OrderReferences struct {
	Addressee          string    `json:"addressee"`
	IssuingAuthority   string    `json:"issuing_authority"`
	AuthorityReference string    `json:"authority_reference"`
	AddresseeReference string    `json:"addressee_reference"`
	ReceivedAt         time.Time `json:"received_at"`
}

// MeasureKind is what the host did; a tick box of Annex II.
type MeasureKind string

// The two measures of Annex II, Section B.
const (
	MeasureRemoved  MeasureKind = "removed"
	MeasureDisabled MeasureKind = "disabled_in_all_member_states"
)

// AnnexII is the feedback following removal (Art. 3(6)).
type AnnexII struct {
	References        OrderReferences `json:"a"`
	Measure           MeasureKind     `json:"measure"`
	MeasureAt         time.Time       `json:"measure_at"`
	HostName          string          `json:"host_name"`
	EstablishmentIn   Country         `json:"establishment_in"`
	AuthorisedPerson  string          `json:"authorised_person"`
	ContactPointEmail string          `json:"contact_point_email"`
	Date              time.Time       `json:"date"`
}

// Ground is why an order cannot be executed now; a tick box of Annex III, B(1).
type Ground string

// The grounds of Annex III.
const (
	GroundForceMajeure  Ground = "force_majeure"            // Art. 3(7), incl. technical or operational reasons
	GroundManifestError Ground = "manifest_error"           // Art. 3(8)
	GroundInsufficient  Ground = "insufficient_information" // Art. 3(8)
)

// AnnexIII is the information on the impossibility to execute (Art. 3(7), 3(8)).
type AnnexIII struct {
	References          OrderReferences `json:"a"`
	Grounds             []Ground        `json:"grounds"`
	Information         string          `json:"information"`
	ClarificationNeeded string          `json:"clarification_needed,omitempty"`
	HostName            string          `json:"host_name"`
	AuthorisedPerson    string          `json:"authorised_person"`
	Contact             string          `json:"contact"`
	Date                time.Time       `json:"date"`
}

// Ground is the one that decides what starts the hour again: an error or missing information needs the
// authority's clarification (Art. 3(8)), whatever else stands in the way (Art. 3(7)).
func (a AnnexIII) Ground() Ground {
	for _, g := range a.Grounds {
		if g != GroundForceMajeure {
			return g
		}
	}
	return GroundForceMajeure
}

// Validate checks the form's own rules.
func (a AnnexIII) Validate() error {
	if len(a.Grounds) == 0 {
		return Invalid(ReasonMissing, "grounds", "Tick at least one ground of Annex III.")
	}
	for i, g := range a.Grounds {
		if slices.Contains(a.Grounds[:i], g) {
			return Invalid(ReasonDuplicate, "grounds", "Tick each ground once.")
		}
		if g != GroundForceMajeure && g != GroundManifestError && g != GroundInsufficient {
			return Invalid(ReasonUnknownValue, "grounds", "This is not a ground of Annex III.")
		}
		if g != GroundForceMajeure && strings.TrimSpace(a.ClarificationNeeded) == "" {
			return Invalid(ReasonMissing, "clarification_needed",
				"Say which clarification the authority must give (Annex III, B(3)).")
		}
	}
	if err := checkText("information", a.Information, 1, 8000); err != nil {
		return err
	}
	return checkText("clarification_needed", a.ClarificationNeeded, 0, 8000)
}
