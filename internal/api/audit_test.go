// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"
	"time"

	"tocsin/internal/api"
)

func TestJournalIsReadByPages(t *testing.T) {
	t.Parallel()
	l := newLab(t).withDirectory()
	l.draft("FR-1")
	var all, page api.AuditView
	l.want(http.StatusOK, l.send("GET", "/audit?limit=200", nil)).read(t, &all)
	if len(all.Events) < 3 || int64(len(all.Events)) != all.Total || !all.Chain || !all.Log || all.Next != "" {
		t.Fatalf("%+v", all)
	}
	var kinds []string
	for after := ""; ; after = page.Next {
		page = api.AuditView{}
		l.want(http.StatusOK, l.send("GET", "/audit?limit=2&after="+after, nil)).read(t, &page)
		for _, e := range page.Events {
			if want := all.Events[len(kinds)]; e.ID != want.ID || e.Seq != all.Total-int64(len(kinds)) {
				t.Errorf("event %d is %+v, want %+v", len(kinds), e, want)
			}
			kinds = append(kinds, string(e.Kind))
		}
		if page.Next == "" {
			break
		}
	}
	if len(kinds) != len(all.Events) || kinds[0] != "order.drafted" {
		t.Errorf("by pages: %v", kinds)
	}
	l.want(http.StatusOK, l.send("GET", "/audit?kind=issued_order", nil)).read(t, &page)
	if len(page.Events) != 1 || page.Events[0].Kind != "order.drafted" {
		t.Errorf("of one kind: %+v", page.Events)
	}
	page = api.AuditView{}
	l.want(http.StatusOK, l.send("GET", "/audit?until="+noon.Add(-time.Hour).Format(time.RFC3339), nil)).read(t, &page)
	if len(page.Events) != 0 {
		t.Errorf("before anything happened: %+v", page.Events)
	}
	for _, bad := range []string{"kind=nothing", "after=x", "after=-1", "actor=prs_one"} {
		l.want(http.StatusUnprocessableEntity, l.send("GET", "/audit?"+bad, nil))
	}
}

func TestContentIsSearchedByOneThing(t *testing.T) {
	t.Parallel()
	l := newLab(t).withDirectory()
	d := l.draft("FR-1")
	const address = "https://board.example/post/12" // as gardenOrder has it
	var v api.ContentView
	l.want(http.StatusOK, l.send("POST", "/search/content", api.ContentBody{Address: address})).read(t, &v)
	if len(v.Found) != 1 || v.Found[0].ID != d.ID {
		t.Errorf("by address: %+v", v)
	}
	v = api.ContentView{}
	l.want(http.StatusOK, l.send("POST", "/search/content", api.ContentBody{Address: address + "0"})).read(t, &v)
	if len(v.Found) != 0 {
		t.Errorf("by another address: %+v", v)
	}
	for _, bad := range []api.ContentBody{{}, {Text: "a", Hash: "b"}, {Hash: "kettle"}} {
		l.want(http.StatusUnprocessableEntity, l.send("POST", "/search/content", bad))
	}
}
