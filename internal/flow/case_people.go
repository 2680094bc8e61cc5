// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"slices"

	"tocsin"
)

// Colleague is somebody to whom a case can be assigned: who, and nothing else of her.
type Colleague struct {
	ID   tocsin.RecordID
	Name string
}

// Colleagues lists those who decide cases, for whoever may assign one.
func (f *Flow) Colleagues(ctx context.Context, actor Actor) ([]Colleague, error) {
	if err := f.Policy.Decide(actor, ActionCaseAssign, nil); err != nil {
		return nil, err
	}
	list := []Colleague{}
	err := f.view(ctx, func(u *unit) error {
		page := Page{Kind: tocsin.KindPerson, Limit: 200}
		for {
			rows, next, err := u.tx.Records(page)
			if err != nil {
				return err
			}
			for _, row := range rows {
				p, err := u.individual(row.ID)
				if err != nil {
					return err
				}
				if f.admits(p) && (p.Has(tocsin.DutyModerator) || p.Has(tocsin.DutySeniorModerator)) {
					list = append(list, Colleague{p.ID, cmp.Or(p.File.Name, string(p.ID))})
				}
			}
			if page.After = next; next == "" {
				return nil
			}
		}
	})
	slices.SortFunc(list, func(a, b Colleague) int { return cmp.Compare(a.Name, b.Name) })
	return list, err
}
