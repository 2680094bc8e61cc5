// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// PartyID names an organisation in the directory, for example "fr-authority". Chosen by the
// publishers, stable for ever, never a person.
type PartyID string

// RecordID names an aggregate; its prefix says which kind ("ord_", "itm_", …).
type RecordID string

// EventID names one event. It is known before commit, so jobs and callbacks are keyed by it.
type EventID string

// RestrictionID names one reason why an item is not fully visible.
type RestrictionID string

// ActorID is a pseudonym: a person ("prs_…"), a service key ("svc_…"), a party ("pty:…") or
// [ActorClock].
type ActorID string

// KeyID names a public key of a party.
type KeyID string

// Digest is a lower-case hexadecimal SHA-256.
type Digest string

// ActorClock acts when a legal clock runs out.
const ActorClock ActorID = "clock"

// ActorOperator is whoever runs commands on the machine of the node itself.
const ActorOperator ActorID = "operator"

// ActorParty is a party acting through its node.
func ActorParty(id PartyID) ActorID { return ActorID("pty:" + string(id)) }

// isPerson reports whether a human being acts, not a clock, a machine or another party.
func (id ActorID) isPerson() bool { return strings.HasPrefix(string(id), prefixes[KindPerson]+"_") }

// RecordKind is the kind of an aggregate.
type RecordKind string

// The kinds of record a journal holds.
const (
	KindIssuedOrder   RecordKind = "issued_order"
	KindReceivedOrder RecordKind = "received_order"
	KindItem          RecordKind = "item"
	KindOrderCopy     RecordKind = "order_copy"
	KindContact       RecordKind = "contact"
	KindDirectory     RecordKind = "directory"
	KindPerson        RecordKind = "person"
	KindLog           RecordKind = "log"
	KindBank          RecordKind = "bank"
	KindBatch         RecordKind = "batch"
	KindSignal        RecordKind = "signal"
	KindCase          RecordKind = "case"
	KindDecision      RecordKind = "decision"
	KindNotice        RecordKind = "notice"
	KindComplaint     RecordKind = "complaint"
	KindMisuse        RecordKind = "misuse"
	KindAlert         RecordKind = "alert"
	KindRota          RecordKind = "rota"
	KindReview        RecordKind = "review"
	KindChallenge     RecordKind = "challenge"
	KindEntry         RecordKind = "entry"
)

var prefixes = map[RecordKind]string{
	KindIssuedOrder: "ord", KindReceivedOrder: "rcv", KindItem: "itm", KindOrderCopy: "cpy",
	KindContact: "con", KindDirectory: "dir", KindPerson: "prs", KindLog: "log",
	KindBank: "bnk", KindBatch: "bat", KindSignal: "sig", KindCase: "cas", KindDecision: "dec", KindNotice: "ntc",
	KindComplaint: "cmp", KindMisuse: "mis",
	KindAlert: "alr", KindRota: "rot", KindReview: "rev", KindChallenge: "chl", KindEntry: "lxe",
}

// RecordKinds lists every kind of record.
func RecordKinds() []RecordKind {
	return []RecordKind{KindIssuedOrder, KindReceivedOrder, KindItem, KindOrderCopy, KindContact,
		KindDirectory, KindPerson, KindLog, KindBank, KindBatch, KindSignal,
		KindCase, KindDecision, KindNotice, KindComplaint, KindMisuse, KindAlert, KindRota, KindReview, KindChallenge,
		KindEntry}
}

// Prefix begins the ids of records of the kind, before "_".
func (k RecordKind) Prefix() string { return prefixes[k] }

// KindOf is the kind of record that an id names; empty where it names none.
func KindOf(id RecordID) RecordKind {
	prefix, _, _ := strings.Cut(string(id), "_")
	for kind, own := range prefixes {
		if own == prefix {
			return kind
		}
	}
	return ""
}

// NewRecordID draws an unguessable id for a record of a kind.
func NewRecordID(kind RecordKind) RecordID { return RecordID(NewToken(prefixes[kind])) }

// NewEventID draws an unguessable event id.
func NewEventID() EventID { return EventID(NewToken("evt")) }

// NewRestrictionID draws an unguessable restriction id.
func NewRestrictionID() RestrictionID { return RestrictionID(NewToken("rst")) }

// NewToken is prefix + "_" + 26 base32 letters and digits (130 random bits) in lower case.
func NewToken(prefix string) string { return prefix + "_" + strings.ToLower(rand.Text()) }

// DigestOf is the SHA-256 of exact bytes.
func DigestOf(b []byte) Digest {
	sum := sha256.Sum256(b)
	return Digest(hex.EncodeToString(sum[:]))
}

var (
	partyForm  = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)
	tokenForm  = regexp.MustCompile(`^[a-z]{3}_[a-z2-7]{26}$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	codeForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$`)
)

// Valid reports whether the id has the form of a party id: 1–64 of a–z, 0–9 and inner hyphens.
func (id PartyID) Valid() bool { return partyForm.MatchString(string(id)) }

// Valid reports whether the id has the form of a record id.
func (id RecordID) Valid() bool { return tokenForm.MatchString(string(id)) }

// Short is by what people tell records of a kind apart: the last characters are as random as the others.
func (id RecordID) Short() string {
	s := strings.ToUpper(string(id))
	return s[max(0, len(s)-6):]
}

// Is reports whether the id is of a record of a kind, as its prefix says.
func (id RecordID) Is(kind RecordKind) bool {
	prefix, known := prefixes[kind]
	return known && strings.HasPrefix(string(id), prefix+"_")
}

// Valid reports whether the id has the form of an event id.
func (id EventID) Valid() bool { return tokenForm.MatchString(string(id)) }

// Valid reports whether d is a hexadecimal SHA-256.
func (d Digest) Valid() bool { return digestForm.MatchString(string(d)) }
