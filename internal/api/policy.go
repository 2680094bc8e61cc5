// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

func (s *service) policyRoutes() {
	register(s, operation{id: "policy-read", method: http.MethodGet, path: "/policy",
		scope: flow.ActionPolicyRead, summary: "Who may do what at this node, as written",
		text: "The digest is the one the journal tells, with every change of it."}, s.readPolicy)
	register(s, operation{id: "policy-explain", method: http.MethodGet, path: "/policy/explanation", at: "query.",
		scope: flow.ActionPolicyRead, summary: "Why this key may do something, or may not",
		text: "Asked about a record that the key may not read, it answers that there is none."}, s.explainPolicy)
}

// PolicyView is the rules in force.
type PolicyView struct {
	Text    string         `json:"text" required:"true" doc:"Cedar"`
	Digest  tocsin.Digest  `json:"digest" required:"true" doc:"SHA-256 of the text"`
	Adopted []PolicyChange `json:"adopted" required:"true" nullable:"false" doc:"latest first"`
}

// PolicyChange is a moment since which rules held.
type PolicyChange struct {
	At     time.Time     `json:"at" required:"true"`
	Digest tocsin.Digest `json:"digest" required:"true"`
}

func (s *service) readPolicy(ctx context.Context, _ *None) (*output[PolicyView], error) {
	rules, err := s.Flow.Rules(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	view := PolicyView{Text: rules.Text, Digest: rules.Digest, Adopted: []PolicyChange{}}
	for _, a := range rules.Adopted {
		view.Adopted = append(view.Adopted, PolicyChange(a))
	}
	return answer(view), nil
}

// Question asks why.
type Question struct {
	Action flow.Action     `query:"action" required:"true"`
	Record tocsin.RecordID `query:"record" doc:"leave it out to ask about the node as a whole"`
}

// ExplanationView says whether the key may, and why.
type ExplanationView struct {
	Permitted bool          `json:"permitted" required:"true"`
	Rule      string        `json:"rule,omitempty" doc:"the rule that forbids; none where no rule permits"`
	Reason    tocsin.Reason `json:"reason,omitempty"`
	Detail    string        `json:"detail,omitempty"`
	Duties    []tocsin.Duty `json:"duties" required:"true" nullable:"false" doc:"of a person, each of which alone allows it"`
}

func (s *service) explainPolicy(ctx context.Context, in *Question) (*output[ExplanationView], error) {
	x, err := s.Flow.Explain(ctx, actorOf(ctx), in.Action, in.Record)
	if err != nil {
		return nil, err
	}
	view := ExplanationView{Permitted: x.Permitted, Duties: append([]tocsin.Duty{}, x.Duties...)}
	if x.Refusal != nil {
		view.Rule, view.Reason, view.Detail = x.Refusal.Rule, x.Refusal.Reason, x.Refusal.Public
	}
	return answer(view), nil
}
