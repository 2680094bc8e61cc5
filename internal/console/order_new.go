// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"errors"
	"net/http"
	"net/url"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// newOrder shows the empty form, with what this authority writes in every order filled in.
func (c *Console) newOrder(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionOrderDraft, nil); err != nil {
		return err
	}
	form := page.Draft{Key: tocsin.NewToken("key"), Values: url.Values{}}
	form.Values.Set("annex_i.e.name", c.nodeName())
	if self, err := c.Flow.Directory().Party(c.Flow.Identity.Party); err == nil {
		form.Values.Set("annex_i.f.feedback", flow.ContactPoint(self))
	}
	form.Values.Set("annex_i.e.date", c.Clock.Now().In(zoneOf(r)).Format(dateForm))
	if err := c.likeAnother(r, who, &form); err != nil {
		return err
	}
	if err := c.fromNotice(r, who, &form); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.DraftForm(c.newForm(r, form)))
}

// likeAnother takes the standing details from the order asked for, or from any of this authority's.
func (c *Console) likeAnother(r *http.Request, who flow.Individual, form *page.Draft) error {
	ctx := r.Context()
	id := tocsin.RecordID(r.URL.Query().Get("like"))
	if id == "" {
		lines, _, err := c.Flow.Orders(ctx, who.Actor(), flow.Listing{Kind: tocsin.KindIssuedOrder, Limit: 1})
		if err != nil || len(lines) == 0 {
			return err
		}
		id = lines[0].ID
	}
	other, err := c.Flow.Issued(ctx, who.Actor(), id)
	if err != nil || other.Erased {
		return err
	}
	filled := formFrom(other.Order, zoneOf(r))
	for _, name := range standing {
		form.Values.Set(name, filled.Get(name))
	}
	form.Values.Set("annex_i.e.type", filled.Get("annex_i.e.type"))
	form.Filled = other.Order.Annex.Heading.Reference
	return nil
}

// fromNotice fills in what a public report says, and nothing of who gave it.
func (c *Console) fromNotice(r *http.Request, who flow.Individual, form *page.Draft) error {
	id := tocsin.RecordID(r.URL.Query().Get("notice"))
	if id == "" {
		return nil
	}
	order, err := c.Flow.OrderFromNotice(r.Context(), who.Actor(), id)
	if err != nil {
		return err
	}
	filled := formFrom(order, zoneOf(r))
	for _, name := range []string{fieldURL, fieldAdditional, fieldSeen, fieldCategories} {
		form.Values[name] = filled[name]
	}
	form.Values.Set("reasons", order.Reasons)
	form.Values.Set("annex_i.a.addressee", string(order.Annex.Heading.Addressee))
	form.Notice = string(id)
	return nil
}

func (c *Console) newForm(r *http.Request, form page.Draft) page.Draft {
	form.Title, form.Action, form.Back = page.T(r.Context(), "console.draft.new"), "/orders", "/orders"
	form.Hosts = hosts(c.Flow.Directory())
	return form
}

// createOrder stores a draft, or shows the form again with what is wrong at its field.
func (c *Console) createOrder(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	form := c.newForm(r, page.Draft{Key: r.PostForm.Get("key"), Values: r.PostForm,
		Notice: r.PostForm.Get("notice")})
	if r.PostForm.Get("do") == "add" {
		return c.render(w, r, http.StatusOK, page.DraftForm(oneMore(form)))
	}
	order, err := orderFrom(r.PostForm, zoneOf(r))
	if err == nil {
		var drafted flow.Drafted
		if form.Notice == "" {
			drafted, err = c.Flow.DraftOrder(r.Context(), who.Actor(), form.Key, order)
		} else {
			drafted, err = c.Flow.DraftOrderFrom(r.Context(), who.Actor(), form.Key, tocsin.RecordID(form.Notice), order)
		}
		if err == nil {
			c.notice(r.Context(), "console.notice.drafted")
			return goTo(w, r, "/orders/"+string(drafted.ID))
		}
	}
	return c.wrongForm(w, r, form, err)
}

// oneMore adds an empty address entry.
func oneMore(form page.Draft) page.Draft {
	if len(form.Values[fieldURL]) < tocsin.MaxAddresses {
		form.Values.Add(fieldURL, "")
	}
	return form
}

// wrongForm shows a form again with the problem at its field, or fails as any request does.
func (c *Console) wrongForm(w http.ResponseWriter, r *http.Request, form page.Draft, err error) error {
	e, ok := errors.AsType[*tocsin.Error](err)
	if !ok ||
		e.Code != tocsin.CodeInvalid && e.Reason != tocsin.RefusedDuplicateReference &&
			e.Reason != tocsin.ReasonStale {
		return err
	}
	form.Problem = problemOf(r.Context(), e)
	switch e.Field {
	case fieldURL, fieldAdditional, fieldSeen:
		form.Problem.At = wrongAddress(r.PostForm, e)
	}
	if e.Reason == tocsin.ReasonStale {
		form.Problem.Link, form.Problem.Label = form.Back, page.T(r.Context(), "console.draft.current")
	}
	return c.render(w, r, statuses[e.Code], page.DraftForm(form))
}
