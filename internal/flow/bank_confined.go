// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"slices"
	"strings"

	"tocsin"
)

// A service key may be for some banks only. Every other bank is for it as if it were not there, with its imports,
// its signals and its matches, and so is everything else of the node that is no bank.

// ConfinedActions are what a key that is for some banks only may be allowed.
func ConfinedActions() []Action {
	return []Action{ActionScreen, ActionBankRead, ActionBankChange, ActionSignalAdd, ActionSignalChange}
}

// Confined reports whether the actor knows some banks only.
func (a Actor) Confined() bool { return len(a.Banks) > 0 }

// knows reports whether the actor may know of a bank of this name.
func (a Actor) knows(name string) bool {
	if !a.Confined() {
		return true
	}
	return name != "" && slices.ContainsFunc(a.Banks, func(known string) bool {
		prefix, open := strings.CutSuffix(known, "*")
		return name == known || open && strings.HasPrefix(name, prefix)
	})
}

// mayName refuses a name for a bank that the actor could not see afterwards.
func (a Actor) mayName(name string) error {
	if a.knows(name) {
		return nil
	}
	return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonRole, "This key is for banks of other names.")
}

// confined asks the policy for what an actor who knows some banks only may do at all.
type confined struct{ Policy }

func (c confined) Decide(actor Actor, action Action, on tocsin.Aggregate) error {
	if actor.Confined() && !slices.Contains(ConfinedActions(), action) {
		return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonRole, "This key is for some banks only.")
	}
	return c.Policy.Decide(actor, action, on)
}

// knows reports whether an actor may know of a record: a bank by its name, an import and a signal by their bank's,
// and nothing else.
func (u *unit) knows(actor Actor, agg tocsin.Aggregate) (bool, error) {
	if !actor.Confined() {
		return true, nil
	}
	bank, of := bankBehind(agg)
	if !of {
		return false, nil
	}
	b, err := load[*tocsin.Bank](u, bank)
	if err != nil {
		return false, err
	}
	var file BankFile
	err = u.read(b, &file)
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		return false, nil
	}
	return err == nil && actor.knows(file.Name), err
}

func bankBehind(agg tocsin.Aggregate) (tocsin.RecordID, bool) {
	switch r := agg.(type) {
	case *tocsin.Bank:
		return r.ID, true
	case *tocsin.Batch:
		return r.Bank, true
	case *tocsin.Signal:
		return r.Bank, true
	}
	return "", false
}

// mayRead reports whether an actor may read a bank and all that is in it.
func (f *Flow) mayRead(actor Actor, b *shelf) bool {
	return actor.knows(b.File.Name) && f.Policy.Decide(actor, ActionBankRead, &b.Bank) == nil
}
