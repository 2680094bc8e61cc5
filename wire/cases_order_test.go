// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"time"

	"tocsin"
	"tocsin/internal/softkey"
	"tocsin/wire"
)

// orderCases are orders that their issuer may not give, or that lack what Art. 3(4) asks for.
func orderCases() []vectorCase {
	const g = "order"
	incomplete := func(name, about string, change func(*tocsin.Order)) vectorCase {
		return refused(g, name, tocsin.RefusedIncomplete, about,
			anOrder(func(d *orderDraft) { change(&d.content) }))
	}
	return []vectorCase{
		refused(g, "not-competent", tocsin.RefusedNotCompetent, "an authority outside the Union",
			anOrder(signedWith("ch-doc"))),
		refused(g, "not-competent-other-state", tocsin.RefusedNotCompetent, "in the name of another State",
			anOrder(func(d *orderDraft) { d.content.Annex.Heading.IssuingState = "BE" })),
		refused(g, "not-competent-host", tocsin.RefusedNotCompetent, "a host orders another host",
			anOrder(signedWith("nl-host-doc"))),
		refused(g, "mandate-expired", tocsin.RefusedMandateExpired, "the issuer's mandate ended yesterday",
			anOrder(signedWith("es-doc"))),
		refused(g, "mandate-expired-backdated", tocsin.RefusedMandateExpired,
			"dated when the mandate ran, received after its end",
			anOrder(signedWith("es-doc"), dated(ended.Add(-time.Hour)))),
		refused(g, "wrong-addressee", tocsin.RefusedWrongAddressee, "sent on to another host",
			func(w *world, v *vector) []byte {
				v.Audience = otherHost
				return w.order()
			}),
		refused(g, "wrong-addressee-inside", tocsin.RefusedWrongAddressee,
			"what the officers approved is addressed to another host",
			anOrder(func(d *orderDraft) { d.content.Annex.Heading.Addressee = otherHost })),
		incomplete("incomplete-reasons", "no statement of reasons", func(o *tocsin.Order) { o.Reasons = "" }),
		incomplete("incomplete-category", "no type of Art. 2(7)", func(o *tocsin.Order) {
			o.Annex.Content.Categories = nil
		}),
		incomplete("incomplete-redress", "no word on redress",
			func(o *tocsin.Order) { o.Annex.Redress.Body = "" }),
		incomplete("incomplete-exemptions", "a purpose of Art. 1(3) was not considered",
			func(o *tocsin.Order) {
				o.Exemptions.Considered = o.Exemptions.Considered[1:]
			}),
		incomplete("incomplete-whole-site", "the address of a whole site", func(o *tocsin.Order) {
			o.Annex.Content.Addresses[0].URL = "https://board.example/"
		}),
		incomplete("incomplete-gag-without-end", "non-disclosure ticked, without a decision and its end",
			func(o *tocsin.Order) { o.Annex.NonDisclosure = true }),
		refused(g, "dated-in-the-future-inside", tocsin.RefusedFutureDated, "the form is dated tomorrow",
			anOrder(func(d *orderDraft) { d.content.Annex.Heading.IssuedAt = noon.Add(24 * time.Hour) })),
	}
}

// approvalCases are orders that two people did not approve.
func approvalCases() []vectorCase {
	const g = "approval"
	second := func(name string, reason tocsin.Reason, about string, change func(*world,
		*approvalDraft)) vectorCase {
		return refused(g, name, reason, about, func(w *world, _ *vector) []byte {
			return w.order(func(d *orderDraft) { change(w, &d.approvals[1]) })
		})
	}
	return append([]vectorCase{
		refused(g, "missing-second", tocsin.RefusedApprovalMissing, "only the drafter approved",
			anOrder(func(d *orderDraft) { d.approvals = d.approvals[:1] })),
		refused(g, "missing-both", tocsin.RefusedApprovalMissing, "nobody approved",
			anOrder(func(d *orderDraft) { d.approvals = nil })),
		refused(g, "two-drafters", tocsin.RefusedApprovalMissing, "two people drafted, none approved",
			anOrder(func(d *orderDraft) { d.approvals[1].role = wire.RoleDrafter })),
		refused(g, "three", tocsin.RefusedMalformed, "a third approval",
			anOrder(func(d *orderDraft) { d.approvals = append(d.approvals, d.approvals[1]) })),
		refused(g, "same-person", tocsin.RefusedApprovalSamePerson, "one officer with two passkeys",
			anOrder(func(d *orderDraft) { d.approvals[1].officer.actor = d.approvals[0].officer.actor })),
		refused(g, "same-passkey", tocsin.RefusedApprovalSamePerson, "two officers with one passkey",
			anOrder(func(d *orderDraft) {
				d.approvals[1].officer.passkey = d.approvals[0].officer.passkey
				d.approvals[1].officer.publicKey = d.approvals[0].officer.publicKey
			})),
		second("other-document", tocsin.RefusedApprovalOtherDocument, "the passkey approved another order",
			func(w *world, a *approvalDraft) { a.over = []byte("another order") }),
		second("other-nonce", tocsin.RefusedApprovalOtherDocument, "the nonce is not the one approved",
			func(_ *world, a *approvalDraft) {
				a.after = func(p *wire.Approval) { p.Nonce = seed("another nonce") }
			}),
		second("nonce-short", tocsin.RefusedMalformed, "a nonce of 31 bytes",
			func(_ *world, a *approvalDraft) { a.nonce = a.nonce[:31] }),
		second("wrong-relying-party", tocsin.RefusedApprovalWrongParty, "used at another relying party",
			func(_ *world, a *approvalDraft) { a.ceremony.RPID = "console.other.example" }),
		second("wrong-origin", tocsin.RefusedApprovalWrongOrigin, "used on another origin",
			func(_ *world, a *approvalDraft) { a.ceremony.Origin = "https://authority.example" }),
		second("wrong-origin-port", tocsin.RefusedApprovalWrongOrigin, "the same host, another port",
			func(_ *world, a *approvalDraft) { a.ceremony.Origin = origin + ":8443" }),
		second("cross-origin", tocsin.RefusedApprovalWrongOrigin, "used inside another site's page",
			func(_ *world, a *approvalDraft) { a.ceremony.CrossOrigin = true }),
		second("user-not-verified", tocsin.RefusedApprovalUserNotVerified, "a touch, and nobody verified",
			func(_ *world, a *approvalDraft) { a.ceremony.Flags = flags(softkey.UserPresent) }),
		second("user-not-present", tocsin.RefusedApprovalUserNotVerified, "verified, and nobody present",
			func(_ *world, a *approvalDraft) { a.ceremony.Flags = flags(softkey.UserVerified) }),
		second("registration",
			tocsin.RefusedApprovalRegistration, "a registration passed off as an assertion",
			func(_ *world, a *approvalDraft) { a.ceremony.Type = "webauthn.create" }),
		second("registration-data",
			tocsin.RefusedApprovalRegistration, "authenticator data of a registration",
			func(_ *world, a *approvalDraft) {
				a.ceremony.Flags = flags(softkey.UserPresent | softkey.UserVerified | 1<<6)
			}),
		second("other-ceremony", tocsin.RefusedMalformed, "another kind of ceremony",
			func(_ *world, a *approvalDraft) { a.ceremony.Type = "payment.get" }),
		second("signature", tocsin.RefusedApprovalSignature, "one bit of the passkey's signature was turned",
			func(_ *world, a *approvalDraft) {
				a.after = func(p *wire.Approval) { p.Assertion.Signature[9] ^= 1 }
			}),
		second("extensions-missing",
			tocsin.RefusedMalformed, "the flags announce extensions that are not there",
			func(_ *world, a *approvalDraft) {
				a.ceremony.Flags = flags(softkey.UserPresent | softkey.UserVerified | 1<<7)
			}),
		second("backed-up-not-eligible", tocsin.RefusedMalformed, "backed up without being eligible for it",
			func(_ *world, a *approvalDraft) {
				a.ceremony.Flags = flags(softkey.UserPresent | softkey.UserVerified | 1<<4)
			}),
		second("demonstration", tocsin.RefusedApprovalDemonstration, "a demonstration passkey outside one",
			func(_ *world, a *approvalDraft) { a.officer.demonstration = true }),
	}, certificateCases()...)
}

func flags(f byte) *byte { return &f }

// certificateCases are approvals whose officer certificate does not hold; to the sender that is one class.
func certificateCases() []vectorCase {
	bad := func(name, about string, change func(*world, *approvalDraft)) vectorCase {
		return refused("approval", "certificate-"+name, tocsin.RefusedApprovalCertificate, about,
			func(w *world, _ *vector) []byte {
				return w.order(func(d *orderDraft) { change(w, &d.approvals[1]) })
			})
	}
	return []vectorCase{
		bad("expired", "the certificate ended", func(_ *world, a *approvalDraft) { a.officer.until = noon }),
		bad("not-yet", "the certificate begins tomorrow", func(_ *world, a *approvalDraft) {
			a.officer.from = noon.Add(24 * time.Hour)
		}),
		bad("other-party", "another authority vouches for the officer", func(_ *world, a *approvalDraft) {
			a.officer.certifiedBy = "be-doc"
		}),
		bad("wrong-key-use", "signed with a key that may not certify officers",
			func(_ *world, a *approvalDraft) {
				a.officer.certifiedBy = "fr-doc"
			}),
		bad("other-role", "the officer may draft, not approve", func(_ *world, a *approvalDraft) {
			a.officer.roles = []wire.ApprovalRole{wire.RoleDrafter}
		}),
		bad("other-passkey", "the passkey used is not the certificate's", func(w *world, a *approvalDraft) {
			a.after = func(p *wire.Approval) {
				other := w.newOfficer("somebody", softkey.Ed25519, wire.RoleApprover)
				p.Certificate = string(w.certificate(other))
			}
		}),
		bad("rs256", "a passkey of an algorithm outside the list", func(_ *world, a *approvalDraft) {
			a.officer.publicKey = rs256Key()
		}),
		bad("garbage", "no certificate at all", func(_ *world, a *approvalDraft) {
			a.after = func(p *wire.Approval) { p.Certificate = "kettle" }
		}),
		bad("is-an-order", "another document of the party in its place", func(w *world, a *approvalDraft) {
			a.after = func(p *wire.Approval) { p.Certificate = string(w.sign("fr-doc", host, withdrawal(w))) }
		}),
	}
}

// rs256Key is the COSE_Key {1: 3, 3: -257, -1: n, -2: 65537} of no real RSA key.
func rs256Key() []byte {
	out := append([]byte{0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59, 0x01, 0x00}, make([]byte,
		256)...)
	return append(out, 0x21, 0x43, 0x01, 0x00, 0x01)
}

// otherCases are the other documents, each with what it must not lack.
func otherCases() []vectorCase {
	const g = "other"
	return []vectorCase{
		refused(g, "copy-to-another-state", tocsin.RefusedWrongAddressee, "the supervisor of another State",
			letter("fr-doc", otherState, aCopy)),
		refused(g, "copy-by-another-party", tocsin.RefusedWrongSender, "a copy of somebody else's order",
			letter("be-doc", supervisor, aCopy)),
		refused(g, "copy-of-altered-order", tocsin.RefusedAltered, "the order inside was altered",
			letter("fr-doc", supervisor, func(w *world) wire.Body {
				order := w.order()
				order[len(order)-20] ^= 1
				return &wire.Copy{Order: string(order)}
			})),
		refused(g, "copy-of-unapproved-order",
			tocsin.RefusedApprovalMissing, "the order inside lacks an approval",
			letter("fr-doc", supervisor, func(w *world) wire.Body {
				order := w.order(func(d *orderDraft) { d.approvals = d.approvals[:1] })
				return &wire.Copy{Order: string(order)}
			})),
		refused(g, "copy-of-something-else", tocsin.RefusedMalformed, "no order inside",
			letter("fr-doc", supervisor, func(w *world) wire.Body {
				return &wire.Copy{Order: string(w.sign("fr-doc", host, withdrawal(w)))}
			})),
		refused(g, "prior-information-not-competent", tocsin.RefusedNotCompetent, "from outside the Union",
			letter("ch-doc", host, information)),
		refused(g, "receipt-of-the-future", tocsin.RefusedFutureDated, "received tomorrow",
			letter("ie-host-doc", authority, func(w *world) wire.Body {
				r := receipt(w).(*wire.Receipt)
				r.ReceivedAt = noon.Add(24 * time.Hour)
				return r
			})),
		refused(g, "feedback-without-measure", tocsin.RefusedIncomplete, "no measure ticked",
			letter("ie-host-doc", authority, func(w *world) wire.Body {
				f := feedback(w).(*wire.Feedback)
				f.Annex.Measure = ""
				return f
			})),
		refused(g, "feedback-without-time", tocsin.RefusedIncomplete, "no time of the measure",
			letter("ie-host-doc", authority, func(w *world) wire.Body {
				f := feedback(w).(*wire.Feedback)
				f.Annex.MeasureAt = time.Time{}
				return f
			})),
		refused(g, "impossibility-without-ground", tocsin.RefusedIncomplete, "no ground ticked",
			letter("ie-host-doc", authority, func(w *world) wire.Body {
				i := impossibility(w).(*wire.Impossibility)
				i.Annex.Grounds = nil
				return i
			})),
		refused(g, "withdrawal-of-nothing", tocsin.RefusedIncomplete, "no order named",
			letter("fr-doc", host, func(*world) wire.Body { return &wire.Withdrawal{Reasons: "None."} })),
		refused(g, "officer-certificate-alone", tocsin.RefusedWrongAddressee, "a certificate is not a letter",
			func(w *world, _ *vector) []byte { return w.certificate(w.newOrder().approvals[0].officer) }),
		refused(g, "officer-certificate-key", tocsin.RefusedAlgorithm, "a certificate for an RS256 passkey",
			func(w *world, v *vector) []byte {
				v.Kind = kindCertificate
				o := w.newOrder().approvals[0].officer
				o.publicKey = rs256Key()
				return w.certificate(o)
			}),
		refused(g, "passkey-cose-not-canonical", tocsin.RefusedAlgorithm,
			"the same key in an encoding that is not canonical",
			func(w *world, v *vector) []byte {
				v.Kind = kindCertificate
				o := w.newOrder().approvals[1].officer
				o.publicKey = bytes.Replace(o.publicKey, []byte{0x03, 0x27}, []byte{0x03, 0x38, 0x07}, 1)
				return w.certificate(o)
			}),
	}
}
