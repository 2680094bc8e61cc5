// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/flow"
)

// board is a platform on which every address is an item; nobody asks it anything in these tests.
type board struct{}

func (board) Resolve(context.Context, string) (flow.Named, error) {
	return flow.Named{Kind: "none"}, nil
}

func (board) Identify(context.Context, string) (flow.Named, error) {
	return flow.Named{Kind: "none"}, nil
}

func (board) Apply(context.Context, flow.Visibility) (tocsin.Measure, error) {
	return tocsin.Measure{}, nil
}

func hosting(d *flow.Deps) { d.Platform = board{} }

func notice(reasons string) map[string]any {
	return map[string]any{"external_id": "their-1", "addresses": []any{map[string]any{"url": "https://board.example/post/12"}},
		"reasons": reasons, "name": "A neighbour", "email": "neighbour@garden.example", "good_faith": true}
}

const loosened = "The picture of the bridge shows how to loosen its bolts."

func TestNoticeIsTakenOnceByItsExternalID(t *testing.T) {
	t.Parallel()
	l := newLab(t, hosting)
	var first, again api.NoticeReceipt
	l.want(http.StatusCreated, l.send("POST", "/notices", notice(loosened))).read(t, &first)
	l.want(http.StatusOK, l.send("POST", "/notices", notice(loosened))).read(t, &again)
	if first.ID != again.ID || first.State != tocsin.NoticeComplete || !strings.Contains(first.StatusPage, "/notice/nst_") {
		t.Errorf("%+v, then %+v", first, again)
	}
	p := l.want(http.StatusConflict, l.send("POST", "/notices", notice(loosened+" And more."))).problem(t)
	if p.Reason != tocsin.ReasonDuplicate {
		t.Errorf("other content: %+v", p)
	}
	var status api.NoticeStatus
	l.want(http.StatusOK, l.send("GET", "/notices/"+string(first.ID)+"/status", nil)).read(t, &status)
	if status.State != tocsin.NoticeComplete || len(status.Addresses) != 1 {
		t.Errorf("status %+v", status)
	}
	var page api.NoticePage
	l.want(http.StatusOK, l.send("GET", "/notices?state=complete", nil)).read(t, &page)
	if len(page.Notices) != 1 || page.Notices[0].Form.Reasons != loosened {
		t.Errorf("list %+v", page)
	}
}

func TestIncompleteNoticeSaysWhatItLacksAndTakesIt(t *testing.T) {
	t.Parallel()
	l := newLab(t, hosting)
	body := notice(loosened)
	delete(body, "good_faith")
	var r api.NoticeReceipt
	l.want(http.StatusCreated, l.send("POST", "/notices", body)).read(t, &r)
	if r.State != tocsin.NoticeIncomplete || len(r.Missing) != 1 || r.Missing[0] != tocsin.ElementGoodFaith {
		t.Fatalf("%+v", r)
	}
	body["good_faith"] = true
	delete(body, "external_id")
	path := "/notices/" + string(r.ID)
	l.want(http.StatusNoContent, l.send("PUT", path+"/form", body))
	l.want(http.StatusConflict, l.send("PUT", path+"/form", body))
	var v api.NoticeView
	l.want(http.StatusOK, l.send("GET", path, nil)).read(t, &v)
	if v.Record.Status != tocsin.NoticeComplete || len(v.History) == 0 {
		t.Errorf("%+v", v)
	}
	other := l.newKey("another", "notice.submit")
	for _, path := range []string{path + "/status", "/notices/" + string(tocsin.NewRecordID(tocsin.KindNotice)) + "/status"} {
		l.want(http.StatusNotFound, l.sendRaw("GET", path, nil, "Authorization", "Bearer "+other))
	}
	l.want(http.StatusForbidden, l.sendRaw("GET", path, nil, "Authorization", "Bearer "+other))
}

func TestWrongNoticeIsRefusedByItsMember(t *testing.T) {
	t.Parallel()
	l := newLab(t, hosting)
	for at, change := range map[string]func(map[string]any){
		"body.email":            func(b map[string]any) { b["email"] = canary + " at home" },
		"body.addresses[0].url": func(b map[string]any) { b["addresses"] = []any{map[string]any{"url": canary}} },
		"body.external_id":      func(b map[string]any) { b["external_id"] = canary + " one" },
		"body.categories":       func(b map[string]any) { b["categories"] = []any{canary} },
	} {
		body := notice(loosened)
		change(body)
		p := l.want(http.StatusUnprocessableEntity, l.send("POST", "/notices", body)).problem(t)
		if len(p.Errors) != 1 || p.Errors[0].Location != at || strings.Contains(p.Detail, canary) {
			t.Errorf("%s: %+v", at, p)
		}
	}
	authority := newLab(t).withDirectory()
	var r api.NoticeReceipt
	authority.want(http.StatusCreated, authority.send("POST", "/notices", notice(loosened))).read(t, &r)
	if r.State != tocsin.NoticeQueued {
		t.Errorf("a report at an authority is %s", r.State)
	}
	nobody := newLab(t)
	nobody.want(http.StatusNotFound, nobody.send("POST", "/notices", notice(loosened)))
}

func TestReportNamesItsItemByTheOpaqueReference(t *testing.T) {
	t.Parallel()
	l := newLab(t, hosting)
	body := map[string]any{"external_id": "report-1", "item": "post-12", "reasons": "bolts", "reporter": "member-9"}
	var first, again api.NoticeReceipt
	l.want(http.StatusCreated, l.send("POST", "/reports", body)).read(t, &first)
	l.want(http.StatusOK, l.send("POST", "/reports", body)).read(t, &again)
	if first.ID != again.ID || first.State != tocsin.NoticeQueued {
		t.Errorf("%+v, then %+v", first, again)
	}
	body["reasons"] = "nuts"
	l.want(http.StatusConflict, l.send("POST", "/reports", body))
	body["item"] = "https://board.example/post/12"
	body["external_id"] = "report-2"
	l.want(http.StatusUnprocessableEntity, l.send("POST", "/reports", body))
}
