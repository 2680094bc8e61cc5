// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
	"tocsin/wire"
)

const ceremonyAdd = "add-passkey"

// openAccount shows a person how she signs in, and what else she can choose.
func (c *Console) openAccount(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	return c.showAccount(w, r, who, http.StatusOK, page.Problem{})
}

func (c *Console) showAccount(w http.ResponseWriter, r *http.Request, who flow.Individual, status int,
	problem page.Problem) error {
	a := page.Account{Way: who.SignsInBy(), Since: who.EnrolledAt(), Credential: who.File.Credential, Problem: problem,
		Provider: c.providerName(), Fresh: c.justSignedIn(r.Context()) == nil}
	if who.File.Password != nil {
		a.SignIn, a.Codes = who.File.Password.SignIn, len(who.File.Password.Codes)
	}
	return c.render(w, r, status, page.AccountShow(a))
}

// changePassword gives the person another password. Her other sessions end.
func (c *Console) changePassword(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	if err := c.justSignedIn(ctx); err != nil {
		return err
	}
	var err error
	if r.PostForm.Get("password") != r.PostForm.Get("again") {
		err = tocsin.Invalid("passwords_differ", "again", "These are two different passwords.")
	} else {
		err = c.Flow.ChangePassword(ctx, who.Actor(), r.PostForm.Get("password"))
	}
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
		return c.showAccount(w, r, who, http.StatusUnprocessableEntity, problemOf(ctx, e))
	}
	if err != nil {
		return err
	}
	if err := c.begin(ctx, who.ID); err != nil {
		return err
	}
	c.notice(ctx, "console.notice.password")
	return goTo(w, r, "/account")
}

// renewCodes shows new recovery codes in this one answer.
func (c *Console) renewCodes(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := c.justSignedIn(r.Context()); err != nil {
		return err
	}
	codes, err := c.Flow.RenewRecoveryCodes(r.Context(), who.Actor())
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.RecoveryCodes(codes))
}

// beginAddingPasskey asks the authenticator of somebody who signed in otherwise for a passkey.
func (c *Console) beginAddingPasskey(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := c.mayAddPasskey(r, who); err != nil {
		return err
	}
	options, data, err := c.passkeys.BeginRegistration(holder{who, who.File.Name},
		webauthn.WithCredentialParameters(algorithms))
	if err != nil {
		return unusable(err)
	}
	if err := c.keepCeremony(r.Context(), ceremonyAdd, data); err != nil {
		return err
	}
	return writeJSON(w, options)
}

func (c *Console) mayAddPasskey(r *http.Request, who flow.Individual) error {
	if who.SignsInBy() == tocsin.WayPasskey {
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "You have a passkey.")
	}
	return c.justSignedIn(r.Context())
}

// finishAddingPasskey verifies what the authenticator made; from now on it is how the person signs in.
func (c *Console) finishAddingPasskey(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	var form struct {
		Credential json.RawMessage `json:"credential"`
	}
	if err := readJSON(r, &form); err != nil {
		return err
	}
	if err := c.mayAddPasskey(r, who); err != nil {
		return err
	}
	var data webauthn.SessionData
	if err := c.takeCeremony(ctx, ceremonyAdd, &data); err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(form.Credential)
	if err != nil {
		return unusable(err)
	}
	made, err := c.passkeys.CreateCredential(holder{who, who.File.Name}, data, parsed)
	if err != nil {
		return unusable(err)
	}
	if err := wire.CheckCredentialKey(made.PublicKey); err != nil {
		return err
	}
	if err := c.Flow.AddPasskey(ctx, who.Actor(), registered(made)); err != nil {
		return err
	}
	if err := c.begin(ctx, who.ID); err != nil {
		return err
	}
	c.notice(ctx, "console.notice.enrolled")
	return writeJSON(w, next{"/account"})
}
