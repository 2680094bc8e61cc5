// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

import (
	"tocsin/match/canon"
)

// mostAddresses is how many known addresses one address comes upon before an answer says that there are more.
const mostAddresses = 1 << 16

// CaveatAmbiguous goes with hits of an address that was read by a guess: words or spaces stood for dots, or
// it had no scheme.
const CaveatAmbiguous = "address_guessed"

// addresses keeps signals of the type "url".
type addresses struct {
	roll[canon.URL]
	index *canon.Set
}

func keepAddresses(Options) kind { return &addresses{newRoll[canon.URL](), canon.NewSet()} }

func (a *addresses) add(id ID, value string) error {
	u, err := canon.Parse(value)
	if err != nil {
		return err
	}
	return a.roll.add(id, u.String(), u, func(number uint64) error {
		a.index.Add(number, u)
		return nil
	})
}

func (a *addresses) leave(number uint64, u canon.URL) { a.index.Remove(number, u) }

func (a *addresses) remove(id ID, value string) error {
	u, err := canon.Parse(value)
	if err == nil {
		a.roll.remove(u.String(), is(id), a.leave)
	}
	return err
}

func (a *addresses) forget(gone func(ID) bool) { a.roll.forget(gone, a.leave) }

func (a *addresses) find(value string) ([]ID, error) {
	u, err := canon.Parse(value)
	if err != nil {
		return nil, err
	}
	return a.holders(u.String()), nil
}

func (a *addresses) search(q Query, _ func(ID) bool) (found, error) {
	u, err := canon.Parse(q.Value)
	if err != nil {
		return found{}, err
	}
	return lookUp(&a.roll, a.index, u, q.Type), nil
}

// lookUp makes hits of what an address comes upon.
func lookUp[V any](r *roll[V], index *canon.Set, u canon.URL, signalType string) found {
	known, more := index.Lookup(u, mostAddresses)
	f := found{more: more}
	for _, hit := range known {
		e := r.at(hit.ID)
		if e == nil {
			continue
		}
		why := Why{Level: hit.Level.String(), Context: hit.Level.Context()}
		for _, step := range hit.Key.Trace {
			why.Steps = append(why.Steps, Step(step))
		}
		if u.Ambiguous() {
			why.Caveat = CaveatAmbiguous
		}
		f.hits = e.hits(f.hits, Hit{Type: signalType, Why: why})
	}
	return f
}

// domains keeps signals of the type "domain". Many parties may share a domain: every hit is context.
type domains struct {
	roll[canon.Domain]
	index *canon.Set
}

func keepDomains(Options) kind { return &domains{newRoll[canon.Domain](), canon.NewSet()} }

func (d *domains) add(id ID, value string) error {
	name, err := canon.ParseDomain(value)
	if err != nil {
		return err
	}
	return d.roll.add(id, name.String(), name, func(number uint64) error {
		d.index.AddDomain(number, name)
		return nil
	})
}

func (d *domains) leave(number uint64, name canon.Domain) { d.index.RemoveDomain(number, name) }

func (d *domains) remove(id ID, value string) error {
	name, err := canon.ParseDomain(value)
	if err == nil {
		d.roll.remove(name.String(), is(id), d.leave)
	}
	return err
}

func (d *domains) forget(gone func(ID) bool) { d.roll.forget(gone, d.leave) }

func (d *domains) find(value string) ([]ID, error) {
	name, err := canon.ParseDomain(value)
	if err != nil {
		return nil, err
	}
	return d.holders(name.String()), nil
}

// search looks up a name and those above it, or the host of an address.
func (d *domains) search(q Query, _ func(ID) bool) (found, error) {
	name, err := canon.ParseDomain(q.Value)
	address := "https://" + name.String() + "/"
	if err != nil {
		address = q.Value
	}
	u, notAddress := canon.Canonicalise(address)
	if notAddress != nil {
		return found{}, err
	}
	return lookUp(&d.roll, d.index, u, q.Type), nil
}
