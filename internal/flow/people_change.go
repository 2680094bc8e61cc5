// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"

	"tocsin"
	"tocsin/wire"
)

// ChangeDuties gives a person other duties. What she loses she loses at once; what signs, oversees or administers
// waits for a second person.
func (f *Flow) ChangeDuties(ctx context.Context, actor Actor, id tocsin.RecordID, duties []tocsin.Duty,
	reasons string) error {
	return f.personCommand(ctx, actor, ActionPersonChange, id, func(u *unit, p Individual) error {
		events, err := p.ChangeDuties(u.by(actor.ID), duties, reasons)
		if err := u.did(p.Person, events, err); err != nil {
			return err
		}
		return f.Policy.Decide(actor, ActionPersonChange, p.Person) // nor anybody stronger than herself
	})
}

// DeclineDuties ends a proposal. Whoever may change duties may, the one who proposed them too.
func (f *Flow) DeclineDuties(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.personCommand(ctx, actor, ActionPersonChange, id, func(u *unit, p Individual) error {
		events, err := p.DeclineDuties(u.by(actor.ID), reasons)
		return u.did(p.Person, events, err)
	})
}

// SuspendPerson ends a person's access. Nobody suspends herself, so that a node is never left without anyone.
func (f *Flow) SuspendPerson(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.personCommand(ctx, actor, ActionPersonSuspend, id, func(u *unit, p Individual) error {
		if actor.ID == p.Person.Actor() {
			return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonSamePerson, "Nobody suspends herself.")
		}
		events, err := p.Suspend(u.by(actor.ID), reasons)
		return u.did(p.Person, events, err)
	})
}

// ReinstatePerson lets a suspended person in again. Duties that need two people wait for the second.
func (f *Flow) ReinstatePerson(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.personCommand(ctx, actor, ActionPersonReinstate, id, func(u *unit, p Individual) error {
		events, err := p.Reinstate(u.by(actor.ID), reasons)
		return u.did(p.Person, events, err)
	})
}

// dutiesAsked is what a second person confirms: her passkey signs these very bytes.
type dutiesAsked struct {
	Action     Action          `json:"action"`
	Person     tocsin.RecordID `json:"person"`
	Version    int64           `json:"version"` // of her record
	Has        []tocsin.Duty   `json:"has"`
	Gets       []tocsin.Duty   `json:"gets"`
	ProposedBy tocsin.ActorID  `json:"proposed_by"`
}

func askedDuties(p *tocsin.Person) dutiesAsked {
	return dutiesAsked{ActionPersonConfirm, p.ID, p.Version, p.Duties, p.Proposed, p.ProposedBy}
}

// BeginConfirmingDuties asks the second person's passkey to sign what somebody is to get.
func (f *Flow) BeginConfirmingDuties(ctx context.Context, actor Actor, id tocsin.RecordID) (Confirmation, error) {
	var c Confirmation
	err := f.view(ctx, func(u *unit) error {
		p, err := authorised[*tocsin.Person](u, actor, ActionPersonConfirm, id)
		if err != nil {
			return err
		}
		if p.Proposed == nil {
			return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState,
				"Nothing waits for a second person here.")
		}
		c, err = u.askPasskey(actor, id, askedDuties(p))
		return err
	})
	return c, err
}

// ConfirmDuties makes them hold, once the passkey of the second person signed exactly them.
func (f *Flow) ConfirmDuties(ctx context.Context, actor Actor, c Confirmation, a wire.Assertion) error {
	return f.personCommand(ctx, actor, ActionPersonConfirm, c.Record, func(u *unit, p Individual) error {
		proof, err := u.confirmed(actor, c, askedDuties(p.Person), a)
		if err != nil {
			return err
		}
		events, err := p.ConfirmDuties(u.by(actor.ID), proof)
		return u.did(p.Person, events, err)
	})
}

// personCommand loads a person, runs a command, and gives her the officer certificate of her duties. If she loses
// something, her sessions end and what she had goes back to the queue.
func (f *Flow) personCommand(ctx context.Context, actor Actor, action Action, id tocsin.RecordID,
	fn func(*unit, Individual) error) error {
	return f.update(ctx, func(u *unit) error {
		if _, err := authorised[*tocsin.Person](u, actor, action, id); err != nil {
			return err
		}
		p, err := u.individual(id)
		if err != nil {
			return err
		}
		duties, status := slices.Clone(p.Duties), p.Status
		if err := fn(u, p); err != nil {
			return err
		}
		if p.Credential == "" {
			return nil
		}
		lost := p.Status == tocsin.PersonSuspended && status != p.Status ||
			slices.ContainsFunc(duties, func(d tocsin.Duty) bool { return !slices.Contains(p.Duties, d) })
		signs := len(wire.RolesOf(duties)) > 0 || len(wire.RolesOf(p.Duties)) > 0
		if !lost && !signs {
			return nil
		}
		if lost {
			p.File.SessionsFrom = u.now
			u.releaseLater()
		}
		if p.File.Certificate, err = u.certify(p); err != nil {
			return err
		}
		return u.write(p.Person, p.File)
	})
}

// releaseLater gives back what a person has who has just lost something.
func (u *unit) releaseLater() {
	for _, kind := range []tocsin.EventKind{tocsin.EventPersonSuspended, tocsin.EventPersonDutiesChanged} {
		if s := u.staged(kind); s != nil {
			u.enqueue(JobRelease, s.event.ID, queueTarget, nil)
			return
		}
	}
}
