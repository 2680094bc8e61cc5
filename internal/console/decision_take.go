// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// openFinding shows the empty form of a decision.
func (c *Console) openFinding(outcome tocsin.Outcome) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		form, err := c.finding(r, who, outcome)
		if err != nil {
			return err
		}
		if form.Case.Status != tocsin.CaseOpen {
			return goTo(w, r, caseAddress(form.Case.ID)) // which says what was decided
		}
		form.Values = emptyFinding(form.Case)
		return c.showFinding(w, r, http.StatusOK, form)
	}
}

// finding loads the case that a decision is about, and whoever may decide it.
func (c *Console) finding(r *http.Request, who flow.Individual, outcome tocsin.Outcome) (page.Finding, error) {
	ctx := r.Context()
	form := page.Finding{Outcome: outcome, Values: r.PostForm, Window: c.Flow.Settings.UndoWindow}
	var err error
	if form.Case, err = c.Flow.Case(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id"))); err != nil {
		return form, err
	}
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionCaseDecide, form.Case.Case); err != nil {
		return form, err
	}
	form.Mine = form.Case.HeldBy(who.Actor().ID, c.Clock.Now())
	form.Reclaim = !form.Mine && form.Case.Status == tocsin.CaseOpen && !form.Case.Held(c.Clock.Now())
	form.Terms, form.Sight = c.terms(ctx), c.sight(ctx, who, form.Case, "finding", nil)
	form.Found, err = c.found(ctx, who, form.Case)
	return form, err
}

func (c *Console) showFinding(w http.ResponseWriter, r *http.Request, status int, form page.Finding) error {
	c.embeds(w)
	return c.renderNaming(w, r, status, page.FindingForm(form), c.names(r.Context(), actorsOfCase(form.Case)...))
}

// takeFinding goes through a decision: written, looked at once more, taken. Whatever is in the way, what was typed
// comes back.
func (c *Console) takeFinding(outcome tocsin.Outcome) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		if err := r.ParseForm(); err != nil {
			return badForm(err)
		}
		do := r.PostForm.Get("do")
		if do == "confirm" || do == "confirm_next" {
			return c.decide(w, r, who, outcome, do == "confirm_next")
		}
		if do == "extend" || do == "reclaim" {
			err := c.Flow.ClaimCase(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
			if err != nil {
				return c.wrongFinding(w, r, who, outcome, err)
			}
		}
		form, err := c.finding(r, who, outcome)
		if err != nil {
			return err
		}
		if press, sees := strings.CutPrefix(do, page.SeePrefix); sees {
			pressed, err := c.see(r, who, form.Case, press)
			if err != nil {
				return err
			}
			form.Sight = c.sight(r.Context(), who, form.Case, "finding", pressed)
			return c.showFinding(w, r, http.StatusOK, form)
		}
		if do == "extend" || do == "change" {
			return c.showFinding(w, r, http.StatusOK, form)
		}
		draft, err := findingFrom(r.PostForm, outcome, zoneOf(r))
		if err == nil {
			err = draft.Validate(c.Clock.Now())
		}
		if err == nil {
			err = standsInTheWay(form, r.PostForm.Get("seen"))
		}
		if err != nil {
			return c.wrongFinding(w, r, who, outcome, err)
		}
		form.Review = &draft
		return c.showFinding(w, r, http.StatusOK, form)
	}
}

// standsInTheWay says early what the decision would be refused for. The decision itself asks again.
func standsInTheWay(form page.Finding, seen string) error {
	switch {
	case form.Case.Status != tocsin.CaseOpen:
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "This case is no longer open.")
	case !form.Mine && !form.Reclaim:
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonClaimed, "Somebody else works on this case.")
	case !form.Mine:
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonNotClaimed, "You do not hold this case.")
	case seen != itoa(form.Case.Content):
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonChanged, "Something was added to this case.")
	}
	return nil
}

// decide takes the decision. Sent twice with the same key it is one, and leads to the same page.
func (c *Console) decide(w http.ResponseWriter, r *http.Request, who flow.Individual, outcome tocsin.Outcome,
	next bool) error {
	ctx := r.Context()
	draft, err := findingFrom(r.PostForm, outcome, zoneOf(r))
	if err != nil {
		return c.wrongFinding(w, r, who, outcome, err)
	}
	seen, err := strconv.ParseInt(r.PostForm.Get("seen"), 10, 64)
	if err != nil {
		return badForm(err)
	}
	id, err := c.Flow.Decide(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")), draft, seen, r.PostForm.Get("key"))
	if err != nil {
		return c.wrongFinding(w, r, who, outcome, err)
	}
	d, err := c.Flow.Decision(ctx, who.Actor(), id)
	if err != nil {
		return err
	}
	c.noticeUndo(ctx, "console.notice.decided."+string(outcome), decisionAddress(&d)+"/undo", d.UndoUntil)
	if next {
		return c.takeNextCase(w, r, who)
	}
	return goTo(w, r, decisionAddress(&d))
}

// wrongFinding shows a decision's form again with everything typed: what is wrong at its field, how to take a lost
// claim again, or what came to the case meanwhile.
func (c *Console) wrongFinding(w http.ResponseWriter, r *http.Request, who flow.Individual, outcome tocsin.Outcome,
	why error) error {
	e, ok := errors.AsType[*tocsin.Error](why)
	if !ok || e.Code != tocsin.CodeInvalid && e.Code != tocsin.CodeConflict {
		return why
	}
	form, err := c.finding(r, who, outcome)
	if err != nil {
		return err
	}
	if e.Code == tocsin.CodeConflict && form.Case.Status != tocsin.CaseOpen {
		e = tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "This case is no longer open.")
	}
	form.Problem = findingProblem(r.Context(), e)
	switch e.Reason {
	case tocsin.ReasonChanged:
		if seen, err := strconv.ParseInt(form.Values.Get("seen"), 10, 64); err == nil {
			form.Added = addedSince(form.Case.History, seen)
		}
		form.Values.Set("seen", itoa(form.Case.Content))
	case tocsin.ReasonWrongState:
		form.Problem.Link = caseAddress(form.Case.ID)
		form.Problem.Label = page.T(r.Context(), "console.finding.see_case")
	}
	return c.showFinding(w, r, statuses[e.Code], form)
}
