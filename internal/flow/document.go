// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"time"

	"tocsin"
	"tocsin/wire"
)

// Sent is the payload of an event that makes documents leave: the exact signed bytes, so that what is
// delivered, again and again if need be, is what the event says.
type Sent struct {
	Letters []SentLetter
	Inner   []byte `json:",omitempty"` // what an opaque leaf conceals
}

// SentLetter is one signed document and whom it is for.
type SentLetter struct {
	To     tocsin.PartyID
	Type   wire.Type
	Signed string
}

func (s *Sent) conceal(inner []byte) { s.Inner = inner }

func (s *Sent) to(party tocsin.PartyID) (SentLetter, bool) {
	for _, l := range s.Letters {
		if l.To == party {
			return l, true
		}
	}
	return SentLetter{}, false
}

// Arrived is the payload of an event caused by a document of another party.
type Arrived struct {
	Signed string
	Inner  []byte `json:",omitempty"`
}

func (a *Arrived) conceal(inner []byte) { a.Inner = inner }

// Kept is the payload of an event that holds nothing but what its opaque leaf conceals, if it has one.
type Kept struct {
	Inner []byte `json:",omitempty"`
}

func (k *Kept) conceal(inner []byte) { k.Inner = inner }

// IssuedFile is the readable document of an issued order.
type IssuedFile struct {
	Exact         []byte          // the bytes the officers sign
	Approvals     []wire.Approval // in the order they were given
	Signed        string          // the order as it left
	Receipt       string
	Refusal       string
	Feedback      string // Annex II
	Impossibility string // Annex III, the last
	Clarification string
	Reasons       string // of the withdrawal, return or abandonment
}

// ReceivedFile is the readable document of a received order.
type ReceivedFile struct {
	Signed        string // as it arrived
	Exact         []byte // the order inside; nil when it was refused
	Receipt       string // our answer
	Located       []LocatedText
	Note          string
	Impossibility *tocsin.AnnexIII
	Clarification string
	Withdrawal    string // reasons the issuer gave
}

// LocatedText is what the platform said an address names, readable.
type LocatedText struct {
	Address string
	Kind    string
	Ref     string
	Item    tocsin.RecordID
}

// ItemFile is the readable document of an item.
type ItemFile struct {
	Ref     string
	Address string
	// Language is the one the content provider is told things in (BCP 47), where the platform told it.
	Language string `json:",omitempty"`
	// Media are the files of the item in its order, as the platform told them last.
	Media []ItemMedium `json:",omitempty"`
}

// ItemMedium is one file of an item: where this node fetches it, and what the platform says it is.
type ItemMedium struct {
	Address string
	Type    string
}

// CopyFile is the readable document of a supervisor's copy.
type CopyFile struct {
	Signed string // the order, byte for byte
	Exact  []byte
}

// ContactFile is the readable document of a contact.
type ContactFile struct {
	Signed string
}

// DirectoryFile is the directory edition in use, as it was signed.
type DirectoryFile struct {
	Signed []byte
}

// PersonFile is the readable document of a person.
type PersonFile struct {
	Name        string
	Language    string
	Credential  Credential
	Certificate string      // officer certificate, compact JWS
	Preferences Preferences `json:",omitzero"`
	Reach       Reach       `json:",omitzero"`

	Password *PasswordFile `json:",omitempty"` // instead of a passkey
	Pending  *PasswordFile `json:",omitempty"` // chosen at enrolment, until the first code came
	Provider *ProviderFile `json:",omitempty"` // instead of a passkey
	// SessionsFrom ends every session that began before: she was suspended, lost a duty, or signs in otherwise now.
	SessionsFrom time.Time `json:",omitzero"`
}

// PasswordFile is what somebody signs in with who has no passkey.
type PasswordFile struct {
	Handle  string          // random; the person's state names its digest
	SignIn  string          // the name she types, as she wrote it
	Hash    string          // of the password, Argon2id
	TimeKey string          // of the app that makes codes, in base32
	Codes   []tocsin.Digest // of recovery codes that were not used

	EnrolledAt time.Time
}

// ProviderFile is who somebody is at a provider.
type ProviderFile struct {
	Handle  string
	Issuer  string
	Subject string

	EnrolledAt time.Time
}

// Credential is a person's passkey as it was registered.
type Credential struct {
	ID            []byte
	PublicKey     []byte // COSE_Key
	Counter       uint32
	AAGUID        []byte
	BackedUp      bool
	BackupAllowed bool
	Demonstration bool
	EnrolledAt    time.Time
}
