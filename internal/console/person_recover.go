// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"net/url"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

const ceremonyAgree = "agree"

// beginAgreeing asks the second person's passkey to sign that a colleague lost her key.
func (c *Console) beginAgreeing(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	begun, err := c.Flow.BeginAgreeing(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.askPasskey(w, r, ceremonyAgree, begun)
}

// finishAgreeing starts the delay.
func (c *Console) finishAgreeing(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	begun, assertion, err := c.passkeyAnswer(r, ceremonyAgree)
	if err != nil {
		return err
	}
	if err := c.Flow.AgreeRecovery(r.Context(), who.Actor(), begun, assertion); err != nil {
		return err
	}
	c.notice(r.Context(), "console.notice.agreed")
	return writeJSON(w, next{"/people/" + string(begun.Record)})
}

// stopRecovery ends it; the person herself may, from her own page.
func (c *Console) stopRecovery(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	id := tocsin.RecordID(r.PathValue("id"))
	if err := c.Flow.CancelRecovery(r.Context(), who.Actor(), id); err != nil {
		return err
	}
	c.notice(r.Context(), "console.notice.recovery_stopped")
	return goTo(w, r, "/people/"+string(id))
}

// openRecovery makes the new link and shows it in this one answer.
func (c *Console) openRecovery(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	inv, err := c.Flow.OpenRecovery(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	name := c.nameOf(ctx, inv.Person)
	return c.showPeople(w, r, who, http.StatusOK, page.People{
		Link: &page.Invited{Name: name, Address: c.enrolmentLink(inv.Token), Until: inv.Until}})
}

// nameOf is what colleagues call a person.
func (c *Console) nameOf(ctx context.Context, id tocsin.RecordID) string {
	return c.names(ctx, tocsin.ActorID(id))[tocsin.ActorID(id)]
}

// enrolmentLink is the address at which a one-time token enrols.
func (c *Console) enrolmentLink(token string) string {
	address := c.PublicURL.JoinPath("/enrol")
	address.RawQuery = url.Values{"token": {token}}.Encode()
	return address.String()
}
