// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"tocsin"
)

// PersonView is someone who works at this node. Of her passkey nothing shows but since when it is there.
type PersonView struct {
	ID           tocsin.RecordID `json:"id" required:"true"`
	Name         string          `json:"name,omitempty"`
	Status       string          `json:"status" required:"true" enum:"invited,enrolled,suspended"`
	Duties       []tocsin.Duty   `json:"duties" required:"true" nullable:"false"`
	Proposed     []tocsin.Duty   `json:"proposed,omitempty" doc:"all she is to have, once a second person confirms"`
	InvitedUntil *time.Time      `json:"invited_until,omitempty"`
	EnrolledAt   *time.Time      `json:"enrolled_at,omitempty"`
}

// PeopleView is everyone.
type PeopleView struct {
	People []PersonView `json:"people" required:"true" nullable:"false"`
}

func (s *service) listPeople(ctx context.Context, _ *None) (*output[PeopleView], error) {
	all, err := s.Flow.People(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	view := PeopleView{People: make([]PersonView, 0, len(all))}
	for _, p := range all {
		person := PersonView{ID: p.ID, Name: p.File.Name, Status: p.Status,
			Duties: append([]tocsin.Duty{}, p.Duties...), Proposed: p.Proposed, InvitedUntil: p.InvitedTil}
		if at := p.EnrolledAt(); !at.IsZero() {
			person.EnrolledAt = &at
		}
		view.People = append(view.People, person)
	}
	return answer(view), nil
}

// Invite asks for an enrolment link.
type Invite struct {
	Body InviteBody `required:"true"`
}

// InviteBody says who and for what.
type InviteBody struct {
	Name   string        `json:"name" required:"true" minLength:"1" maxLength:"200"`
	Duties []tocsin.Duty `json:"duties" required:"true" minItems:"1" maxItems:"11" nullable:"false"`
}

// Invited is the one-time link.
type Invited struct {
	Person tocsin.RecordID `json:"person" required:"true"`
	Link   string          `json:"link" required:"true" doc:"works once; stands nowhere else"`
	Until  time.Time       `json:"until" required:"true"`
}

func (s *service) invitePerson(ctx context.Context, in *Invite) (*output[Invited], error) {
	inv, err := s.Flow.InvitePerson(ctx, actorOf(ctx), in.Body.Name, in.Body.Duties)
	if err != nil {
		return nil, err
	}
	return answer(Invited{inv.Person, s.EnrolmentLink(inv.Token), inv.Until}), nil
}

// Suspension ends a person's access.
type Suspension struct {
	ID   tocsin.RecordID `path:"id"`
	Body ReasonsBody     `required:"true"`
}

func (s *service) suspendPerson(ctx context.Context, in *Suspension) (*None, error) {
	return nil, s.Flow.SuspendPerson(ctx, actorOf(ctx), in.ID, in.Body.Reasons)
}
