// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// step is something a person does with an order that has consequences elsewhere. The record's page offers
// it when it fits the state; its own page tells the effects, takes the reasons, shows everything once more
// and then does it.
type step struct {
	name    string // last part of the address
	title   string // message ids
	confirm string
	notice  string
	action  flow.Action
	primary bool

	text     string // path of the text asked for; empty when none is
	optional bool   // it may stay empty
	domain   string // field under which the domain reports a bad text

	fits    func(subject) bool                                // the state allows it
	bars    func(context.Context, subject) string             // why it cannot be done all the same; may be nil
	effects func(context.Context, *Console, subject) []string // what will happen
	do      func(ctx context.Context, who flow.Actor, id tocsin.RecordID, text string) error
}

// steps are all of them, in the order in which a page offers them.
func (c *Console) steps() []step {
	return []step{c.clarifyStep(), c.withdrawStep(), c.returnStep(), c.abandonStep(),
		c.executeStep(), c.ceaseStep(), c.ratifyStep(), c.upholdStep(), c.dismissStep()}
}

// subject is the order a step is about, on one side or the other.
type subject struct {
	issued   *flow.IssuedView
	received *flow.ReceivedView
}

func (s subject) aggregate() tocsin.Aggregate {
	if s.issued != nil {
		return s.issued.IssuedOrder
	}
	return s.received.ReceivedOrder
}

func (s subject) address() string { return "/orders/" + string(s.aggregate().Base().ID) }

func (s subject) reference() string {
	switch {
	case s.issued != nil:
		return s.issued.Order.Annex.Heading.Reference
	case s.received.Order != nil:
		return s.received.Order.Annex.Heading.Reference
	}
	return ""
}

func (c *Console) subject(ctx context.Context, who flow.Individual, id string) (subject, error) {
	if strings.HasPrefix(id, "rcv_") {
		view, err := c.Flow.Received(ctx, who.Actor(), tocsin.RecordID(id))
		return subject{received: &view}, err
	}
	view, err := c.Flow.Issued(ctx, who.Actor(), tocsin.RecordID(id))
	return subject{issued: &view}, err
}

// acts lists what could be done with an order now: offered, or with the reason why not.
func (c *Console) acts(ctx context.Context, who flow.Individual, s subject) []page.Act {
	var acts []page.Act
	add := func(title, address string, action flow.Action, primary bool, bar string) {
		why := c.why(ctx, who, action, s.aggregate())
		if why == "" {
			why = bar
		}
		acts = append(acts, page.Act{Label: page.T(ctx, title), Address: address, Primary: primary, Why: why})
	}
	if s.issued != nil {
		if action, role := signatureOf(s.issued.IssuedOrder); action != "" {
			if why := c.why(ctx, who, action, s.aggregate()); why != "" {
				acts = append(acts, page.Act{Label: page.T(ctx, "console.sign.button."+string(role)), Why: why})
			}
		}
		if s.issued.Status == tocsin.IssuedDraft {
			add("console.draft.edit", s.address()+"/edit", flow.ActionOrderDraft, false, "")
		}
	}
	for _, step := range c.steps() {
		if !step.fits(s) {
			continue
		}
		bar := ""
		if step.bars != nil {
			bar = step.bars(ctx, s)
		}
		add(step.title, s.address()+"/"+step.name, step.action, step.primary, bar)
	}
	if impedable(s) {
		add("console.impede.title", s.address()+"/cannot", flow.ActionOrderAnswer, false, "")
	}
	if s.issued != nil && c.Flow.Policy.Decide(who.Actor(), flow.ActionOrderDraft, nil) == nil &&
		s.issued.Status != tocsin.IssuedDraft {
		add("console.draft.like", "/orders/new?like="+string(s.issued.ID), flow.ActionOrderRead, false, "")
	}
	return acts
}

// askStep shows a step's page.
func (c *Console) askStep(s step) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		about, err := c.ready(r, s, who)
		if err != nil {
			return err
		}
		return c.render(w, r, http.StatusOK, page.Confirmation(c.stepPage(r, s, about)))
	}
}

// ready loads the order and refuses what this person cannot do with it now.
func (c *Console) ready(r *http.Request, s step, who flow.Individual) (subject, error) {
	about, err := c.subject(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return about, err
	}
	if err := c.Flow.Policy.Decide(who.Actor(), s.action, about.aggregate()); err != nil {
		return about, err
	}
	if !s.fits(about) {
		return about, tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "This is no longer possible.")
	}
	return about, nil
}

func (c *Console) stepPage(r *http.Request, s step, about subject) page.Step {
	ctx := r.Context()
	return page.Step{
		Title:     page.T(ctx, s.title),
		Confirm:   page.T(ctx, s.confirm),
		Reference: about.reference(),
		Back:      about.address(),
		Action:    about.address() + "/" + s.name,
		Reasons:   s.text,
		Optional:  s.optional,
		Effects:   s.effects(ctx, c, about),
	}
}

// takeStep goes through a step: review, back to change, and do.
func (c *Console) takeStep(s step) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		if err := r.ParseForm(); err != nil {
			return badForm(err)
		}
		about, err := c.ready(r, s, who)
		if err != nil {
			return err
		}
		shown := c.stepPage(r, s, about)
		shown.Text = strings.TrimSpace(r.PostForm.Get("text"))
		if s.text != "" {
			shown.Problem = badText(r.Context(), shown.Text, s.optional)
		}
		switch {
		case shown.Problem != "":
			return c.render(w, r, http.StatusUnprocessableEntity, page.Confirmation(shown))
		case r.PostForm.Get("step") == "review":
			shown.Review = true
			return c.render(w, r, http.StatusOK, page.Confirmation(shown))
		case r.PostForm.Get("step") != "confirm":
			return c.render(w, r, http.StatusOK, page.Confirmation(shown))
		}
		err = s.do(r.Context(), who.Actor(), about.aggregate().Base().ID, shown.Text)
		if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Field != "" && e.Field == s.domain {
			shown.Problem = message(r.Context(), e)
			return c.render(w, r, http.StatusUnprocessableEntity, page.Confirmation(shown))
		}
		if err != nil {
			return err
		}
		c.notice(r.Context(), s.notice)
		return goTo(w, r, about.address())
	}
}

// maxText is the longest text a step takes; the domain's own limits are no longer.
const maxText = 8000

// badText says what is wrong with a text, before it is shown again for review.
func badText(ctx context.Context, text string, optional bool) string {
	switch {
	case text == "" && !optional:
		return page.Reason(ctx, string(tocsin.ReasonMissing))
	case utf8.RuneCountInString(text) > maxText:
		return page.Reason(ctx, string(tocsin.ReasonTooLong))
	case !utf8.ValidString(text) || strings.ContainsFunc(text, isControl):
		return page.Reason(ctx, string(tocsin.ReasonNotText))
	}
	return ""
}

// isControl accepts what a text area can hold: tabs and line ends.
func isControl(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\r\n\t", r) }
