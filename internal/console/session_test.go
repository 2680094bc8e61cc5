// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/softkey"
)

func (p *person) cookie() string {
	p.t.Helper()
	u, err := url.Parse(p.url)
	check(p.t, err)
	for _, c := range p.client.Jar.Cookies(u) {
		if c.Name == "tocsin" {
			return c.Value
		}
	}
	return ""
}

func (p *person) signedIn() bool { return !strings.HasPrefix(p.get("/orders").path, "/sign-in") }

func TestSignInOpensANewSessionAndSignOutEndsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	enrolled := p.cookie()
	if a := p.post("/sign-out", nil); a.path != "/sign-in" {
		t.Errorf("after sign-out at %s", a.path)
	}
	// The old token is dead on the node, not only gone from this browser.
	u, err := url.Parse(p.url)
	check(t, err)
	p.client.Jar.SetCookies(u, []*http.Cookie{{Name: "tocsin", Value: enrolled, Path: "/"}})
	if p.signedIn() {
		t.Error("a session lives after sign-out")
	}
	o := p.begin("/sign-in/begin", map[string]string{})
	before := p.cookie()
	a := p.call("/sign-in/finish", map[string]any{"credential": p.assert(o), "to": "/orders?show=all"})
	if a.status != http.StatusOK || !strings.Contains(a.body, `"location":"/orders?show=all"`) {
		t.Fatalf("sign-in: %d %s", a.status, a.body)
	}
	if p.cookie() == before || !p.signedIn() {
		t.Error("the session's token was not renewed at sign-in")
	}
}

func TestSessionEndsByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	for range 14 {
		w.clock.jump(55 * time.Minute)
		if !p.signedIn() {
			break
		}
	}
	if p.signedIn() {
		t.Error("a session outlives a shift")
	}
	p.signIn()
	w.clock.jump(time.Hour)
	if p.signedIn() {
		t.Error("a session outlives an idle hour")
	}
}

func TestAnOpenPageKeepsNoSessionAlive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	order := p.draft(gardenForm("REF-1", w.board.URL+"/post/1"))
	for range 3 {
		w.clock.jump(25 * time.Minute)
		p.get("/records/" + strings.TrimPrefix(order, "/orders/") + "/version")
	}
	if p.signedIn() {
		t.Error("watching a page kept the session")
	}
}

func TestSuspensionWorksAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	administrator := w.enrolled(authority, "Operator", tocsin.DutyAdministrator)
	page := administrator.pageOf("Officer One")
	address := page + "/suspend"
	if a := administrator.post(address, confirmed); a.status != unprocessable {
		t.Errorf("without reasons: %d", a.status)
	}
	if a := administrator.post(address, url.Values{"step": {"review"}, "text": {"Left the service."}}); a.status != http.StatusOK ||
		!p.signedIn() {
		t.Errorf("review: %d", a.status)
	}
	if a := administrator.post(address, confirmedWith("Left the service.")); a.path != page {
		t.Fatalf("suspend: %d at %s", a.status, a.path)
	}
	if p.signedIn() {
		t.Error("a suspended person still reads")
	}
	if a := p.signIn(); a.status != http.StatusUnauthorized {
		t.Errorf("a suspended person signs in: %d", a.status)
	}
}

func TestNobodySuspendsHerself(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Operator", tocsin.DutyAdministrator)
	page := p.get("/people").body
	_, rest, _ := strings.Cut(page, `quiet id">prs_`)
	if strings.Contains(page, "/suspend") {
		t.Error("offered")
	}
	a := p.post("/people/prs_"+rest[:26]+"/suspend", confirmedWith("Tired."))
	if a.status != http.StatusForbidden || !p.signedIn() {
		t.Errorf("%d", a.status)
	}
}

func TestSignInRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	p.post("/sign-out", nil)
	stranger, err := softkey.New(rand.Reader, softkey.ES256, p.key.RPID, p.key.User)
	check(t, err)
	unverified := softkey.UserPresent
	cases := map[string]struct {
		key *softkey.Credential
		on  softkey.Ceremony
	}{
		"an unknown passkey":      {stranger, softkey.Ceremony{}},
		"another origin":          {p.key, softkey.Ceremony{Origin: "http://elsewhere.localhost"}},
		"another relying party":   {p.key, softkey.Ceremony{RPID: "elsewhere.localhost"}},
		"an unverified user":      {p.key, softkey.Ceremony{Flags: &unverified}},
		"a registration":          {p.key, softkey.Ceremony{Type: "webauthn.create"}},
		"another challenge":       {p.key, softkey.Ceremony{Challenge: []byte("0123456789abcdef0123456789abcdef")}},
		"a page inside another's": {p.key, softkey.Ceremony{CrossOrigin: true}},
	}
	for name, c := range cases {
		o := p.begin("/sign-in/begin", map[string]string{})
		if c.on.Challenge == nil {
			c.on.Challenge = decode(t, o.PublicKey.Challenge)
		}
		if c.on.Origin == "" {
			c.on.Origin = p.url
		}
		made, err := c.key.Assert(c.on)
		check(t, err)
		if a := p.call("/sign-in/finish", map[string]any{"credential": made}); a.status != http.StatusUnauthorized ||
			p.signedIn() {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	o := p.begin("/sign-in/begin", map[string]string{})
	once := p.assert(o)
	if a := p.call("/sign-in/finish", map[string]any{"credential": once}); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	p.post("/sign-out", nil)
	if a := p.call("/sign-in/finish", map[string]any{"credential": once}); a.status != http.StatusGone {
		t.Errorf("a second time: %d", a.status)
	}
	if a := p.call("/sign-in/finish", "nonsense"); a.status != unprocessable {
		t.Errorf("nonsense: %d", a.status)
	}
}

func TestCopiedPasskeyIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	copied := *p.key
	p.post("/sign-out", nil)
	if a := p.signIn(); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	p.post("/sign-out", nil)
	p.key = &copied
	if a := p.signIn(); a.status != http.StatusForbidden || p.signedIn() {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestWayBackStaysHere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	for _, to := range []string{"//elsewhere.example", "https://elsewhere.example/", `/\elsewhere.example`, "javascript:x", "/%5celsewhere", "\t//x"} {
		a := p.get("/sign-in?" + url.Values{"to": {to}}.Encode())
		if !strings.HasPrefix(a.path, "/") || strings.HasPrefix(a.path, "//") {
			t.Errorf("%q led to %s", to, a.path)
		}
		p.post("/sign-out", nil)
		o := p.begin("/sign-in/begin", map[string]string{})
		b := p.call("/sign-in/finish", map[string]any{"credential": p.assert(o), "to": to})
		if strings.Contains(b.body, "elsewhere.example") || strings.Contains(b.body, "javascript") {
			t.Errorf("%q: %s", to, b.body)
		}
	}
}
