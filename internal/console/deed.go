// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// deed is something done to a record on a page of its own, which first says what it will do and takes what it needs.
type deed struct {
	kind   string // in addresses
	name   flow.ChoiceName
	action flow.Action
	// open says whether the record is in a state for it; nil: flow's choices do. See also [inAnyState].
	open    func(on deedOn) bool
	field   string            // path of the text it takes; empty when none
	short   bool              // of one line
	date    string            // path of the date it takes
	endless bool              // the date may be left out
	ahead   time.Duration     // of now, filled in as the date; 0: none is
	pick    string            // path of the choice it takes
	many    bool              // of which several
	at      map[string]string // field of the domain → path on the page
	looks   bool              // it is shown once more before it is done
	undo    flow.ChoiceName   // by which it can be taken back for a while; empty: it cannot
	effects func(ctx context.Context, on deedOn) []string
	told    []string // messages that the other side reads beside the reasons
	options func(ctx context.Context, who flow.Individual, on deedOn) ([]page.Option, error)
	do      func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error
}

// deedRoutes are the pages of every deed.
func (c *Console) deedRoutes(signed func(string, signedHandler)) {
	for _, d := range slices.Concat(c.caseDeeds(), c.decisionDeeds(), c.signalDeeds(), c.complaintDeeds(), c.challengeDeeds(),
		c.settlementDeeds(), c.noticeDeeds(), c.senderDeeds(), c.entryDeeds()) {
		path := "/" + d.kind + "/{id}/" + string(d.name)
		signed("GET "+path, c.openDeed(d))
		signed("POST "+path, c.takeDeed(d))
	}
}

// deedOn is what a deed is about.
type deedOn struct {
	id        tocsin.RecordID
	agg       tocsin.Aggregate
	complaint *flow.ComplaintView
	challenge *flow.ChallengeView
	notice    *flow.NoticeView
	misuse    *flow.MisuseView
	signal    *flow.SignalView
	entry     *flow.SharedEntryView
	choices   []flow.Choice
	name      string // of it, in words
}

// deedForm is what somebody gave.
type deedForm struct {
	text  string
	at    time.Time
	picks []string
}

// until is the date that was given; nil where it was left out.
func (f deedForm) until() *time.Time {
	if f.at.IsZero() {
		return nil
	}
	return &f.at
}

// pickOne is what was picked where one can be.
func (f deedForm) pickOne() string {
	if len(f.picks) == 0 {
		return ""
	}
	return f.picks[0]
}

// inAnyState leaves it to the domain to say what is in the way.
func inAnyState(deedOn) bool { return true }

// says gives plain effects.
func says(ids ...string) func(context.Context, deedOn) []string {
	return func(ctx context.Context, _ deedOn) (all []string) {
		for _, id := range ids {
			all = append(all, page.T(ctx, id))
		}
		return all
	}
}

func (c *Console) deedOn(ctx context.Context, d deed, who flow.Individual, id tocsin.RecordID) (on deedOn, err error) {
	on.id = id
	switch d.kind {
	case "cases":
		v, err := c.Flow.Case(ctx, who.Actor(), id)
		on.agg, on.choices, on.name = v.Case, v.Choices, page.T(ctx, "console.case.name", "Ref", page.ShortName(id))
		return on, err
	case "decisions":
		v, err := c.Flow.Decision(ctx, who.Actor(), id)
		on.agg, on.choices = v.Decision, v.Choices
		on.name = page.T(ctx, "console.decision.name", "Ref", page.ShortName(id))
		return on, err
	case ofSignals:
		v, err := c.Flow.Signal(ctx, who.Actor(), id)
		on.signal, on.agg, on.name = &v, &v.Signal, page.T(ctx, "console.signal.name", "Ref", page.ShortName(id))
		return on, err
	case "complaints":
		v, err := c.Flow.Complaint(ctx, who.Actor(), id)
		on.complaint, on.agg, on.choices = &v, &v.Complaint, v.Choices
		on.name = page.T(ctx, "console.complaint.name", "Ref", page.ShortName(id))
		return on, err
	case "challenges":
		v, err := c.Flow.ChallengeOf(ctx, who.Actor(), id)
		on.challenge, on.agg, on.choices = &v, &v.Challenge, v.Choices
		on.name = page.T(ctx, "console.challenge.name", "Ref", page.ShortName(id))
		return on, err
	case "entries":
		v, err := c.Flow.SharedEntryOf(ctx, who.Actor(), id)
		on.entry, on.agg, on.choices = &v, &v.SharedEntry, v.Choices
		on.name = page.T(ctx, "console.entry.name", "Ref", page.ShortName(id))
		return on, err
	case "notices":
		v, err := c.Flow.Notice(ctx, who.Actor(), id)
		on.notice, on.agg, on.choices = &v, &v.Notice, v.Choices
		on.name = page.T(ctx, "console.case.notice", "Ref", page.ShortName(id))
		return on, err
	}
	v, err := c.Flow.MisuseOf(ctx, who.Actor(), id)
	on.misuse, on.agg, on.choices = &v, &v.Misuse, v.Choices
	on.name = page.T(ctx, "console.misuse.name", "Ref", page.ShortName(id))
	return on, err
}

// deedPage loads what a deed is about and makes its page.
func (c *Console) deedPage(r *http.Request, d deed, who flow.Individual) (page.Deed, deedOn, error) {
	ctx := r.Context()
	on, err := c.deedOn(ctx, d, who, tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return page.Deed{}, on, err
	}
	if err := c.Flow.Policy.Decide(who.Actor(), d.action, on.agg); err != nil {
		return page.Deed{}, on, err
	}
	if err := c.offered(d, on); err != nil {
		return page.Deed{}, on, err
	}
	back := "/" + d.kind + "/" + string(on.id)
	shown := page.Deed{Title: d.title(ctx), Reference: on.name, Back: back,
		Action: back + "/" + string(d.name), Confirm: d.confirm(ctx),
		Effects: d.effects(ctx, on), Field: d.field, Short: d.short, Date: d.date, Endless: d.endless, Pick: d.pick, Many: d.many,
		Looks: d.looks}
	for _, id := range d.told {
		shown.Told = append(shown.Told, page.T(ctx, id))
	}
	if d.options != nil {
		shown.Options, err = d.options(ctx, who, on)
	}
	return shown, on, err
}

// errNotOffered means that the record is in another state than the deed is for: its page says which.
var errNotOffered = errors.New("not offered in this state")

// offered refuses what flow does not offer now, before anybody writes a word.
func (c *Console) offered(d deed, on deedOn) error {
	if d.open != nil {
		if !d.open(on) {
			return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "It is not in a state for that.")
		}
		return nil
	}
	for _, choice := range on.choices {
		if choice.Name == d.name {
			return choice.Refused
		}
	}
	return errNotOffered
}

// elsewhere leads to the record's page where a deed is none any more, such as when a form is sent twice.
func (c *Console) elsewhere(w http.ResponseWriter, r *http.Request, d deed, err error) error {
	if errors.Is(err, errNotOffered) {
		return goTo(w, r, "/"+d.kind+"/"+r.PathValue("id"))
	}
	return c.secondPerson(d, err)
}

func (c *Console) openDeed(d deed) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		shown, _, err := c.deedPage(r, d, who)
		if err != nil {
			return c.elsewhere(w, r, d, err)
		}
		if d.ahead > 0 {
			shown.At = c.Clock.Now().Add(d.ahead).In(zoneOf(r)).Format(page.LocalTime)
		}
		return c.render(w, r, http.StatusOK, page.DeedPage(shown))
	}
}

// takeDeed goes through a deed. Whatever is in the way, what was typed comes back.
func (c *Console) takeDeed(d deed) signedHandler {
	return func(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
		if err := r.ParseForm(); err != nil {
			return badForm(err)
		}
		ctx := r.Context()
		shown, on, err := c.deedPage(r, d, who)
		if err != nil {
			return c.elsewhere(w, r, d, err)
		}
		shown.Text, shown.At, shown.Picked = clean(r.PostForm.Get(d.field)), r.PostForm.Get(d.date), r.PostForm[d.pick]
		given, err := d.given(r.PostForm, shown, zoneOf(r))
		button := r.PostForm.Get("do")
		if d.looks && err == nil && button != "confirm" {
			if button == "review" {
				if shown.Problem.Message = badText(ctx, shown.Text, false); shown.Problem.Message != "" {
					shown.Problem.Field = d.field
					return c.render(w, r, http.StatusUnprocessableEntity, page.DeedPage(shown))
				}
				shown.Review = true
			}
			return c.render(w, r, http.StatusOK, page.DeedPage(shown))
		}
		if err == nil {
			err = d.do(ctx, who.Actor(), on, given)
		}
		if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
			shown.Problem = page.Problem{Field: d.path(e.Field), Message: message(ctx, e)}
			return c.render(w, r, http.StatusUnprocessableEntity, page.DeedPage(shown))
		}
		if err != nil {
			return c.secondPerson(d, err)
		}
		c.noticeDone(ctx, d, shown.Back)
		return goTo(w, r, shown.Back)
	}
}

// secondPerson says of whoever suspended or decided why she is not the one to look again: the reason that the domain
// gives is one of orders, too, and worded for them.
func (c *Console) secondPerson(d deed, err error) error {
	if (d.kind == "misuse" || d.kind == "decisions") && tocsin.ReasonOf(err) == tocsin.ReasonSamePerson {
		return tocsin.Errorf(tocsin.CodeForbidden, "second_look", "A second look is another person's.")
	}
	return err
}

func (d deed) given(form url.Values, shown page.Deed, zone *time.Location) (given deedForm, err error) {
	given = deedForm{text: shown.Text, picks: shown.Picked}
	if d.field != "" && given.text == "" {
		return given, tocsin.Invalid(tocsin.ReasonMissing, d.field, "Say why.")
	}
	if d.date != "" {
		given.at, err = momentFrom(form, d.date, page.LocalTime, zone)
	}
	return given, err
}

// path is the field of the page that the domain means.
func (d deed) path(domain string) string {
	if path, ok := d.at[domain]; ok {
		return path
	}
	switch {
	case domain == d.date || domain == d.field || domain == d.pick:
		return domain
	case d.field != "" && (domain == "reasons" || domain == "body" || domain == "found"):
		return d.field
	}
	return ""
}

// deedActs are what flow says may be done, in its order and with its reasons.
func (c *Console) deedActs(ctx context.Context, kind string, id tocsin.RecordID, all []flow.Choice) []page.Act {
	var acts []page.Act
	for _, choice := range all {
		name := string(choice.Name)
		act := page.Act{Label: page.T(ctx, "console.choice."+name), Address: "/" + kind + "/" + string(id) + "/" + name,
			Effect: page.T(ctx, "console.choice_does."+name)}
		switch choice.Name {
		case flow.ChoiceTake:
			act.Post, act.Primary = true, true
		case flow.ChoiceDraft:
			act.Address, act.Primary = "/orders/new?"+url.Values{"notice": {string(id)}}.Encode(), true
		case flow.ChoiceName(flow.MisuseWarn), flow.ChoiceName(flow.MisuseSuspend), flow.ChoiceName(flow.MisuseConfirm):
			act.Primary = true
		}
		if choice.Refused != nil {
			act.Why = c.refusal(ctx, flow.Choice{Name: choice.Name, Refused: c.secondPerson(deed{kind: kind}, choice.Refused)})
		}
		acts = append(acts, act)
	}
	return acts
}
