// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"
	"fmt"

	"tocsin"
	"tocsin/match"
)

// ItemIntake is an item that a platform hands over when it appears, or when somebody reported it there. External is the
// platform's own opaque reference of it. Nothing of its content is kept but what [Screening] keeps.
type ItemIntake struct {
	External  string
	Assertion Assertion
	Queries   []match.Query // what was made of it: hashes, its text, its address
}

// ItemTaken is what an item came upon. The same item handed over again gets the same.
type ItemTaken struct {
	Content tocsin.Digest // of what was handed over
	Case    tocsin.RecordID
	Matches []ItemMatch
	More    bool
	Again   bool `json:"-"`
}

// ItemMatch is one match, in short: what a platform needs to know that somebody will look.
type ItemMatch struct {
	Bank     tocsin.RecordID
	Type     tocsin.SignalType
	Distance int
	Proposal Proposal
}

// mostTaken bounds the matches that an answer repeats.
const mostTaken = 50

// MostItemQueries bounds what is looked up of one item.
const MostItemQueries = 50

// ItemForm reports whether a platform's reference is opaque: letters, digits and . _ : - only, at most 80.
func ItemForm(ref string) bool { return itemForm.MatchString(ref) }

// TakeItem screens an item and puts what it matches before a person. It restricts nothing.
func (f *Flow) TakeItem(ctx context.Context, actor Actor, in ItemIntake) (ItemTaken, error) {
	if err := in.check(); err != nil {
		return ItemTaken{}, err
	}
	content, err := f.contentOf(in)
	if err != nil {
		return ItemTaken{}, err
	}
	key := commandKey(actor, "item.intake", in.External)
	if taken, err := f.takenBefore(ctx, key, content); err != nil || taken.Again {
		return taken, err
	}
	found, err := f.Screen(ctx, actor, Screening{Assertion: in.Assertion, Seed: in.External,
		Pieces: []Piece{{Queries: in.Queries, Item: in.External}}})
	if err != nil {
		return ItemTaken{}, err
	}
	if found[0].Err != nil {
		return ItemTaken{}, found[0].Err
	}
	taken, err := command(f, ctx, key, func(u *unit) (ItemTaken, error) {
		return u.take(in, content, found[0])
	})
	if err == nil && taken.Content != content {
		err = otherContent() // the same reference came twice at once
	}
	return taken, err
}

func (in ItemIntake) check() error {
	if !itemForm.MatchString(in.External) {
		return tocsin.Invalid(tocsin.ReasonFormat, "external_id",
			"Name an item by your own opaque reference: letters, digits and . _ : - only, at most 80.")
	}
	if len(in.Queries) > MostItemQueries {
		return tocsin.Invalid(tocsin.ReasonTooMany, "hashes", "One item takes at most %d.", MostItemQueries)
	}
	return nil
}

// contentOf tells one intake from another. It is keyed: it is kept, and what it is of could be guessed.
func (f *Flow) contentOf(in ItemIntake) (tocsin.Digest, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return "", fmt.Errorf("encode item: %w", err)
	}
	return tocsin.DigestOf(f.Sealer.LookupKey("request", string(b))), nil
}

func (f *Flow) takenBefore(ctx context.Context, key string, content tocsin.Digest) (taken ItemTaken, err error) {
	err = f.Store.View(ctx, func(tx Tx) error {
		stored, found, err := tx.Command(key)
		if err != nil || !found {
			return err
		}
		taken.Again = true
		return json.Unmarshal(stored, &taken)
	})
	if err == nil && taken.Again && taken.Content != content {
		return ItemTaken{}, otherContent()
	}
	return taken, err
}

// take says what an item came upon. What asks for a person is before one by now: screening put it there.
func (u *unit) take(in ItemIntake, content tocsin.Digest, found Screened) (ItemTaken, error) {
	taken := ItemTaken{Content: content, More: found.More || len(found.Matches) > mostTaken}
	for _, m := range found.Matches[:min(len(found.Matches), mostTaken)] {
		taken.Matches = append(taken.Matches, ItemMatch{m.Bank.ID, m.Type, m.Distance, m.Proposal})
	}
	id, err := u.tx.Lookup(lookupCase, u.f.Sealer.LookupKey(lookupCase, in.External))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return taken, nil
	}
	taken.Case = id
	return taken, err
}
