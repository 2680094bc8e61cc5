// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package platform

import (
	"encoding/json"
	"time"
)

// Visibility is everything that restricts one item now: a state, not a change. An empty set means
// that the item is reinstated.
type Visibility struct {
	Event        string    // id of the event this follows from, the same on every attempt
	At           time.Time // when that event occurred
	Item         Item
	Version      int64 // grows with every change of the set; the platform ignores older ones
	Restrictions []Restriction
}

// Item is one piece of public content as the platform knows it.
type Item struct {
	Ref     string // the platform's own reference
	Address string // the canonical address
}

// Term is what every restriction has, whatever may be said about it.
type Term struct {
	ID        string
	From      time.Time
	Until     time.Time // zero: no end known yet
	Territory []string  // ISO 3166 codes or "EU"
}

// Restriction is a Full, an Own or a Neutral one; nothing outside this package can be a fourth.
type Restriction interface {
	term() Term
	wire() any
	check() error
}

// Full is a restriction the platform may explain: who decided, on what basis, and what can be done.
type Full struct {
	Term
	Authority      string
	Basis          string
	OrderReference string
	Reasons        string
	Remedies       string
}

// Own is a restriction that the host itself decided, with its statement of reasons for the content provider (DSA
// Art. 17(3)). It has no field for who gave notice. Reasons and Remedies are in Language.
type Own struct {
	Term
	Basis     string
	Provision string // the clause of the terms, or the article
	Facts     string
	Reasons   string
	Remedies  string
	Language  string // BCP 47
	Detection string // "match", "notice" or "own_initiative"
	Automated bool   // decided by a machine, that is by a standing decision
	Complaint string // address at which the content provider can complain, free of charge
}

// Neutral is a restriction under a gag. It has no field that could carry an authority, a basis, a
// reference, reasons or remedies (Art. 11(3) of Regulation (EU) 2021/784), so none can be sent.
type Neutral struct {
	Term
}

type termJSON struct {
	ID         string   `json:"id"`
	From       string   `json:"from"`
	Until      *string  `json:"until"`
	Territory  []string `json:"territory"`
	Disclosure string   `json:"disclosure"`
}

type fullJSON struct {
	termJSON
	Authority      string `json:"authority"`
	Basis          string `json:"basis"`
	OrderReference string `json:"order_reference"`
	Reasons        string `json:"reasons"`
	Remedies       string `json:"remedies"`
}

type ownJSON struct {
	termJSON
	Basis     string `json:"basis"`
	Provision string `json:"provision"`
	Facts     string `json:"facts"`
	Reasons   string `json:"reasons"`
	Remedies  string `json:"remedies"`
	Language  string `json:"language"`
	Detection string `json:"detection"`
	Automated bool   `json:"automated"`
	Complaint string `json:"complaint"`
}

type visibilityJSON struct {
	Item struct {
		Ref     string `json:"ref"`
		Address string `json:"address"`
	} `json:"item"`
	Version      int64 `json:"version"`
	Restrictions []any `json:"restrictions"`
}

func (t Term) term() Term { return t }

func (t Term) check() error {
	switch {
	case t.ID == "":
		return invalid("restriction without id")
	case t.From.IsZero():
		return invalid("restriction without start")
	case !t.Until.IsZero() && !t.Until.After(t.From):
		return invalid("restriction ends before it starts")
	case len(t.Territory) == 0:
		return invalid("restriction without territory")
	}
	return nil
}

func (t Term) wireAs(disclosure string) termJSON {
	out := termJSON{ID: t.ID, From: stamp(t.From), Territory: t.Territory, Disclosure: disclosure}
	if !t.Until.IsZero() {
		end := stamp(t.Until)
		out.Until = &end
	}
	return out
}

func (n Neutral) wire() any { return n.wireAs("neutral") }

func (f Full) wire() any {
	return fullJSON{
		termJSON: f.wireAs("full"), Authority: f.Authority, Basis: f.Basis,
		OrderReference: f.OrderReference, Reasons: f.Reasons, Remedies: f.Remedies,
	}
}

// check also holds the rule that nothing is restricted without a basis, reasons and a way to contest.
func (f Full) check() error {
	if f.Basis == "" || f.Reasons == "" || f.Remedies == "" {
		return invalid("full restriction without basis, reasons or remedies")
	}
	return f.Term.check()
}

func (o Own) wire() any {
	return ownJSON{
		termJSON: o.wireAs("own"), Basis: o.Basis, Provision: o.Provision, Facts: o.Facts, Reasons: o.Reasons,
		Remedies: o.Remedies, Language: o.Language, Detection: o.Detection, Automated: o.Automated,
		Complaint: o.Complaint,
	}
}

// check holds the same rule for what the host decided.
func (o Own) check() error {
	if o.Basis == "" || o.Provision == "" || o.Facts == "" || o.Reasons == "" || o.Remedies == "" {
		return invalid("own restriction without basis, provision, facts, reasons or remedies")
	}
	if !isAddress(o.Complaint) || o.Language == "" {
		return invalid("own restriction without a language or an address for complaints")
	}
	return o.Term.check()
}

func (v Visibility) kind() string {
	if len(v.Restrictions) == 0 {
		return "tocsin.item.reinstated"
	}
	return "tocsin.item.restricted"
}

func (v Visibility) check() error {
	if v.Event == "" || v.At.IsZero() || v.Version <= 0 {
		return invalid("visibility without event, time or version")
	}
	if v.Item.Ref == "" || !isAddress(v.Item.Address) {
		return invalid("visibility without item reference or address")
	}
	seen := make(map[string]bool, len(v.Restrictions))
	for i, r := range v.Restrictions {
		if r == nil {
			return invalid("restriction %d is nil", i)
		}
		if err := r.check(); err != nil {
			return err
		}
		if seen[r.term().ID] {
			return invalid("restriction %d repeats an id", i)
		}
		seen[r.term().ID] = true
	}
	return nil
}

// data is the "data" member of the CloudEvents message.
func (v Visibility) data() (json.RawMessage, error) {
	out := visibilityJSON{Version: v.Version, Restrictions: make([]any, 0, len(v.Restrictions))}
	out.Item.Ref, out.Item.Address = v.Item.Ref, v.Item.Address
	for _, r := range v.Restrictions {
		out.Restrictions = append(out.Restrictions, r.wire())
	}
	return json.Marshal(out)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
