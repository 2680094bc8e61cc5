// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"slices"

	"tocsin"
)

// Reversal is what finding a decision wrong does, said before anybody does it.
type Reversal struct {
	Outcome  tocsin.Outcome // of the decision
	Stands   bool           // false: the decision fell already, and nothing more happens
	Ends     int            // restrictions that end now
	Visible  int            // of their items, those that nothing else restricts
	Hidden   int            // and those that something else still restricts
	Others   []Remaining    // what else restricts the item that is complained of
	Reopened int            // cases that are before people again
	Signals  []Doubted      // this node's party disagrees with them from then on
	Notices  int            // notifiers who are told
	Standing bool           // it stands for identical copies: that ends, and what it did without a person's word with it
}

// Remaining is another restriction of the item, which stays.
type Remaining struct {
	Basis tocsin.Basis
	Order tocsin.RecordID
}

// Doubted is a signal that led to a decision found wrong.
type Doubted struct {
	Bank string // its name; empty where the reader may not know it
	Type tocsin.SignalType
}

// reversal looks ahead at what [unit.reverse] will do.
func (u *unit) reversal(actor Actor, c *tocsin.Complaint, d *tocsin.Decision) (r Reversal, err error) {
	r = Reversal{Outcome: d.Outcome, Stands: d.Status == tocsin.DecisionEffective, Standing: d.Standing.Active()}
	if !r.Stands {
		return r, nil
	}
	var notices []tocsin.RecordID
	for _, covered := range d.Items {
		of, err := load[*tocsin.Case](u, covered.Case)
		if err != nil {
			return r, err
		}
		if d.Outcome == tocsin.OutcomeKeep {
			if of.LatestDecision() == d.ID {
				r.Reopened++
			}
		} else if err := u.lifts(&r, covered, covered.Item == c.Item); err != nil {
			return r, err
		}
		for _, id := range of.Notices {
			if !slices.Contains(notices, id) {
				notices = append(notices, id)
			}
		}
		if d.Outcome == tocsin.OutcomeRestrict {
			if err := u.doubts(&r, actor, of); err != nil {
				return r, err
			}
		}
	}
	r.Notices = len(notices)
	return r, nil
}

// lifts counts the restriction of one item, and what stays on it.
func (u *unit) lifts(r *Reversal, covered tocsin.DecidedItem, contested bool) error {
	item, err := load[*tocsin.Item](u, covered.Item)
	if err != nil {
		return err
	}
	ends, stays := false, 0
	for _, one := range item.Active(u.now) {
		if one.ID == covered.Restriction {
			ends = true
			continue
		}
		stays++
		if contested {
			r.Others = append(r.Others, Remaining{one.Basis, one.Order})
		}
	}
	if !ends {
		return nil // by its own date
	}
	r.Ends++
	if stays > 0 {
		r.Hidden++
	} else {
		r.Visible++
	}
	return nil
}

// doubts adds the signals that matched in a case.
func (u *unit) doubts(r *Reversal, actor Actor, c *tocsin.Case) error {
	if u.f.Matcher == nil {
		return nil
	}
	var file CaseFile
	if err := u.read(c, &file); err != nil {
		if tocsin.CodeOf(err) == tocsin.CodeErased {
			return nil
		}
		return err
	}
	for _, m := range file.Matches {
		one := Doubted{Type: m.Type}
		if bank, err := authorised[*tocsin.Bank](u, actor, ActionBankRead, m.Bank); err == nil {
			var about BankFile
			if u.read(bank, &about) == nil {
				one.Bank = about.Name
			}
		}
		if !slices.Contains(r.Signals, one) {
			r.Signals = append(r.Signals, one)
		}
	}
	return nil
}
