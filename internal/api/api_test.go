// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/api"
)

func TestDraftIsCompletedKeptAndListed(t *testing.T) {
	t.Parallel()
	l := newLab(t).withDirectory()
	d := l.draft("FR-1")
	var view api.IssuedOrderView
	l.want(http.StatusOK, l.send("GET", "/orders/issued/"+string(d.ID), nil)).read(t, &view)
	h := view.Order.Annex.Heading
	if h.IssuingState != "FR" || h.EstablishmentState != "IE" || h.AddresseeName != "Garden board" ||
		!view.Order.Annex.Copy.CopySent || view.Record.Status != tocsin.IssuedDraft {
		t.Errorf("not completed: %+v", view.Order.Annex)
	}
	if len(view.History) != 1 || view.History[0].Kind != tocsin.EventOrderDrafted ||
		!strings.HasPrefix(string(view.History[0].Actor), "svc_") {
		t.Errorf("history %+v", view.History)
	}
	for _, action := range view.Allowed {
		if action == "order.submit" || action == "order.approve" {
			t.Errorf("a service key is offered %s", action)
		}
	}
	l.draft("FR-2")
	var first, second api.OrderPage
	l.want(http.StatusOK, l.send("GET", "/orders?kind=issued_order&limit=1", nil)).read(t, &first)
	l.want(http.StatusOK, l.send("GET", "/orders?kind=issued_order&state=draft,sent&limit=1&after="+first.Next,
		nil)).
		read(t, &second)
	got := map[string]bool{first.Orders[0].Reference: true, second.Orders[0].Reference: true}
	if diff := cmp.Diff(map[string]bool{"FR-1": true, "FR-2": true}, got); diff != "" {
		t.Error(diff)
	}
	var found api.FoundView
	l.want(http.StatusOK, l.send("GET", "/search?q=fr-2", nil)).read(t, &found)
	if len(found.Found) != 1 || found.Found[0].Kind != tocsin.KindIssuedOrder {
		t.Errorf("found %+v", found)
	}
}

func TestSameIdempotencyKeyGivesTheFirstAnswerAgain(t *testing.T) {
	t.Parallel()
	l := newLab(t).withDirectory()
	send := func() (d api.Drafted) {
		l.want(http.StatusCreated, l.send("POST", "/orders", gardenOrder("FR-1"), "Idempotency-Key",
			"batch-7")).read(t, &d)
		return d
	}
	first, before := send(), l.head()
	if second := send(); second != first || l.head() != before {
		t.Errorf("another answer %+v after %+v, or another event", second, first)
	}
}

func TestRevisionMovesTheVersion(t *testing.T) {
	t.Parallel()
	l := newLab(t).withDirectory()
	d := l.draft("FR-1")
	revision := api.RevisionBody{Version: d.Version, Order: gardenOrder("FR-1b")}
	var revised api.Drafted
	l.want(http.StatusOK, l.send("PUT", "/orders/issued/"+string(d.ID), revision)).read(t, &revised)
	if revised.ID != d.ID || revised.Version != d.Version+1 {
		t.Errorf("revised %+v of %+v", revised, d)
	}
}

func TestInvitationLinkStandsInItsAnswerOnly(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	var inv api.Invited
	for _, signs := range []tocsin.Duty{tocsin.DutyOfficer, tocsin.DutyApprover} { // a machine makes nobody sign
		l.want(http.StatusForbidden, l.send("POST", "/people", api.InviteBody{Name: "Nobody", Duties: []tocsin.Duty{signs}}))
	}
	body := api.InviteBody{Name: "First moderator", Duties: []tocsin.Duty{tocsin.DutyModerator}}
	l.want(http.StatusCreated, l.send("POST", "/people", body)).read(t, &inv)
	_, token, found := strings.Cut(inv.Link, "#")
	if !found || !strings.HasPrefix(token, "inv_") {
		t.Fatalf("link %q", inv.Link)
	}
	var people api.PeopleView
	all := l.want(http.StatusOK, l.send("GET", "/people", nil))
	all.read(t, &people)
	if len(people.People) != 1 || people.People[0].Name != "First moderator" ||
		people.People[0].Status != "invited" {
		t.Errorf("people %+v", people)
	}
	if strings.Contains(string(all.body)+l.log.String(), token) {
		t.Error("the token stands in the list or the log")
	}
	path := "/people/" + string(inv.Person) + "/suspension"
	l.want(http.StatusNoContent, l.send("POST", path, api.ReasonsBody{Reasons: "Left the office."}))
}

func TestDirectoryIsImportedAndRead(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	var none, view api.DirectoryView
	l.want(http.StatusOK, l.send("GET", "/directory", nil)).read(t, &none)
	if none.Serial != 0 || none.IssuedAt != nil {
		t.Errorf("before any import: %+v", none)
	}
	var done api.DirectoryImported
	l.want(http.StatusOK, l.send("POST", "/directory", l.file(l.directory(3), l.publisher))).read(t, &done)
	l.want(http.StatusOK, l.send("GET", "/directory", nil)).read(t, &view)
	if done.Serial != 3 || done.Parties != 3 || view.Serial != 3 || len(view.Parties) != 3 {
		t.Errorf("imported %+v, read %+v", done, view)
	}
	var info api.Info
	l.want(http.StatusOK, l.send("GET", "/info", nil)).read(t, &info)
	if info.Party != authority || info.Directory != 3 || info.Log.Shard != 1 || info.API != api.SpecVersion {
		t.Errorf("info %+v", info)
	}
}

func TestHostIsInformedOnceAndTheJobShows(t *testing.T) {
	t.Parallel()
	l := newLab(t).withDirectory()
	path := "/hosts/" + string(host) + "/information"
	var first, second api.Record
	l.want(http.StatusAccepted, l.send("POST", path, nil)).read(t, &first)
	l.want(http.StatusAccepted, l.send("POST", path, nil)).read(t, &second)
	if first != second {
		t.Errorf("two contacts: %v, %v", first, second)
	}
	var jobs api.JobsView
	l.want(http.StatusOK, l.send("GET", "/jobs", nil)).read(t, &jobs)
	if len(jobs.Jobs) != 1 || jobs.Jobs[0].Kind != "deliver" || jobs.Jobs[0].Args["target"] != string(host) {
		t.Errorf("jobs %+v", jobs)
	}
	l.want(http.StatusConflict, l.send("POST", "/jobs/1/rerun", nil))
}

func TestErasedDraftKeepsItsHistory(t *testing.T) {
	t.Parallel()
	l := newLab(t).withDirectory()
	d := l.draft("FR-1")
	path := "/records/" + string(d.ID) + "/erasure"
	l.want(http.StatusNoContent, l.send("POST", path, api.ErasureBody{Reason: "retention_ended"}))
	var view api.IssuedOrderView
	l.want(http.StatusOK, l.send("GET", "/orders/issued/"+string(d.ID), nil)).read(t, &view)
	if !view.Erased || view.Order != nil || len(view.History) != 2 {
		t.Errorf("after erasure %+v", view)
	}
	if p := l.want(http.StatusGone, l.send("POST", path,
		api.ErasureBody{Reason: "retention_ended"})).problem(t); p.Code != "erased" {
		t.Errorf("problem %+v", p)
	}
}

// TestNoOperationDecides reads the description: what only a person may do has no path.
func TestNoOperationDecides(t *testing.T) {
	t.Parallel()
	text := string(committed(t))
	for _, scope := range []string{"order.submit", "order.approve", "order.return", "order.answer",
		"case.claim", "case.decide", "decision.undo", "complaint.handle", "standing.change"} {
		if strings.Contains(text, `"`+scope+`"`) {
			t.Errorf("an operation asks for the scope %s", scope)
		}
	}
}

func TestDescriptionIsServedToAnyone(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := l.want(http.StatusOK, l.sendRaw("GET", "/openapi.json", nil))
	if string(r.body) != string(committed(t)) ||
		r.header.Get("Content-Type") != "application/openapi+json" {
		t.Errorf("served %d bytes as %q", len(r.body), r.header.Get("Content-Type"))
	}
}
