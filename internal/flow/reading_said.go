// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"slices"

	"tocsin"
)

// ReadingQuestion asks a person who decides about the readings that are counted together: of one entry in one version, in
// one tier, of texts in one language. There are at most as many as a case keeps readings ([MostCaseReadings]).
type ReadingQuestion struct {
	Code     tocsin.ReadingCode
	Readings []CaseReading
}

// ReadingSaid is what is known of a reading of a case beside the reading itself.
type ReadingSaid struct {
	Code  tocsin.ReadingCode // by which it is counted; empty where the lexicon itself says that it means something else
	Meant tocsin.Meant       // what a decision that stands says of it; empty where none does
	// Outright is false where the outcome speaks, because readings alone pointed to the item.
	Outright bool
	Since    []EntrySince // what became of its entry since the text was read
}

// codeOf is by what a reading is counted; false where it teaches nothing of how often the entry is right, because the
// lexicon itself says that it means something else.
func (f *Flow) codeOf(r *CaseReading) (tocsin.ReadingCode, bool) {
	d := &r.Decode
	return tocsin.NewReadingCode(f.entryMark(d.Entry.ID), d.Entry.Version, d.Tier.String(), languageCode(d.Context.Language)),
		d.Context.CounterExample == ""
}

// questions group the readings of a case that have one of some codes, in the order of those.
func (f *Flow) questions(all []CaseReading, codes []tocsin.ReadingCode) []ReadingQuestion {
	var asked []ReadingQuestion
	for _, code := range codes {
		q := ReadingQuestion{Code: code}
		for i := range all {
			if own, counts := f.codeOf(&all[i]); counts && own == code {
				q.Readings = append(q.Readings, all[i])
			}
		}
		if len(q.Readings) > 0 { // else they were erased
			asked = append(asked, q)
		}
	}
	return asked
}

// decisionsOf are the decisions on a case, whatever became of them.
func (u *unit) decisionsOf(c *tocsin.Case) ([]*tocsin.Decision, error) {
	var all []*tocsin.Decision
	for _, id := range c.Decisions {
		d, err := load[*tocsin.Decision](u, id)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// aboutReadings adds what is asked and was said about the readings of a case. What a decision says of them is told to whoever
// may read decisions.
func (u *unit) aboutReadings(actor Actor, v *CaseView) error {
	if len(v.File.Readings) == 0 {
		return nil
	}
	decisions, err := u.decisionsOf(v.Case)
	if err != nil {
		return err
	}
	v.OnlyRead = v.Case.OnlyRead(decisions...)
	v.Questions = u.f.questions(v.File.Readings, v.Unsaid(decisions...))
	if u.f.Policy.Decide(actor, ActionDecisionRead, nil) != nil {
		decisions = nil
	}
	v.Said = make([]ReadingSaid, len(v.File.Readings))
	for i := range v.File.Readings {
		r, s := &v.File.Readings[i], &v.Said[i]
		if s.Since, err = u.since(r, v.Precisions[i]); err != nil {
			return err
		}
		code, counts := u.f.codeOf(r)
		if !counts {
			continue
		}
		s.Code = code
		for _, d := range slices.Backward(decisions) {
			if d.Status != tocsin.DecisionEffective {
				continue
			}
			if s.Meant, s.Outright = d.Says(code); s.Meant != "" {
				break
			}
		}
	}
	return nil
}
