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
	const streamed = "Streamed as it is read, by id: a record that changes meanwhile is neither left out nor given twice. " +
		"A broken connection is a broken list: go on after the last id that came whole. Cells of CSV that a spreadsheet " +
		"would take for a formula have an apostrophe before them."
	register(s, operation{id: "case-export", method: http.MethodGet, path: "/cases/export", at: "query.",
		scope: flow.ActionCaseRead, summary: "All cases, one a line", text: streamed,
		answer: &huma.Response{Description: "The cases", Content: binary("application/x-ndjson", "text/csv")}}, s.exportCases)
	register(s, operation{id: "decision-export", method: http.MethodGet, path: "/decisions", at: "query.",
		scope: flow.ActionDecisionRead, summary: "All decisions, one a line", text: streamed,
		answer: &huma.Response{Description: "The decisions", Content: binary("application/x-ndjson", "text/csv")}},
		s.exportDecisions)
}
