// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import "slices"

// Type says what a leaf records. The list is closed: a reader that meets another value refuses the leaf.
type Type string

// What a log records.
const (
	TypeOrder            Type = "order"
	TypeReferral         Type = "referral"
	TypeBlocking         Type = "blocking"
	TypePriorInformation Type = "prior-information" // Art. 3(2): before the first order to a host
	TypeCopy             Type = "copy"              // of an order, for scrutiny in the host's State
	TypeReceipt          Type = "receipt"           // a document arrived; Of says which
	TypeRefusal          Type = "refusal"           // a document was not accepted; Of says which
	TypeAction           Type = "action"            // what was done about a receipt
	TypeImpediment       Type = "impediment"        // Art. 3(7), 3(8): why it cannot be done now
	TypeWithdrawal       Type = "withdrawal"
	TypeReinstatement    Type = "reinstatement"
	TypeRetraction       Type = "retraction"
	TypeScrutiny         Type = "scrutiny" // Art. 4
	TypeObjection        Type = "objection"
	TypeComplaint        Type = "complaint"
	TypeReview           Type = "review"
	TypeGag              Type = "gag" // Art. 11(3): the content provider is not told yet
	TypeEmbargoExtension Type = "embargo-extension"
	TypeOpening          Type = "opening" // what was withheld is now told, or an opaque leaf is shown
	TypeErasure          Type = "erasure" // the key of a leaf's hidden fields was destroyed
	TypeEvidenceAccess   Type = "evidence-access"
	TypeHold             Type = "hold"
	TypeKeyEvent         Type = "key-event"
	TypePolicyChange     Type = "policy-change" // Digest is that of the published policy
	TypeStatistics       Type = "statistics"    // Digest is that of the published figures
	TypeHeartbeat        Type = "heartbeat"     // nothing happened, and that is on record
	// TypeShardStart is leaf 0 of every shard. Its issuer is the log's owner; its Digest, from shard 2 on, that
	// of [Checkpoint.Text] of the last checkpoint published for the shard before, so that what a restored
	// backup lost is on record. An audit that has read the shard before misses it where it is absent.
	TypeShardStart Type = "shard-start"
)

// Types lists every leaf type, in alphabetical order.
func Types() []Type {
	types := make([]Type, 0, len(rules))
	for t := range rules {
		types = append(types, t)
	}
	slices.Sort(types)
	return types
}

// Deadline is the class of legal clock that a leaf starts, never the due time itself.
type Deadline string

// The classes of legal clock.
const (
	DeadlineNone   Deadline = ""
	Deadline1h     Deadline = "1h"            // Art. 3(3): from receipt
	Deadline12h    Deadline = "12h"           // Art. 3(2)
	Deadline24h    Deadline = "24h"           // national removal before blocking
	Deadline48h    Deadline = "48h"           // Art. 4(4)
	Deadline72h    Deadline = "72h"           // Art. 4(3)
	DeadlineWeeks  Deadline = "weeks"         // Art. 10(2), 11(3)
	DeadlineMonths Deadline = "months"        // Art. 5, 6
	DeadlinePrompt Deadline = "without-delay" // "without undue delay", "immediately"
)

var deadlines = map[Deadline]bool{
	DeadlineNone: true, Deadline1h: true, Deadline12h: true, Deadline24h: true, Deadline48h: true,
	Deadline72h: true, DeadlineWeeks: true, DeadlineMonths: true, DeadlinePrompt: true,
}

// Codes of a receipt: whether the document arrived with a proof that its sender had logged it.
const (
	CodeLogged   = "logged"
	CodeUnlogged = "unlogged"
)

// field is a set of public fields.
type field uint16

const (
	fIssuer field = 1 << iota
	fTo
	fOf
	fLegal
	fCode
	fRe
	fShard
	fDeadline
	fSigners
	fEmbargoUntil
	fEmbargoMax
	fDigest
	fInner
	fHidden
)

var fieldNames = []string{"issuer", "to", "of", "legal", "code", "re", "shard", "deadline", "signers",
	"embargo_until", "embargo_max", "digest", "inner", "_sd"}

// rule says which fields a type must and may have; every other field is refused. Digest stands only where
// it is the digest of something published in full, so that it cannot serve to name a target by its hash.
type rule struct {
	must, may field
	signers   int // least number of distinct signers
}

// usual is what any record about a document or an item may have beside what it must have.
const usual = fTo | fLegal | fCode | fRe | fShard | fDeadline | fSigners | fEmbargoUntil | fEmbargoMax |
	fHidden

var rules = map[Type]rule{
	// Two people stand behind an order, each with a key of their own.
	TypeOrder:            {must: fIssuer | fLegal | fDeadline | fHidden, may: usual, signers: 2},
	TypeBlocking:         {must: fIssuer | fLegal | fHidden, may: usual, signers: 1},
	TypeReferral:         {must: fIssuer | fHidden, may: usual},
	TypePriorInformation: {must: fIssuer, may: usual},
	TypeCopy:             {must: fIssuer | fHidden, may: usual},
	TypeReceipt:          {must: fIssuer | fOf | fCode | fHidden, may: usual},
	// A document whose sender could not be authenticated is refused without naming anybody.
	TypeRefusal:       {must: fOf | fCode, may: usual | fIssuer},
	TypeAction:        {must: fIssuer | fRe | fLegal | fHidden, may: usual},
	TypeImpediment:    {must: fIssuer | fRe | fCode, may: usual},
	TypeWithdrawal:    {must: fIssuer | fRe, may: usual},
	TypeReinstatement: {must: fIssuer | fRe, may: usual},
	TypeRetraction:    {must: fIssuer | fHidden, may: usual},
	TypeScrutiny:      {must: fIssuer | fRe | fCode, may: usual},
	TypeObjection:     {must: fIssuer | fRe, may: usual},
	TypeComplaint:     {must: fIssuer | fRe, may: usual},
	TypeReview:        {must: fIssuer | fRe | fCode, may: usual},
	TypeGag:           {must: fIssuer | fRe | fEmbargoUntil | fEmbargoMax, may: usual},
	TypeEmbargoExtension: {
		must: fIssuer | fRe | fCode | fEmbargoUntil, may: fShard | fLegal | fSigners, signers: 1,
	},
	TypeOpening:        {must: fIssuer | fRe, may: fShard | fCode | fInner | fSigners},
	TypeErasure:        {must: fIssuer | fRe | fCode, may: fShard | fSigners},
	TypeEvidenceAccess: {must: fIssuer | fHidden, may: usual},
	TypeHold:           {must: fIssuer | fHidden, may: usual},
	TypeKeyEvent:       {must: fIssuer | fCode | fDigest, may: fSigners},
	TypePolicyChange:   {must: fIssuer | fDigest, may: fSigners},
	TypeStatistics:     {must: fIssuer | fDigest, may: fSigners},
	TypeHeartbeat:      {must: fIssuer},
	TypeShardStart:     {must: fIssuer | fShard, may: fDigest},
}

// carries reports whether t is a document that another party receives, so that a receipt may be Of it.
func (t Type) carries() bool {
	switch t {
	case TypeOrder, TypeReferral, TypeBlocking, TypePriorInformation, TypeCopy, TypeWithdrawal,
		TypeRetraction, TypeImpediment, TypeAction, TypeScrutiny, TypeObjection, TypeComplaint:
		return true
	}
	return false
}
