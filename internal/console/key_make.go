// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

const ceremonyKey = "key"

// offerKey shows the form of a new service key.
func (c *Console) offerKey(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionKeyMake, nil); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.KeyMake(page.NewKey{Scopes: flow.ConsoleScopes(), Values: url.Values{
		"per_minute": {strconv.Itoa(flow.DefaultPerMinute)},
		"expires":    {c.Clock.Now().UTC().AddDate(1, 0, 0).Format(dateForm)}}}))
}

// reviewKey shows once more what the key will be, for a passkey to sign; or what is wrong with it.
func (c *Console) reviewKey(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionKeyMake, nil); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	terms, err := keyTerms(r.PostForm)
	if err == nil {
		err = c.Flow.CheckKeyTerms(who.Actor(), terms)
	}
	shown := page.NewKey{Scopes: flow.ConsoleScopes(), Values: r.PostForm}
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
		shown.Problem = page.Problem{Field: "key." + e.Field, Message: page.T(r.Context(), "console.key_problem."+e.Field)}
		if e.Reason == tocsin.ReasonDuplicate {
			shown.Problem.Message = page.T(r.Context(), "console.key_problem.taken")
		}
		return c.render(w, r, http.StatusUnprocessableEntity, page.KeyMake(shown))
	}
	if err != nil {
		return err
	}
	shown.Terms = &terms
	return c.render(w, r, http.StatusOK, page.KeyMake(shown))
}

// keyTerms reads the form, or what the page that reviews it sends.
func keyTerms(form url.Values) (t flow.KeyTerms, err error) {
	t.Name, t.Scopes = strings.TrimSpace(form.Get("name")), strings.Fields(strings.Join(form["scopes"], " "))
	if t.PerMinute, err = strconv.Atoi(strings.TrimSpace(form.Get("per_minute"))); err != nil {
		return t, tocsin.Invalid(tocsin.ReasonFormat, "per_minute", "This is no number.")
	}
	day, err := momentFrom(form, "expires", dateForm, time.UTC)
	if err == nil && !day.IsZero() {
		t.Expires = day.AddDate(0, 0, 1) // at the end of that day
	}
	return t, err
}

// beginKey asks the passkey of whoever makes a key to sign for it.
func (c *Console) beginKey(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionKeyMake, nil); err != nil {
		return err
	}
	var sent struct {
		Name, Scopes, Expires string
		PerMinute             string `json:"per_minute"`
	}
	if err := readJSON(r, &sent); err != nil {
		return err
	}
	terms, err := keyTerms(url.Values{"name": {sent.Name}, "scopes": {sent.Scopes}, "per_minute": {sent.PerMinute},
		"expires": {sent.Expires}})
	if err != nil {
		return err
	}
	begun, err := c.Flow.BeginServiceKey(r.Context(), who.Actor(), terms)
	if err != nil {
		return err
	}
	return c.askPasskey(w, r, ceremonyKey, begun)
}

// finishKey makes the key, and gives its token in this one answer and nowhere else.
func (c *Console) finishKey(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	begun, assertion, err := c.passkeyAnswer(r, ceremonyKey)
	if err != nil {
		return err
	}
	made, err := c.Flow.MakeServiceKey(r.Context(), who.Actor(), begun, assertion)
	if err != nil {
		return err
	}
	return writeJSON(w, struct {
		Secret string `json:"secret"`
	}{made.Token})
}
