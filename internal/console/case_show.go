// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// caseRoutes are the pages on which cases are decided.
func (c *Console) caseRoutes(signed func(string, signedHandler)) {
	signed("GET /cases", c.listCases)
	signed("POST /cases/next", c.takeNextCase)
	signed("GET /cases/{id}", c.showCase)
	signed("POST /cases/{id}/media", c.seeMedia)
	for _, outcome := range []tocsin.Outcome{tocsin.OutcomeRestrict, tocsin.OutcomeKeep} {
		signed("GET /cases/{id}/"+string(outcome), c.openFinding(outcome))
		signed("POST /cases/{id}/"+string(outcome), c.takeFinding(outcome))
	}
	for _, m := range c.moves() {
		signed("POST /cases/{id}/"+string(m.name), c.move(m))
	}
	signed("GET /decisions/{id}", c.showDecision)
	signed("POST /decisions/{id}/undo", c.undoDecision)
	signed("POST /decisions/{id}/media", c.seeDecided)
	signed("GET /reviews", c.listReviews)
	signed("GET /reviews/{id}", c.showReview)
	signed("GET /agreement", c.showAgreement)
	signed("POST /reviews/{id}/find", c.findReview)
	signed("POST /reviews/{id}/resolve", c.resolveReview)
}

// showCase opens a case.
func (c *Console) showCase(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, err := c.Flow.Case(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.writeCase(w, r, who, view, nil)
}

// writeCase writes the page of a case; pressed are the media that the person asked for.
func (c *Console) writeCase(w http.ResponseWriter, r *http.Request, who flow.Individual, view flow.CaseView,
	pressed map[int]seen) (err error) {
	ctx := r.Context()
	shown := page.CasePage{CaseView: view, Mine: view.HeldBy(who.Actor().ID, c.Clock.Now()),
		Acts:  c.choices(ctx, view.Choices, caseAddress(view.ID), decisionAddress(view.Decision), view.Copies),
		Sight: c.sight(ctx, who, view, "", pressed)}
	if shown.Found, err = c.found(ctx, who, view); err != nil {
		return err
	}
	if shown.Orders, err = c.Flow.Lines(ctx, who.Actor(), view.Orders); err != nil {
		return err
	}
	if shown.Notices, err = c.noticesOf(ctx, who, view); err != nil {
		return err
	}
	c.embeds(w)
	return c.renderNaming(w, r, http.StatusOK, page.CaseShow(shown), c.names(ctx, actorsOfCase(view)...))
}

// mostNotices bounds what a case's page shows of notices, the latest of them.
const mostNotices = 20

// noticesOf are the notices behind a case, as far as this person may read them.
func (c *Console) noticesOf(ctx context.Context, who flow.Individual, view flow.CaseView) ([]flow.NoticeView, error) {
	var notices []flow.NoticeView
	for _, id := range view.Notices[max(0, len(view.Notices)-mostNotices):] {
		notice, err := c.Flow.Notice(ctx, who.Actor(), id)
		switch tocsin.CodeOf(err) {
		case tocsin.CodeNotFound, tocsin.CodeForbidden:
			continue
		}
		if err != nil {
			return nil, err
		}
		notices = append(notices, notice)
	}
	return notices, nil
}

func caseAddress(id tocsin.RecordID) string { return "/cases/" + string(id) }

func decisionAddress(d *flow.DecisionView) string {
	if d == nil {
		return ""
	}
	return "/decisions/" + string(d.ID)
}

// choices are what flow says may be done, in its order and with its reasons.
func (c *Console) choices(ctx context.Context, all []flow.Choice, ofCase, ofDecision string, copies int) []page.Act {
	var acts []page.Act
	for _, choice := range all {
		name := string(choice.Name)
		act := page.Act{Label: page.T(ctx, "console.choice."+name), Address: ofCase + "/" + name,
			Effect: page.T(ctx, "console.choice_does."+name)}
		switch choice.Name {
		case flow.ChoiceClaim, flow.ChoiceExtend, flow.ChoiceSkip, flow.ChoiceRelease:
			act.Post = true
		case flow.ChoiceUndo:
			act.Post, act.Address = true, ofDecision+"/"+name
		case flow.ChoiceReverse, flow.ChoiceRatify, flow.ChoiceStand, flow.ChoiceEndStanding:
			act.Address = ofDecision + "/" + name
		}
		switch choice.Name {
		case flow.ChoiceRestrict, flow.ChoiceKeep, flow.ChoiceClaim, flow.ChoiceRatify:
			act.Primary = true
		}
		if choice.Name == flow.ChoiceRestrict && copies > 0 {
			act.Effect = page.N(ctx, "console.choice_does.restrict_copies", copies)
		}
		if choice.Refused != nil {
			act.Why = c.refusal(ctx, choice)
		}
		acts = append(acts, act)
	}
	return acts
}

// refusal says why a choice is none for this person now: whose it is, or what stands in the way.
func (c *Console) refusal(ctx context.Context, choice flow.Choice) string {
	e := publicError(choice.Refused)
	if e.Reason == tocsin.ReasonRole {
		return page.T(ctx, "console.choice_whose."+string(choice.Name))
	}
	return message(ctx, e)
}

// found adds to each match who stands behind its signal, as far as this person may read that.
func (c *Console) found(ctx context.Context, who flow.Individual, view flow.CaseView) ([]page.Found, error) {
	var all []page.Found
	for _, m := range view.File.Matches {
		f := page.Found{CaseMatch: m, Name: view.Banks[m.Bank]}
		bank, err := c.Flow.Bank(ctx, who.Actor(), string(m.Bank))
		if err == nil {
			f.Policy = bank.File.Policy
		} else if tocsin.CodeOf(err) != tocsin.CodeNotFound {
			return nil, err
		}
		if err == nil && c.Flow.Matcher != nil {
			known, err := c.Flow.Known(ctx, who.Actor(), flow.SignalRef{Bank: string(m.Bank), Type: m.Type, Value: m.Value})
			if err != nil && tocsin.CodeOf(err) != tocsin.CodeNotFound {
				return nil, err
			}
			for _, k := range known {
				if k.Bank.ID == m.Bank {
					f.State, f.Provenance, f.Opinions, f.Signal = k.State, k.Provenance, k.Opinions, k.Signal
				}
			}
		}
		all = append(all, f)
	}
	return all, nil
}

// actorsOfCase are all whose names stand on a case's page.
func actorsOfCase(view flow.CaseView) []tocsin.ActorID {
	actors := append(actorsOf(view.History, view.Assigned), actorsOn(view.Near)...)
	if view.Claim != nil {
		actors = append(actors, view.Claim.Holder)
	}
	if view.Decision != nil {
		actors = append(actors, view.Decision.DecidedBy)
	}
	for _, past := range view.History {
		if past.Kind == tocsin.EventCaseAssigned {
			actors = append(actors, tocsin.ActorID(past.Facts.Record))
		}
	}
	return actors
}
