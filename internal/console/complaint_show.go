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

// intakeRoutes are the pages on which complaints are answered, notices are looked at, and senders are warned.
func (c *Console) intakeRoutes(signed func(string, signedHandler)) {
	signed("GET /complaints", c.listComplaints)
	signed("GET /complaints/{id}", c.showComplained)
	signed("POST /complaints/{id}/take", c.takeComplaint)
	signed("POST /complaints/{id}/media", c.seeContested)
	signed("GET /notices", c.listNotices)
	signed("GET /notices/{id}", c.showNotice)
	signed("GET /misuse", c.listSenders)
	signed("GET /misuse/{id}", c.showSender)
}

// showComplained opens a complaint, with everything that its answer needs.
func (c *Console) showComplained(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, of, err := c.complained(r, who)
	if err != nil {
		return err
	}
	return c.writeComplained(w, r, who, view, of, nil)
}

// complained loads a complaint and the case it is about, as far as this person may read that.
func (c *Console) complained(r *http.Request, who flow.Individual) (flow.ComplaintView, *flow.CaseView, error) {
	view, err := c.Flow.Complaint(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return view, nil, err
	}
	of, err := c.caseBehind(r.Context(), who, view.Case)
	return view, of, err
}

// seeContested answers a press on the page of a complaint.
func (c *Console) seeContested(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, of, err := c.complained(r, who)
	if err != nil {
		return err
	}
	return c.answerPress(w, r, who, of, func(pressed map[int]seen) error {
		return c.writeComplained(w, r, who, view, of, pressed)
	})
}

// writeComplained writes the page of a complaint.
func (c *Console) writeComplained(w http.ResponseWriter, r *http.Request, who flow.Individual, view flow.ComplaintView,
	of *flow.CaseView, pressed map[int]seen) error {
	ctx := r.Context()
	shown := page.Complained{ComplaintView: view, Acts: c.deedActs(ctx, "complaints", view.ID, view.Choices),
		Should: view.ReceivedAt.Add(c.Flow.Settings.Periods.ComplaintAlarm),
		Sight:  c.sightOf(ctx, w, who, of, "/complaints/"+string(view.ID)+"/media", pressed)}
	if err := c.aroundComplaint(ctx, who, of, &shown); err != nil {
		return err
	}
	actors := actorsOf(view.History, view.Handler, view.AnsweredBy, view.Against.DecidedBy)
	for _, past := range view.History {
		if past.Kind == tocsin.EventComplaintAssigned {
			actors = append(actors, tocsin.ActorID(past.Facts.Record))
		}
	}
	return c.renderNaming(w, r, http.StatusOK, page.ComplaintShow(shown), c.names(ctx, actors...))
}

// aroundComplaint adds the item and what matched there, as far as this person may read them.
func (c *Console) aroundComplaint(ctx context.Context, who flow.Individual, of *flow.CaseView, shown *page.Complained) (err error) {
	if of == nil {
		return nil
	}
	if shown.Found, err = c.found(ctx, who, *of); err != nil || of.Item == nil {
		return err
	}
	item, err := c.Flow.Item(ctx, who.Actor(), of.Item.ID)
	switch tocsin.CodeOf(err) {
	case tocsin.CodeNotFound, tocsin.CodeForbidden:
		return nil
	}
	shown.Item = &item
	return err
}

// takeComplaint gives a complaint to whoever asks: that is as easily undone by giving it to somebody else.
func (c *Console) takeComplaint(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	id := tocsin.RecordID(r.PathValue("id"))
	if err := c.Flow.AssignComplaint(r.Context(), who.Actor(), id, who.ID); err != nil {
		return err
	}
	c.notice(r.Context(), "console.notice.deed.take")
	return goTo(w, r, "/complaints/"+string(id))
}

// complaintDeeds are what whoever handles a complaint does with it.
func (c *Console) complaintDeeds() []deed {
	f := c.Flow
	remedies := []string{"public.remedies.settlement", "public.remedies.court"}
	return []deed{
		{kind: "complaints", name: flow.ChoiceUphold, action: flow.ActionComplaintHandle, field: "answer.reasons", looks: true,
			undo:    flow.ChoiceTakeBack,
			effects: reversing("console.reversal.window"),
			told:    append([]string{"public.complaint.upheld"}, remedies...),
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.UpholdComplaint(ctx, who, on.id, given.text)
			}},
		{kind: "complaints", name: flow.ChoiceReject, action: flow.ActionComplaintHandle, field: "answer.reasons", looks: true,
			undo:    flow.ChoiceTakeBack,
			effects: says("console.reject.stands", "console.reject.reads", "console.reject.settlement", "console.reversal.window"),
			told:    append([]string{"public.complaint.rejected"}, remedies...),
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.RejectComplaint(ctx, who, on.id, given.text)
			}},
		{kind: "complaints", name: flow.ChoiceTakeBack, action: flow.ActionComplaintUndo,
			effects: func(ctx context.Context, on deedOn) []string { return page.TakingBack(ctx, *on.complaint) },
			do: func(ctx context.Context, who flow.Actor, on deedOn, _ deedForm) error {
				return f.TakeBackAnswer(ctx, who, on.id)
			}},
		{kind: "complaints", name: flow.ChoiceGive, action: flow.ActionComplaintHandle, pick: "give.to",
			at:      map[string]string{"to": "give.to"},
			effects: says("console.give.hers", "console.give.clock"),
			options: c.handlers,
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				err := f.AssignComplaint(ctx, who, on.id, tocsin.RecordID(given.pickOne()))
				if tocsin.CodeOf(err) == tocsin.CodeNotFound { // nobody was picked
					return tocsin.Invalid(tocsin.ReasonMissing, "to", "Say to whom.")
				}
				return err
			}},
	}
}

// reversing says what finding the decision wrong does, and whether that can be taken back.
func reversing(last string) func(context.Context, deedOn) []string {
	return func(ctx context.Context, on deedOn) []string {
		return append(page.Reversing(ctx, on.complaint.Effect), page.T(ctx, last))
	}
}

// handlers are those who may handle a complaint, and who may not and why.
func (c *Console) handlers(ctx context.Context, who flow.Individual, on deedOn) ([]page.Option, error) {
	list, err := c.Flow.Handlers(ctx, who.Actor(), on.id)
	var all []page.Option
	for _, h := range list {
		o := page.Option{Value: string(h.ID), Label: h.Name}
		if h.Refused != nil {
			o.Why = page.T(ctx, "console.give.had_a_hand")
			if e := publicError(h.Refused); e.Reason != "second_look" {
				o.Why = message(ctx, e)
			}
		}
		all = append(all, o)
	}
	return all, err
}

// settlementDeeds record what happens out of court.
func (c *Console) settlementDeeds() []deed {
	f := c.Flow
	on := func(d deed) deed {
		d.kind, d.action = "complaints", flow.ActionComplaintSettle
		return d
	}
	return []deed{
		on(deed{name: flow.ChoiceNameBody, field: "settlement.body", short: true,
			effects: says("console.settlement.chosen", "console.settlement.shown"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.NameSettlementBody(ctx, who, on.id, given.text)
			}}),
		on(deed{name: flow.ChoiceRefer, date: "settlement.at", at: map[string]string{"at": "settlement.at"},
			effects: says("console.settlement.days"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.ReferSettlement(ctx, who, on.id, given.at)
			}}),
		on(deed{name: flow.ChoiceProlong, effects: says("console.settlement.days_more"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, _ deedForm) error {
				return f.ProlongSettlement(ctx, who, on.id)
			}}),
		on(deed{name: flow.ChoiceSettle, field: "settlement.found", pick: "settlement.outcome",
			at:      map[string]string{"outcome": "settlement.outcome"},
			effects: says("console.settlement.binds_nobody", "console.settlement.then"),
			options: func(ctx context.Context, _ flow.Individual, on deedOn) (all []page.Option, err error) {
				for _, o := range tocsin.SettlementOutcomes() {
					option := page.Option{Value: string(o), Label: page.T(ctx, "console.settled."+string(o))}
					if s := on.complaint.Settlement; s != nil && s.State == tocsin.SettlementNamed && o != tocsin.SettlementDropped {
						option.Why = page.T(ctx, "console.settlement.not_referred")
					}
					all = append(all, option)
				}
				return all, nil
			},
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.SettleComplaint(ctx, who, on.id, tocsin.SettlementOutcome(given.pickOne()), given.text)
			}}),
		on(deed{name: flow.ChoiceImplement, field: "settlement.reasons", looks: true,
			effects: reversing("console.reversal.final"),
			told:    []string{"console.settled_effect.implemented"},
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.ConcludeSettlement(ctx, who, on.id, tocsin.EffectImplemented, given.text)
			}}),
		on(deed{name: flow.ChoiceDecline, field: "settlement.reasons", looks: true,
			effects: says("console.reject.stands", "console.settlement.binds_nobody"),
			told:    []string{"console.settled_effect.not_implemented", "public.remedies.court"},
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.ConcludeSettlement(ctx, who, on.id, tocsin.EffectNotImplemented, given.text)
			}}),
	}
}
