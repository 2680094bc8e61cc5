// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

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

var decisionColumns = []string{"id", "state", "outcome", "basis", "provision", "detection", "territory", "until",
	"cases", "decided_by", "decided_at", "informed_at", "complain_until", "complaints", "automatic", "ratified_by",
	"facts", "reasons", "exemptions_applying", "exemptions_rationale", "erased"}

// exportDecisions writes one decision a line as it reads them, so that any number takes the same memory.
func (s *service) exportDecisions(ctx context.Context, in *Export) (*huma.StreamResponse, error) {
	return s.stream(ctx, "decision-export", exportTypes[in.Format], func(to io.Writer) error {
		return exportRows(to, in, decisionColumns, func(out *rows) error {
			return s.Flow.EachDecision(ctx, actorOf(ctx), in.After, func(v flow.DecisionView) error {
				return out.row(decisionView(v), func() []string { return decisionCells(v) })
			})
		})
	})
}

func decisionCells(v flow.DecisionView) []string {
	d, found := v.Decision, v.File.Draft
	var cases []string
	for _, i := range d.Items {
		cases = append(cases, string(i.Case))
	}
	return []string{string(d.ID), d.State(), string(d.Outcome), string(d.Basis), found.Provision, string(d.Detection),
		words(d.Territory), moment(d.Until), words(cases), string(d.DecidedBy), moment(&d.DecidedAt),
		moment(d.InformedAt), moment(d.ComplainUntil), words(d.Complaints), strconv.FormatBool(d.Automatic),
		string(d.RatifiedBy), found.Facts, found.Reasons, words(found.Exemptions.Applies), found.Exemptions.Rationale,
		strconv.FormatBool(v.Erased)}
}

// words are several values in one cell.
func words[T ~string](values []T) string {
	var all []string
	for _, v := range values {
		all = append(all, string(v))
	}
	return strings.Join(all, " ")
}
