// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// Finding is the form of a decision that is being written. Its fields are named "decision." and the path at which
// the domain reports a problem.
type Finding struct {
	Case    flow.CaseView
	Found   []Found
	Outcome tocsin.Outcome
	Mine    bool // the reader holds the case
	Values  url.Values
	Problem Problem
	Reclaim bool        // the claim was lost, and can be taken again
	Added   []flow.Past // what came to the case since the reader saw it
	Review  *tocsin.DecisionDraft
	Window  time.Duration // to undo
	Terms   []Term        // of the host
	Sight   Sight
}

// Term is a section of the host's own terms in one language.
type Term struct {
	Key, Text, Language string
}

func (f Finding) back() string { return recordAddress(tocsin.KindCase, f.Case.ID) }

func (f Finding) action() string { return f.back() + "/" + string(f.Outcome) }

func (f Finding) restricts() bool { return f.Outcome == tocsin.OutcomeRestrict }

func (f Finding) value(name string) string { return f.Values.Get(name) }

func (f Finding) has(name, value string) bool { return slices.Contains(f.Values[name], value) }

func (f Finding) problem(name string) string {
	if f.Problem.Field == name {
		return f.Problem.Message
	}
	return ""
}

func (f Finding) area(name string, required bool) Area {
	return Area{Name: name, Path: name, Value: f.value(name), Problem: f.problem(name), Rows: 4, Required: required}
}

func (f Finding) line(name string, required bool, most int) Field {
	return Field{Name: name, Path: name, Value: f.value(name), Problem: f.problem(name), Required: required, Most: most}
}

// exempt reports whether the problem is a purpose that takes the content outside what may be restricted.
func (f Finding) exempt() bool { return f.Problem.Field == "decision.exemptions.applies" }

// kept are the values of the form, to carry through a review.
func (f Finding) kept() [][2]string {
	var all [][2]string
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		for _, v := range f.Values[name] {
			if name != "do" {
				all = append(all, [2]string{name, v})
			}
		}
	}
	return all
}

// effects say what the decision will do, exactly.
func (f Finding) effects(ctx context.Context) []string {
	var all []string
	if f.restricts() {
		where := places(ctx, f.Review.Territory)
		if f.Case.Copies > 0 {
			all = append(all, N(ctx, "console.effect.restrict_copies", f.Case.Copies, "Where", where))
		} else {
			all = append(all, T(ctx, "console.effect.restrict", "Where", where))
		}
		if f.Review.Until != nil {
			all = append(all, T(ctx, "console.effect.until", "At", moment(ctx, *f.Review.Until)))
		}
		all = append(all, T(ctx, "console.effect.told"))
	} else {
		all = append(all, T(ctx, "console.effect.keep"))
		if f.Case.Copies > 0 {
			all = append(all, N(ctx, "console.effect.keep_copies", f.Case.Copies))
		}
		if f.Case.Item != nil && len(f.Case.Item.Active(frame(ctx).Now)) > 0 {
			all = append(all, T(ctx, "console.effect.others"))
		}
	}
	if f.Case.More {
		all = append(all, moreCopies(ctx))
	}
	if n := len(f.Case.Notices); n > 0 {
		all = append(all, N(ctx, "console.effect.notifiers", n))
	}
	if n := len(f.Case.Near); n > 0 {
		all = append(all, N(ctx, "console.effect.near", n))
	}
	return append(all, T(ctx, "console.effect.undo", "At", moment(ctx, frame(ctx).Now.Add(f.Window))))
}

// moreCopies says that one decision does not cover all copies, and what becomes of the others.
func moreCopies(ctx context.Context) string { return T(ctx, "copies.more", "Count", flow.MostCopies) }

// DecisionPage is a decision that was taken.
type DecisionPage struct {
	flow.DecisionView
	Acts  []Act
	Sight *Sight // of the item it was taken on; nil where there is nothing to see
}

// mostItems bounds the items that a decision's page lists.
const mostItems = 20

func (d DecisionPage) shown() []tocsin.DecidedItem { return d.Items[:min(len(d.Items), mostItems)] }

func outcomeWord(ctx context.Context, o tocsin.Outcome) string {
	return known(T(ctx, "console.outcome."+string(o)), string(o))
}

func detectionWord(ctx context.Context, d tocsin.Detection) string {
	return known(T(ctx, "console.detection."+string(d)), string(d))
}

func purpose(ctx context.Context, e tocsin.Exemption) string {
	return known(T(ctx, "console.purpose."+string(e)), string(e))
}

// signalType names what a signal is made of, in words where there are some.
func signalType(ctx context.Context, t tocsin.SignalType) string {
	return known(T(ctx, "console.signal_type."+string(t)), string(t))
}

// places names territories in a sentence.
func places(ctx context.Context, all []tocsin.Country) string {
	var names []string
	for _, c := range all {
		names = append(names, country(ctx, c))
	}
	return locale.From(ctx).List(names)
}

// purposes names those found to apply.
func purposes(ctx context.Context, all []tocsin.Exemption) string {
	if len(all) == 0 {
		return T(ctx, "console.purpose.none")
	}
	var names []string
	for _, e := range all {
		names = append(names, purpose(ctx, e))
	}
	return locale.From(ctx).List(names)
}

// lawBasis names a law that a decision rests on: its State and its provision.
func lawBasis(ctx context.Context, b tocsin.Basis) string {
	state, provision, _ := strings.Cut(strings.TrimPrefix(string(b), "law:"), ":")
	return T(ctx, "console.basis.law", "State", country(ctx, tocsin.Country(strings.ToUpper(state))), "Provision", provision)
}

// States are the Member States in the order of their codes, for forms.
func States() []tocsin.Country {
	return []tocsin.Country{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
		"IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
}

// somewhere stands for a choice of single States.
const somewhere = "some"
