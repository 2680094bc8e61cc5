// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzOrderForm reads any form, and reads the same again from what it wrote.
func FuzzOrderForm(f *testing.F) {
	f.Add(
		"reasons=because&annex_i.b.addresses.url=https%3A%2F%2Fboard.example%2Fpost%2F1&annex_i.b.addresses.url=",
	)
	f.Add("gag=on&gag.until=2026-03-02T12%3A00&gag.decided_at=2026-03-01T12%3A00%3A59&gag.reasons=x")
	f.Add(
		"emergency=on&annex_i.e.date=2026-03-02&annex_i.b.categories=2(7)(a)&exemption_assessment.considered=art",
	)
	zone := time.FixedZone("", 5*3600+1800)
	f.Fuzz(func(t *testing.T, text string) {
		form, err := url.ParseQuery(text)
		if err != nil || strings.Contains(text, "%0D") || strings.Contains(text, "%0d") {
			return
		}
		order, err := orderFrom(form, zone)
		if err != nil {
			return
		}
		again, err := orderFrom(formFrom(order, zone), zone)
		if err != nil && !order.Annex.Authority.Date.IsZero() {
			t.Fatalf("its own form is refused: %v", err)
		}
		if diff := cmp.Diff(order.Annex.Content, again.Annex.Content); diff != "" && err == nil {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(order.Gag, again.Gag); diff != "" && err == nil {
			t.Fatal(diff)
		}
	})
}

func TestLocalPathStaysLocal(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"/orders?show=all": "/orders?show=all", "/": "/", "": "/", "orders": "/", "//x.example/": "/", "https://x.example/": "/",
		`/\x.example`: "/", "/a\nb": "/", "javascript:x": "/", "/%2f%2fx.example": "/", "/orders#x": "/orders",
	} {
		if got := localPath(to); got != want {
			t.Errorf("%q: %q, want %q", to, got, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	f.Add("/orders?show=all")
	f.Add("//x.example")
	f.Add(`/\x`)
	f.Fuzz(func(t *testing.T, to string) {
		got := localPath(to)
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.HasPrefix(got, `/\`) {
			t.Fatalf("%q leads to %q", to, got)
		}
	})
}

func TestClassOfAddress(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.7:1234": "192.0.2.7/32", "[2001:db8::7:8]:1": "2001:db8::/64", "[::ffff:192.0.2.7]:1": "192.0.2.7/32",
		"nonsense": "invalid Prefix", "": "invalid Prefix", "[fe80::1%eth0]:1": "fe80::/64",
	} {
		from := &http.Request{RemoteAddr: remote}
		if got := classOf((&Console{}).caller(from)).String(); got != want {
			t.Errorf("%q: %s, want %s", remote, got, want)
		}
	}
}
