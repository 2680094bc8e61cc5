// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"errors"
	"net/http"
	"net/url"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// listReviews shows what waits for a blind review, and what was found otherwise.
func (c *Console) listReviews(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionReviewFind, nil); err != nil {
		return err
	}
	shown := page.Reviews{Share: c.Flow.Settings.ReviewShare,
		Reads: c.Flow.Policy.Decide(who.Actor(), flow.ActionReviewRead, nil) == nil}
	var next string
	var err error
	if shown.Lines, next, err = c.Flow.Reviews(ctx, who.Actor(), r.URL.Query().Get("after")); err != nil {
		return err
	}
	if next != "" {
		shown.Next = "/reviews?" + url.Values{"after": {next}}.Encode()
	}
	return c.render(w, r, http.StatusOK, page.ReviewList(shown))
}

// showAgreement tells those who lead how often two people found the same.
func (c *Console) showAgreement(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	groups, err := c.Flow.Agreements(r.Context(), who.Actor())
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.AgreementTable(groups))
}

// showReview opens a case without its decision.
func (c *Console) showReview(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	return c.reviewPage(w, r, who, http.StatusOK, page.BlindReview{Values: url.Values{"key": {tocsin.NewToken("key")}}})
}

func (c *Console) reviewPage(w http.ResponseWriter, r *http.Request, who flow.Individual, status int,
	shown page.BlindReview) error {
	var err error
	id := tocsin.RecordID(r.PathValue("id"))
	if shown.ReviewView, err = c.Flow.Review(r.Context(), who.Actor(), id); err != nil {
		return err
	}
	shown.Resolves = c.Flow.Policy.Decide(who.Actor(), flow.ActionReviewResolve, nil) == nil
	return c.render(w, r, status, page.ReviewShow(shown))
}

// findReview takes what the second person found. Sent twice with the same key it is one finding.
func (c *Console) findReview(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	id := tocsin.RecordID(r.PathValue("id"))
	state, err := c.Flow.FindReview(r.Context(), who.Actor(), id, tocsin.Outcome(r.PostForm.Get("review.outcome")),
		clean(r.PostForm.Get("review.reasons")), r.PostForm.Get("key"), answersFrom(r.PostForm, page.FieldReviewReadings)...)
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
		return c.reviewPage(w, r, who, http.StatusUnprocessableEntity, page.BlindReview{Values: r.PostForm,
			Problem: page.Problem{Field: "review." + e.Field, Message: message(r.Context(), e)}})
	}
	if err != nil {
		return err
	}
	if state == tocsin.ReviewAgreed {
		c.notice(r.Context(), "console.notice.review.agreed")
	} else {
		c.notice(r.Context(), "console.notice.review.differed")
	}
	return goTo(w, r, "/reviews/"+string(id))
}

// resolveReview says that somebody looked at what two people found differently.
func (c *Console) resolveReview(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	id := tocsin.RecordID(r.PathValue("id"))
	if err := c.Flow.ResolveReview(r.Context(), who.Actor(), id); err != nil {
		return err
	}
	c.notice(r.Context(), "console.notice.review.resolved")
	return goTo(w, r, "/reviews/"+string(id))
}
