// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// signalDeeds are what a person does to a signal. Whoever changes what others rely on says why.
func (c *Console) signalDeeds() []deed {
	f := c.Flow
	live := func(on deedOn) bool { return !on.signal.Ended() }
	wrong := func(on deedOn) bool { return denies(&on.signal.Signal, f.Identity.Party) }
	step := func(name string, action flow.Action, d deed) deed {
		d.kind, d.name, d.action = ofSignals, flow.ChoiceName(name), action
		return d
	}
	const reasons, until = "signal.reasons", "signal.until"
	return []deed{
		step("release", flow.ActionSignalRelease, deed{field: reasons, effects: says("console.signal.release.matches"),
			open: func(on deedOn) bool { return live(on) && on.signal.Quarantined },
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.ReleaseSignal(ctx, who, flow.SignalRef{ID: on.id}, given.text)
			}}),
		step("dispute", flow.ActionSignalChange, deed{field: reasons,
			effects: says("console.signal.dispute.shown", "console.signal.dispute.matches"),
			open:    func(on deedOn) bool { return live(on) && !wrong(on) },
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.Opine(ctx, who, flow.SignalRef{ID: on.id}, tocsin.ViewNegative, given.text)
			}}),
		step("agree", flow.ActionSignalChange, deed{effects: says("console.signal.agree.gone"),
			open: wrong,
			do: func(ctx context.Context, who flow.Actor, on deedOn, _ deedForm) error {
				return f.RetractOpinion(ctx, who, flow.SignalRef{ID: on.id})
			}}),
		step("disable", flow.ActionSignalChange, deed{field: reasons, date: until, endless: true,
			at:      map[string]string{"until": until},
			effects: says("console.signal.disable.stops", "console.signal.disable.kept"),
			open:    func(on deedOn) bool { return live(on) && !on.signal.Disabled },
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.DisableSignal(ctx, who, flow.SignalRef{ID: on.id}, given.until(), given.text)
			}}),
		step("enable", flow.ActionSignalChange, deed{effects: says("console.signal.enable.matches"),
			open: func(on deedOn) bool { return live(on) && on.signal.Disabled },
			do: func(ctx context.Context, who flow.Actor, on deedOn, _ deedForm) error {
				return f.EnableSignal(ctx, who, flow.SignalRef{ID: on.id})
			}}),
		step("retract", flow.ActionSignalChange, deed{field: reasons,
			effects: says("console.signal.retract.ends", "console.signal.retract.decisions"),
			open:    func(on deedOn) bool { return !on.signal.Retracted },
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.RetractSignal(ctx, who, flow.SignalRef{ID: on.id}, given.text)
			}}),
	}
}

// denies reports whether a party holds the signal for wrong.
func denies(s *tocsin.Signal, p tocsin.PartyID) bool {
	for _, o := range s.Opinions {
		if o.Party == p && o.View == tocsin.ViewNegative {
			return true
		}
	}
	return false
}

func signalAddress(id tocsin.RecordID) string { return "/signals/" + string(id) }

// signalActs are what this person may do to a signal in its state.
func (c *Console) signalActs(ctx context.Context, who flow.Individual, view *flow.SignalView) []page.Act {
	var acts []page.Act
	for _, d := range c.signalDeeds() {
		if d.open(deedOn{signal: view}) && c.Flow.Policy.Decide(who.Actor(), d.action, &view.Signal) == nil {
			acts = append(acts, page.Act{Label: d.title(ctx), Address: signalAddress(view.ID) + "/" + string(d.name),
				Primary: d.action == flow.ActionSignalRelease})
		}
	}
	return acts
}
