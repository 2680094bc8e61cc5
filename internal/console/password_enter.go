// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"errors"
	"net/http"

	"tocsin"
	"tocsin/internal/console/page"
)

// signInByPassword opens a session for a name, a password and a code. What was wrong of the three, nobody learns.
func (c *Console) signInByPassword(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	name, to := r.PostForm.Get("sign_in"), localPath(r.PostForm.Get("to"))
	if err := c.doors.accounts.allow(c.Flow.AccountOf(name)); err != nil {
		return err
	}
	who, left, err := c.Flow.SignInPassword(ctx, name, r.PostForm.Get("password"), r.PostForm.Get("code"))
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeUnauthenticated {
		shown := c.signIn(to)
		shown.Name, shown.Problem = name, message(ctx, e)
		return c.render(w, r, http.StatusUnauthorized, page.SignIn(shown))
	}
	if err != nil {
		return err
	}
	if err := c.begin(ctx, who.ID); err != nil {
		return err
	}
	switch {
	case left < 0: // the app's code
	case left < fewCodes:
		c.notice(ctx, "console.notice.few_codes")
	default:
		c.notice(ctx, "console.notice.recovery_code")
	}
	return goTo(w, r, to)
}

// fewCodes is when somebody had better have new ones.
const fewCodes = 3
