// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"time"

	"tocsin"
)

// MaxAhead is how far a sender's clock may run ahead of the reader's.
const MaxAhead = 2 * time.Minute

// Context is what a verification depends on besides the bytes.
type Context struct {
	Directory tocsin.Directory
	Audience  tocsin.PartyID // the party that received the document
	// Now is when the document was received, by the reader's own record. Every right and every key must hold
	// both then and at the time the document claims: a stolen or expired key could write any past date.
	Now           time.Time
	Demonstration bool // accept credentials that say they are one
}

// Document is a verified document.
type Document struct {
	Type     Type
	ID       string
	Issuer   tocsin.PartyID
	Audience tocsin.PartyID
	IssuedAt time.Time
	Key      tocsin.KeyID  // that signed it
	Digest   tocsin.Digest // see [Digest]
	Body     Body
	Signed   []byte // the exact bytes received
}

// Body is one of the document bodies of this package: *[OfficerCertificate], *[PriorInformation], *[Order],
// *[Copy], *[Clarification], *[Withdrawal], *[Receipt], *[Refusal], *[Feedback], *[Impossibility],
// *[GroundCeased], *[EntryApproval], *[EntryRetraction] or *[LexiconEntry].
type Body interface {
	// Type says which document the body belongs to.
	Type() Type
	// check applies the rules of the type to a document whose signature and addressee are already verified.
	check(c Context, d *Document) error
}

// newBody makes the empty body of a type, or nil for a type this version does not know.
func newBody(t Type) Body {
	switch t {
	case TypeOfficerCertificate:
		return &OfficerCertificate{}
	case TypePriorInformation:
		return &PriorInformation{}
	case TypeOrder:
		return &Order{}
	case TypeCopy:
		return &Copy{}
	case TypeClarification:
		return &Clarification{}
	case TypeWithdrawal:
		return &Withdrawal{}
	case TypeReceipt:
		return &Receipt{}
	case TypeRefusal:
		return &Refusal{}
	case TypeFeedback:
		return &Feedback{}
	case TypeImpossibility:
		return &Impossibility{}
	case TypeGroundCeased:
		return &GroundCeased{}
	case TypeEntryApproval:
		return &EntryApproval{}
	case TypeEntryRetraction:
		return &EntryRetraction{}
	case TypeLexiconEntry:
		return &LexiconEntry{}
	}
	return nil
}

// Verify reads a signed document addressed to c.Audience. It answers the document, or a [tocsin.Error]
// whose Reason is the failure class. Whether the document was seen before is the inbox's question: see
// [Digest].
func Verify(signed []byte, c Context) (*Document, error) {
	d, err := verifyAny(signed, c)
	if err != nil {
		return nil, err
	}
	if d.Audience != c.Audience || d.Audience == "" {
		return nil, refuse(tocsin.RefusedWrongAddressee, "The document is addressed to another party.")
	}
	if err := d.Body.check(c, d); err != nil {
		return nil, err
	}
	return d, nil
}

// verifyAny establishes who signed which body and when; it leaves addressee and type-specific rules to its
// caller.
func verifyAny(signed []byte, c Context) (*Document, error) {
	t, err := parseToken(signed)
	if err != nil {
		return nil, err
	}
	if err := authenticate(t, c); err != nil {
		return nil, err
	}
	var e envelope
	if err := decodeStrict(t.payload, &e); err != nil {
		return nil, err
	}
	if err := e.agreesWith(t.header); err != nil {
		return nil, err
	}
	d := &Document{
		Type: e.Type, ID: e.ID, Issuer: e.Issuer, Audience: e.Audience, IssuedAt: e.IssuedAt.UTC(),
		Key: t.header.Key, Digest: Digest(signed), Body: newBody(e.Type), Signed: signed,
	}
	if d.Body == nil {
		return nil, refuse(tocsin.RefusedMalformed, "Version %d has no document of this type.", e.Version)
	}
	if e.Type == TypeOrder && len(signed) > MaxOrder {
		return nil, refuse(tocsin.RefusedTooLarge, "An order holds at most %d bytes.", MaxOrder)
	}
	if err := decodeStrict(e.Body, d.Body); err != nil {
		return nil, err
	}
	return d, nil
}

// authenticate checks the signature against the directory's key of the issuer that the payload names.
func authenticate(t token, c Context) error {
	party, err := c.Directory.Party(t.issuer)
	if err != nil {
		return because(err, tocsin.RefusedUnknownIssuer, "The directory does not know the issuer.")
	}
	key, known := party.Key(t.header.Key)
	if !known {
		return refuse(tocsin.RefusedWrongKey, "The key is not one of the issuer's.")
	}
	if err := t.verify(key); err != nil {
		return err
	}
	use := tocsin.UseDocument
	if t.header.Type == TypeOfficerCertificate.mediaType() {
		use = tocsin.UseOfficer
	}
	return c.atBothTimes(t.header.SignedAt, func(at time.Time) error { return key.Usable(use, at) })
}

// atBothTimes asks a question about a time claimed by a document and about the time it was received.
func (c Context) atBothTimes(claimed time.Time, holds func(time.Time) error) error {
	if claimed.After(c.Now.Add(MaxAhead)) {
		return refuse(tocsin.RefusedFutureDated, "The document is dated in the future.")
	}
	if err := holds(claimed); err != nil {
		return err
	}
	return holds(c.Now)
}

// agreesWith checks that header and payload tell the same story, and that the envelope is complete.
func (e envelope) agreesWith(h Header) error {
	switch {
	case e.Type.mediaType() != h.Type:
		return refuse(tocsin.RefusedMalformed, "The header and the document name different types.")
	case !e.IssuedAt.Equal(h.SignedAt):
		return refuse(tocsin.RefusedMalformed, "The header and the document give different times.")
	case !validDocumentID(e.ID):
		return refuse(tocsin.RefusedMalformed, "The document id does not have its form.")
	case e.Audience == "" && !e.Type.travels():
		return refuse(tocsin.RefusedMalformed, "The document names no addressee.")
	}
	return nil
}
