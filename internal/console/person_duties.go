// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
	"tocsin/wire"
)

const ceremonyConfirm = "confirm"

// openDuties asks which duties a colleague is to have.
func (c *Console) openDuties(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, err := c.changeable(r, who)
	if err != nil {
		return err
	}
	values := url.Values{}
	for _, d := range append(view.Duties, view.Proposed...) {
		values.Add("duties", string(d))
	}
	return c.render(w, r, http.StatusOK, page.PersonDutiesForm(page.PersonDuties{PersonView: view, Values: values}))
}

// changeable finds a colleague whose duties this person may change.
func (c *Console) changeable(r *http.Request, who flow.Individual) (flow.PersonView, error) {
	view, err := c.Flow.Person(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return view, err
	}
	return view, c.Flow.Policy.Decide(who.Actor(), flow.ActionPersonChange, view.Person)
}

// changeDuties gives a colleague other duties; what needs two people waits for the second.
func (c *Console) changeDuties(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	view, err := c.changeable(r, who)
	if err != nil {
		return err
	}
	err = c.Flow.ChangeDuties(ctx, who.Actor(), view.ID, dutiesIn(r.PostForm), r.PostForm.Get("reasons"))
	if e, ok := errors.AsType[*tocsin.Error](err); ok && (e.Code == tocsin.CodeInvalid || e.Code == tocsin.CodeConflict) {
		return c.render(w, r, statuses[e.Code], page.PersonDutiesForm(page.PersonDuties{PersonView: view,
			Values: r.PostForm, Problem: problemOf(ctx, e)}))
	}
	if err != nil {
		return err
	}
	c.notice(ctx, "console.notice.duties")
	return goTo(w, r, "/people/"+string(view.ID))
}

func dutiesIn(form url.Values) []tocsin.Duty {
	var duties []tocsin.Duty
	for _, d := range form["duties"] {
		duties = append(duties, tocsin.Duty(d))
	}
	return duties
}

// beginConfirming asks the second person's passkey to sign what a colleague is to get.
func (c *Console) beginConfirming(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	begun, err := c.Flow.BeginConfirmingDuties(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.askPasskey(w, r, ceremonyConfirm, begun)
}

// finishConfirming hands the assertion to flow, which verifies it.
func (c *Console) finishConfirming(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	begun, assertion, err := c.passkeyAnswer(r, ceremonyConfirm)
	if err != nil {
		return err
	}
	if err := c.Flow.ConfirmDuties(ctx, who.Actor(), begun, assertion); err != nil {
		return err
	}
	c.notice(ctx, "console.notice.confirmed")
	return writeJSON(w, next{"/people/" + string(begun.Record)})
}

// askPasskey keeps a confirmation until its answer comes, and asks the browser for it.
func (c *Console) askPasskey(w http.ResponseWriter, r *http.Request, kind string, asked flow.Confirmation) error {
	if err := c.keepCeremony(r.Context(), kind, asked); err != nil {
		return err
	}
	return writeJSON(w, c.assertionOptions(asked.Challenge, asked.CredentialID))
}

// passkeyAnswer reads the answer to a confirmation of the record in the path. The confirmation is gone whatever comes
// of it.
func (c *Console) passkeyAnswer(r *http.Request, kind string) (flow.Confirmation, wire.Assertion, error) {
	var form struct {
		Credential json.RawMessage `json:"credential"`
	}
	var asked flow.Confirmation
	if err := readJSON(r, &form); err != nil {
		return asked, wire.Assertion{}, err
	}
	if err := c.takeCeremony(r.Context(), kind, &asked); err != nil {
		return asked, wire.Assertion{}, err
	}
	if string(asked.Record) != r.PathValue("id") {
		return asked, wire.Assertion{}, errNoCeremony
	}
	assertion, err := assertionFrom(form.Credential)
	return asked, assertion, err
}

// assertionOptions ask one passkey for one signature, with its user verified.
func (c *Console) assertionOptions(challenge, credential []byte) protocol.CredentialAssertion {
	return protocol.CredentialAssertion{Response: protocol.PublicKeyCredentialRequestOptions{
		Challenge: challenge, Timeout: int(ceremonyTime.Milliseconds()),
		RelyingPartyID: c.passkeys.Config.RPID,
		AllowedCredentials: []protocol.CredentialDescriptor{
			{Type: protocol.PublicKeyCredentialType, CredentialID: credential},
		},
		UserVerification: protocol.VerificationRequired,
	}}
}
