// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// Contested is what a content provider was told of a restriction, and what became of a complaint about it.
type Contested struct {
	Told
	Restriction tocsin.Restriction
	Open        bool // a complaint can be made now
	Complaint   *ComplaintStatus
}

// ContestedByToken opens the page that a statement of reasons names. The first look at the answer to a complaint is
// recorded: it is when the complainant was told.
func (f *Flow) ContestedByToken(ctx context.Context, token, language string) (Contested, error) {
	var c Contested
	err := f.view(ctx, func(u *unit) (err error) {
		c, err = u.contested(token, language)
		return err
	})
	if err != nil || c.Complaint == nil || c.Complaint.AnsweredAt == nil {
		return c, err
	}
	return c, f.toldOfAnswer(ctx, c.Complaint.ID)
}

func (u *unit) contested(token, language string) (Contested, error) {
	told, err := u.statementOf(token, language)
	if err != nil {
		return Contested{}, err
	}
	c := Contested{Told: told}
	item, err := load[*tocsin.Item](u, told.Item)
	if err != nil {
		return c, err
	}
	for _, r := range item.Restrictions {
		if r.ID == told.Restriction {
			c.Restriction = r
		}
	}
	if c.Complaint, err = u.complaintStatus(providerComplaintKey(told.Restriction)); err != nil {
		return c, err
	}
	c.Open = c.Complaint == nil && told.Decision.Status == tocsin.DecisionEffective &&
		(told.Until == nil || u.now.Before(*told.Until))
	return c, nil
}

// toldOfAnswer records that a complainant saw the answer; a second time changes nothing.
func (f *Flow) toldOfAnswer(ctx context.Context, id tocsin.RecordID) error {
	told := false
	err := f.view(ctx, func(u *unit) error {
		c, err := load[*tocsin.Complaint](u, id)
		told = err == nil && c.InformedAt != nil
		return err
	})
	if err != nil || told {
		return err
	}
	return f.update(ctx, func(u *unit) error {
		c, err := load[*tocsin.Complaint](u, id)
		if err != nil || c.InformedAt != nil {
			return err
		}
		events, err := c.Inform(u.by(tocsin.ActorPublic), toldByPage)
		return u.did(c, events, err)
	})
}
