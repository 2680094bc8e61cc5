// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// EventRotaChanged says that who is on call when was laid down anew.
const EventRotaChanged EventKind = "rota.changed"

// RotaKept is the one state of a rota.
const RotaKept = "kept"

// Rota is the record of who is on call at a node. There is one. The plan itself is sealed.
type Rota struct {
	Root
	People    []RecordID `json:"people"` // in the plan
	ChangedBy ActorID    `json:"changed_by"`
	ChangedAt time.Time  `json:"changed_at"`
}

// Kind is [KindRota].
func (r *Rota) Kind() RecordKind { return KindRota }

// State is "kept".
func (r *Rota) State() string { return RotaKept }

// Due is never set: who is on call is read off when somebody is called.
func (r *Rota) Due() *time.Time { return nil }

// Apply folds one event.
func (r *Rota) Apply(h Header) error {
	if h.Kind != EventRotaChanged {
		return unknownEvent(r, h)
	}
	r.People, r.ChangedBy, r.ChangedAt = h.Facts.Records, h.Actor, h.At
	return nil
}

// Change lays down a new plan. people are those in it; payload is the plan.
func (r *Rota) Change(by By, people []RecordID, payload any) ([]Event, error) {
	return happened(r, by.event(EventRotaChanged, Facts{Records: people}, payload))
}

// Tick does nothing: a rota has no clock.
func (r *Rota) Tick(By, Periods) ([]Event, error) { return nil, nil }
