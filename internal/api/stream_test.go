// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/flow"
)

// countingStore counts the pages that are read.
type countingStore struct {
	flow.Store
	pages atomic.Int64
}

func (s *countingStore) View(ctx context.Context, fn func(flow.Tx) error) error {
	return s.Store.View(ctx, func(tx flow.Tx) error { return fn(countingTx{tx, s}) })
}

type countingTx struct {
	flow.Tx
	s *countingStore
}

func (tx countingTx) Records(p flow.Page) ([]flow.Row, string, error) {
	tx.s.pages.Add(1)
	return tx.Tx.Records(p)
}

// fillCases puts cases into the store whose text was erased, and gives their ids in order.
func (l *lab) fillCases(n int) (ids []string) {
	l.t.Helper()
	check(l.t, l.store.Update(l.t.Context(), func(tx flow.Tx) error {
		ids = nil
		for range n {
			c := tocsin.Case{Root: tocsin.Root{ID: tocsin.NewRecordID(tocsin.KindCase), Version: 1}, Status: tocsin.CaseOpen}
			body, err := json.Marshal(c)
			if err != nil {
				return err
			}
			ids = append(ids, string(c.ID))
			row := flow.Row{ID: c.ID, Kind: tocsin.KindCase, Version: 1, Status: "open", Body: body, UpdatedAt: noon}
			if err := tx.Create(row); err != nil {
				return err
			}
		}
		return nil
	}))
	slices.Sort(ids)
	return ids
}

func idsOfLines(t *testing.T, lines []byte) (ids []string) {
	t.Helper()
	for line := range bytes.Lines(lines) {
		var row api.CaseRow
		check(t, json.Unmarshal(line, &row))
		ids = append(ids, string(row.ID))
	}
	return ids
}

func TestExportsHoldEveryRecordOnceAndGoOnWhereTheyBrokeOff(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids := l.fillCases(450)
	all := l.want(http.StatusOK, l.send("GET", "/cases/export", nil))
	if got := idsOfLines(t, all.body); !slices.Equal(ids, got) || all.header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%d cases exported of %d, as %s", len(got), len(ids), all.header.Get("Content-Type"))
	}
	rest := l.want(http.StatusOK, l.send("GET", "/cases/export?after="+ids[248], nil))
	if got := idsOfLines(t, rest.body); !slices.Equal(ids[249:], got) {
		t.Errorf("%d cases after the 249th of %d", len(got), len(ids))
	}
	for _, bad := range []string{"x", "dec_" + strings.Repeat("a", 26), ids[0][:20]} {
		if got := l.send("GET", "/cases/export?after="+bad, nil); got.status/100 != 4 {
			t.Errorf("after %s: %d", bad, got.status)
		}
	}
}

func TestExportedCellIsNoFormula(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	id := l.caseOfKept("post:1")
	answer := l.want(http.StatusOK, l.send("GET", "/cases/export?format=csv", nil))
	lines, err := csv.NewReader(bytes.NewReader(answer.body)).ReadAll()
	check(t, err)
	if answer.header.Get("Content-Type") != "text/csv; charset=utf-8" || len(lines) != 2 || lines[1][0] != string(id) ||
		lines[1][slices.Index(lines[0], "item")] != "post:1" {
		t.Errorf("exported as %s: %q", answer.header.Get("Content-Type"), lines)
	}
	who := flow.Actor{ID: tocsin.ActorID("prs_" + strings.Repeat("a", 26)), Passkey: true,
		Duties: []tocsin.Duty{tocsin.DutyModerator}}
	check(t, l.flow.ClaimCase(t.Context(), who, id))
	c, err := l.flow.Case(t.Context(), who, id)
	check(t, err)
	_, err = l.flow.Decide(t.Context(), who, id, tocsin.DecisionDraft{Outcome: tocsin.OutcomeKeep,
		Basis: tocsin.BasisHostTerms, Reasons: "+1 kettle", Detection: tocsin.DetectionMatch, Facts: "\t-2 bridges",
		Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(), Rationale: "@none, \"of\" them"}}, c.Content, "")
	check(t, err)
	answer = l.want(http.StatusOK, l.send("GET", "/decisions?format=csv", nil))
	lines, err = csv.NewReader(bytes.NewReader(answer.body)).ReadAll()
	check(t, err)
	for column, want := range map[string]string{"reasons": "'+1 kettle", "facts": "'\t-2 bridges",
		"exemptions_rationale": "'@none, \"of\" them", "cases": string(id), "outcome": "keep"} {
		if got := lines[1][slices.Index(lines[0], column)]; got != want {
			t.Errorf("%s: %q, want %q", column, got, want)
		}
	}
}

// gate is a reader that takes one piece at a time, and leaves when it has had enough.
type gate struct {
	header http.Header
	pieces chan []byte
	left   chan struct{}
}

func (g gate) Header() http.Header { return g.header }
func (g gate) WriteHeader(int)     {}

func (g gate) Write(b []byte) (int, error) {
	select {
	case g.pieces <- bytes.Clone(b):
		return len(b), nil
	case <-g.left:
		return 0, errors.New("the reader left")
	}
}

// TestExportReadsNoFurtherThanItsReader shows that an export holds a page and a buffer, whatever there is to export,
// and ends when its reader leaves: rows arrive long before the last one is read from the store.
func TestExportReadsNoFurtherThanItsReader(t *testing.T) {
	t.Parallel()
	const cases = 4000
	counting := &countingStore{}
	l := newLab(t, func(d *flow.Deps) { counting.Store, d.Store = d.Store, counting })
	l.fillCases(cases)
	g := gate{http.Header{}, make(chan []byte), make(chan struct{})}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, api.Base+"/cases/export", nil)
	r.Header.Set("Authorization", "Bearer "+l.token)
	ended := make(chan any)
	go func() {
		defer func() { ended <- recover() }()
		l.handler.ServeHTTP(g, r)
	}()
	counting.pages.Store(0)
	rows := 0
	for range 4 {
		rows += bytes.Count(<-g.pieces, []byte("\n"))
		// What it holds: the page it is at, and a buffer of 32 KiB, which is less than two pages of these rows.
		if read := counting.pages.Load() * 200; read > int64(rows)+3*200 {
			t.Errorf("%d rows were read from the store when %d had arrived", read, rows)
		}
	}
	if rows < 100 || rows > cases/2 {
		t.Errorf("%d rows of %d arrived in the first pieces", rows, cases)
	}
	close(g.left)
	if got := <-ended; got != http.ErrAbortHandler {
		t.Errorf("a list that broke off ended with %v", got)
	}
	if read := counting.pages.Load() * 200; read > cases/2 {
		t.Errorf("%d rows of %d were read for a reader that left after %d", read, cases, rows)
	}
}
