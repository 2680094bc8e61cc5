// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"tocsin"
	"tocsin/internal/locale"
)

// TestEveryCodeHasWords reads the codes out of the domain, so that a new one cannot reach a page as a code.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.New()
	check(t, err)
	codes := []struct{ declared, prefix string }{
		{`EventKind\s+= "([a-z_.]+)"`, "console.event."},
		{`Reason\s+= "([a-z_]+)"`, "console.reason."},
		{`Finding\s+= "([a-z_]+)"`, "console.finding."},
		{`Ground\s+= "([a-z_]+)"`, "console.ground."},
		{`Duty\s+= "([a-z_]+)"`, "console.duty."},
		{`Exemption\s+= "([a-z_]+)"`, "console.exemption."},
		{`IssuedState\s+= "([a-z_]+)"`, "console.state.issued_order."},
		{`IssuedState\s+= "([a-z_]+)"`, "console.means.issued_order."},
		{`ReceivedState\s+= "([a-z_]+)"`, "console.state.received_order."},
		{`ReceivedState\s+= "([a-z_]+)"`, "console.means.received_order."},
		{`CopyState\s+= "([a-z_]+)"`, "console.state.order_copy."},
		{`Code\s+= "([a-z_]+)"`, "console.error."},
		{`Code\s+= "([a-z_]+)"`, "console.advice."},
	}
	source := domain(t)
	for _, c := range codes {
		found := regexp.MustCompile(c.declared).FindAllStringSubmatch(source, -1)
		if len(found) == 0 {
			t.Errorf("no code matches %s", c.declared)
		}
		for _, code := range found {
			for _, language := range catalogues.Languages() {
				id := c.prefix + code[1]
				if catalogues.Localizer(language.String(), "").T(id) == "["+id+"]" {
					t.Errorf("no words for %s in %s", id, language)
				}
			}
		}
	}
}

// domain is the text of the root package.
func domain(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("../../*.go")
	check(t, err)
	var all strings.Builder
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		check(t, err)
		all.Write(text)
	}
	return all.String()
}

// TestEveryLanguageIsComplete demands that the console has three languages and that none lacks a message.
func TestEveryLanguageIsComplete(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.New()
	check(t, err)
	var tags []string
	for _, tag := range catalogues.Languages() {
		tags = append(tags, tag.String())
	}
	slices.Sort(tags)
	if want := []string{"ar", "en", "fr"}; !slices.Equal(tags, want) {
		t.Fatalf("the console speaks %v, not %v", tags, want)
	}
	names, err := filepath.Glob("../locale/catalogues/*.en.json")
	check(t, err)
	for _, name := range names {
		area := strings.TrimSuffix(filepath.Base(name), ".en.json")
		english := messagesOf(t, area, "en")
		for _, tag := range tags {
			for id := range english {
				if _, there := messagesOf(t, area, tag)[id]; !there {
					t.Errorf("%s.%s.json lacks %s", area, tag, id)
				}
			}
		}
	}
}

// messagesOf reads one file of messages, once.
func messagesOf(t *testing.T, area, language string) map[string]any {
	t.Helper()
	name := "../locale/catalogues/" + area + "." + language + ".json"
	if read, done := catalogueFiles.Load(name); done {
		return read.(map[string]any)
	}
	text, err := os.ReadFile(name)
	check(t, err)
	messages := map[string]any{}
	check(t, json.Unmarshal(text, &messages))
	catalogueFiles.Store(name, messages)
	return messages
}

var catalogueFiles sync.Map

// translations are the other languages, with what a page of each says.
var translations = []struct {
	language, root, says string
	pages                map[string]string // page → words on it; "" is the page of an order
}{
	{"fr", `<html lang="fr" dir="ltr">`, "Recommencez", map[string]string{
		"/orders": "Injonctions", "/orders/new": "Nouvelle injonction de retrait", "": "Exposé des motifs",
		"/edit": "Modifier le projet", "/abandon": "Ce qui va se passer", "/search": "Recherche", "/people": "Personnes",
		"/jobs": "Envois", "/audit": "Ce qui s’est passé", "/nowhere": "Introuvable"}},
	{"ar", `<html lang="ar" dir="rtl">`, "ابدأ من جديد", map[string]string{
		"/orders": "الأوامر", "/orders/new": "أمر إزالة جديد", "": "بيان الأسباب", "/edit": "تعديل المسودة",
		"/abandon": "ما سيحدث", "/search": "البحث", "/people": "الأشخاص", "/jobs": "عمليات التسليم", "/audit": "السجل الزمني",
		"/nowhere": "غير موجود"}},
}

func TestConsoleSpeaksEveryLanguageThroughout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Agent Un", tocsin.Duties()...)
	order := p.draft(gardenForm("REF-1", "https://board.example/post/1"))
	for _, in := range translations {
		if a := p.post("/language", url.Values{"language": {in.language}, "to": {order}}); a.path != order {
			t.Fatalf("at %s", a.path)
		}
		if a := p.post("/language", url.Values{"language": {"xx"}, "to": {"/"}}); a.status != unprocessable {
			t.Errorf("an unknown language: %d", a.status)
		}
		for path, want := range in.pages {
			if path == "" || path == "/edit" || path == "/abandon" {
				path = order + path
			}
			a := p.get(path)
			if !strings.Contains(a.body, want) || !strings.Contains(a.body, in.root) ||
				a.header.Get("Content-Language") != in.language {
				t.Errorf("%s: no %q: %s", path, want, words(a.body))
			}
			if english := leftover.FindString(written(a.body)); english != "" {
				t.Errorf("%s in %s: %q is left in English", path, in.language, english)
			}
		}
		if a := p.call(order+"/sign/finish", map[string]any{}); !strings.Contains(a.body, in.says) {
			t.Errorf("a script is answered %s", a.body)
		}
	}
}

// leftover are words that only English pages have.
var leftover = regexp.MustCompile(`\b(?:the|The|your|Your|this|This|Sign out|with|optional|of)\b`)

// foreign is what stands on a page in whatever language somebody wrote it.
var foreign = regexp.MustCompile(`(?s)<(bdi|code|pre|textarea|option|button class="plain" name="language")\b.*?</(?:bdi|code|pre|textarea|option|button)>`)

// written is what the console itself says on a page.
func written(body string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(foreign.ReplaceAllString(body, " "), " ")), " ")
}

func TestLanguageOfTheBrowserIsTakenUntilChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.person(authority)
	req := p.request("GET", "/sign-in", nil)
	req.Header.Set("Accept-Language", "fr-CA, en;q=0.5")
	if a := p.do(req); !strings.Contains(a.body, "Se connecter") {
		t.Error("not in French")
	}
	p.post("/language", url.Values{"language": {"en"}, "to": {"/sign-in"}})
	req = p.request("GET", "/sign-in", nil)
	req.Header.Set("Accept-Language", "fr")
	if a := p.do(req); !strings.Contains(a.body, "A passkey signs you in") {
		t.Error("not in English")
	}
}
