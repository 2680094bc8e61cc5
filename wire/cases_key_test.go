// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"time"

	"tocsin"
	"tocsin/wire"
)

// keyCases are documents whose signer is not who it should be.
func keyCases() []vectorCase {
	const g = "key"
	return []vectorCase{
		refused(g, "unknown-issuer", tocsin.RefusedUnknownIssuer, "the directory does not list the issuer",
			func(w *world, _ *vector) []byte {
				s := w.signer("fr-doc")
				s.Party = "xx-authority"
				return w.signAs(s, w.body(w.newOrder()))
			}),
		refused(g, "wrong-key-unknown", tocsin.RefusedWrongKey, "the issuer has no key of this id",
			func(w *world, _ *vector) []byte {
				s := w.signer("fr-doc")
				s.Key = "fr-nowhere"
				return w.signAs(s, w.body(w.newOrder()))
			}),
		refused(g, "wrong-key-of-another-party", tocsin.RefusedWrongKey,
			"another authority's key under this authority's name",
			func(w *world, _ *vector) []byte {
				s := w.signer("be-doc")
				s.Party = authority
				return w.signAs(s, w.body(w.newOrder()))
			}),
		refused(g, "wrong-key-use", tocsin.RefusedWrongKey, "a key registered for hops signed a document",
			anOrder(signedWith("fr-hop"))),
		refused(g, "key-revoked", tocsin.RefusedKeyRevoked, "the key was revoked before",
			anOrder(signedWith("fr-revoked"))),
		refused(g, "key-revoked-backdated", tocsin.RefusedKeyRevoked,
			"dated before the revocation, received after it: the date is only the signer's word",
			anOrder(signedWith("fr-revoked"), dated(ended.Add(-time.Hour)))),
		refused(g, "key-compromised", tocsin.RefusedKeyCompromised,
			"signed after compromised_since, before the revocation", anOrder(signedWith("fr-stolen"))),
		refused(g, "key-compromised-backdated", tocsin.RefusedKeyCompromised,
			"a thief dates before the theft; received after it",
			anOrder(signedWith("fr-stolen"), dated(noon.Add(-48*time.Hour)))),
		refused(g, "key-not-yet-valid", tocsin.RefusedKeyNotYetValid, "the key is valid from next month",
			anOrder(signedWith("fr-next"))),
		refused(g, "altered-payload", tocsin.RefusedAltered, "another address was put into the signed order",
			func(w *world, _ *vector) []byte {
				parts := bytes.Split(w.order(), []byte("."))
				payload := unb64(parts[1])
				parts[1] = b64(bytes.Replace(payload, []byte(`"audience":"ie-host"`),
					[]byte(`"audience":"nl-host"`), 1))
				return bytes.Join(parts, []byte("."))
			}),
		refused(g, "altered-header", tocsin.RefusedAltered, "the time of signature was moved",
			func(w *world, _ *vector) []byte {
				parts := bytes.Split(w.order(), []byte("."))
				parts[0] = b64(bytes.Replace(unb64(parts[0]), []byte(`"iat":1772`), []byte(`"iat":1771`), 1))
				return bytes.Join(parts, []byte("."))
			}),
		refused(g, "altered-signature", tocsin.RefusedAltered, "one bit of the signature was turned",
			func(w *world, _ *vector) []byte {
				parts := bytes.Split(w.order(), []byte("."))
				signature := unb64(parts[2])
				signature[10] ^= 1
				parts[2] = b64(signature)
				return bytes.Join(parts, []byte("."))
			}),
		refused(g, "signature-missing", tocsin.RefusedAltered, "the signature part is empty",
			func(w *world, _ *vector) []byte {
				signed := w.order()
				return signed[:bytes.LastIndexByte(signed, '.')+1]
			}),
		refused(g, "dated-in-the-future",
			tocsin.RefusedFutureDated, "more than two minutes ahead of the reader",
			anOrder(dated(minute.Add(wire.MaxAhead+time.Second)))),
		good(g, "clock-a-little-ahead", "two minutes ahead of the reader",
			anOrder(dated(minute.Add(wire.MaxAhead)))),
	}
}

func dated(at time.Time) func(*orderDraft) { return func(d *orderDraft) { d.at = at } }

// signAs signs with a signer that claims anything.
func (w *world) signAs(s wire.Signer, body wire.Body) []byte {
	w.t.Helper()
	signed, err := wire.Sign(s, wire.Letter{ID: token("doc", "order"), Audience: host, At: noon}, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return signed
}
