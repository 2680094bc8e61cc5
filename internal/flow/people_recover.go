// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"

	"tocsin"
	"tocsin/wire"
)

// AskRecovery says that a person lost her key. A second person has to agree.
func (f *Flow) AskRecovery(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.personCommand(ctx, actor, ActionPersonRecover, id, func(u *unit, p Individual) error {
		if err := u.apart(actor, p.Person); err != nil {
			return err
		}
		events, err := p.AskRecovery(u.by(actor.ID), reasons)
		return u.did(p.Person, events, err)
	})
}

// recoveryAsked is what the second person agrees to: her passkey signs these very bytes.
type recoveryAsked struct {
	Action  Action          `json:"action"`
	Person  tocsin.RecordID `json:"person"`
	Version int64           `json:"version"`
	AskedBy tocsin.ActorID  `json:"asked_by"`
}

func askedRecovery(p *tocsin.Person) (recoveryAsked, error) {
	if p.Recovery == nil {
		return recoveryAsked{}, tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState,
			"No key of this person is being recovered.")
	}
	return recoveryAsked{ActionPersonRecover, p.ID, p.Version, p.Recovery.AskedBy}, nil
}

// BeginAgreeing asks the second person's passkey to sign that she agrees.
func (f *Flow) BeginAgreeing(ctx context.Context, actor Actor, id tocsin.RecordID) (Confirmation, error) {
	var c Confirmation
	err := f.view(ctx, func(u *unit) error {
		p, err := authorised[*tocsin.Person](u, actor, ActionPersonRecover, id)
		if err != nil {
			return err
		}
		if err := u.apart(actor, p); err != nil {
			return err
		}
		asked, err := askedRecovery(p)
		if err != nil {
			return err
		}
		c, err = u.askPasskey(actor, id, asked)
		return err
	})
	return c, err
}

// AgreeRecovery starts the delay, once the passkey of the second person signed for it.
func (f *Flow) AgreeRecovery(ctx context.Context, actor Actor, c Confirmation, a wire.Assertion) error {
	return f.personCommand(ctx, actor, ActionPersonRecover, c.Record, func(u *unit, p Individual) error {
		if err := u.apart(actor, p.Person); err != nil {
			return err
		}
		asked, err := askedRecovery(p.Person)
		if err != nil {
			return err
		}
		proof, err := u.confirmed(actor, c, asked, a)
		if err != nil {
			return err
		}
		events, err := p.AgreeRecovery(u.by(actor.ID), proof)
		return u.did(p.Person, events, err)
	})
}

// CancelRecovery ends it: the person herself may at any time, and so may whoever could have helped.
func (f *Flow) CancelRecovery(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	action := ActionPersonRecover
	if actor.ID == tocsin.ActorID(id) {
		action = ActionPersonRead
	}
	return f.personCommand(ctx, actor, action, id, func(u *unit, p Individual) error {
		events, err := p.CancelRecovery(u.by(actor.ID))
		return u.did(p.Person, events, err)
	})
}

// OpenRecovery makes the new enrolment link, once the delay has passed.
func (f *Flow) OpenRecovery(ctx context.Context, actor Actor, id tocsin.RecordID) (Invitation, error) {
	inv := Invitation{Person: id, Token: tocsin.NewToken("inv")}
	digest := tocsin.DigestOf([]byte(inv.Token))
	err := f.personCommand(ctx, actor, ActionPersonRecover, id, func(u *unit, p Individual) error {
		events, err := p.OpenRecovery(u.by(actor.ID), digest)
		if err := u.did(p.Person, events, err); err != nil {
			return err
		}
		inv.Until = *p.InvitedTil
		return u.tx.Reserve(lookupInvitation, f.Sealer.LookupKey(lookupInvitation, string(digest)), id)
	})
	return inv, err
}

// apart refuses whoever drafted or signed something open together with a person: together they could be both eyes.
func (u *unit) apart(actor Actor, p *tocsin.Person) error {
	page := Page{Kind: tocsin.KindIssuedOrder, Limit: 200, Statuses: []string{string(tocsin.IssuedDraft),
		string(tocsin.IssuedSubmitted), string(tocsin.IssuedApproved), string(tocsin.IssuedWaiting)}}
	for {
		rows, next, err := u.tx.Records(page)
		if err != nil {
			return err
		}
		for _, row := range rows {
			rec, err := u.adopt(row)
			if err != nil {
				return err
			}
			o := rec.agg.(*tocsin.IssuedOrder)
			hands := []tocsin.ActorID{o.DraftedBy, o.SubmittedBy, o.ApprovedBy}
			if slices.Contains(hands, actor.ID) && slices.Contains(hands, p.Actor()) {
				return &tocsin.Error{Code: tocsin.CodeForbidden, Reason: reasonSharedMatter,
					Public: "You drafted or signed something open with this person: somebody else helps her to a new key."}
			}
		}
		if page.After = next; next == "" {
			return nil
		}
	}
}

const reasonSharedMatter tocsin.Reason = "shared_matter"
