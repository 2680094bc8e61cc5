// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/locale"
)

// TestEveryCodeHasWords reads the codes out of the domain, so that a new one cannot reach a page as a code.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.New()
	check(t, err)
	english := catalogues.Localizer("en", "")
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
			if id := c.prefix + code[1]; english.T(id) == "["+id+"]" && !elsewhere[code[1]] {
				t.Errorf("no words for %s", id)
			}
		}
	}
}

// elsewhere are events of records that have no history on a page.
var elsewhere = map[string]bool{
	"contact.informed": true, "contact.received": true, "directory.imported": true, "log.shard_opened": true,
	"person.invited": true, "person.enrolled": true, "person.suspended": true,
	"bank.opened": true, "bank.changed": true, "bank.closed": true,
	"batch.imported": true, "batch.withdrawn": true, "batch.expired": true,
	"signal.added": true, "signal.touched": true, "signal.vouched": true, "signal.disabled": true,
	"signal.enabled": true, "signal.quarantined": true, "signal.released": true, "signal.retracted": true,
	"signal.expired": true, "voucher.withdrawn": true, "opinion.given": true, "opinion.retracted": true,
	"case.opened": true, "case.matched": true,
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

func TestConsoleSpeaksFrenchThroughout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Agent Un", tocsin.Duties()...)
	order := p.draft(gardenForm("REF-1", "https://board.example/post/1"))
	if a := p.post("/language", url.Values{"language": {"fr"}, "to": {order}}); a.path != order {
		t.Fatalf("at %s", a.path)
	}
	if a := p.post("/language", url.Values{"language": {"xx"}, "to": {"/"}}); a.status != unprocessable {
		t.Errorf("an unknown language: %d", a.status)
	}
	for path, want := range map[string]string{
		"/orders": "Injonctions", "/orders/new": "Nouvelle injonction de retrait", order: "Exposé des motifs", order + "/edit": "Modifier le projet",
		order + "/abandon": "Ce qui va se passer", "/search": "Recherche", "/people": "Personnes", "/jobs": "Envois", "/nowhere": "Introuvable",
	} {
		a := p.get(path)
		if !strings.Contains(a.body, want) || !strings.Contains(a.body, `<html lang="fr" dir="ltr">`) ||
			a.header.Get("Content-Language") != "fr" {
			t.Errorf("%s: no %q: %s", path, want, words(a.body))
		}
		if english := leftover.FindString(words(a.body)); english != "" {
			t.Errorf("%s: %q is left in English", path, english)
		}
	}
	if a := p.call(order+"/sign/finish", map[string]any{}); !strings.Contains(a.body, "Recommencez") {
		t.Errorf("a script is answered %s", a.body)
	}
}

// leftover are words that only English pages have.
var leftover = regexp.MustCompile(`\b(?:the|your|this|Sign out|with|optional)\b`)

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
	if a := p.do(req); !strings.Contains(a.body, "Your passkey signs you in") {
		t.Error("not in English")
	}
}
