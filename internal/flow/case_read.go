// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"

	"tocsin"
	"tocsin/decode"
)

// CaseLine is one line of a queue: what a person needs to choose, and nothing of the content.
type CaseLine struct {
	*tocsin.Case
	Standing  tocsin.CaseState // [tocsin.Case.State]
	Clock     *time.Time       // when somebody should have looked
	UpdatedAt time.Time
}

// CaseFilter asks for a page of cases, what is due first.
type CaseFilter struct {
	States []tocsin.CaseState // open and overdue ones when empty
	Mine   bool               // only what the actor holds or is assigned
	CaseFacets
	After string
	Limit int // 1 to 200; 50 when 0
}

// CaseView is a case for someone who may read it.
type CaseView struct {
	*tocsin.Case
	File CaseFile
	// Precisions are how often people agreed with such readings as those of the file, as of now, in their order.
	Precisions []decode.Precision
	Said       []ReadingSaid              // of each of them, where the actor may read decisions
	Questions  []ReadingQuestion          // that whoever decides now is asked
	OnlyRead   bool                       // nothing but readings points to the item
	Banks      map[tocsin.RecordID]string // names of those the matches are of, where the actor may read them
	Item       *ItemView                  // once the platform said which it is
	Decision   *DecisionView              // the last one taken, where the actor may read it
	Copies     int                        // other items with the very same content, as many as one decision covers
	More       bool                       // there may be more of them
	Near       []CaseLine                 // other cases that a signal of this one matches, copies apart
	Choices    []Choice
	History    []Past // without who was shown what: that is in the journal, and nobody's page
	Erased     bool
	Last       bool // nobody else is left, and its clock runs out
}

// Cases lists cases.
func (f *Flow) Cases(ctx context.Context, actor Actor, q CaseFilter) (list []CaseLine, next string, err error) {
	if q.Limit < 1 || q.Limit > 200 {
		q.Limit = 50
	}
	if len(q.States) == 0 {
		q.States = []tocsin.CaseState{tocsin.CaseOpen, tocsin.CaseOverdue}
	}
	page := Page{Kind: tocsin.KindCase, ByDue: true, After: q.After, Limit: q.Limit}
	if q.Mine {
		page.Whose = actor.ID
	}
	page.Statuses, page.Facets = statesOf(q.States), q.names()
	err = f.view(ctx, func(u *unit) error {
		var rows []Row
		rows, next, err = u.tx.Records(page)
		if err != nil {
			return err
		}
		for _, row := range rows {
			line, err := u.caseLine(row)
			if err != nil {
				return err
			}
			if f.Policy.Decide(actor, ActionCaseRead, line.Case) == nil {
				list = append(list, line)
			}
		}
		return nil
	})
	return list, next, err
}

func (u *unit) caseLine(row Row) (CaseLine, error) {
	rec, err := u.adopt(row)
	if err != nil {
		return CaseLine{}, err
	}
	c := rec.agg.(*tocsin.Case)
	return CaseLine{Case: c, Standing: tocsin.CaseState(c.State()), Clock: c.Answer, UpdatedAt: row.UpdatedAt}, nil
}

// Case opens a case.
func (f *Flow) Case(ctx context.Context, actor Actor, id tocsin.RecordID) (CaseView, error) {
	var v CaseView
	err := f.view(ctx, func(u *unit) (err error) {
		if v.Case, err = authorised[*tocsin.Case](u, actor, ActionCaseRead, id); err != nil {
			return err
		}
		if v.Erased, v.History, _, err = u.about(v.Case, &v.File); err != nil {
			return err
		}
		v.History = slices.DeleteFunc(v.History, func(p Past) bool { return p.Kind == tocsin.EventCaseViewed })
		if err := u.around(actor, &v); err != nil {
			return err
		}
		return u.offer(actor, &v)
	})
	return v, err
}

// offer adds what this actor may do.
func (u *unit) offer(actor Actor, v *CaseView) (err error) {
	t := &team{u: u}
	kept := t.keptFrom(v.Case, actor.ID)
	if own, _ := t.spares(actor.ID); own.from(v.Case) != "" {
		if v.Last, err = t.lastResort(v.Case, actor.ID); err != nil {
			return err
		}
	}
	v.Choices = u.f.choices(actor, v.Case, v.Decision, u.now)
	for i, choice := range v.Choices {
		if choice.Name == ChoiceClaim && choice.Refused == nil {
			v.Choices[i].Refused = kept
		}
	}
	return nil
}

// around adds what belongs to a case and stands in other records.
func (u *unit) around(actor Actor, v *CaseView) error {
	if v.Case.Item != "" {
		item, err := load[*tocsin.Item](u, v.Case.Item)
		if err != nil {
			return err
		}
		v.Item = &ItemView{Item: item}
		if v.Item.Erased, v.Item.History, v.Item.Deliveries, err = u.about(item, &v.Item.File); err != nil {
			return err
		}
	}
	if n := len(v.Decisions); n > 0 && u.f.Policy.Decide(actor, ActionDecisionRead, nil) == nil {
		d, err := u.decisionView(actor, v.Decisions[n-1])
		if err != nil {
			return err
		}
		v.Decision = &d
	}
	v.Banks = map[tocsin.RecordID]string{}
	for _, m := range v.File.Matches {
		if bank, ok := u.f.catalogue.bank(string(m.Bank)); ok && u.f.Policy.Decide(actor, ActionBankRead, &bank.Bank) == nil {
			v.Banks[m.Bank] = bank.File.Name
		}
	}
	if v.Erased {
		return nil
	}
	var err error
	if v.Precisions, err = u.precisionsOf(v.File.Readings); err != nil {
		return err
	}
	if err := u.aboutReadings(actor, v); err != nil {
		return err
	}
	copies, more, err := u.copies(v.File.Item)
	if err != nil {
		return err
	}
	v.Copies, v.More = len(copies), more
	v.Near, err = u.near(actor, v.Case, v.File, copies)
	return err
}

// mostNear bounds the related cases a page shows.
const mostNear = 20

// near are other cases that a signal of this one matches: each is looked at in its own context. Copies are no part of
// them: one decision covers those.
func (u *unit) near(actor Actor, c *tocsin.Case, file CaseFile, copies []string) ([]CaseLine, error) {
	var lines []CaseLine
	seen := []tocsin.RecordID{c.ID}
	for _, ref := range copies {
		id, err := u.tx.Lookup(lookupCase, u.f.Sealer.LookupKey(lookupCase, ref))
		if err == nil {
			seen = append(seen, id)
		} else if tocsin.CodeOf(err) != tocsin.CodeNotFound {
			return nil, err
		}
	}
	for _, m := range file.Matches {
		ids, err := u.tx.Search([]string{u.mark(m)}, mostNear)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if slices.Contains(seen, id) || len(lines) == mostNear {
				continue
			}
			seen = append(seen, id)
			rec, err := u.record(id)
			if err != nil {
				return nil, err
			}
			other, ok := rec.agg.(*tocsin.Case)
			if ok && u.f.Policy.Decide(actor, ActionCaseRead, other) == nil {
				lines = append(lines, CaseLine{Case: other, Standing: tocsin.CaseState(other.State()),
					Clock: other.Answer, UpdatedAt: rec.row.UpdatedAt})
			}
		}
	}
	return lines, nil
}
