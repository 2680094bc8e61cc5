// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"slices"
	"time"

	"tocsin"
	"tocsin/wire"
)

// vectorCase makes one published vector. make may change the vector's audience, time and kind.
type vectorCase struct {
	group, name string
	expect      string
	about       string
	make        func(w *world, v *vector) []byte
}

// cases lists every published vector.
func cases() []vectorCase {
	return slices.Concat(goodCases(), keyCases(), formCases(), orderCases(), approvalCases(), otherCases(),
		directoryCases(), entryCases())
}

func refused(group, name string, reason tocsin.Reason, about string, make func(*world,
	*vector) []byte) vectorCase {
	return vectorCase{group, name, string(reason), about, make}
}

func good(group, name, about string, make func(*world, *vector) []byte) vectorCase {
	return vectorCase{group, name, accepted, about, make}
}

// anOrder is an order with some changes, addressed to the host.
func anOrder(changes ...func(*orderDraft)) func(*world, *vector) []byte {
	return func(w *world, _ *vector) []byte { return w.order(changes...) }
}

func signedWith(key tocsin.KeyID) func(*orderDraft) {
	return func(d *orderDraft) { d.key = key }
}

// letter is any other document, addressed to the reader named.
func letter(key tocsin.KeyID, to tocsin.PartyID, body func(w *world) wire.Body) func(*world, *vector) []byte {
	return func(w *world, v *vector) []byte {
		v.Audience = to
		return w.sign(key, to, body(w))
	}
}

func goodCases() []vectorCase {
	return []vectorCase{
		good("order", "order-eddsa", "an order signed with EdDSA", anOrder()),
		good("order", "order-es256", "an order signed with ES256", anOrder(signedWith("fr-doc-p256"))),
		good("order", "order-ps256", "an order signed with PS256", anOrder(signedWith("fr-doc-rsa"))),
		good("order", "order-gagged", "an order with a non-disclosure decision", anOrder(func(d *orderDraft) {
			d.content.Annex.NonDisclosure = true
			d.content.Gag = &tocsin.Gag{
				Reasons: "A reason that only this test gives.", DecidedAt: noon,
				Until: noon.Add(14 * 24 * time.Hour),
			}
		})),
		good("order", "order-demonstration", "demonstration passkeys inside a demonstration",
			func(w *world, v *vector) []byte {
				v.Demonstration = true
				return w.order(func(d *orderDraft) {
					d.approvals[0].officer.demonstration = true
					d.approvals[1].officer.demonstration = true
				})
			}),
		good("order", "order-same-document-other-signature",
			"order-es256 with another valid signature: the same digest, so a replay",
			func(w *world, _ *vector) []byte { return otherSignature(w.order(signedWith("fr-doc-p256"))) }),
		good("other", "copy", "the supervisor's copy of an order", letter("fr-doc", supervisor, aCopy)),
		good("other", "prior-information", "information on procedures and deadlines",
			letter("fr-doc", host, information)),
		good("other", "clarification", "a clarification", letter("fr-doc", host, func(w *world) wire.Body {
			return &wire.Clarification{Order: w.ref(), Text: "It is the picture with the kettle."}
		})),
		good("other", "withdrawal", "a withdrawal", letter("fr-doc", host, withdrawal)),
		good("other", "withdrawal-after-mandate", "a withdrawal needs no mandate any more",
			letter("es-doc", host, withdrawal)),
		good("other", "receipt", "a receipt, signed with ES256", letter("ie-host-doc", authority, receipt)),
		good("other", "refusal", "a refusal", letter("ie-host-doc", authority, func(w *world) wire.Body {
			return wire.NewRefusal(w.order(), noon, tocsin.Errorf(tocsin.CodeForbidden,
				tocsin.RefusedNotCompetent,
				"The directory does not list this party as competent for this act."))
		})),
		good("other", "feedback", "Annex II", letter("ie-host-doc", authority, feedback)),
		good("other", "impossibility", "Annex III", letter("ie-host-doc", authority, impossibility)),
		good("other", "ground-ceased", "the ground of an Annex III is gone",
			letter("ie-host-doc", authority, func(w *world) wire.Body {
				return &wire.GroundCeased{Order: w.ref(), CeasedAt: noon}
			})),
		good("other", "officer-certificate", "an officer certificate by itself",
			func(w *world, v *vector) []byte {
				v.Kind = kindCertificate
				return w.certificate(w.newOrder().approvals[0].officer)
			}),
	}
}

func aCopy(w *world) wire.Body { return &wire.Copy{Order: string(w.order())} }

func information(*world) wire.Body {
	return &wire.PriorInformation{
		Procedures: "Orders arrive at your node, signed by two officers.",
		Deadlines:  "One hour from receipt.",
		Contact:    "orders@authority.example", Language: "en",
	}
}

func withdrawal(w *world) wire.Body {
	return &wire.Withdrawal{Order: w.ref(), Reasons: "The garden was another garden."}
}

func receipt(w *world) wire.Body {
	return &wire.Receipt{
		Document: wire.Digest(w.order()), DocumentID: token("doc", "order"), ReceivedAt: noon,
	}
}

func references() tocsin.OrderReferences {
	return tocsin.OrderReferences{
		Addressee: "Garden board", IssuingAuthority: "Test authority", AuthorityReference: "FR-2026-0001",
		AddresseeReference: "B-1", ReceivedAt: noon.Add(-20 * time.Minute),
	}
}

func feedback(w *world) wire.Body {
	return &wire.Feedback{Order: w.ref(), Annex: tocsin.AnnexII{
		References: references(), Measure: tocsin.MeasureDisabled, MeasureAt: noon.Add(-5 * time.Minute),
		HostName: "Garden board", EstablishmentIn: "IE", AuthorisedPerson: "Duty officer",
		ContactPointEmail: "orders@board.example", Date: noon,
	}}
}

func impossibility(w *world) wire.Body {
	return &wire.Impossibility{Order: w.ref(), Annex: tocsin.AnnexIII{
		References: references(), Grounds: []tocsin.Ground{tocsin.GroundInsufficient},
		Information: "The address names a collection of gardens.", ClarificationNeeded: "Which garden?",
		HostName: "Garden board", AuthorisedPerson: "Duty officer", Contact: "orders@board.example",
		Date: noon,
	}}
}
