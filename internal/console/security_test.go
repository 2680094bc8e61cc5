// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/console"
	"tocsin/internal/locale"
)

func TestEveryAnswerIsHeldByItsHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	for _, path := range []string{"/orders", "/sign-in", "/nowhere", "/orders/ord_aaaaaaaaaaaaaaaaaaaaaaaaaa", "/assets/x/console.css"} {
		h := p.get(path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
				"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; report-uri /blocked",
			"X-Content-Type-Options": "nosniff",
			"Referrer-Policy":        "no-referrer",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if !strings.Contains(h.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: may be stored: %q", path, h.Get("Cache-Control"))
		}
		if !strings.Contains(h.Get("Permissions-Policy"), "publickey-credentials-get=(self)") {
			t.Errorf("%s: Permissions-Policy %q", path, h.Get("Permissions-Policy"))
		}
	}
}

func TestAssetsMayBeKeptForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.person(authority)
	page := p.get("/sign-in").body
	for _, address := range regexp.MustCompile(`/assets/[^"]+`).FindAllString(page, -1) {
		a := p.get(address)
		if a.status != http.StatusOK || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %q", address, a.status, a.header.Get("Cache-Control"))
		}
	}
	script := regexp.MustCompile(`/assets/[^"]+/console\.js`).FindString(page)
	for _, name := range regexp.MustCompile(`"\./([a-z]+\.js)"`).FindAllStringSubmatch(p.get(script).body, -1) {
		if a := p.get(strings.Replace(script, "console.js", name[1], 1)); a.status != http.StatusOK {
			t.Errorf("%s is imported and not there", name[1])
		}
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	order := p.draft(gardenForm("REF-1", w.board.URL+"/post/1"))
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
		req := p.request(
			"POST",
			order+"/abandon",
			strings.NewReader(confirmedWith("Gone.").Encode()),
		)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set(header, value)
		if a := p.do(req); a.status != http.StatusForbidden || !strings.Contains(a.body, "another site") {
			t.Errorf("%s: %d", header, a.status)
		}
	}
	if page := p.get(order).body; !strings.Contains(page, "Draft") {
		t.Error("the order changed")
	}
}

func TestStrangerIsSentToTheDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.person(authority)
	if a := p.get("/orders?kind=issued&show=all"); a.path != "/sign-in?to=%2Forders%3Fkind%3Dissued%26show%3Dall" {
		t.Errorf("sent to %s", a.path)
	}
	if a := p.post("/orders", gardenForm("REF-1")); a.status != http.StatusUnauthorized {
		t.Errorf("post: %d", a.status)
	}
	a := p.call("/orders/ord_aaaaaaaaaaaaaaaaaaaaaaaaaa/sign/begin", map[string]string{})
	if a.status != http.StatusUnauthorized || a.header.Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(a.body, `"code":"unauthenticated"`) {
		t.Errorf("script: %d %s", a.status, a.body)
	}
}

func TestUnknownAndForeignRecordsAreNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	officer := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	administrator := w.enrolled(authority, "Operator", tocsin.DutyAdministrator)
	order := officer.draft(gardenForm("REF-1", w.board.URL+"/post/1"))
	for _, path := range []string{order, order + "/edit", order + "/withdraw", "/records/" + strings.TrimPrefix(order, "/orders/") + "/version"} {
		if a := administrator.get(path); a.status != http.StatusNotFound {
			t.Errorf("administrator at %s: %d", path, a.status)
		}
	}
	for _, path := range []string{"/orders/ord_aaaaaaaaaaaaaaaaaaaaaaaaaa", "/orders/rcv_aaaaaaaaaaaaaaaaaaaaaaaaaa", "/orders/nonsense",
		"/copies/cpy_aaaaaaaaaaaaaaaaaaaaaaaaaa", "/items/itm_aaaaaaaaaaaaaaaaaaaaaaaaaa", "/copies/" + strings.TrimPrefix(order, "/orders/")} {
		if a := officer.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestBodyIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	form := gardenForm("REF-1", w.board.URL+"/post/1")
	form.Set("reasons", strings.Repeat("rose ", 300_000))
	if a := p.post("/orders", form); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("form: %d", a.status)
	}
	if a := p.call("/enrol/begin", map[string]string{"name": strings.Repeat("rose ", 300_000)}); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("script: %d", a.status)
	}
}

func TestSessionCookieIsForThisHostAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	catalogues, err := locale.New()
	check(t, err)
	for address, want := range map[string]string{
		"https://node.example": "__Host-tocsin=",
		"http://fr.localhost":  "tocsin=",
	} {
		public, err := url.Parse(address)
		check(t, err)
		handler, err := console.New(
			console.Deps{Flow: w.nodes[authority].flow, Sessions: w.nodes[authority].sessions, Clock: w.clock,
				PublicURL: public, Locale: catalogues, Log: w.logger()},
		)
		check(t, err)
		recorder := httptest.NewRecorder()
		req := httptest.NewRequest("POST", address+"/sign-in/begin", strings.NewReader("{}"))
		handler.ServeHTTP(recorder, req)
		cookie := recorder.Header().Get("Set-Cookie")
		secure := strings.Contains(cookie, "Secure")
		if !strings.HasPrefix(cookie, want) || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") ||
			!strings.Contains(cookie, "Path=/") || strings.Contains(cookie, "Domain") ||
			secure != (public.Scheme == "https") {
			t.Errorf("%s: %q", address, cookie)
		}
	}
	if _, err := console.New(console.Deps{PublicURL: &url.URL{Path: "node.example"}}); err == nil {
		t.Error("a public address without a scheme was taken")
	}
}

// hostile texts would become markup, links, or something else than they seem.
var hostile = map[string]string{
	"reasons":                        `<script>alert(1)</script> <img src=x onerror=alert(1)> ` + "\u202ereversed\u202c and more",
	"annex_i.b.information":          `"><a href="https://elsewhere.example">x</a>`,
	"exemption_assessment.rationale": "zero\u200bwidth",
	"annex_i.g.law":                  `javascript:alert(1)`,
}

func TestWhatPeopleWriteIsShownForWhatItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, `<b>Officer</b>`, tocsin.DutyOfficer)
	form := gardenForm(`REF"><x>`, w.board.URL+"/post/1?a=<script>", "https://gärten.example/post/1")
	for field, text := range hostile {
		form.Set(field, text)
	}
	order := p.draft(form)
	for _, path := range []string{order, order + "/edit", "/orders"} {
		body := p.get(path).body
		for _, bad := range []string{"<script>alert", "<img", "onerror=alert(1)>", `<a href="https://elsewhere`, "<b>Officer", "<x>", `href="http`, `href="javascript`} {
			if strings.Contains(body, bad) {
				t.Errorf("%s contains %q", path, bad)
			}
		}
	}
	body := p.get(order).body
	for _, want := range []string{`>U+202E</span>`, `>U+200B</span>`, `hxxps://g<span class="mark" title="Not a plain Latin character: U+00E4">ä</span>rten[.]example/post/1`} {
		if !strings.Contains(body, want) {
			t.Errorf("the order's page lacks %q", want)
		}
	}
}

// inlineCode is what the content security policy would block, and what must not be there in the first place.
var inlineCode = regexp.MustCompile(
	`(?i)<style|\sstyle=|\son[a-z]+=|<script(?:\s[^>]*)?>[^<]|<script>|javascript:`,
)

func TestPagesHoldNoInlineCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Everyone", tocsin.Duties()...)
	order := p.draft(gardenForm("REF-1", w.board.URL+"/post/1"))
	for _, path := range []string{"/orders", "/orders/new", order, order + "/edit", order + "/abandon", "/search", "/people", "/jobs", "/nowhere"} {
		if bad := inlineCode.FindString(p.get(path).body); bad != "" {
			t.Errorf("%s: %q", path, bad)
		}
	}
}

func TestLogHoldsNothingOfTheContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Canary Name", tocsin.DutyOfficer)
	form := gardenForm("CANARY-REFERENCE", w.board.URL+"/post/canary-address")
	form.Set("reasons", "canary-reasons are long enough to be taken")
	order := p.draft(form)
	p.post("/search", url.Values{"q": {"canary-search"}})
	p.post("/orders", form)
	p.post(order, url.Values{"version": {"canary"}})
	p.get("/orders/canary-path")
	if text := strings.ToLower(w.log.String()); strings.Contains(text, "canary") {
		t.Errorf("the log knows: %s", text)
	}
}

func TestKnockingIsLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.person(authority)
	limited := false
	for range 60 {
		a := p.call("/sign-in/begin", map[string]string{})
		if a.status == http.StatusTooManyRequests {
			limited = a.header.Get("Retry-After") != ""
			break
		}
	}
	if !limited {
		t.Fatal("sixty attempts at once were taken")
	}
	w.clock.jump(time.Minute)
	if a := p.call("/sign-in/begin", map[string]string{}); a.status != http.StatusOK {
		t.Errorf("a minute later: %d", a.status)
	}
}
