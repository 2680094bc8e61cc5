// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
)

var complaintLink = regexp.MustCompile(`href="(/complaints/cmp_[^"]*)"`)

// restricted has a post restricted by a person, and waits until its author was told.
func (w *world) restricted(decider *person, post string) flow.DecisionView {
	w.t.Helper()
	w.upload(post, string(tocsin.DigestOf([]byte(post))), kettlePicture)
	path := decider.take()
	a := decider.post(path+"/restrict", doing(decider.finding(path+"/restrict"), "confirm"))
	if !strings.HasPrefix(a.path, "/decisions/dec_") {
		w.t.Fatalf("decide: %d at %s: %s", a.status, a.path, words(a.body))
	}
	w.shows(http.StatusGone, post)
	var d flow.DecisionView
	eventually(w.t, "the author was told", func() (told bool) {
		var err error
		d, err = w.nodes[host].flow.Decision(w.t.Context(), watcher, tocsin.RecordID(strings.TrimPrefix(a.path, "/decisions/")))
		check(w.t, err)
		return d.InformedAt != nil
	})
	return d
}

// statementPage is where its author reads why, and complains.
func (w *world) statementPage(d flow.DecisionView) string {
	return "/complain/" + w.nodes[host].flow.StatementToken(d.ID, d.Items[0].Restriction)
}

// complained restricts posts, has the author of each complain, and gives the pages of the complaints.
func (w *world) complained(posts ...string) (links []string) {
	w.t.Helper()
	decider := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	author := w.visitor(host, "en")
	for _, post := range posts {
		sent := author.do("POST", w.statementPage(w.restricted(decider, post)), url.Values{
			"key": {tocsin.NewToken("key")}, "complaint.reasons": {"The kettle stands beside the bridge, and not on it."}})
		if sent.status != http.StatusOK {
			w.t.Fatalf("complain: %d %s", sent.status, words(sent.body))
		}
	}
	handler := w.enrolled(host, "Second Look", tocsin.DutyComplaintHandler)
	for _, found := range complaintLink.FindAllStringSubmatch(handler.get("/complaints").body, -1) {
		links = append(links, found[1])
	}
	if len(links) != len(posts) {
		w.t.Fatalf("%d complaints are listed: %s", len(links), words(handler.get("/complaints").body))
	}
	return links
}

// TestComplaintIsTakenLookedAtAndAnswered goes through both answers as a handler does, page by page, without script.
func TestComplaintIsTakenLookedAtAndAnswered(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	links := w.complained("1", "2")
	handler := w.enrolled(host, "Another Look", tocsin.DutyComplaintHandler)
	reasons := url.Values{"answer.reasons": {"The picture shows a kettle beside a bridge, which the terms allow."}}
	first, second := links[0], links[1]
	if a := handler.post(first+"/take", nil); a.path != first || !strings.Contains(a.body, "beside the bridge, and not on it") {
		t.Fatalf("take: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := handler.post(first+"/uphold", url.Values{"do": {"confirm"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("upheld without reasons: %d %s", a.status, words(a.body))
	}
	a := handler.post(first+"/uphold", doing(reasons, "review"))
	if a.status != http.StatusOK || !strings.Contains(a.body, "which the terms allow") || !strings.Contains(a.body, `value="confirm"`) {
		t.Errorf("it is not shown once more: %d %s", a.status, words(a.body))
	}
	shown := []string{w.boardPost("1"), w.boardPost("2")}
	for range 2 { // one press, sent twice
		a = handler.post(first+"/uphold", doing(reasons, "confirm"))
		if a.status != http.StatusOK || a.path != first {
			t.Fatalf("uphold: %d at %s: %s", a.status, a.path, words(a.body))
		}
	}
	eventually(t, "one of the two is back, and the other not", func() bool {
		now := []string{w.boardPost("1"), w.boardPost("2")}
		return (now[0] != shown[0]) != (now[1] != shown[1])
	})
	a = handler.post(second+"/reject", doing(url.Values{"answer.reasons": {"It does stand on the bridge, as the shadow shows."}}, "confirm"))
	if a.status != http.StatusOK || a.path != second || !strings.Contains(a.body, "as the shadow shows") {
		t.Fatalf("reject: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if !strings.Contains(a.body, `action="`+second+`/take_back"`) {
		t.Errorf("nothing offers to take it back: %s", words(a.body))
	}
	for link, want := range map[string]tocsin.ComplaintState{first: tocsin.ComplaintUpheld, second: tocsin.ComplaintRejected} {
		c, err := w.nodes[host].flow.Complaint(t.Context(), watcherOfComplaints, tocsin.RecordID(strings.TrimPrefix(link, "/complaints/")))
		check(t, err)
		if c.Status != want {
			t.Errorf("%s is %s, want %s", link, c.Status, want)
		}
	}
	if a := handler.get("/complaints"); complaintLink.MatchString(a.body) {
		t.Errorf("answered ones still wait: %s", words(a.body))
	}
	// Both answers are taken back: one after a look at what that does, one by the press that came with it.
	if a := handler.get(first + "/take_back"); !strings.Contains(a.body, "restricted again at once") {
		t.Errorf("what comes back is not said: %d %s", a.status, words(a.body))
	}
	for _, link := range links {
		if a := handler.post(link+"/take_back", nil); a.path != link || !strings.Contains(a.body, "The answer is taken back") {
			t.Fatalf("take back: %d at %s: %s", a.status, a.path, words(a.body))
		}
		c, err := w.nodes[host].flow.Complaint(t.Context(), watcherOfComplaints, tocsin.RecordID(strings.TrimPrefix(link, "/complaints/")))
		check(t, err)
		if a := w.visitor(host, "en").do("GET", w.statementPage(c.Against), nil); !strings.Contains(a.body, "Somebody looks at your complaint again") {
			t.Errorf("the author does not read it: %s", words(a.body))
		}
	}
	w.shows(http.StatusGone, "1", "2")
}

// watcherOfComplaints reads what handlers decide.
var watcherOfComplaints = flow.Actor{ID: watcher.ID, Duties: []tocsin.Duty{tocsin.DutySeniorModerator}, Passkey: true}

// boardPost says how the board answers for a post.
func (w *world) boardPost(post string) string { return http.StatusText(w.boardStatus("/post/" + post)) }

// TestDeciderIsToldWhyTheComplaintIsNotHers gives her both duties.
func TestDeciderIsToldWhyTheComplaintIsNotHers(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	w.upload("1", kettleBytes, kettlePicture)
	both := w.enrolled(host, "Alone", tocsin.DutyModerator, tocsin.DutyComplaintHandler)
	path := both.take()
	a := both.post(path+"/restrict", doing(both.finding(path+"/restrict"), "confirm"))
	f := w.nodes[host].flow
	d, err := f.Decision(t.Context(), watcher, tocsin.RecordID(strings.TrimPrefix(a.path, "/decisions/")))
	check(t, err)
	w.shows(http.StatusGone, "1")
	_, err = f.Complain(t.Context(), f.StatementToken(d.ID, d.Items[0].Restriction), "press",
		tocsin.ComplaintForm{Reasons: "The kettle stands beside the bridge.", Language: "en"})
	check(t, err)
	link := complaintLink.FindStringSubmatch(both.get("/complaints").body)
	if link == nil {
		t.Fatalf("no complaint: %s", words(both.get("/complaints").body))
	}
	if a := both.get(link[1]); !strings.Contains(a.body, "you had a hand") {
		t.Errorf("the page does not say why: %s", words(a.body))
	}
	for _, step := range []string{"take", "uphold", "reject"} {
		form := doing(url.Values{"answer.reasons": {"I was right, as always."}}, "confirm")
		if a := both.post(link[1]+"/"+step, form); a.status != http.StatusForbidden {
			t.Errorf("%s by the decider: %d %s", step, a.status, words(a.body))
		}
	}
}
