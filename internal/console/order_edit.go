// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"net/url"
	"strconv"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// editOrder opens a draft for another hand or a better thought.
func (c *Console) editOrder(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, err := c.drafted(r, who)
	if err != nil {
		return err
	}
	form := page.Draft{Version: strconv.FormatInt(view.Version, 10), Values: formFrom(view.Order, zoneOf(r))}
	return c.render(w, r, http.StatusOK, page.DraftForm(c.editForm(r, view, form)))
}

// drafted loads a draft that this person may write.
func (c *Console) drafted(r *http.Request, who flow.Individual) (flow.IssuedView, error) {
	view, err := c.Flow.Issued(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return view, err
	}
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionOrderDraft, view.IssuedOrder); err != nil {
		return view, err
	}
	if view.Status != tocsin.IssuedDraft {
		return view, tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "This order is no longer a draft.")
	}
	return view, nil
}

func (c *Console) editForm(r *http.Request, view flow.IssuedView, form page.Draft) page.Draft {
	address := "/orders/" + url.PathEscape(string(view.ID))
	form.Title, form.Action, form.Back = page.T(r.Context(), "console.draft.edit"), address, address
	form.Hosts = hosts(c.Flow.Directory())
	return form
}

// reviseOrder replaces a draft, unless somebody else did in the meantime.
func (c *Console) reviseOrder(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	view, err := c.drafted(r, who)
	if err != nil {
		return err
	}
	form := c.editForm(r, view, page.Draft{Version: r.PostForm.Get("version"), Values: r.PostForm})
	if r.PostForm.Get("do") == "add" {
		return c.render(w, r, http.StatusOK, page.DraftForm(oneMore(form)))
	}
	version, err := strconv.ParseInt(form.Version, 10, 64)
	if err != nil {
		return badForm(err)
	}
	order, err := orderFrom(r.PostForm, zoneOf(r))
	if err == nil {
		if _, err = c.Flow.ReviseOrder(r.Context(), who.Actor(), view.ID, version, order); err == nil {
			c.notice(r.Context(), "console.notice.revised")
			return goTo(w, r, form.Back)
		}
	}
	return c.wrongForm(w, r, form, err)
}
