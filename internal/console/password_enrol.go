// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"errors"
	"net/http"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/credential"
	"tocsin/internal/flow"
)

// choosePassword keeps what an invited person chose, until the first code of her app comes.
func (c *Console) choosePassword(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	token := c.sessions.GetString(ctx, keyToken)
	invited, err := c.Flow.Invited(ctx, token)
	if err != nil {
		return err
	}
	name, err := personName(r.PostForm.Get("name"))
	if err == nil && r.PostForm.Get("password") != r.PostForm.Get("again") {
		err = tocsin.Invalid("passwords_differ", "again", "These are two different passwords.")
	}
	if err == nil {
		_, err = c.Flow.BeginPassword(ctx, token, flow.PasswordForm{Name: name, SignIn: r.PostForm.Get("sign_in"),
			Password: r.PostForm.Get("password")})
	}
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
		shown := c.enrolment(invited)
		shown.Values, shown.Problem = r.PostForm, problemOf(ctx, e)
		if shown.Problem.Field == "name" {
			shown.Problem.Field = "person_name"
		}
		return c.render(w, r, http.StatusUnprocessableEntity, page.Enrol(shown))
	}
	if err != nil {
		return err
	}
	return goTo(w, r, "/enrol/code")
}

// openFirstCode shows the key for an app, as a picture and as text.
func (c *Console) openFirstCode(w http.ResponseWriter, r *http.Request) error {
	return c.showFirstCode(w, r, http.StatusOK, "")
}

func (c *Console) showFirstCode(w http.ResponseWriter, r *http.Request, status int, wrong string) error {
	ctx := r.Context()
	signIn, key, err := c.Flow.PendingPassword(ctx, c.sessions.GetString(ctx, keyToken))
	if err != nil {
		return err
	}
	address := credential.KeyAddress(key, "Tocsin "+string(c.Flow.Identity.Party), signIn)
	shown := page.FirstCode{Key: key, Address: address, Problem: wrong}
	if shown.Width, shown.Path, err = credential.Picture(address); err != nil {
		return err
	}
	return c.render(w, r, status, page.EnrolCode(shown))
}

// enrolByPassword takes the first code, signs the person in and shows her recovery codes in this one answer.
func (c *Console) enrolByPassword(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	id, codes, err := c.Flow.FinishPassword(ctx, c.sessions.GetString(ctx, keyToken), r.PostForm.Get("code"))
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
		return c.showFirstCode(w, r, http.StatusUnprocessableEntity, message(ctx, e))
	}
	if err != nil {
		return err
	}
	if err := c.begin(ctx, id); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.RecoveryCodes(codes))
}
