// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// EachDecision gives every decision that the actor may read to a function, what changed last first, a page at a time.
// Each page is read in a transaction of its own, so that a slow reader holds up nobody.
func (f *Flow) EachDecision(ctx context.Context, actor Actor, give func(DecisionView) error) error {
	page := Page{Kind: tocsin.KindDecision, Limit: 200}
	for {
		var views []DecisionView
		err := f.view(ctx, func(u *unit) error {
			views = nil
			rows, next, err := u.tx.Records(page)
			if err != nil {
				return err
			}
			page.After = next
			for _, row := range rows {
				rec, err := u.adopt(row)
				if err != nil {
					return err
				}
				v := DecisionView{Decision: rec.agg.(*tocsin.Decision), Erased: rec.key == nil}
				if f.Policy.Decide(actor, ActionDecisionRead, v.Decision) != nil {
					continue
				}
				if !v.Erased {
					if err := u.read(v.Decision, &v.File); err != nil {
						return err
					}
				}
				views = append(views, v)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, v := range views {
			if err := give(v); err != nil {
				return err
			}
		}
		if page.After == "" {
			return ctx.Err()
		}
	}
}
