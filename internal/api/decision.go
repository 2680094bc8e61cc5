// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tocsin"
	"tocsin/internal/flow"
)

// DecisionView is everything about a decision.
type DecisionView struct {
	Record  *tocsin.Decision      `json:"record" required:"true"`
	State   string                `json:"state" required:"true"`
	Finding *tocsin.DecisionDraft `json:"finding,omitempty" doc:"absent once erased"`
	History []PastEvent           `json:"history" required:"true" nullable:"false"`
	Erased  bool                  `json:"erased,omitempty"`
}

func decisionView(v flow.DecisionView) DecisionView {
	out := DecisionView{Record: v.Decision, State: v.State(), History: history(v.History), Erased: v.Erased}
	if !v.Erased {
		out.Finding = &v.File.Draft
	}
	return out
}

func (s *service) readDecision(ctx context.Context, in *ByID) (*output[DecisionView], error) {
	v, err := s.Flow.Decision(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return answer(decisionView(v)), nil
}

// exportDecisions writes one decision a line as it reads them, so that any number takes the same memory.
func (s *service) exportDecisions(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		r, w := humago.Unwrap(hctx)
		to := &lateWriter{w: w, deadlines: http.NewResponseController(w), mediaType: "application/x-ndjson"}
		line := json.NewEncoder(to)
		err := s.Flow.EachDecision(ctx, actorOf(ctx), func(v flow.DecisionView) error {
			return line.Encode(decisionView(v))
		})
		switch {
		case err == nil:
			to.begin()
		case !to.begun:
			s.refuse(w, r, err)
		default: // the reader must not take a part for the whole
			s.report(ctx, "decision-export", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}
