// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"tocsin"
	"tocsin/internal/outbound"
	"tocsin/internal/provider"
	"tocsin/internal/testkit/idp"
)

const back = "https://node.garden.example/sign-in/provider/back"

// visit is a browser between a node and a real provider.
type visit struct {
	*testing.T
	idp  *idp.Provider
	node *provider.Provider
}

func newVisit(t *testing.T, change func(*provider.Config)) visit {
	t.Helper()
	p := idp.New(t)
	out, err := outbound.New(outbound.Config{Declared: []string{p.URL}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(out.Close)
	client := out.HTTP()
	c := provider.Config{Issuer: p.URL, Client: idp.Client, Secret: idp.Secret, Back: back, Now: time.Now,
		Through: func(ctx context.Context) context.Context { return oidc.ClientContext(ctx, client) }}
	if change != nil {
		change(&c)
	}
	return visit{t, p, provider.New(c)}
}

// there sends the browser to the provider and gives what it brings back.
func (v visit) there() (provider.Attempt, url.Values) {
	v.Helper()
	address, attempt, err := v.node.Begin(v.Context())
	if err != nil {
		v.Fatal(err)
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(address)
	if err != nil {
		v.Fatal(err)
	}
	_ = resp.Body.Close()
	location := resp.Header.Get("Location")
	if !strings.HasPrefix(location, back+"?") {
		v.Fatalf("the provider answers %d and sends to %q", resp.StatusCode, location)
	}
	u, err := url.Parse(location)
	if err != nil {
		v.Fatal(err)
	}
	return attempt, u.Query()
}

func (v visit) finish(a provider.Attempt, answer url.Values) (string, error) {
	return v.node.Finish(v.Context(), a, answer)
}

func TestSubjectOfTheProviderComesBack(t *testing.T) {
	t.Parallel()
	v := newVisit(t, nil)
	a, answer := v.there()
	if subject, err := v.finish(a, answer); err != nil || subject != "17" {
		t.Errorf("%q: %v", subject, err)
	}
	if leave := v.node.Leave(t.Context(), "https://node.garden.example/sign-in"); !strings.HasPrefix(leave, v.idp.URL+"/leave?") ||
		!strings.Contains(leave, "client_id="+idp.Client) {
		t.Errorf("sign out at %q", leave)
	}
}

func TestCodeIsOfUseOnce(t *testing.T) {
	t.Parallel()
	v := newVisit(t, nil)
	a, answer := v.there()
	if _, err := v.finish(a, answer); err != nil {
		t.Fatal(err)
	}
	if _, err := v.finish(a, answer); tocsin.ReasonOf(err) != "provider_refused" {
		t.Errorf("a second time: %v", err)
	}
}

func TestMixedUpAnswersAreRefusedBeforeTheCodeIsSpent(t *testing.T) {
	t.Parallel()
	v := newVisit(t, nil)
	one, first := v.there()
	two, second := v.there()
	changed := func(name, value string) url.Values {
		q := url.Values{}
		for k, v := range first {
			q[k] = v
		}
		q.Set(name, value)
		return q
	}
	without := func(name string) url.Values {
		q := changed(name, "")
		q.Del(name)
		return q
	}
	for what, c := range map[string]struct {
		attempt provider.Attempt
		answer  url.Values
	}{
		"the state of another attempt": {two, first}, "no state": {one, without("state")}, "an empty attempt": {provider.Attempt{}, first},
		"another issuer": {one, changed("iss", "https://other.example")}, "no issuer where one is promised": {one, without("iss")},
		"an error": {one, changed("error", "access_denied")}, "no code": {one, without("code")},
	} {
		if _, err := v.finish(c.attempt, c.answer); tocsin.ReasonOf(err) != "provider_refused" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if v.idp.Requests != 0 {
		t.Errorf("%d codes were spent", v.idp.Requests)
	}
	// The code of one browser in the answer of another: the proof key does not fit.
	second.Set("code", first.Get("code"))
	if _, err := v.finish(two, second); tocsin.ReasonOf(err) != "provider_refused" {
		t.Errorf("an injected code: %v", err)
	}
}

func TestLyingTokensAreRefused(t *testing.T) {
	t.Parallel()
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	v := newVisit(t, nil)
	set := func(name string, value any) func(*idp.Provider) {
		return func(p *idp.Provider) { p.Claims = func(c map[string]any) { c[name] = value } }
	}
	signed := func(made func(map[string]any) string) func(*idp.Provider) {
		return func(p *idp.Provider) { p.Token = made }
	}
	for what, lie := range map[string]func(*idp.Provider){
		"another issuer":        set("iss", "https://other.example"),
		"another audience":      set("aud", "other-node"),
		"two audiences, no azp": set("aud", []string{idp.Client, "other-node"}),
		"another azp":           set("azp", "other-node"),
		"another nonce":         set("nonce", "no_of_somebody_else"),
		"no nonce":              set("nonce", nil),
		"expired":               set("exp", time.Now().Add(-time.Minute).Unix()),
		"not yet":               set("nbf", time.Now().Add(time.Hour).Unix()),
		"no subject":            set("sub", ""),
		"an endless subject":    set("sub", strings.Repeat("x", 300)),
		"alg none":              signed(idp.Unsigned),
		"our own secret": signed(func(c map[string]any) string {
			return v.idp.SignedBy(jose.HS256, []byte(strings.Repeat(idp.Secret, 2)), c)
		}),
		"another key": signed(func(c map[string]any) string { return v.idp.SignedBy(jose.ES256, other, c) }),
		"nonsense":    signed(func(map[string]any) string { return "a.b.c" }),
		"no token":    signed(func(map[string]any) string { return "" }),
	} {
		v.idp.Claims, v.idp.Token = nil, nil
		a, answer := v.there()
		lie(v.idp)
		if subject, err := v.finish(a, answer); tocsin.ReasonOf(err) != "provider_refused" || subject != "" {
			t.Errorf("%s: %q, %v", what, subject, err)
		}
	}
}

func TestNewKeyOfTheProviderIsFound(t *testing.T) {
	t.Parallel()
	v := newVisit(t, nil)
	for range 3 {
		a, answer := v.there()
		if _, err := v.finish(a, answer); err != nil {
			t.Fatal(err)
		}
		v.idp.Rotate()
	}
}

func TestDemandedAuthenticationIsHeld(t *testing.T) {
	t.Parallel()
	v := newVisit(t, func(c *provider.Config) { c.ACR, c.AMR = []string{"gold", "silver"}, []string{"otp", "pwd"} })
	address, _, err := v.node.Begin(t.Context())
	if err != nil || !strings.Contains(address, "acr_values=gold+silver") {
		t.Errorf("%s: %v", address, err)
	}
	for _, c := range []struct {
		acr  any
		amr  []string
		good bool
	}{{"silver", []string{"pwd", "otp", "mfa"}, true}, {"bronze", []string{"pwd", "otp"}, false}, {nil, []string{"pwd", "otp"}, false},
		{"gold", []string{"pwd"}, false}, {"gold", nil, false}} {
		v.idp.Claims = func(claims map[string]any) { claims["acr"], claims["amr"] = c.acr, c.amr }
		a, answer := v.there()
		if _, err := v.finish(a, answer); (err == nil) != c.good {
			t.Errorf("acr %v, amr %v: %v", c.acr, c.amr, err)
		}
	}
}

func TestSilentProviderIsAskedAgainLater(t *testing.T) {
	t.Parallel()
	now := time.Now()
	v := newVisit(t, func(c *provider.Config) {
		c.Issuer += "/nowhere"
		c.Now = func() time.Time { return now }
	})
	if _, _, err := v.node.Begin(t.Context()); tocsin.CodeOf(err) != tocsin.CodeBusy {
		t.Errorf("%v", err)
	}
	if v.node.Leave(t.Context(), "https://node.garden.example/") != "" {
		t.Error("an address of nobody")
	}
	v.node.Issuer = v.idp.URL
	if _, _, err := v.node.Begin(t.Context()); err != nil {
		t.Errorf("it is there again: %v", err)
	}
}
