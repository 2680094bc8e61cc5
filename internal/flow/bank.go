// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"regexp"
	"slices"

	"tocsin"
)

// BankFile is the readable document of a bank.
type BankFile struct {
	Name   string   // unique among open banks
	Policy string   // what is in the bank and why; shown beside every match
	Labels []string `json:",omitempty"`
	Source *Source  `json:",omitempty"` // where its signals are fetched from, if they are
	Face   *Face    `json:",omitempty"` // of [FaceBank] only
}

// BankView is a bank for someone who may read it.
type BankView struct {
	tocsin.Bank
	File BankFile
}

const lookupBank = "bank" // name of an open bank

// bankName is the rule of the interface of hasher-matcher-actioner, so that its clients can name every bank.
var bankName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{0,254}$`)

func (b BankFile) validate() error {
	if !bankName.MatchString(b.Name) {
		return tocsin.Invalid(tocsin.ReasonFormat, "name",
			"A bank's name is in UPPER_CASE_WITH_UNDERSCORES: A to Z, digits and _, not a digit first.")
	}
	if len(b.Policy) > 10_000 {
		return tocsin.Invalid(tocsin.ReasonTooLong, "policy", "A policy takes at most 10,000 bytes.")
	}
	return checkLabels(b.Labels)
}

func checkLabels(labels []string) error {
	if len(labels) > 50 {
		return tocsin.Invalid(tocsin.ReasonTooMany, "labels", "At most 50 labels.")
	}
	for _, l := range labels {
		if l == "" || len(l) > 100 {
			return tocsin.Invalid(tocsin.ReasonTooLong, "labels", "A label has 1 to 100 bytes.")
		}
	}
	return nil
}

// OpenBank opens a bank. The same idempotency key gives the same bank again.
func (f *Flow) OpenBank(ctx context.Context, actor Actor, key string, terms tocsin.BankTerms,
	file BankFile) (tocsin.RecordID, error) {
	if err := f.checkBank(terms, file); err != nil {
		return "", err
	}
	asked := f.request(actor, ActionBankChange, key, "bank", terms, file)
	return f.once(ctx, asked, func(u *unit) (tocsin.RecordID, error) {
		if err := f.Policy.Decide(actor, ActionBankChange, nil); err != nil {
			return "", err
		}
		if err := actor.mayName(file.Name); err != nil {
			return "", err
		}
		bank, events, err := tocsin.OpenBank(u.by(actor.ID), terms, file)
		if err := u.did(bank, events, err); err != nil {
			return "", err
		}
		if err := u.nameBank(bank, file.Name); err != nil {
			return "", err
		}
		return bank.ID, u.write(bank, file)
	})
}

// ChangeBank gives a bank other terms, another name or policy.
func (f *Flow) ChangeBank(ctx context.Context, actor Actor, id tocsin.RecordID, terms tocsin.BankTerms,
	file BankFile) error {
	if err := f.checkBank(terms, file); err != nil {
		return err
	}
	return f.changeMatching(ctx, func(u *unit) error {
		bank, before, err := u.bank(actor, ActionBankChange, id)
		if err != nil {
			return err
		}
		if err := actor.mayName(file.Name); err != nil {
			return err
		}
		file.Source, file.Face = before.Source, before.Face // they have commands of their own
		events, err := bank.Change(u.by(actor.ID), terms, file.told())
		if err := u.did(bank, events, err); err != nil {
			return err
		}
		if before.Name != file.Name {
			if err := u.nameBank(bank, file.Name); err != nil {
				return err
			}
			if err := u.unnameBank(before.Name); err != nil {
				return err
			}
		}
		return u.write(bank, file)
	})
}

// CloseBank ends a bank; from now on none of its signals matches. Its name is free again.
func (f *Flow) CloseBank(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.changeMatching(ctx, func(u *unit) error {
		bank, file, err := u.bank(actor, ActionBankChange, id)
		if err != nil {
			return err
		}
		events, err := bank.Close(u.by(actor.ID), reasons)
		if err := u.did(bank, events, err); err != nil {
			return err
		}
		return u.unnameBank(file.Name)
	})
}

func (u *unit) bank(actor Actor, action Action, id tocsin.RecordID) (*tocsin.Bank, BankFile, error) {
	var file BankFile
	bank, err := authorised[*tocsin.Bank](u, actor, action, id)
	if err != nil {
		return nil, file, err
	}
	return bank, file, u.read(bank, &file)
}

func (u *unit) nameBank(bank *tocsin.Bank, name string) error {
	err := u.tx.Reserve(lookupBank, u.f.Sealer.LookupKey(lookupBank, name), bank.ID)
	if tocsin.CodeOf(err) == tocsin.CodeConflict {
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonDuplicate, "Another open bank has this name.")
	}
	return err
}

func (u *unit) unnameBank(name string) error {
	return u.tx.Release(lookupBank, u.f.Sealer.LookupKey(lookupBank, name))
}

// checkBank refuses thresholds that the matcher could not serve.
func (f *Flow) checkBank(terms tocsin.BankTerms, file BankFile) error {
	if f.Matcher == nil {
		return noMatcher()
	}
	for _, own := range terms.Thresholds {
		t, ok := f.Matcher.Type(string(own.Type))
		if !ok {
			return tocsin.Invalid(tocsin.ReasonUnknownValue, "thresholds", "There is no such type of signal.")
		}
		if own.Distance > int64(t.Largest) {
			return tocsin.Invalid(tocsin.ReasonFormat, "thresholds",
				"The threshold for %s lies between 0 and %d.", t.Name, t.Largest)
		}
	}
	return file.validate()
}

func noMatcher() error {
	return tocsin.Errorf(tocsin.CodeUnsupported, "matching_off", "This node does no matching.")
}

// Banks lists the banks an actor may read, by name; closed ones when asked for.
func (f *Flow) Banks(ctx context.Context, actor Actor, closed bool) ([]BankView, error) {
	f.catalogue.RLock()
	defer f.catalogue.RUnlock()
	var list []BankView
	for _, b := range f.catalogue.banks {
		if (b.Status == tocsin.BankOpen || closed) && f.mayRead(actor, b) {
			list = append(list, BankView{b.Bank, b.File})
		}
	}
	slices.SortFunc(list, func(a, b BankView) int {
		return cmp.Or(cmp.Compare(a.File.Name, b.File.Name), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// Bank finds a bank by its id or, when it is open, its name.
func (f *Flow) Bank(_ context.Context, actor Actor, name string) (BankView, error) {
	b, ok := f.catalogue.bank(name)
	if !ok || !f.mayRead(actor, b) {
		return BankView{}, unknownRecord()
	}
	return BankView{b.Bank, b.File}, nil
}
