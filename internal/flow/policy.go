// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"
	"slices"
	"time"

	"tocsin"
)

// adoptPolicy writes down which rules hold, when they are others than the journal told last.
func (f *Flow) adoptPolicy(ctx context.Context) error {
	return f.update(ctx, func(u *unit) error {
		log, err := u.singleton(tocsin.KindLog, &tocsin.Log{})
		if err != nil || log.Base().Version == 0 {
			return err
		}
		digest := tocsin.DigestOf(f.Policy.Rules())
		events, err := log.(*tocsin.Log).AdoptPolicy(u.by(tocsin.ActorParty(f.Identity.Party)), digest)
		return u.did(log, events, err)
	})
}

// PolicyView is the rules in force.
type PolicyView struct {
	Text    string
	Digest  tocsin.Digest // SHA-256 of the text, as the journal tells it
	Adopted []Adopted     // latest first
}

// Adopted is a moment since which rules held.
type Adopted struct {
	At     time.Time
	Digest tocsin.Digest
}

// Rules shows who may do what, to anybody who works here.
func (f *Flow) Rules(ctx context.Context, actor Actor) (PolicyView, error) {
	if err := f.Policy.Decide(actor, ActionPolicyRead, nil); err != nil {
		return PolicyView{}, err
	}
	text := f.Policy.Rules()
	v := PolicyView{Text: string(text), Digest: tocsin.DigestOf(text)}
	err := f.view(ctx, func(u *unit) error {
		log, err := u.singleton(tocsin.KindLog, &tocsin.Log{})
		if err != nil {
			return err
		}
		entries, err := u.tx.EntriesOf(log.Base().ID)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Header.Kind == tocsin.EventPolicyAdopted {
				v.Adopted = append(v.Adopted, Adopted{e.Header.At, e.Header.Facts.Digest})
			}
		}
		slices.Reverse(v.Adopted)
		return nil
	})
	return v, err
}

// Explanation says whether somebody may do something, and why.
type Explanation struct {
	Action    Action
	Record    tocsin.RecordID // empty: asked of the node as a whole
	Permitted bool
	Refusal   *tocsin.Error // with its rule, where one forbids; none does where no rule permits
	// Duties are those of which each alone would allow it, to somebody with a passkey and no part in the matter.
	Duties []tocsin.Duty
}

// Explain answers for the one who asks, about a record she may read or the node itself.
func (f *Flow) Explain(ctx context.Context, actor Actor, action Action, id tocsin.RecordID) (Explanation, error) {
	x := Explanation{Action: action, Record: id}
	if err := f.Policy.Decide(actor, ActionPolicyRead, nil); err != nil {
		return x, err
	}
	if !slices.Contains(Actions(), action) {
		return x, tocsin.Invalid(tocsin.ReasonUnknownValue, "action", "There is no such action.")
	}
	if id == "" {
		return x, f.explain(&x, actor, nil)
	}
	err := f.view(ctx, func(u *unit) error {
		rec, err := u.record(id)
		if err != nil {
			return err
		}
		if f.Policy.Decide(actor, readAction(rec.agg), rec.agg) != nil {
			return unknownRecord()
		}
		return f.explain(&x, actor, rec.agg)
	})
	return x, err
}

// stranger is nobody who could have a part in a matter.
const stranger tocsin.ActorID = "nobody"

func (f *Flow) explain(x *Explanation, actor Actor, on tocsin.Aggregate) error {
	err := f.Policy.Decide(actor, x.Action, on)
	x.Permitted = err == nil
	if err != nil && !errors.As(err, &x.Refusal) {
		return err
	}
	for _, d := range tocsin.Duties() {
		who := Actor{ID: stranger, Duties: []tocsin.Duty{d}, Passkey: true}
		if f.Policy.Decide(who, x.Action, on) == nil {
			x.Duties = append(x.Duties, d)
		}
	}
	return nil
}
