// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// office is an authority and a host with people at work, and orders between them.
type office struct {
	*world
	officer, approver, moderator *person
}

func newOffice(t *testing.T, settings flow.Settings) *office {
	t.Helper()
	settings.Demonstration = true
	w := newWorldOf(t, settings)
	return &office{
		w,
		w.enrolled(authority, "Officer One", tocsin.DutyOfficer),
		w.enrolled(authority, "Officer Two", tocsin.DutyApprover),
		w.enrolled(host, "Night Shift", tocsin.DutyModerator),
	}
}

// send issues an order and gives its pages on both sides, once the platform has said what it names.
func (o *office) send(form url.Values) (issued, received string) {
	o.t.Helper()
	issued = o.officer.draft(form)
	for _, p := range []*person{o.officer, o.approver} {
		if a := p.sign(issued); a.status != http.StatusOK {
			o.t.Fatalf("sign: %d %s", a.status, a.body)
		}
	}
	eventually(o.t, "the order arrives at the host", func() bool {
		for _, row := range strings.Split(o.moderator.get("/orders?show=all").body, "<tr") {
			if _, rest, found := strings.Cut(row, `href="/orders/rcv_`); found &&
				strings.Contains(row, form.Get("annex_i.a.reference")) {
				received = "/orders/rcv_" + rest[:26]
			}
		}
		return received != ""
	})
	eventually(o.t, "the platform answers", func() bool {
		return strings.Contains(o.moderator.get(received).body, "The platform said what the addresses name")
	})
	return issued, received
}

func (o *office) post(p *person, path string, form url.Values) answer {
	o.t.Helper()
	a := p.post(path, form)
	if a.status != http.StatusOK || !strings.HasPrefix(path, a.path) {
		o.t.Fatalf("%s: %d at %s: %s", path, a.status, a.path, words(a.body))
	}
	return a
}

func says(p *person, path, text string) func() bool {
	return func() bool { return strings.Contains(p.get(path).body, text) }
}

func TestHostAsksAndAuthorityClarifies(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{})
	issued, received := o.send(gardenForm("REF-1", o.board.URL+"/post/1", o.board.URL+"/tag/garden"))
	page := o.moderator.get(received).body
	for _, want := range []string{"An address names a collection", "Names a collection", "answer with Annex III"} {
		if !strings.Contains(page, want) {
			t.Errorf("the host's page lacks %q", want)
		}
	}
	if a := o.moderator.post(received+"/execute", confirmed); a.status != http.StatusConflict {
		t.Errorf("executed an order for a collection: %d", a.status)
	}
	form := o.moderator.get(received + "/cannot").body
	if !strings.Contains(form, `value="insufficient_information" checked`) {
		t.Error("what the gate found is not suggested")
	}
	for field, wrong := range map[string]url.Values{
		"grounds":              {"information": {"No."}},
		"information":          {"grounds": {"force_majeure"}},
		"clarification_needed": {"grounds": {"manifest_error"}, "information": {"The second address is a list."}},
	} {
		wrong.Set("step", "confirm")
		a := o.moderator.post(received+"/cannot", wrong)
		if a.status != unprocessable || !strings.Contains(a.body, `id="`+field+`-problem"`) {
			t.Errorf("without %s: %d", field, a.status)
		}
	}
	answer := url.Values{
		"grounds":              {"insufficient_information"},
		"information":          {"The second address is a list."},
		"clarification_needed": {"Which picture of the list?"},
		"step":                 {"review"},
	}
	if a := o.moderator.post(received+"/cannot", answer); a.status != http.StatusOK ||
		!strings.Contains(a.body, "The clock stands still.") {
		t.Fatalf("review: %d %s", a.status, words(a.body))
	}
	answer.Set("step", "confirm")
	o.post(o.moderator, received+"/cannot", answer)

	eventually(t, "the authority reads Annex III", says(o.officer, issued, "Which picture of the list?"))
	if page := o.officer.get(issued).body; !strings.Contains(page, "Clarification asked") ||
		!strings.Contains(page, "Night Shift") {
		t.Error("the authority is not told who asks what")
	}
	o.post(
		o.officer,
		issued+"/clarify",
		confirmedWith("Only the first address is meant."),
	)
	eventually(t, "the hour runs again", says(o.moderator, received, "Only the first address is meant."))
	eventually(t, "the authority sees it run", says(o.officer, issued, "A full new hour started"))
}

func TestForceMajeureCeasesAndAFullHourStarts(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{})
	issued, received := o.send(gardenForm("REF-1", o.board.URL+"/post/1"))
	o.clock.jump(20 * time.Minute)
	o.post(
		o.moderator,
		received+"/cannot",
		url.Values{"grounds": {"force_majeure"}, "information": {"The power is out."}, "step": {"confirm"}},
	)
	page := o.moderator.get(received).body
	if strings.Contains(page, "data-clock") || !strings.Contains(page, "The ground has ceased") {
		t.Error("the clock still runs, or nothing can be done")
	}
	eventually(t, "the authority knows", says(o.officer, issued, "The power is out."))
	o.post(o.moderator, received+"/ceased", confirmed)
	if page := o.moderator.get(received).body; !strings.Contains(page, "59 minutes left") &&
		!strings.Contains(page, "1 hour left") {
		t.Error("not a full hour")
	}
	eventually(t, "the authority sees it run", says(o.officer, issued, "The hour runs"))
}

func TestGagIsSaidOnEveryPageOfIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{})
	form := gardenForm("REF-1", o.board.URL+"/post/4")
	now := o.clock.Now()
	gag(now.Format("2006-01-02T15:04"), now.Add(7*24*time.Hour).Format("2006-01-02T15:04"))(form)
	issued, received := o.send(form)
	if page := o.moderator.get(received).body; !strings.Contains(page, "Say nothing to the content provider") {
		t.Error("no banner")
	}
	if page := o.moderator.get(received + "/execute").body; !strings.Contains(
		page,
		"The author is not told before the non-disclosure ends.",
	) {
		t.Error("the effects do not tell of the silence")
	}
	o.post(o.moderator, received+"/execute", confirmedWith("Done at night."))
	eventually(t, "it is carried out", says(o.moderator, received, "The platform confirmed the measure"))
	page := o.moderator.get(received).body
	if !strings.Contains(page, "Done at night.") {
		t.Error("the note is gone")
	}
	_, rest, _ := strings.Cut(page, `href="/items/`)
	item := "/items/" + rest[:30]
	if page := o.moderator.get(item).body; !strings.Contains(page, "Shown without its reasons") ||
		!strings.Contains(page, "restricted") {
		t.Error("the item's page does not tell of the silence")
	}
	if page := o.officer.get(issued).body; !strings.Contains(page, "Non-disclosure until") {
		t.Error("the authority does not see the end of the gag")
	}
	reader := o.enrolled(supervisor, "Scrutiny", tocsin.DutyReviewer)
	list := reader.get("/orders").body
	_, rest, found := strings.Cut(list, `href="/copies/`)
	if !found {
		t.Fatalf("no copy: %s", words(list))
	}
	copied := reader.get("/copies/" + rest[:30]).body
	for _, want := range []string{"72 hours run", "Say nothing to the content provider", "Garden board", "REF-1"} {
		if !strings.Contains(copied, want) {
			t.Errorf("the copy's page lacks %q", want)
		}
	}
}

func TestAutomaticExecutionIsRatified(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{Automatic: flow.Automatic{Enabled: true, MaxPerHour: 10}})
	_, received := o.send(gardenForm("REF-1", o.board.URL+"/post/1"))
	eventually(t, "it is carried out", says(o.moderator, received, "The platform confirmed the measure"))
	if list := o.moderator.get("/orders").body; !strings.Contains(list, "REF-1") ||
		!strings.Contains(list, "23 hours 59 minutes left") {
		t.Errorf("what waits for ratification is not open: %s", words(list))
	}
	if page := o.moderator.get(received).body; !strings.Contains(page, "A person must ratify it.") {
		t.Error("nobody is asked to ratify")
	}
	o.post(o.moderator, received+"/ratify", confirmed)
	if page := o.moderator.get(received).body; strings.Contains(page, "A person must ratify it.") ||
		!strings.Contains(page, "Automatic execution ratified") {
		t.Error("not ratified")
	}
}

func TestOrderInDoubtIsUpheldOrDismissed(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{})
	_, first := o.send(gardenForm("REF-1", o.board.URL+"/post/1"))
	_, second := o.send(gardenForm("REF-2", o.board.URL+"/post/2"))
	o.post(o.moderator, second+"/execute", confirmed)
	eventually(t, "it is carried out", says(o.moderator, second, "The platform confirmed the measure"))
	compromise(o.world)
	for _, order := range []string{first, second} {
		page := o.moderator.get(order).body
		if !strings.Contains(page, "In doubt") || !strings.Contains(page, "The key is known to be compromised.") {
			t.Errorf("not in doubt: %s", words(page))
		}
	}
	if a := o.moderator.post(first+"/uphold", confirmedWith(" ")); a.status != unprocessable {
		t.Errorf("without saying how: %d", a.status)
	}
	o.post(
		o.moderator,
		first+"/uphold",
		confirmedWith("Called the number of the directory."),
	)
	if page := o.moderator.get(first).body; !strings.Contains(page, "Waits for your answer") ||
		!strings.Contains(page, "Called the number") {
		t.Error("not upheld")
	}
	o.post(o.moderator, second+"/dismiss", confirmedWith("They never sent it."))
	if page := o.moderator.get(second).body; !strings.Contains(page, "Dismissed") {
		t.Error("not dismissed")
	}
	eventually(t, "the picture is back", func() bool { return o.boardStatus("/post/2") == http.StatusOK })
}

// compromise says in a new edition of the directory that the authority's keys have long been in other hands.
func compromise(w *world) {
	w.t.Helper()
	next := w.directory
	next.Serial++
	next.Parties = append([]tocsin.Party(nil), next.Parties...)
	since := w.clock.Now().Add(-24 * time.Hour)
	next.Parties[0].Keys = append([]tocsin.Key(nil), next.Parties[0].Keys...)
	for i := range next.Parties[0].Keys {
		next.Parties[0].Keys[i].RevokedAt, next.Parties[0].Keys[i].CompromisedSince = &since, &since
	}
	w.publish(next)
}

func TestLateOrderStandsFirst(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{})
	o.send(gardenForm("REF-LATE", o.board.URL+"/post/1"))
	o.clock.jump(time.Hour + time.Minute)
	for _, p := range []*person{o.officer, o.approver, o.moderator} {
		p.signIn()
	}
	o.send(gardenForm("REF-SOON", o.board.URL+"/post/2"))
	var list string
	eventually(t, "the hour has passed", func() bool {
		list = o.moderator.get("/orders").body
		return strings.Contains(list, "overdue by")
	})
	if late, soon := strings.Index(list, "REF-LATE"), strings.Index(list, "REF-SOON"); late < 0 || late > soon {
		t.Errorf("late at %d, due at %d", late, soon)
	}
	eventually(t, "the authority sees it overdue", says(o.officer, "/orders?show=todo", "REF-LATE"))
}

func TestSearchFindsByReferenceAndAddressAndLeavesNoTrace(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{})
	seen := strings.Repeat("0a", 32)
	form := gardenForm("REF-1", o.board.URL+"/post/1")
	form.Set("annex_i.b.addresses.seen_sha256", seen)
	o.send(form)
	for _, words := range []string{"ref-1", "post 1", seen} {
		a := o.officer.post("/search", url.Values{"q": {words}})
		if a.status != http.StatusOK || a.path != "/search" || !strings.Contains(a.body, `href="/orders/ord_`) {
			t.Errorf("%q: %d at %s", words, a.status, a.path)
		}
	}
	if a := o.moderator.post("/search", url.Values{"q": {"REF-1"}}); !strings.Contains(
		a.body,
		`href="/orders/rcv_`,
	) {
		t.Error("the host does not find it")
	}
	if a := o.moderator.post("/search", url.Values{"q": {"post 1"}}); !strings.Contains(
		a.body,
		`href="/items/itm_`,
	) {
		t.Error("the host does not find the item")
	}
	for show, found := range map[string]bool{"open": true, "done": false, "": true} {
		a := o.officer.post("/search", url.Values{"q": {"REF-1"}, "show": {show}})
		if strings.Contains(a.body, `href="/orders/ord_`) != found {
			t.Errorf("of the state %q: found is not %v", show, found)
		}
	}
	if a := o.officer.post("/search", url.Values{"q": {"nowhere"}}); !strings.Contains(
		a.body,
		"Nothing was found",
	) {
		t.Error("found something")
	}
	if a := o.officer.post("/search", url.Values{"q": {" . "}}); a.status != unprocessable {
		t.Errorf("no words: %d", a.status)
	}
}

func TestJobsAreForTheAdministrator(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{})
	o.send(gardenForm("REF-1", o.board.URL+"/post/1"))
	administrator := o.enrolled(authority, "Operator", tocsin.DutyAdministrator)
	eventually(t, "the order was delivered", says(administrator, "/jobs?show=done", "Deliver a document"))
	if page := administrator.get("/jobs?show=done").body; strings.Contains(page, "post/1") ||
		strings.Contains(page, "REF-1") {
		t.Error("a job tells of the content")
	}
	for path, want := range map[string]int{"/jobs/999999/rerun": http.StatusNotFound, "/jobs/x/rerun": http.StatusNotFound} {
		if a := administrator.post(path, nil); a.status != want {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := o.officer.get("/jobs"); a.status != http.StatusForbidden {
		t.Errorf("an officer: %d", a.status)
	}
	if a := o.officer.post("/jobs/1/rerun", nil); a.status != http.StatusForbidden {
		t.Errorf("an officer: %d", a.status)
	}
}
