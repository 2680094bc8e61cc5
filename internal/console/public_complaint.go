// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"net/url"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/locale"
)

// showComplaint shows a content provider the statement of reasons, and where a complaint stands.
func (c *Console) showComplaint(w http.ResponseWriter, r *http.Request) error {
	return c.complaintPage(w, r, http.StatusOK, nil)
}

func (c *Console) complaintPage(w http.ResponseWriter, r *http.Request, status int, problems map[string]string) error {
	token := r.PathValue("token")
	contested, err := c.Flow.ContestedByToken(r.Context(), token, locale.From(r.Context()).Lang())
	if err != nil {
		return err
	}
	return c.render(w, r, status, page.ComplaintPage(page.PublicComplaint{Contested: contested,
		Form: page.PublicForm{Action: "/complain/" + url.PathEscape(token), Key: tocsin.NewToken("key"),
			Values: r.PostForm, Problems: problems, Reads: c.Flow.TakesChallenges()}}))
}

// sendComplaint takes the complaint of a content provider.
func (c *Console) sendComplaint(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	token := r.PathValue("token")
	_, err := c.Flow.Complain(r.Context(), token, r.PostForm.Get("key"), complaintFrom(r))
	if tocsin.CodeOf(err) == tocsin.CodeInvalid {
		return c.complaintPage(w, r, http.StatusUnprocessableEntity,
			map[string]string{page.FieldComplaint: message(r.Context(), publicError(err))})
	}
	if err != nil {
		return err
	}
	return goTo(w, r, "/complain/"+url.PathEscape(token))
}
