// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
	"tocsin/wire"
)

// showOrder opens an order on whichever side of it this party stands.
func (c *Console) showOrder(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if strings.HasPrefix(r.PathValue("id"), "rcv_") {
		return c.showReceived(w, r, who)
	}
	return c.showIssued(w, r, who)
}

func (c *Console) showIssued(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	view, err := c.Flow.Issued(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	shown := page.Issued{IssuedView: view, Acts: c.acts(ctx, who, subject{issued: &view})}
	c.readAnswers(&shown)
	if action, role := signatureOf(view.IssuedOrder); action != "" &&
		c.why(ctx, who, action, view.IssuedOrder) == "" {
		shown.Signing = &page.Signing{
			Begin:   "/orders/" + string(view.ID) + "/sign/begin",
			Finish:  "/orders/" + string(view.ID) + "/sign/finish",
			Digest:  view.Draft,
			Label:   page.T(ctx, "console.sign.button."+string(role)),
			Explain: page.T(ctx, "console.sign.explain."+string(role)),
		}
	}
	names := c.names(ctx, actorsOf(view.History, view.DraftedBy, view.SubmittedBy, view.ApprovedBy)...)
	return c.renderNaming(w, r, http.StatusOK, page.IssuedOrder(shown), names)
}

// signatureOf says which signature an order needs next.
func signatureOf(o *tocsin.IssuedOrder) (flow.Action, wire.ApprovalRole) {
	switch o.Status {
	case tocsin.IssuedDraft:
		return flow.ActionOrderSubmit, wire.RoleDrafter
	case tocsin.IssuedSubmitted:
		return flow.ActionOrderApprove, wire.RoleApprover
	}
	return "", ""
}

// readAnswers opens what the host signed, and verifies it again: a key may have been revoked since.
func (c *Console) readAnswers(shown *page.Issued) {
	verification := wire.Context{
		Directory:     c.Flow.Directory(),
		Audience:      c.Flow.Identity.Party,
		Now:           c.Clock.Now(),
		Demonstration: c.Flow.Settings.Demonstration,
	}
	for _, signed := range []string{shown.File.Feedback, shown.File.Impossibility} {
		if signed == "" {
			continue
		}
		document, err := wire.Verify([]byte(signed), verification)
		if err != nil {
			shown.Doubt = true
			continue
		}
		switch body := document.Body.(type) {
		case *wire.Feedback:
			shown.Feedback = &body.Annex
		case *wire.Impossibility:
			shown.Cannot = &body.Annex
		}
	}
}

func (c *Console) showReceived(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	view, err := c.Flow.Received(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	shown := page.Received{
		ReceivedView: view,
		Acts:         c.acts(ctx, who, subject{received: &view}),
		Items:        map[tocsin.RecordID]flow.ItemView{},
	}
	for _, ordered := range view.ReceivedOrder.Items {
		item, err := c.Flow.Item(ctx, who.Actor(), ordered.Item)
		if err != nil {
			return err
		}
		shown.Items[ordered.Item] = item
	}
	names := c.names(ctx, actorsOf(view.History, view.DecidedBy, view.RatifiedBy)...)
	return c.renderNaming(w, r, http.StatusOK, page.ReceivedOrder(shown), names)
}

// why says why a person may not do something with a record; empty when she may.
func (c *Console) why(
	ctx context.Context,
	who flow.Individual,
	action flow.Action,
	on tocsin.Aggregate,
) string {
	err := c.Flow.Policy.Decide(who.Actor(), action, on)
	if err == nil {
		return ""
	}
	if tocsin.ReasonOf(err) == tocsin.ReasonRole {
		return page.T(ctx, "console.why."+strings.ReplaceAll(string(action), ".", "_"))
	}
	return message(ctx, publicError(err))
}
