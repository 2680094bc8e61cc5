// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// impedable reports whether the host can still say that it cannot act. A decision already taken stands
// beside it.
func impedable(s subject) bool {
	return receivedIn(tocsin.ReceivedAuthenticated, tocsin.ReceivedExecuting)(s)
}

// openImpediment shows the form of Annex III.
func (c *Console) openImpediment(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	about, err := c.impeding(r, who)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.ImpedeForm(c.impedePage(r.Context(), about, suggested(about))))
}

// suggested ticks what the plausibility gate found, so that nobody has to say it twice.
func suggested(about subject) url.Values {
	values := url.Values{}
	for _, f := range about.received.Findings {
		if f == tocsin.FindingCollection || f == tocsin.FindingRootDomain || f == tocsin.FindingSearchPage ||
			f == tocsin.FindingNotFound {
			values.Set("grounds", string(tocsin.GroundInsufficient))
		}
	}
	return values
}

func (c *Console) impeding(r *http.Request, who flow.Individual) (subject, error) {
	return c.ready(r, step{action: flow.ActionOrderAnswer, fits: impedable}, who)
}

func (c *Console) impedePage(ctx context.Context, about subject, values url.Values) page.Impede {
	authority := c.partyName(about.received.Issuer)
	form := page.Impede{
		Reference: about.reference(),
		Back:      about.address(),
		Action:    about.address() + "/cannot",
		Values:    values,
		Effects: []string{
			page.T(ctx, "console.impede.sent", "Authority", authority),
			page.T(ctx, "console.impede.stops"),
		},
	}
	if slices.ContainsFunc(
		values["grounds"],
		func(g string) bool { return g != string(tocsin.GroundForceMajeure) },
	) {
		form.Effects = append(form.Effects, page.T(ctx, "console.impede.clarified"))
	} else {
		form.Effects = append(form.Effects, page.T(ctx, "console.impede.ceases"))
	}
	return form
}

// sendImpediment answers the order with Annex III, after a second look.
func (c *Console) sendImpediment(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	about, err := c.impeding(r, who)
	if err != nil {
		return err
	}
	form := c.impedePage(ctx, about, r.PostForm)
	annex := tocsin.AnnexIII{Information: strings.TrimSpace(r.PostForm.Get("information")),
		ClarificationNeeded: strings.TrimSpace(
			r.PostForm.Get("clarification_needed"),
		), AuthorisedPerson: who.File.Name}
	for _, g := range r.PostForm["grounds"] {
		annex.Grounds = append(annex.Grounds, tocsin.Ground(g))
	}
	if e, ok := errors.AsType[*tocsin.Error](annex.Validate()); ok {
		form.Problem = problemOf(ctx, e)
		return c.render(w, r, http.StatusUnprocessableEntity, page.ImpedeForm(form))
	}
	switch r.PostForm.Get("step") {
	case "review":
		form.Review = true
		return c.render(w, r, http.StatusOK, page.ImpedeForm(form))
	case "confirm":
		if err := c.Flow.CannotExecute(ctx, who.Actor(), about.received.ReceivedOrder.ID, annex); err != nil {
			return err
		}
		c.notice(ctx, "console.notice.impeded")
		return goTo(w, r, about.address())
	}
	return c.render(w, r, http.StatusOK, page.ImpedeForm(form))
}
