// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// DocumentType says what a signed document is. Values travel and are never renamed.
type DocumentType string

// The documents parties exchange. Package wire encodes, signs and verifies them.
const (
	DocOrder            DocumentType = "order"
	DocPriorInformation DocumentType = "prior-information" // Art. 3(2)
	DocReceipt          DocumentType = "receipt"
	DocRefusal          DocumentType = "refusal"
	DocFeedback         DocumentType = "feedback"      // Annex II
	DocImpossibility    DocumentType = "impossibility" // Annex III
	DocGroundCeased     DocumentType = "ground-ceased" // Art. 3(7): the ground of impossibility ended
	DocClarification    DocumentType = "clarification" // Art. 3(8)
	DocWithdrawal       DocumentType = "withdrawal"
	DocCopy             DocumentType = "copy" // Art. 4(1)
)

// PriorInformation tells a host, at least twelve hours before its first order, about procedures and deadlines.
type PriorInformation struct {
	Procedures   string `json:"procedures"`
	Deadlines    string `json:"deadlines"`
	ContactPoint string `json:"contact_point"`
}

// Receipt acknowledges a document. ReceivedAt is the legal time of receipt (Art. 3(5)).
type Receipt struct {
	Document   Digest       `json:"document"` // of the document received
	Of         DocumentType `json:"of"`
	ReceivedAt time.Time    `json:"received_at"`
	Reference  RecordID     `json:"reference,omitempty"` // the recipient's own reference
	Unlogged   bool         `json:"unlogged,omitempty"`  // it came without a valid inclusion proof
}

// Refusal answers a document that was not accepted, with one reason code.
type Refusal struct {
	Document   Digest    `json:"document"`
	Reason     Reason    `json:"reason"`
	ReceivedAt time.Time `json:"received_at"`
}

// Feedback carries Annex II.
type Feedback struct {
	Order Digest  `json:"order"` // digest of the signed order document
	Form  AnnexII `json:"form"`
}

// Impossibility carries Annex III.
type Impossibility struct {
	Order Digest   `json:"order"`
	Form  AnnexIII `json:"form"`
}

// GroundCeased says that the ground of an impossibility ended; a full new hour starts (Art. 3(7)).
type GroundCeased struct {
	Order Digest    `json:"order"`
	At    time.Time `json:"at"`
}

// Clarification answers the question of an Annex III; a full new hour starts on its receipt (Art. 3(8)).
type Clarification struct {
	Order Digest `json:"order"`
	Text  string `json:"text"`
}

// Withdrawal ends an order's effects.
type Withdrawal struct {
	Order   Digest `json:"order"`
	Reasons string `json:"reasons"`
}

// Copy hands the supervisor of the host's State the exact signed order (Art. 4(1)).
type Copy struct {
	Order string `json:"order"` // the compact JWS
}
