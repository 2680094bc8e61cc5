// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"time"

	"tocsin"
)

// Letter is the outside of a document: its id, for whom, and when.
type Letter struct {
	ID       string         // from [NewDocumentID]
	Audience tocsin.PartyID // empty only where the type travels inside something else
	At       time.Time      // cut to the second
}

// Sign makes a document. It does not judge: a careful sender verifies its own document, as its addressee
// will, before it lets it go.
func Sign(s Signer, to Letter, body Body) ([]byte, error) {
	at := to.At.UTC().Truncate(time.Second)
	inside, err := encode(body)
	if err != nil {
		return nil, err
	}
	payload, err := encode(envelope{
		Version: Version, Type: body.Type(), ID: to.ID, Issuer: s.Party, Audience: to.Audience,
		IssuedAt: at, Body: inside,
	})
	if err != nil {
		return nil, err
	}
	signed, err := signToken(s, body.Type().mediaType(), at, payload)
	if err != nil {
		return nil, err
	}
	if body.Type() == TypeOrder && len(signed) > MaxOrder {
		return nil, refuse(tocsin.RefusedTooLarge, "An order holds at most %d bytes.", MaxOrder)
	}
	return signed, nil
}
