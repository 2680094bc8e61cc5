// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// PersonView is everything about a person for someone who may read it. Her credential's bytes are no secret, and of
// no use to a reader.
type PersonView struct {
	Individual
	History []Past
	Erased  bool
	Allowed []Action // what this actor may do to her now
}

// Person opens a person: everybody opens herself.
func (f *Flow) Person(ctx context.Context, actor Actor, id tocsin.RecordID) (PersonView, error) {
	var v PersonView
	err := f.view(ctx, func(u *unit) (err error) {
		if v.Person, err = authorised[*tocsin.Person](u, actor, ActionPersonRead, id); err != nil {
			return err
		}
		v.Allowed = f.allowed(actor, v.Person, personActions(v.Person, actor))
		v.Erased, v.History, _, err = u.about(v.Person, &v.File)
		v.Individual = v.seenBy(actor)
		return err
	})
	return v, err
}

// personActions are what can be done to a person as she stands.
func personActions(p *tocsin.Person, actor Actor) []Action {
	if p.Status == tocsin.PersonSuspended {
		if p.Credential == "" {
			return nil
		}
		return []Action{ActionPersonReinstate}
	}
	actions := []Action{ActionPersonChange}
	if p.Proposed != nil {
		actions = append(actions, ActionPersonConfirm)
	}
	if p.Status == tocsin.PersonEnrolled {
		actions = append(actions, ActionPersonRecover)
	}
	if p.Actor() != actor.ID {
		actions = append(actions, ActionPersonSuspend)
	}
	return actions
}
