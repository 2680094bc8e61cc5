// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"errors"
	"net/http"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// showPolicy shows who may do what here, and answers why this person may or may not do something.
func (c *Console) showPolicy(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	rules, err := c.Flow.Rules(ctx, who.Actor())
	if err != nil {
		return err
	}
	asked := r.URL.Query()
	shown := page.Policy{PolicyView: rules, Action: asked.Get("action"), Record: strings.TrimSpace(asked.Get("record"))}
	if shown.Action == "" {
		return c.render(w, r, http.StatusOK, page.PolicyShow(shown))
	}
	answer, err := c.Flow.Explain(ctx, who.Actor(), flow.Action(shown.Action), tocsin.RecordID(shown.Record))
	if e, ok := errors.AsType[*tocsin.Error](err); ok && (e.Code == tocsin.CodeNotFound || e.Code == tocsin.CodeInvalid) {
		shown.Problem = page.Problem{Field: "policy.record", Message: message(ctx, e)}
		return c.render(w, r, statuses[e.Code], page.PolicyShow(shown))
	}
	if err != nil {
		return err
	}
	shown.Answer = &answer
	return c.render(w, r, http.StatusOK, page.PolicyShow(shown))
}
