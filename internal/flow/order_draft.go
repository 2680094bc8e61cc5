// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"strings"
	"time"

	"tocsin"
	"tocsin/wire"
)

// Kinds of lookup.
const (
	lookupReference  = "reference"  // an order's reference, by authority
	lookupDocument   = "document"   // a signed document's digest
	lookupItem       = "item"       // the platform's reference of an item
	lookupContact    = "contact"    // the other party
	lookupCredential = "credential" // digest of a passkey's credential id, or of a random name
	lookupInvitation = "invitation" // digest of an enrolment token
	lookupSignIn     = "sign_in"    // the name that goes with a password
	lookupSubject    = "subject"    // a person at a provider
)

// Drafted names a draft and the state it was left in.
type Drafted struct {
	ID      tocsin.RecordID `json:"id"`
	Version int64           `json:"version"`
}

// DraftOrder opens an order. What the node knows it fills in: id, issuing State, State of establishment,
// section D, times. key is an idempotency key, or empty.
func (f *Flow) DraftOrder(ctx context.Context, actor Actor, key string, order tocsin.Order) (Drafted, error) {
	return command(f, ctx, commandKey(actor, ActionOrderDraft, key), func(u *unit) (Drafted, error) {
		return u.draft(actor, order)
	})
}

func (u *unit) draft(actor Actor, order tocsin.Order) (Drafted, error) {
	if err := u.f.Policy.Decide(actor, ActionOrderDraft, nil); err != nil {
		return Drafted{}, err
	}
	order.ID = tocsin.NewRecordID(tocsin.KindIssuedOrder)
	if err := u.complete(&order); err != nil {
		return Drafted{}, err
	}
	exact, err := wire.EncodeOrder(order)
	if err != nil {
		return Drafted{}, err
	}
	o, events, err := tocsin.DraftOrder(u.by(actor.ID), order, tocsin.DigestOf(exact), u.f.Settings.Periods)
	if err := u.did(o, events, err); err != nil {
		return Drafted{}, err
	}
	if err := u.reserveReference(u.f.Identity.Party, order, o.ID); err != nil {
		return Drafted{}, err
	}
	u.index(o.ID, order)
	return Drafted{o.ID, o.Version}, u.write(o, IssuedFile{Exact: exact})
}

// ReviseOrder replaces a draft; version is the one the writer had read.
func (f *Flow) ReviseOrder(ctx context.Context, actor Actor, id tocsin.RecordID, version int64,
	order tocsin.Order) (Drafted, error) {
	return command(f, ctx, "", func(u *unit) (Drafted, error) {
		o, err := f.orderFor(u, actor, ActionOrderDraft, id)
		if err != nil {
			return Drafted{}, err
		}
		if o.Version != version {
			return Drafted{}, stale()
		}
		order.ID = id
		if err := u.complete(&order); err != nil {
			return Drafted{}, err
		}
		exact, err := wire.EncodeOrder(order)
		if err != nil {
			return Drafted{}, err
		}
		events, err := o.Revise(u.by(actor.ID), order, tocsin.DigestOf(exact), f.Settings.Periods)
		if err := u.did(o, events, err); err != nil {
			return Drafted{}, err
		}
		if err := u.reserveReference(f.Identity.Party, order, id); err != nil {
			return Drafted{}, err
		}
		u.index(id, order)
		return Drafted{id, o.Version}, u.write(o, IssuedFile{Exact: exact})
	})
}

// complete fills in what the node knows better than a form.
func (u *unit) complete(order *tocsin.Order) error {
	self, err := u.f.Self()
	if err != nil {
		return err
	}
	if err := self.Competent(tocsin.ActRemovalOrder, u.now); err != nil {
		return err
	}
	host, err := u.f.Directory().Party(order.Annex.Heading.Addressee)
	if err != nil || !host.Has(tocsin.RoleHost) {
		return tocsin.Invalid(tocsin.ReasonUnknownParty, "annex_i.a.addressee", "The directory lists no such host.")
	}
	h := &order.Annex.Heading
	h.IssuingState, h.EstablishmentState, h.IssuedAt = self.Country, host.Country, u.now.Truncate(time.Second)
	if h.AddresseeName == "" {
		h.AddresseeName = host.Name
	}
	if h.ContactPoint == "" && len(host.Contacts) > 0 {
		h.ContactPoint = host.Contacts[0].Name
	}
	if order.Annex.Authority.Name == "" {
		order.Annex.Authority.Name = self.Name
	}
	if order.Annex.Authority.Date.IsZero() {
		order.Annex.Authority.Date = h.IssuedAt
	}
	other := order.CrossBorder()
	order.Annex.Copy = tocsin.CopyStatement{OtherState: other, CopySent: other}
	order.Annex.NonDisclosure = order.Gag != nil
	return nil
}

func (u *unit) reserveReference(issuer tocsin.PartyID, order tocsin.Order, id tocsin.RecordID) error {
	key := u.f.Sealer.LookupKey(lookupReference, referenceValue(issuer, order.Annex.Heading.Reference))
	err := u.tx.Reserve(lookupReference, key, id)
	if tocsin.CodeOf(err) == tocsin.CodeConflict {
		return &tocsin.Error{Code: tocsin.CodeConflict, Reason: tocsin.RefusedDuplicateReference,
			Field: "annex_i.a.reference", Public: "Another order already has this reference number."}
	}
	return err
}

func referenceValue(issuer tocsin.PartyID, reference string) string {
	return string(issuer) + "\x00" + reference
}

// index keeps the words by which people of this node find an order again.
func (u *unit) index(id tocsin.RecordID, order tocsin.Order) { u.findable(id, searchText(order)) }

func searchText(order tocsin.Order) string {
	words := []string{order.Annex.Heading.Reference, order.Annex.Authority.FileNumber}
	for _, a := range order.Annex.Content.Addresses {
		words = append(words, a.URL, string(a.SeenSHA256))
	}
	return strings.Join(words, " ")
}

func stale() error {
	return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonStale,
		"Somebody changed this since you read it. Load it again.")
}

func gagEnd(order tocsin.Order) *time.Time {
	if order.Gag == nil {
		return nil
	}
	until := order.Gag.Until.UTC()
	return &until
}

func exactTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
