// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"

	"tocsin"
	"tocsin/internal/locale"
)

// oneYear in seconds, for a choice that need not be made twice.
const oneYear = 365 * 24 * 60 * 60

// chooseLanguage keeps the person's choice in her browser.
func (c *Console) chooseLanguage(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	choice := r.PostForm.Get("language")
	if c.Locale.Localizer(choice, "").Lang() != choice {
		return tocsin.Invalid(tocsin.ReasonUnknownValue, "language", "The console does not speak this language.")
	}
	http.SetCookie(
		w,
		&http.Cookie{Name: locale.CookieName, Value: choice, Path: "/", MaxAge: oneYear, HttpOnly: true,
			Secure: c.secure(), SameSite: http.SameSiteLaxMode},
	)
	return goTo(w, r, localPath(r.PostForm.Get("to")))
}
