// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tocsin"
	"tocsin/wire"
)

// KeyTerms are what a service key is made with.
type KeyTerms struct {
	Name      string    `json:"name"`
	Scopes    []string  `json:"scopes"`
	PerMinute int       `json:"per_minute"` // requests; 0: no limit
	Expires   time.Time `json:"expires"`
}

// DefaultPerMinute is a hundred requests a second: plenty for a desk, and an end to a loop that ran away.
const DefaultPerMinute = 6000

// LongestKey bounds how long a key made in the console lasts.
const LongestKey = 3 * 366 * 24 * time.Hour

// ServiceScopes are the actions that a service key can be given.
func ServiceScopes() []Action {
	return slices.DeleteFunc(Actions(), func(a Action) bool { return slices.Contains(PersonalActions(), a) })
}

// ConsoleScopes are those that an administrator gives in the console: none by which a machine reads what people wrote or
// decided. She may not read that, and a token would read it for her; such keys are made on the machine itself.
func ConsoleScopes() []Action {
	kept := []Action{ActionOrderRead, ActionItemRead, ActionCopyRead, ActionCaseRead, ActionDecisionRead, ActionNoticeRead,
		ActionComplaintRead}
	return slices.DeleteFunc(ServiceScopes(), func(a Action) bool { return slices.Contains(kept, a) })
}

// keyAsked is what the passkey of whoever makes a key signs.
type keyAsked struct {
	Action Action         `json:"action"`
	By     tocsin.ActorID `json:"by"`
	KeyTerms
}

// MadeKey is a service key with its token, which is shown once and kept nowhere.
type MadeKey struct {
	Name  string
	Token string
}

// CheckKeyTerms says what stands in the way of such a key: of the field that is wrong.
func (f *Flow) CheckKeyTerms(actor Actor, t KeyTerms) error {
	if err := f.Policy.Decide(actor, ActionKeyMake, nil); err != nil {
		return err
	}
	if f.Machines == nil {
		return unknownRecord()
	}
	now := f.Clock.Now()
	switch {
	case len(t.Scopes) == 0:
		return tocsin.Invalid(tocsin.ReasonMissing, "scopes", "Say what the key may do.")
	case slices.ContainsFunc(t.Scopes, func(s string) bool { return !slices.Contains(ConsoleScopes(), Action(s)) }):
		return tocsin.Invalid(tocsin.ReasonUnknownValue, "scopes", "No key made in the console has such a scope.")
	case !t.Expires.After(now) || t.Expires.After(now.Add(LongestKey)):
		return tocsin.Invalid(tocsin.ReasonFormat, "expires", "A key ends within three years.")
	}
	if err := f.Machines.Check(t, now); err != nil {
		return err
	}
	keys, err := f.Machines.List()
	if err == nil && slices.ContainsFunc(keys, func(k MachineKey) bool { return k.Name == t.Name }) {
		err = tocsin.Invalid(tocsin.ReasonDuplicate, "name", "Another service key has this name.")
	}
	return err
}

// BeginServiceKey asks the actor's passkey to sign what a machine is to get.
func (f *Flow) BeginServiceKey(ctx context.Context, actor Actor, t KeyTerms) (c Confirmation, err error) {
	if err := f.CheckKeyTerms(actor, t); err != nil {
		return c, err
	}
	err = f.view(ctx, func(u *unit) error {
		c, err = u.askPasskey(actor, "", keyAsked{ActionKeyMake, actor.ID, t})
		return err
	})
	return c, err
}

// MakeServiceKey makes the key, once her passkey signed for exactly that. The journal says so first: a key that could not
// be written then is none, and no key exists that nobody is known to have made.
func (f *Flow) MakeServiceKey(ctx context.Context, actor Actor, c Confirmation, a wire.Assertion) (MadeKey, error) {
	var asked keyAsked
	if err := json.Unmarshal(c.Exact, &asked); err != nil {
		return MadeKey{}, fmt.Errorf("read what was confirmed: %w", err)
	}
	t := asked.KeyTerms
	if err := f.CheckKeyTerms(actor, t); err != nil {
		return MadeKey{}, err
	}
	id := tocsin.ActorID(tocsin.NewToken("svc"))
	err := f.update(ctx, func(u *unit) error {
		proof, err := u.confirmed(actor, c, keyAsked{ActionKeyMake, actor.ID, t}, a)
		if err != nil {
			return err
		}
		record, err := u.singleton(tocsin.KindLog, &tocsin.Log{})
		if err != nil {
			return err
		}
		log := record.(*tocsin.Log)
		events, err := log.MakeKey(u.by(actor.ID), id, t.Scopes, int64(t.PerMinute), t.Expires, proof)
		return u.did(log, events, err)
	})
	if err != nil {
		return MadeKey{}, err
	}
	token, err := f.Machines.Issue(id, t, f.Clock.Now())
	if err != nil {
		return MadeKey{}, err
	}
	f.Log.WarnContext(ctx, "service key made", "key", t.Name, "by", actor.ID)
	return MadeKey{t.Name, token}, nil
}
