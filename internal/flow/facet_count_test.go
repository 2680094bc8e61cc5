// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// TestCountsOfAQueueSayWhereTheyEnd: alone a choice is counted in an index, beside another one among the cases that have
// that; each says when there may be more.
func TestCountsOfAQueueSayWhereTheyEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	f := d.Host.Flow()
	count := func(q flow.CaseFilter, facet string) flow.FacetCount {
		t.Helper()
		q.States = []tocsin.CaseState{tocsin.CaseOpen}
		all, err := f.CaseFacetCounts(d.Context(), d.Moderator.Actor, q)
		d.must(err)
		for _, c := range all {
			if c.Facet == facet {
				return c
			}
		}
		t.Fatalf("nobody counted %s", facet)
		return flow.FacetCount{}
	}
	bank, matched, noticed := tocsin.FacetBank+string(d.bank), tocsin.PriorityMatch, tocsin.PriorityNotice
	d.upload("1", sameBytes, known)
	id := d.caseOf("1").ID
	d.multiply(id, 199)
	for name, c := range map[string]struct{ got, want flow.FacetCount }{
		"alone":         {count(flow.CaseFilter{}, bank), flow.FacetCount{Count: 199}},
		"beside":        {count(flow.CaseFilter{CaseFacets: flow.CaseFacets{Priority: &matched}}, bank), flow.FacetCount{Count: 199}},
		"beside no one": {count(flow.CaseFilter{CaseFacets: flow.CaseFacets{Priority: &noticed, Bank: d.bank}}, bank), flow.FacetCount{}},
		"chosen, of none": {count(flow.CaseFilter{CaseFacets: flow.CaseFacets{Priority: &noticed}}, tocsin.FacetPriority+"1"),
			flow.FacetCount{None: true}},
		"hers": {count(flow.CaseFilter{Mine: true}, tocsin.FacetPriority+"0"), flow.FacetCount{}},
	} {
		if c.got.Count != c.want.Count || c.got.More != c.want.More || c.got.None != c.want.None {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
	d.multiply(id, 1001)
	alone, beside := count(flow.CaseFilter{}, bank), count(flow.CaseFilter{CaseFacets: flow.CaseFacets{Priority: &matched}}, bank)
	if alone.Count != flow.MostFaceted || !alone.More || beside.Count != 200 || !beside.More {
		t.Errorf("of 1001: alone %+v, beside %+v", alone, beside)
	}
}

// multiply writes copies of a case behind the node's back, until there are so many.
func (d desk) multiply(id tocsin.RecordID, cases int) {
	d.Helper()
	db, err := d.Host.Behind()
	d.must(err)
	defer db.Close()
	const many = `WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i+1 FROM n WHERE i < $1) `
	for _, statement := range []string{
		many + `INSERT OR IGNORE INTO record (id, kind, status, version, body, key, due_at, updated_at, erased)
			SELECT printf('cas_%026d', i), kind, status, version, body, key, due_at, updated_at, erased FROM record, n WHERE id = $2`,
		many + `INSERT OR IGNORE INTO facet (name, status, place, record)
			SELECT name, status, place, printf('cas_%026d', i) FROM facet, n WHERE record = $2`} {
		_, err := db.ExecContext(d.Context(), statement, cases, string(id))
		d.must(err)
	}
}
