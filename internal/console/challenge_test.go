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
)

var challengeLink = regexp.MustCompile(`href="(/challenges/chl_[^"]*)"`)

func objection(text string) url.Values {
	return url.Values{"key": {tocsin.NewToken("key")}, "contested.text": {text}, "contested.reasons": {"It is a soup."}}
}

// TestReadingIsContestedWithoutAnAccountAndAnsweredByAPerson goes from the public form to both answers, without script.
func TestReadingIsContestedWithoutAnAccountAndAnsweredByAPerson(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	handler := w.enrolled(host, "Second Look", tocsin.DutyComplaintHandler)
	w.calling()
	v := w.visitor(host, "fr")
	form := v.do("GET", "/reading/new", nil)
	if form.status != http.StatusOK || len(form.header.Values("Set-Cookie")) > 0 {
		t.Fatalf("%d, cookies %v", form.status, form.header.Values("Set-Cookie"))
	}
	if english := leftover.FindString(words(form.body)); english != "" {
		t.Errorf("%q is left in English", english)
	}
	if lacking := v.do("POST", "/reading/new", objection(" ")); lacking.status != unprocessable ||
		!strings.Contains(lacking.body, `href="#contested.text"`) || !strings.Contains(lacking.body, "It is a soup.") {
		t.Errorf("without a text: %d %s", lacking.status, words(lacking.body))
	}
	for field, text := range map[string]string{"contested.reasons": "", "contested.entry": strings.Repeat("k", 200)} {
		wrong := objection("our kettle")
		wrong.Set(field, text)
		if a := v.do("POST", "/reading/new", wrong); a.status != unprocessable || !strings.Contains(a.body, `href="#`+field+`"`) {
			t.Errorf("%s: %d %s", field, a.status, words(a.body))
		}
	}
	sent := v.do("POST", "/reading/new", objection("our Zorvian\u202e soup"))
	second := v.do("POST", "/reading/new", objection("a kettle"))
	if !strings.HasPrefix(sent.path, "/reading/cst_") || !strings.HasPrefix(second.path, "/reading/cst_") {
		t.Fatalf("sent: %d at %s", sent.status, sent.path)
	}
	if strings.Contains(sent.body, "\u202e") {
		t.Error("the page turns with what was written")
	}
	links := challengeLink.FindAllStringSubmatch(handler.get("/challenges").body, -1)
	if len(links) != 2 {
		t.Fatalf("%d challenges are listed", len(links))
	}
	if home := handler.get("/").body; len(challengeLink.FindAllString(home, -1)) != 2 || !strings.Contains(home, `id="figures-challenge"`) {
		t.Errorf("the first page does not lead to both challenges, or does not count them: %s", words(home))
	}
	eventually(t, "she is called, and led to it", func() bool {
		called := alertLink.FindStringSubmatch(handler.get("/alerts").body)
		return called != nil && challengeLink.MatchString(handler.get(called[1]).body)
	})
	for _, link := range links {
		w.answer(handler, link[1])
	}
	for path, want := range map[string]string{sent.path: "ne sont plus lus", second.path: "restent lus"} {
		if s := v.do("GET", path, nil); !strings.Contains(s.body, want) || !strings.Contains(s.body, "Said in public.") {
			t.Errorf("the page does not say %q: %s", want, words(s.body))
		}
	}
	if gone := v.do("GET", "/reading/cst_aaaaaaaaaaaaaaaaaaaaaaaaaa", nil); gone.status != http.StatusNotFound {
		t.Errorf("another's token: %d", gone.status)
	}
}

// answer upholds a challenge where an entry is read, and rejects it where none is.
func (w *world) answer(handler *person, link string) {
	w.t.Helper()
	answer, form := "/reject", url.Values{"challenge.reasons": {"Said in public."}}
	if page := handler.get(link).body; strings.Contains(page, "lex:zorvian") {
		answer, form = "/uphold", url.Values{"challenge.reasons": {"Said in public."}, "challenge.entry": {"lex:zorvian@1"}}
	}
	if open := handler.get(link + answer); open.status != http.StatusOK {
		w.t.Fatalf("open %s: %d", answer, open.status)
	}
	if look := handler.post(link+answer, doing(form, "review")); look.status != http.StatusOK {
		w.t.Fatalf("%s: %d %s", answer, look.status, words(look.body))
	}
	if done := handler.post(link+answer, doing(form, "confirm")); done.path != link {
		w.t.Fatalf("%s: %d at %s: %s", answer, done.status, done.path, words(done.body))
	}
}
