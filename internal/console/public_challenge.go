// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/locale"
)

// openChallenge shows the form on which anybody contests a reading.
func (c *Console) openChallenge(w http.ResponseWriter, r *http.Request) error {
	if !c.Flow.TakesChallenges() {
		return errNowhere
	}
	return c.render(w, r, http.StatusOK, page.ChallengeForm(page.PublicForm{Key: tocsin.NewToken("key")}))
}

// sendChallenge takes a challenge and leads to the page that says where it stands.
func (c *Console) sendChallenge(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	again := page.PublicForm{Key: r.PostForm.Get("key"), Values: r.PostForm}
	token, err := c.Flow.SubmitChallenge(r.Context(), again.Key, tocsin.ChallengeForm{
		Text: clean(r.PostForm.Get(page.FieldContested)), Entry: clean(r.PostForm.Get(page.FieldEntry)),
		Reasons: clean(r.PostForm.Get(page.FieldWrong)), Language: locale.From(r.Context()).Lang()})
	if tocsin.CodeOf(err) == tocsin.CodeInvalid {
		again.Problems = wrongChallenge(r, err)
		return c.render(w, r, http.StatusUnprocessableEntity, page.ChallengeForm(again))
	}
	if err != nil {
		return err
	}
	return goTo(w, r, "/reading/"+token)
}

// wrongChallenge says at its field what the domain will not take.
func wrongChallenge(r *http.Request, err error) map[string]string {
	e := publicError(err)
	field := map[string]string{"text": page.FieldContested, "entry": page.FieldEntry, "reasons": page.FieldWrong}[e.Field]
	return map[string]string{field: message(r.Context(), e)}
}

// showChallengeStatus shows where a challenge stands.
func (c *Console) showChallengeStatus(w http.ResponseWriter, r *http.Request) error {
	s, err := c.Flow.ChallengeByToken(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.ChallengeStatus(page.PublicChallenge{ChallengeStatus: s,
		Address: c.Flow.ChallengePage(r.PathValue("token"))}))
}
