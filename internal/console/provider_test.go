// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"

	"tocsin"
	"tocsin/internal/console"
	"tocsin/internal/flow"
	"tocsin/internal/outbound"
	"tocsin/internal/provider"
	"tocsin/internal/testkit/idp"
)

// provider is where people of a world may sign in, if its settings name one.
func (w *world) provider(node string) console.Provider {
	w.t.Helper()
	if w.settings.Provider == "" {
		return nil
	}
	out, err := outbound.New(outbound.Config{Declared: []string{w.settings.Provider}})
	check(w.t, err)
	w.t.Cleanup(out.Close)
	client := out.HTTP()
	return provider.New(provider.Config{Issuer: w.settings.Provider, Client: idp.Client, Secret: idp.Secret, Name: "Garden accounts",
		Back: node + "/sign-in/provider/back", Now: w.clock.Now,
		Through: func(ctx context.Context) context.Context { return oidc.ClientContext(ctx, client) }})
}

func newProviderWorld(t *testing.T) (*world, *idp.Provider) {
	t.Helper()
	p := idp.New(t)
	w := newWorldOf(t, flow.Settings{Demonstration: true, Provider: p.URL}, host)
	p.Now = w.clock.Now
	return w, p
}

// visits lets the browser of a test reach the provider as itself, and the console by its port.
func (p *person) visits(at *idp.Provider) {
	p.client.Transport = split{p.client.Transport, strings.TrimPrefix(at.URL, "http://")}
}

type split struct {
	console  http.RoundTripper
	provider string
}

func (s split) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == s.provider {
		return http.DefaultTransport.RoundTrip(r)
	}
	return s.console.RoundTrip(r)
}

func TestInvitedModeratorComesInByTheProvider(t *testing.T) {
	t.Parallel()
	w, at := newProviderWorld(t)
	stranger := w.person(host)
	stranger.visits(at)
	if a := stranger.get("/sign-in/provider?to=/cases"); a.status != http.StatusUnauthorized ||
		!strings.Contains(a.body, "Nobody here signs in with this account") {
		t.Errorf("nobody invited her: %d %s", a.status, words(a.body))
	}
	p := w.person(host)
	p.visits(at)
	if a := p.get(w.invite(host, "Night Shift", tocsin.DutyModerator)); !strings.Contains(a.body, "Sign in at Garden accounts") {
		t.Fatalf("no choice: %s", words(a.body))
	}
	if a := p.get("/enrol/provider"); a.status != http.StatusOK || !strings.Contains(a.body, "you sign in with this account") {
		t.Fatalf("%d at %s: %s", a.status, a.path, words(a.body))
	}
	if a := p.post("/sign-out", nil); a.path != "/sign-in?left=provider" || !strings.Contains(a.body, at.URL+"/leave?") {
		t.Errorf("after sign-out at %s: %s", a.path, words(a.body))
	}
	if a := p.get("/sign-in/provider?to=/cases"); a.status != http.StatusOK || a.path != "/cases" {
		t.Errorf("sign in: %d at %s", a.status, a.path)
	}
	if a := p.get("/account"); !strings.Contains(a.body, "an account elsewhere") || !strings.Contains(a.body, "Add a passkey") {
		t.Errorf("account: %s", words(a.body))
	}
	boss := w.enrolled(host, "Administrator", tocsin.DutyAdministrator)
	page := boss.pageOf("Night Shift")
	if a := boss.post(page+"/duties", map[string][]string{"duties": {"moderator", "supervisor"}, "reasons": {"She leads."}}); a.status != http.StatusConflict ||
		!strings.Contains(a.body, "needs a passkey") {
		t.Errorf("a supervisor without a passkey: %d %s", a.status, words(a.body))
	}
}

func TestProviderIsNoWayRoundAPasskey(t *testing.T) {
	t.Parallel()
	w, at := newProviderWorld(t)
	p := w.person(host)
	p.visits(at)
	if a := p.get(w.invite(host, "Lead", tocsin.DutySupervisor)); strings.Contains(a.body, "Garden accounts") {
		t.Errorf("offered: %s", words(a.body))
	}
	if a := p.get("/enrol/provider"); a.status != http.StatusForbidden {
		t.Errorf("asked all the same: %d", a.status)
	}
}

func TestAnswerOfTheProviderIsForTheBrowserThatAsked(t *testing.T) {
	t.Parallel()
	w, at := newProviderWorld(t)
	p := w.person(host)
	p.visits(at)
	p.get(w.invite(host, "Night Shift", tocsin.DutyModerator))
	p.get("/enrol/provider")
	p.post("/sign-out", nil)

	thief := w.person(host)
	if a := thief.get("/sign-in/provider/back?code=code_x&state=st_x"); a.status != http.StatusGone {
		t.Errorf("an answer nobody asked for: %d", a.status)
	}
	// The thief's own attempt, finished in the victim's browser, is over there and here.
	stop := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	thief.visits(at)
	thief.client.CheckRedirect = stop
	to := thief.get("/sign-in/provider").header.Get("Location")
	back := thief.get(to).header.Get("Location")
	if a := p.get(back); a.status != http.StatusGone || p.signedIn() {
		t.Errorf("another's answer: %d", a.status)
	}
	p.client.CheckRedirect = stop
	p.get("/sign-in/provider")
	if a := p.get(back); a.status != http.StatusUnauthorized {
		t.Errorf("another's answer in the middle of one's own: %d", a.status)
	}
	if a := thief.get(back); a.status != http.StatusSeeOther {
		t.Errorf("her own: %d", a.status)
	}
	if a := thief.get(back); a.status != http.StatusGone {
		t.Errorf("twice: %d", a.status)
	}
}
