// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/match"
)

func TestQueueTellsWhatIsDueAndNothingOfTheContent(t *testing.T) {
	t.Parallel()
	w := newDesk(t, func(s *flow.Settings) {
		s.Periods = tocsin.EUPeriods()
		s.Periods.CaseMatched = 10 * time.Minute
	})
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	a := p.get("/cases")
	if a.status != http.StatusOK || !strings.Contains(a.body, "No case waits.") ||
		!strings.Contains(a.body, "matches a signal of a bank, or when somebody gives notice") {
		t.Errorf("an empty queue: %d %s", a.status, words(a.body))
	}
	if a := p.post("/cases/next", nil); a.path != "/cases" || !strings.Contains(a.body, "Nothing waits for you now.") {
		t.Errorf("the next of none: %s %s", a.path, words(a.body))
	}
	w.upload("1", kettleBytes, kettlePicture)
	a = p.get("/cases")
	_, lines, _ := strings.Cut(a.body, `class="sieve"`) // which names every bank, and no case by it
	_, lines, _ = strings.Cut(lines, "</form>")
	for _, secret := range []string{"/post/1", "KETTLES", kettlePicture, kettleBytes, "<img", "<video"} {
		if lines == "" || strings.Contains(lines, secret) {
			t.Errorf("the queue shows %q", secret)
		}
	}
	if !strings.Contains(a.body, "Waiting (1)") || !strings.Contains(a.body, "1 match") {
		t.Errorf("the queue: %s", words(a.body))
	}
	w.clock.jump(11 * time.Minute)
	check(t, w.nodes[host].flow.Scan(t.Context()))
	a = p.get("/cases?show=overdue")
	if !strings.Contains(a.body, "Overdue (1)") || !strings.Contains(a.body, `class="due over"`) {
		t.Errorf("what is overdue: %s", words(a.body))
	}
	p.take()
	if a := p.get("/cases?who=me"); !strings.Contains(a.body, "Being decided") || !strings.Contains(a.body, "Night Shift") {
		t.Errorf("what is mine: %s", words(a.body))
	}
	if a := p.get("/cases?show=closed"); !strings.Contains(a.body, "No case is in this state.") {
		t.Errorf("what is closed: %s", words(a.body))
	}
	officer := w.enrolled(host, "Analyst", tocsin.DutyAnalyst)
	if a := officer.get("/cases"); a.status != http.StatusForbidden {
		t.Errorf("an analyst reads the queue: %d", a.status)
	}
}

func TestCaseSaysWhatPointsToTheItemAndOffersWhatFlowAllows(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	w.upload("1", kettleBytes, kettlePicture)
	w.upload("2", kettleBytes, kettlePicture)
	near := w.upload("3", string(tocsin.DigestOf([]byte("another kettle"))), nearPicture)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	path := p.take()
	a := p.get(path)
	for _, want := range []string{"KETTLES", "Kettles do not stand on bridges.", "Likeness of pictures (PDQ)", "Identical",
		"Garden board", "1 other item has exactly the same bytes", "only resemble it", "hxxp://", "Your claim holds",
		`data-action="1"`, "A senior moderator or supervisor does this."} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the case does not say %q: %s", want, words(a.body))
		}
	}
	if !strings.Contains(a.body, string(near)) || strings.Contains(a.body, `href="`+w.board.URL) {
		t.Error("no way to the similar case, or a way to the content itself")
	}
	other := w.enrolled(host, "Day Shift", tocsin.DutyModerator)
	if a := other.get(path); !strings.Contains(a.body, "Night Shift works on it until") ||
		!strings.Contains(a.body, "Somebody else works on this case.") {
		t.Errorf("a case that somebody else holds: %s", words(a.body))
	}
	if a := other.post(path+"/claim", nil); a.status != http.StatusConflict {
		t.Errorf("a case that somebody else holds was taken: %d", a.status)
	}
	if a := other.get("/cases/cas_" + strings.Repeat("a", 26)); a.status != http.StatusNotFound {
		t.Errorf("a case that is none: %d", a.status)
	}
}

func TestCaseIsPassedOnNotedEscalatedAndAssigned(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	w.upload("1", kettleBytes, kettlePicture)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	senior := w.enrolled(host, "Senior", tocsin.DutySeniorModerator)
	path := p.take()
	if a := p.post(path+"/note", url.Values{"note.text": {""}}); a.status != unprocessable {
		t.Errorf("an empty note: %d", a.status)
	}
	if a := p.post(path+"/note", url.Values{"note.text": {"Ask the bridge keeper."}}); a.path != path ||
		!strings.Contains(a.body, "Notes of colleagues") || !strings.Contains(a.body, "Ask the bridge keeper.") {
		t.Errorf("a note: %s", words(a.body))
	}
	if a := p.post(path+"/extend", nil); a.path != path || !strings.Contains(a.body, "15 minutes from now") {
		t.Errorf("extend: %d at %s", a.status, a.path)
	}
	if a := p.post(path+"/skip", nil); a.path != "/cases" || !strings.Contains(a.body, "not offered to you again") {
		t.Errorf("skip: %d at %s", a.status, a.path)
	}
	if a := p.post("/cases/next", nil); a.path != "/cases" {
		t.Errorf("what was passed on is offered again: %s", a.path)
	}
	if a := p.get(path + "/assign"); a.status != http.StatusForbidden {
		t.Errorf("a moderator assigns: %d", a.status)
	}
	p.post(path+"/escalate", url.Values{"escalate.reasons": {"A rare kettle."}})
	a := senior.get(path + "/assign")
	_, rest, found := strings.Cut(a.body, `name="assign.to" value="prs_`)
	if !found || !strings.Contains(a.body, "Senior") {
		t.Fatalf("nobody to assign to: %s", words(a.body))
	}
	if a := senior.post(path+"/assign", url.Values{"assign.to": {"prs_" + rest[:26]}}); a.path != path ||
		!strings.Contains(a.body, "Escalated") || !strings.Contains(a.body, "A rare kettle.") {
		t.Errorf("assign: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := senior.post(path+"/release", nil); a.status != http.StatusConflict {
		t.Errorf("released what nobody holds: %d", a.status)
	}
}

func TestDeskSpeaksEveryLanguage(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	w.upload("1", kettleBytes, kettlePicture)
	p := w.enrolled(host, "N", tocsin.DutyModerator, tocsin.DutySeniorModerator)
	path := p.take()
	form := p.finding(path + "/restrict")
	for id := range messagesOf(t, "desk", "en") {
		for _, language := range []string{"fr", "ar"} {
			if _, there := messagesOf(t, "desk", language)[id]; !there {
				t.Errorf("desk.%s.json lacks %s", language, id)
			}
		}
	}
	for _, language := range []string{"fr", "ar"} {
		p.post("/language", url.Values{"language": {language}, "to": {"/cases"}})
		pages := map[string]string{"review": p.post(path+"/restrict", doing(form, "review")).body}
		for _, at := range []string{"/cases", "/cases?who=me", path, path + "/restrict", path + "/keep", path + "/note",
			path + "/escalate", path + "/assign"} {
			pages[at] = p.get(at).body
		}
		for at, body := range pages {
			if english := leftover.FindString(written(body)); english != "" {
				t.Errorf("%s in %s: %q is left in English: %s", at, language, english, written(body))
			}
		}
	}
	d := p.post(path+"/restrict", doing(form, "confirm"))
	if english := leftover.FindString(written(d.body)); english != "" || !strings.HasPrefix(d.path, "/decisions/") {
		t.Errorf("at %s %q is left in English: %s", d.path, english, written(d.body))
	}
}

func TestQueueGoesOnWhereAPageEnds(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	var pieces []flow.Piece
	for n := range 120 { // of items that the platform does not know
		pieces = append(pieces, flow.Piece{Item: "none-" + strconv.Itoa(n),
			Queries: []match.Query{{Type: "pdq", Value: kettlePicture}}})
	}
	_, err := w.nodes[host].flow.Screen(t.Context(), operator, flow.Screening{Assertion: flow.AssertedPublic, Pieces: pieces})
	check(t, err)
	eventually(t, "the platform knows none of them", func() bool {
		return strings.Contains(p.get("/cases").body, "Closed (120)")
	})
	first := p.get("/cases?show=closed")
	seen := map[string]bool{}
	for page := first; ; {
		for _, row := range caseRow.FindAllStringSubmatch(page.body, -1) {
			if seen[row[1]] {
				t.Errorf("%s stands on two pages", row[1])
			}
			seen[row[1]] = true
		}
		next := nextPage.FindStringSubmatch(page.body)
		if next == nil {
			break
		}
		page = p.get(html.UnescapeString(next[1]))
	}
	if len(seen) != 120 || strings.Count(first.body, "data-row") != 100 {
		t.Errorf("%d cases on all pages, %d on the first", len(seen), strings.Count(first.body, "data-row"))
	}
	if a := p.get("/cases?after=nonsense"); a.status != http.StatusOK && a.status != unprocessable {
		t.Errorf("a page after nothing: %d", a.status)
	}
}

var (
	caseRow  = regexp.MustCompile(`<th scope="row"><a href="/cases/(cas_[a-z2-7]{26})"`)
	nextPage = regexp.MustCompile(`rel="next" href="([^"]*)"`)
)

func TestWhatIsWrittenAtTheDeskStaysText(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	w.bank("HOSTILE", hostile)
	w.upload("1", kettleBytes, kettlePicture)
	p := w.enrolled(host, hostile[:40], tocsin.DutyModerator)
	path := p.take()
	p.post(path+"/note", url.Values{"note.text": {hostile}})
	form := p.finding(path + "/restrict")
	for _, field := range []string{"provision", "facts", "reasons", "exemptions.rationale"} {
		form.Set("decision."+field, hostile)
	}
	pages := []answer{p.get(path), p.post(path+"/restrict", doing(form, "change")), p.post(path+"/restrict", doing(form, "review"))}
	pages = append(pages, p.post(path+"/restrict", doing(form, "confirm")), p.get(path), p.get("/cases?show=decided"))
	for _, a := range pages {
		if a.status != http.StatusOK || strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img") {
			t.Errorf("%s: %d, or the text is markup", a.path, a.status)
		}
	}
}

func TestCaseOfANoticeTellsWhatItSaysAndNotWhoGaveIt(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	_, err := w.nodes[host].flow.SubmitPublicNotice(t.Context(), "", tocsin.NoticeForm{
		Addresses: []tocsin.Address{{URL: w.board.URL + "/post/2"}}, Name: "A neighbour", Email: "neighbour@garden.example",
		Reasons: "The picture of the bridge shows how to loosen its bolts.", GoodFaith: true, Language: "en"})
	check(t, err)
	eventually(t, "it waits", func() bool { return strings.Contains(p.get("/cases").body, "1 notice") })
	path := p.take()
	a := p.get(path)
	if !strings.Contains(a.body, "how to loosen its bolts") || strings.Contains(a.body, "neighbour") {
		t.Errorf("the notice: %s", words(a.body))
	}
	eventually(t, "the platform names it", func() bool { return strings.Contains(p.get(path).body, "hxxp://") })
	if form := p.get(path + "/keep"); !strings.Contains(form.body, `value="notice" checked`) {
		t.Errorf("how it was found is not filled in: %s", words(form.body))
	}
	a = p.post(path+"/keep", doing(p.finding(path+"/keep"), "review"))
	if !strings.Contains(a.body, "1 notice of it is answered with this.") {
		t.Errorf("the preview: %s", words(a.body))
	}
}
