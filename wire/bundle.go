// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import "tocsin"

// Media types of the exchange between nodes.
const (
	MediaTypeBundle = "application/vnd.tocsin.bundle+json"
	MediaTypeJOSE   = "application/jose"
)

// MaxBundle bounds what travels in one delivery: a document and its evidence.
const MaxBundle = MaxDocument + 128<<10

// Bundle is one delivery: a signed document and, where its sender keeps a log, the evidence that it stands
// there.
type Bundle struct {
	Document string       `json:"document"` // compact JWS
	Log      *LogEvidence `json:"log,omitempty"`
}

// LogEvidence proves that a leaf about the document is in its sender's transparency log. Package translog
// judges it; here it is only carried.
type LogEvidence struct {
	Leaf     []byte    `json:"leaf"`  // exact leaf bytes
	Proof    string    `json:"proof"` // C2SP tlog-proof text
	Openings []Opening `json:"openings,omitempty"`
	// Inner is the entry that an opaque leaf conceals, shown to the recipient alone (Art. 11(3)).
	Inner []byte `json:"inner,omitempty"`
}

// Opening discloses one committed field of a leaf.
type Opening struct {
	Salt  string `json:"salt"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Encode gives the bytes that travel.
func (b Bundle) Encode() ([]byte, error) { return encode(b) }

// ParseBundle reads a delivery, strictly; it verifies nothing.
func ParseBundle(data []byte) (Bundle, error) {
	if len(data) > MaxBundle {
		return Bundle{}, refuse(tocsin.RefusedTooLarge, "A delivery holds at most %d bytes.", MaxBundle)
	}
	var b Bundle
	if err := decodeStrict(data, &b); err != nil {
		return Bundle{}, err
	}
	if b.Document == "" {
		return Bundle{}, refuse(tocsin.RefusedMalformed, "A delivery contains a document.")
	}
	if b.Log != nil && (len(b.Log.Leaf) == 0 || b.Log.Proof == "") {
		return Bundle{}, refuse(tocsin.RefusedMalformed, "Log evidence has a leaf and a proof.")
	}
	return b, nil
}
