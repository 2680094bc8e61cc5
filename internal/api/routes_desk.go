// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/flow"
)

// caseRoutes let machines see what people decide. Deciding has no path here: a person does, in the console.
func (s *service) caseRoutes() {
	register(s, operation{id: "case-list", method: http.MethodGet, path: "/cases", at: "query.",
		scope: flow.ActionCaseRead, summary: "Cases, what is due first"}, s.listCases)
	register(s, operation{id: "case-read", method: http.MethodGet, path: "/cases/{id}", at: "path.",
		scope: flow.ActionCaseRead, summary: "A case, with its history"}, s.readCase)
	register(s, operation{id: "decision-read", method: http.MethodGet, path: "/decisions/{id}", at: "path.",
		scope: flow.ActionDecisionRead, summary: "A decision, with its history"}, s.readDecision)
	register(s, operation{id: "decision-export", method: http.MethodGet, path: "/decisions", at: "query.",
		scope: flow.ActionDecisionRead, summary: "All decisions, one a line, what changed last first",
		text:   "Streamed as it is read. A broken connection is a broken list: begin again.",
		answer: &huma.Response{Description: "The decisions", Content: binary("application/x-ndjson")}}, s.exportDecisions)
}
