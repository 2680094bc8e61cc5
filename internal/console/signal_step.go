// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

const fieldReasons, fieldUntil = "signal.reasons", "signal.until"

// signalStep is something a person does to a signal, on a page that says what it will do.
type signalStep struct {
	name    string
	action  flow.Action
	reasons bool // asks why
	until   bool // asks for an end, which may be left out
	effects []string
	// open says whether the signal is in a state for it; self is the party of this node.
	open func(s *tocsin.Signal, self tocsin.PartyID) bool
	do   func(ctx context.Context, actor flow.Actor, id flow.SignalRef, until *time.Time, reasons string) error
}

func (c *Console) signalSteps() []signalStep {
	live := func(s *tocsin.Signal) bool { return !s.Ended() }
	return []signalStep{
		{name: "release", action: flow.ActionSignalRelease, reasons: true, effects: []string{"console.signal.release.matches"},
			open: func(s *tocsin.Signal, _ tocsin.PartyID) bool { return live(s) && s.Quarantined },
			do: func(ctx context.Context, actor flow.Actor, ref flow.SignalRef, _ *time.Time, reasons string) error {
				return c.Flow.ReleaseSignal(ctx, actor, ref, reasons)
			}},
		{name: "dispute", action: flow.ActionSignalChange, reasons: true,
			effects: []string{"console.signal.dispute.shown", "console.signal.dispute.matches"},
			open:    func(s *tocsin.Signal, self tocsin.PartyID) bool { return live(s) && !denies(s, self) },
			do: func(ctx context.Context, actor flow.Actor, ref flow.SignalRef, _ *time.Time, reasons string) error {
				return c.Flow.Opine(ctx, actor, ref, tocsin.ViewNegative, reasons)
			}},
		{name: "agree", action: flow.ActionSignalChange, effects: []string{"console.signal.agree.gone"},
			open: denies,
			do: func(ctx context.Context, actor flow.Actor, ref flow.SignalRef, _ *time.Time, _ string) error {
				return c.Flow.RetractOpinion(ctx, actor, ref)
			}},
		{name: "disable", action: flow.ActionSignalChange, reasons: true, until: true,
			effects: []string{"console.signal.disable.stops", "console.signal.disable.kept"},
			open:    func(s *tocsin.Signal, _ tocsin.PartyID) bool { return live(s) && !s.Disabled },
			do: func(ctx context.Context, actor flow.Actor, ref flow.SignalRef, until *time.Time, reasons string) error {
				return c.Flow.DisableSignal(ctx, actor, ref, until, reasons)
			}},
		{name: "enable", action: flow.ActionSignalChange, effects: []string{"console.signal.enable.matches"},
			open: func(s *tocsin.Signal, _ tocsin.PartyID) bool { return live(s) && s.Disabled },
			do: func(ctx context.Context, actor flow.Actor, ref flow.SignalRef, _ *time.Time, _ string) error {
				return c.Flow.EnableSignal(ctx, actor, ref)
			}},
		{name: "retract", action: flow.ActionSignalChange, reasons: true,
			effects: []string{"console.signal.retract.ends", "console.signal.retract.decisions"},
			open:    func(s *tocsin.Signal, _ tocsin.PartyID) bool { return !s.Retracted },
			do: func(ctx context.Context, actor flow.Actor, ref flow.SignalRef, _ *time.Time, reasons string) error {
				return c.Flow.RetractSignal(ctx, actor, ref, reasons)
			}},
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
	for _, s := range c.signalSteps() {
		if s.open(&view.Signal, c.Flow.Identity.Party) && c.Flow.Policy.Decide(who.Actor(), s.action, &view.Signal) == nil {
			acts = append(acts, page.Act{Label: page.T(ctx, "console.signal.do."+s.name),
				Address: signalAddress(view.ID) + "/" + s.name, Primary: s.name == "release"})
		}
	}
	return acts
}

// askSignal makes the page of a step.
func (c *Console) askSignal(r *http.Request, s signalStep, who flow.Individual) (page.Ask, error) {
	ctx := r.Context()
	view, err := c.Flow.Signal(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return page.Ask{}, err
	}
	if err := c.Flow.Policy.Decide(who.Actor(), s.action, &view.Signal); err != nil {
		return page.Ask{}, err
	}
	if !s.open(&view.Signal, c.Flow.Identity.Party) {
		return page.Ask{}, tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "This signal is not in a state for that.")
	}
	at := signalAddress(view.ID)
	shown := page.Ask{Title: page.T(ctx, "console.signal.do."+s.name), Confirm: page.T(ctx, "console.signal.confirm."+s.name),
		Reference: page.T(ctx, "console.signal.name", "Ref", page.ShortName(view.ID)), Back: at, Action: at + "/" + s.name}
	for _, effect := range s.effects {
		shown.Effects = append(shown.Effects, page.T(ctx, effect))
	}
	if s.reasons {
		shown.Field = fieldReasons
	}
	if s.until {
		shown.Date, shown.DateOptional = fieldUntil, true
	}
	return shown, nil
}

func (c *Console) openSignalStep(s signalStep) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		shown, err := c.askSignal(r, s, who)
		if err != nil {
			return err
		}
		return c.render(w, r, http.StatusOK, page.Asked(shown))
	}
}

func (c *Console) takeSignalStep(s signalStep) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		if err := r.ParseForm(); err != nil {
			return badForm(err)
		}
		ctx := r.Context()
		shown, err := c.askSignal(r, s, who)
		if err != nil {
			return err
		}
		shown.Text, shown.Until = clean(r.PostForm.Get(fieldReasons)), r.PostForm.Get(fieldUntil)
		err = c.changeSignal(r, s, who, shown)
		if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
			shown.Problem = page.Problem{Field: fieldReasons, Message: message(ctx, e)}
			if e.Field == "until" || e.Field == fieldUntil {
				shown.Problem.Field = fieldUntil
			}
			return c.render(w, r, http.StatusUnprocessableEntity, page.Asked(shown))
		}
		if err != nil {
			return err
		}
		c.notice(ctx, "console.notice.signal."+s.name)
		return goTo(w, r, shown.Back)
	}
}

// changeSignal does it. Whoever changes what others rely on says why, wherever a reason is asked for.
func (c *Console) changeSignal(r *http.Request, s signalStep, who flow.Individual, shown page.Ask) error {
	if s.reasons && shown.Text == "" {
		return tocsin.Invalid(tocsin.ReasonMissing, "reasons", "Say why.")
	}
	var until *time.Time
	if s.until {
		end, err := momentFrom(r.PostForm, fieldUntil, page.LocalTime, zoneOf(r))
		if err != nil {
			return err
		}
		if !end.IsZero() {
			until = &end
		}
	}
	return s.do(r.Context(), who.Actor(), flow.SignalRef{ID: tocsin.RecordID(r.PathValue("id"))}, until, shown.Text)
}
