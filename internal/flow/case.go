// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"

	"tocsin"
)

// CaseFile is the readable document of a case.
type CaseFile struct {
	Item    string // the platform's own reference
	Matches []CaseMatch
}

// CaseMatch is one signal that matches the item of a case.
type CaseMatch struct {
	Bank     tocsin.RecordID
	Type     tocsin.SignalType
	Value    string // of the signal
	Hash     string // of the item
	Distance int
	At       time.Time
}

// CaseView is a case for someone who may read it.
type CaseView struct {
	tocsin.Case
	File    CaseFile
	History []Past
	Erased  bool
}

const lookupCase = "case" // platform's reference of the item

// propose puts a match before a person: in the case of the item, which is opened when there is none. A match
// that is in it already changes nothing.
func (u *unit) propose(item string, m CaseMatch) error {
	key := u.f.Sealer.LookupKey(lookupCase, item)
	id, err := u.tx.Lookup(lookupCase, key)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		c, events, err := tocsin.OpenCase(u.clock(), m.Bank, tocsin.PriorityMatch, u.f.Settings.Periods, m)
		if err := u.did(c, events, err); err != nil {
			return err
		}
		err = u.tx.Reserve(lookupCase, key, c.ID)
		if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate {
			return errConcurrent // another process opened it a moment ago
		}
		if err != nil {
			return err
		}
		return u.write(c, CaseFile{Item: item, Matches: []CaseMatch{m}})
	}
	if err != nil {
		return err
	}
	c, err := load[*tocsin.Case](u, id)
	if err != nil {
		return err
	}
	var file CaseFile
	if err := u.read(c, &file); err != nil {
		return err
	}
	if slices.ContainsFunc(file.Matches, m.same) {
		return nil
	}
	events, err := c.Match(u.clock(), m.Bank, m)
	if err := u.did(c, events, err); err != nil {
		return err
	}
	file.Matches = append(file.Matches, m)
	return u.write(c, file)
}

func (m CaseMatch) same(other CaseMatch) bool {
	return m.Bank == other.Bank && m.Type == other.Type && m.Value == other.Value
}

// Cases lists cases, the latest first.
func (f *Flow) Cases(ctx context.Context, actor Actor, after string, limit int) (list []CaseView, next string,
	err error) {
	if limit < 1 || limit > 200 {
		limit = 50
	}
	err = f.view(ctx, func(u *unit) error {
		var rows []Row
		rows, next, err = u.tx.Records(Page{Kind: tocsin.KindCase, After: after, Limit: limit})
		if err != nil {
			return err
		}
		for _, row := range rows {
			rec, err := u.adopt(row)
			if err != nil {
				return err
			}
			if f.Policy.Decide(actor, ActionCaseRead, rec.agg) != nil {
				continue
			}
			v := CaseView{Case: *rec.agg.(*tocsin.Case), Erased: rec.key == nil}
			if !v.Erased {
				if err := u.read(rec.agg, &v.File); err != nil {
					return err
				}
			}
			list = append(list, v)
		}
		return nil
	})
	return list, next, err
}

// Case opens a case.
func (f *Flow) Case(ctx context.Context, actor Actor, id tocsin.RecordID) (CaseView, error) {
	var v CaseView
	err := f.view(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Case](u, actor, ActionCaseRead, id)
		if err != nil {
			return err
		}
		v.Case = *c
		v.Erased, v.History, _, err = u.about(c, &v.File)
		return err
	})
	return v, err
}
