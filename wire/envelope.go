// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"tocsin"
)

// Version is the protocol version this release writes. A version fixes every body: within one, an unknown
// member is refused, because a reader that skips what it does not know may miss what matters.
const Version = 1

// Versions lists what this release reads.
func Versions() []int { return []int{1} }

// Negotiate picks the highest version that both sides read.
func Negotiate(offered []int) (int, error) {
	best := 0
	for _, v := range offered {
		if v > best && slices.Contains(Versions(), v) {
			best = v
		}
	}
	if best == 0 {
		return 0, refuse(tocsin.RefusedVersion, "This node speaks protocol version %d.", Version)
	}
	return best, nil
}

// Type says what a document is.
type Type string

// The documents of version 1.
const (
	TypeDirectory          Type = "directory"           // publishers → everybody
	TypeOfficerCertificate Type = "officer-certificate" // authority → whoever receives its orders
	TypePriorInformation   Type = "prior-information"   // authority → host, Art. 3(2)
	TypeOrder              Type = "order"               // authority → host, Art. 3(1)
	TypeCopy               Type = "copy"                // authority → supervisor, Art. 4(1)
	TypeClarification      Type = "clarification"       // authority → host, Art. 3(8)
	TypeWithdrawal         Type = "withdrawal"          // authority → host and supervisor
	TypeReceipt            Type = "receipt"             // recipient → issuer, Art. 3(5)
	TypeRefusal            Type = "refusal"             // recipient → issuer
	TypeFeedback           Type = "feedback"            // host → authority, Annex II
	TypeImpossibility      Type = "impossibility"       // host → authority, Annex III
	TypeGroundCeased       Type = "ground-ceased"       // host → authority, Art. 3(7)
	TypeEntryApproval      Type = "entry-approval"      // party → whoever imports the entry
	TypeEntryRetraction    Type = "entry-retraction"    // party → whoever has the entry
	TypeLexiconEntry       Type = "lexicon-entry"       // party → party: an entry with its approvals and retractions
)

// travels reports whether documents of a type have no addressee: they travel inside something else.
func (t Type) travels() bool {
	return t == TypeOfficerCertificate || t == TypeEntryApproval || t == TypeEntryRetraction
}

// mediaType is the typ header of a document type (RFC 7515 §4.1.9, "application/" left out). It keeps a
// document of one type from being read as another even by a reader that looks at headers only.
func (t Type) mediaType() string { return "tocsin-" + string(t) + "+jws" }

// envelope is the payload of every document but the directory.
type envelope struct {
	Version  int            `json:"v"`
	Type     Type           `json:"type"`
	ID       string         `json:"id"`                 // "doc_…", unguessable, the sender's own
	Issuer   tocsin.PartyID `json:"issuer"`             //
	Audience tocsin.PartyID `json:"audience,omitempty"` // empty where the type travels
	IssuedAt time.Time      `json:"issued_at"`          // the second that iat says
	Body     jsontext.Value `json:"body"`
}

// peek reads what must be known before anything else: that these rules apply, and whose keys.
func peek(payload []byte) (issuer tocsin.PartyID, err error) {
	var head struct {
		Version *int           `json:"v"`
		Issuer  tocsin.PartyID `json:"issuer"`
	}
	if err := decodeOpen(payload, &head); err != nil {
		return "", err
	}
	if head.Version == nil {
		return "", refuse(tocsin.RefusedMalformed, "The document does not say its version.")
	}
	if !slices.Contains(Versions(), *head.Version) {
		return "", refuse(tocsin.RefusedVersion, "This node reads protocol version %d.", Version)
	}
	return head.Issuer, nil
}

// NewDocumentID draws an unguessable document id.
func NewDocumentID() string { return tocsin.NewToken("doc") }

func validDocumentID(id string) bool {
	return len(id) > 4 && id[:4] == "doc_" && tocsin.RecordID(id).Valid()
}
