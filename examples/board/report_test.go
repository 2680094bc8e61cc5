// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

func (f *running) report(path, reasons string) reply {
	f.t.Helper()
	req := f.request(http.MethodPost, path+"/report", []byte(url.Values{"reasons": {reasons}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return f.do(req)
}

func TestReportReachesTheNodeOnceAndHidesNothing(t *testing.T) {
	t.Parallel()
	f, n := start(t), newNeighbour(t)
	contains(t, f.get("/post/1").body, `href="/post/1/report"`)
	contains(t, f.get("/post/1/report").body, `action="/post/1/report"`)
	for _, reasons := range []string{"This is my <garden>.", "Mine too."} { // before the node is there
		if r := f.report("/post/1", reasons); r.status != http.StatusAccepted {
			t.Fatalf("answers %d", r.status)
		}
	}
	n.status, n.refuse = http.StatusCreated, 1
	f.join(n)
	first := `{"external_id":"report-1","item":"1","reasons":"This is my \u003cgarden\u003e."}`
	for i, want := range []string{first, `{"external_id":"report-2","item":"1","reasons":"Mine too."}`} {
		u := n.next(t)
		if u.path != "POST /api/v1/reports" || u.bearer != "Bearer tsk_kettle" || u.parts["body"] != want {
			t.Errorf("report %d: %s with %q: %s", i+1, u.path, u.bearer, u.parts["body"])
		}
	}
	if r := f.get("/post/1"); r.status != http.StatusOK {
		t.Errorf("reported post answers %d", r.status)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.asked) != 3 { // one of them refused
		t.Errorf("%d requests", len(n.asked))
	}
}

func TestOnlyWhatIsShownIsReportedAndWithReasons(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, reasons := range []string{"", " ", strings.Repeat("x", 1001), "a\x00b"} {
		if r := f.report("/post/1", reasons); r.status != http.StatusUnprocessableEntity {
			t.Errorf("%q: answers %d", reasons, r.status)
		}
	}
	for _, path := range []string{"/post/99", "/post/01", "/post/x"} {
		if r := f.report(path, "Mine."); r.status != http.StatusNotFound {
			t.Errorf("%s: answers %d", path, r.status)
		}
	}
	// The form of a post that is not shown is its page, which says nothing of it.
	gagged, _ := f.create(drawn("a post about to be gagged"), nil)
	f.apply(gagged, gag("hush"))
	path := "/post/" + strconv.Itoa(gagged)
	sameAnswer(t, "form", f.get(path), f.get(path+"/report"))
	sameAnswer(t, "report", f.get(path), f.report(path, "Mine."))
}
