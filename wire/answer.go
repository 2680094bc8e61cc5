// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"time"

	"tocsin"
)

// Receipt proves that a party received a document, and when (Art. 3(5)). It says nothing about what the party
// thinks of it.
type Receipt struct {
	Document   tocsin.Digest `json:"document"`
	DocumentID string        `json:"document_id"`
	ReceivedAt time.Time     `json:"received_at"` // when the last byte arrived; never changes
	Unlogged   bool          `json:"unlogged"`    // it came without a valid inclusion proof
}

// Type is [TypeReceipt].
func (*Receipt) Type() Type { return TypeReceipt }

func (r *Receipt) check(c Context, _ *Document) error {
	if !r.Document.Valid() || !validDocumentID(r.DocumentID) {
		return refuse(tocsin.RefusedMalformed, "The receipt does not say which document it is about.")
	}
	return c.past("received_at", r.ReceivedAt)
}

// Refusal says that a document was not accepted, and the failure class. It quotes nothing of the document.
type Refusal struct {
	Document   tocsin.Digest `json:"document"` // of the bytes received, whatever they were
	ReceivedAt time.Time     `json:"received_at"`
	Reason     tocsin.Reason `json:"reason"`
	Field      string        `json:"field,omitempty"`    // JSON path, when the form was incomplete
	Message    string        `json:"message,omitempty"`  // one sentence for a person
	Versions   []int         `json:"versions,omitempty"` // what the refuser reads, with unsupported_version
}

// NewRefusal answers received bytes with the error their verification gave.
func NewRefusal(received []byte, at time.Time, cause *tocsin.Error) *Refusal {
	r := &Refusal{Document: Digest(received), ReceivedAt: at.UTC(), Reason: cause.Reason, Field: cause.Field,
		Message: cause.Public}
	if cause.Reason == tocsin.RefusedVersion {
		r.Versions = Versions()
	}
	return r
}

// Type is [TypeRefusal].
func (*Refusal) Type() Type { return TypeRefusal }

func (r *Refusal) check(c Context, _ *Document) error {
	if !r.Document.Valid() || r.Reason == "" {
		return refuse(tocsin.RefusedMalformed, "The refusal does not say what it refuses and why.")
	}
	return c.past("received_at", r.ReceivedAt)
}
