// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// RegainAccess invites an administrator from the machine itself, for a node all of whose administrators lost their keys.
// Whoever could have prevented it is told in the same transaction: administrators, supervisors and reviewers.
func (f *Flow) RegainAccess(ctx context.Context, actor Actor, name string) (Invitation, error) {
	inv := Invitation{Token: tocsin.NewToken("inv")}
	if !actor.Operator {
		return inv, tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonRole, "This is done on the machine itself.")
	}
	err := f.update(ctx, func(u *unit) error {
		p, err := u.invite(actor, name, []tocsin.Duty{tocsin.DutyAdministrator}, &inv)
		if err != nil {
			return err
		}
		return u.raiseAs(ruleOf(tocsin.TopicAccess), nil, p, p.ID, string(p.ID), "")
	})
	return inv, err
}
