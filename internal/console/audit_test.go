// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// codeOfEvent is an event that no page has words for.
var codeOfEvent = regexp.MustCompile(`<th scope="row">\s*[a-z_]+\.[a-z_]+`)

func TestAuditShowsWhatHappenedAndNothingThatWasWritten(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{KeepHashesFor: 24 * time.Hour, ReviewShare: 100})
	held := o.records()
	reviewer := o.enrolled(host, "Second Reader", tocsin.DutyReviewer)
	boss := o.enrolled(host, "Node Keeper", tocsin.DutyAdministrator)
	everything := ""
	for at := "/audit"; at != ""; {
		a := reviewer.get(at)
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d", at, a.status)
		}
		everything += a.body
		if code := codeOfEvent.FindString(a.body); code != "" {
			t.Errorf("an event without words: %s", code)
		}
		at = next(a.body)
	}
	for _, want := range []string{"Decided", "Complaint", "A new directory", "The rules changed", "/decisions/" +
		held[tocsin.KindDecision].id, "/cases/" + held[tocsin.KindCase].id, "The latest events follow one from the other",
		"The log gives the root that was published"} {
		if !strings.Contains(everything, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, no := range []string{"bolts", "neighbour", "Moderator", "Node Keeper", "board.example", o.board.URL} {
		if strings.Contains(written(everything), no) {
			t.Errorf("the journal shows %q", no)
		}
	}
	a := boss.get("/audit?kind=case")
	if !strings.Contains(a.body, "Case opened") || strings.Contains(a.body, `href="/cases/`) || strings.Contains(a.body, "Complaint received") {
		t.Errorf("an administrator opens no case, and asked for nothing else: %s", words(a.body))
	}
	if a := o.moderator.get("/audit"); a.status != http.StatusForbidden {
		t.Errorf("a moderator: %d", a.status)
	}
}

// next is the way to the page before it in time.
func next(body string) string {
	_, after, found := strings.Cut(body, `rel="next" href="`)
	if !found {
		return ""
	}
	address, _, _ := strings.Cut(after, `"`)
	return strings.ReplaceAll(address, "&amp;", "&")
}

func TestNobodyAsksTheJournalForAPerson(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	moderator := w.enrolled(host, "Moderator", tocsin.DutyModerator)
	reviewer := w.enrolled(host, "Reviewer", tocsin.DutyReviewer)
	w.upload("1", kettleBytes, kettlePicture)
	path := moderator.take()
	if a := moderator.post(path+"/skip", nil); a.status != http.StatusOK {
		t.Fatalf("skip: %d", a.status)
	}
	who, err := w.nodes[host].flow.ByCredential(t.Context(), moderator.key.ID)
	check(t, err)
	all := reviewer.get("/audit").body
	for _, name := range []string{"actor", "person", "who", "by", "id", "record", "q"} {
		query := url.Values{name: {string(who.ID)}}.Encode()
		if a := reviewer.get("/audit?" + query); rows(a.body) != rows(all) {
			t.Errorf("?%s changes what is shown: %d lines, and %d", name, rows(a.body), rows(all))
		}
	}
	if strings.Contains(all, `name="actor"`) || strings.Contains(all, "/audit?actor") {
		t.Error("the page offers to ask for a person")
	}
	// What she would rather not have stands there without whose it is.
	for _, line := range strings.Split(all, "<tr") {
		if strings.Contains(line, "Passed on") && (strings.Contains(line, string(who.ID)) || !strings.Contains(line, "not named here")) {
			t.Errorf("the journal tells who passed on what: %s", words(line))
		}
		if strings.Contains(line, "Claimed") && !strings.Contains(line, string(who.ID)) {
			t.Errorf("whoever claimed has no pseudonym: %s", words(line))
		}
	}
}

func rows(body string) int { return strings.Count(body, "<tr data-row") }

func TestAuditIsAskedByKindAndDay(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	reviewer := w.enrolled(host, "Reviewer", tocsin.DutyReviewer)
	w.upload("1", kettleBytes, kettlePicture)
	today := w.clock.Now().UTC()
	day := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
	for query, want := range map[string]string{
		"kind=case":                  "Case opened",
		"kind=bank":                  "Opened",
		"kind=complaint":             "Nothing of this kind happened",
		"since=" + day(2):            "Nothing of this kind happened",
		"until=" + day(-3):           "Nothing of this kind happened",
		"until=" + day(0):            "Case opened", // the whole day
		"since=2030-02-31":           "One of these days is none",
		"kind=nonsense":              "Case opened", // as if nobody had asked
		"kind=case&since=" + day(-2): "Case opened",
	} {
		a := reviewer.get("/audit?" + query)
		if a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d, no %q: %s", query, a.status, want, words(a.body))
		}
	}
	if a := reviewer.get("/audit?before=-1"); a.status != unprocessable {
		t.Errorf("a place that is none: %d", a.status)
	}
	if a := reviewer.get("/audit?before=3"); rows(a.body) != 2 || !strings.Contains(a.body, "The latest") {
		t.Errorf("before the third: %d lines", rows(a.body))
	}
}
