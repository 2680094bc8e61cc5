// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/flow"
)

// caseOfKept keeps the hash of an item, adds a signal for it, and gives the case that follows.
func (l *lab) caseOfKept(item string) tocsin.RecordID {
	l.t.Helper()
	l.bank("GARDENS")
	l.screen(api.ScreenQuery{Type: "pdq", Value: hash(1, 0), Item: item})
	l.signal("GARDENS", "pdq", hash(1, 8))
	ctx, stop := context.WithCancel(l.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); check(l.t, l.flow.Retrospect(ctx)) }()
	defer func() { stop(); <-done }()
	for range 1000 {
		var page api.CasePage
		l.want(http.StatusOK, l.send("GET", "/cases", nil)).read(l.t, &page)
		if len(page.Cases) == 1 {
			return page.Cases[0].ID
		}
		time.Sleep(10 * time.Millisecond)
	}
	l.t.Fatal("no case came")
	return ""
}

func TestMachinesReadCasesAndDecisionsAndDecideNothing(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	id := l.caseOfKept("post:1")
	var c api.CaseView
	l.want(http.StatusOK, l.send("GET", "/cases/"+string(id), nil)).read(l.t, &c)
	if c.Item != "post:1" || len(c.Matches) != 1 || c.Matches[0].Value != hash(1, 8) || c.State != "open" {
		t.Errorf("case %+v", c)
	}
	who := flow.Actor{ID: tocsin.ActorID("prs_" + strings.Repeat("a", 26)), Passkey: true,
		Duties: []tocsin.Duty{tocsin.DutyModerator}}
	check(t, l.flow.ClaimCase(t.Context(), who, id))
	decision, err := l.flow.Decide(t.Context(), who, id, tocsin.DecisionDraft{Outcome: tocsin.OutcomeKeep,
		Basis: tocsin.BasisHostTerms, Reasons: "It is a kettle.", Detection: tocsin.DetectionMatch,
		Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(), Rationale: "None."}}, c.Record.Content, "")
	check(t, err)
	var d api.DecisionView
	l.want(http.StatusOK, l.send("GET", "/decisions/"+string(decision), nil)).read(l.t, &d)
	if d.Finding == nil || d.Finding.Reasons != "It is a kettle." || d.State != "effective" {
		t.Errorf("decision %+v", d)
	}
	list := l.want(http.StatusOK, l.send("GET", "/decisions", nil))
	if lines := bytes.Count(list.body, []byte("\n")); lines != 1 || !bytes.Contains(list.body, []byte(decision)) ||
		list.header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("exported %s", list.body)
	}
	for _, path := range []string{"/cases/" + string(decision), "/decisions/" + string(id),
		"/cases/cas_" + strings.Repeat("a", 26)} {
		l.want(http.StatusNotFound, l.send("GET", path, nil))
	}
	l.token = l.newKey("matcher", "bank.read", "content.screen")
	for _, path := range []string{"/cases", "/cases/" + string(id), "/decisions", "/decisions/" + string(decision)} {
		l.want(http.StatusForbidden, l.send("GET", path, nil))
	}
}
