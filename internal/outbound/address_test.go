// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"tocsin/internal/outbound"
)

// builtIn keeps the rule tested where the shared list is absent.
var builtIn = []vector{
	{"127.0.0.1", "loopback", false}, {"10.0.0.1", "private", false}, {"169.254.169.254", "metadata", false},
	{"100.64.0.1", "shared", false}, {"::1", "loopback", false}, {"::", "unspecified", false},
	{"::ffff:127.0.0.1", "mapped", false}, {"64:ff9b::7f00:1", "nat64", false}, {"2002:7f00:1::", "6to4", false},
	{"fe80::1%eth0", "zoned", false}, {"fd00::1", "unique local", false}, {"0.0.0.0", "unspecified", false},
	{"198.20.0.1", "boundary", true}, {"172.32.0.1", "boundary", true}, {"2a00::1", "global", true},
}

// guarded returns a client whose foreign class never leaves the machine: where the guard agrees to
// connect, errReached comes back instead.
func guarded(t *testing.T, c *canary, resolver *net.Resolver) *outbound.Client {
	client := newClient(t, outbound.Config{ForeignPlainHTTP: true})
	client.UseLab(outbound.Lab{
		Port: c.port, Resolver: resolver, Reached: func(string) error { return errReached },
	})
	return client
}

func checkAddress(t *testing.T, v vector, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s (%s): an answer, want an error", v.address, v.class)
		return
	}
	if got := errors.Is(err, errReached); got != v.allow {
		t.Errorf("%s (%s): guard agreed = %v, want %v (%v)", v.address, v.class, got, v.allow, err)
	}
}

func literal(addr string, port uint16) string {
	host := addr
	if strings.Contains(addr, ":") {
		host = "[" + strings.ReplaceAll(addr, "%", "%25") + "]"
	}
	return fmt.Sprintf("http://%s:%d/", host, port)
}

func eachList(t *testing.T, check func(t *testing.T, list []vector)) {
	t.Run("built-in", func(t *testing.T) { check(t, builtIn) })
	t.Run("shared", func(t *testing.T) { check(t, addressVectors(t)) })
}

func TestForeignAddressMustBeGlobalWhenWrittenDirectly(t *testing.T) {
	t.Parallel()
	eachList(t, func(t *testing.T, list []vector) {
		c := newCanary(t)
		client := guarded(t, c, nil)
		for _, v := range list {
			_, err := get(t, client.Foreign(), literal(v.address, c.port))
			checkAddress(t, v, err)
			req := httptest.NewRequest(http.MethodGet, literal(v.address, c.port), nil)
			checkAddress(t, v, client.DialForeign(req.WithContext(t.Context())))
		}
		c.mustBeSilent(t)
	})
}

func TestForeignAddressMustBeGlobalWhenANameLeadsThere(t *testing.T) {
	t.Parallel()
	eachList(t, func(t *testing.T, list []vector) {
		c := newCanary(t)
		dns, resolver := newNameServer(t)
		client := guarded(t, c, resolver)
		for i, v := range list {
			addr := netip.MustParseAddr(v.address)
			if addr.Zone() != "" {
				continue // no DNS record can hold a zone
			}
			name := fmt.Sprintf("host%d.example", i)
			dns.set(name, addr)
			_, err := get(t, client.Foreign(), fmt.Sprintf("http://%s:%d/", name, c.port))
			checkAddress(t, v, err)
			if !v.allow && outbound.KindOf(err) != outbound.KindBlocked {
				t.Errorf("%s: kind %q, want %q", v.address, outbound.KindOf(err), outbound.KindBlocked)
			}
		}
		c.mustBeSilent(t)
	})
}

func TestForeignAddressMustBeGlobalWhenARedirectLeadsThere(t *testing.T) {
	t.Parallel()
	eachList(t, func(t *testing.T, list []vector) {
		c := newCanary(t)
		dns, resolver := newNameServer(t)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", r.URL.Query().Get("to"))
			w.WriteHeader(http.StatusFound)
		}))
		t.Cleanup(server.Close)
		door := server.Listener.Addr().String()
		start := openDoor(t, dns, door)
		client := newClient(t, outbound.Config{ForeignPlainHTTP: true})
		client.UseLab(outbound.Lab{
			Port: start.port, Resolver: resolver, Doors: map[string]bool{door: true},
			Reached: func(string) error { return errReached },
		})
		for i, v := range list {
			addr := netip.MustParseAddr(v.address)
			targets := []string{literal(v.address, 443), literal(v.address, 80), literal(v.address, start.port)}
			if addr.Zone() == "" {
				name := fmt.Sprintf("far%d.example", i)
				dns.set(name, addr)
				targets = append(targets, fmt.Sprintf("http://%s/", name))
			}
			for _, to := range targets {
				if "http://"+door+"/" == to {
					continue // the door itself is open in this test
				}
				_, err := get(t, client.Foreign(), start.url+"?to="+url.QueryEscape(to))
				checkAddress(t, v, err)
			}
		}
		c.mustBeSilent(t)
	})
}

type startPoint struct {
	url  string
	port uint16
}

// openDoor gives a loopback test server a public-looking name.
func openDoor(t *testing.T, dns *nameServer, door string) startPoint {
	t.Helper()
	at := netip.MustParseAddrPort(door)
	dns.set("start.example", at.Addr())
	return startPoint{url: fmt.Sprintf("http://start.example:%d/", at.Port()), port: at.Port()}
}

func TestForeignNameThatRebindsIsJudgedAtEveryDial(t *testing.T) {
	t.Parallel()
	c := newCanary(t)
	dns, resolver := newNameServer(t)
	client := guarded(t, c, resolver)
	dns.set("rebind.example", netip.MustParseAddr("198.20.0.1"), netip.MustParseAddr("127.0.0.1"))
	target := fmt.Sprintf("http://rebind.example:%d/", c.port)
	if _, err := get(t, client.Foreign(), target); !errors.Is(err, errReached) {
		t.Fatalf("first answer is public: %v", err)
	}
	for range 3 {
		if _, err := get(t, client.Foreign(), target); outbound.KindOf(err) != outbound.KindBlocked {
			t.Fatalf("rebound name: %v, want %s", err, outbound.KindBlocked)
		}
	}
	c.mustBeSilent(t)
}

// Spellings of loopback that some parser or resolver somewhere understands. %d is the canary's port.
var hostile = []string{
	"http://2130706433:%d/", "http://0x7f000001:%d/", "http://0177.0.0.1:%d/", "http://127.1:%d/",
	"http://0x7f.1:%d/", "http://127.0.0.1.:%d/", "http://0:%d/", "http://[::ffff:7f00:1]:%d/",
	"http://127.0.0.1%%2eexample:%d/", "http://①②⑦.⓪.⓪.①:%d/", "http://１２７.0.0.1:%d/", "http://127。0。0。1:%d/",
	"http://a@127.0.0.1:%d/", "http://a:b@public.example:%d/", "http://127.0.0.1:%d#@good.example/",
	`http://good.example\@127.0.0.1:%d/`, "http:///127.0.0.1:%d/", "gopher://127.0.0.1:%d/",
	"file:///etc/passwd?%d", "http://[::1%%25lo]:%d/", "http://localhost.:%d/", "http://localhost:%d/",
	"http://[0:0:0:0:0:0:0:1]:%d/", "http://[::127.0.0.1]:%d/", "http://:%d/", "http:127.0.0.1:%d",
	"//127.0.0.1:%d/", "http://LOCALHOST:%d/", "http://127.0.0.1:0%d/", "http://.localhost:%d/",
	"http://a..localhost:%d/", "ws://127.0.0.1:%d/", "http://127.0.0.1:%d:80/", "http://127.0.0.1 .example:%d/",
}

func TestHostileSpellingsNeverReachLoopback(t *testing.T) {
	t.Parallel()
	c := newCanary(t)
	_, empty := newNameServer(t) // names that are not numbers lead nowhere, and never off this machine
	client := guarded(t, c, empty)
	for _, spelling := range hostile {
		text := fmt.Sprintf(spelling, c.port)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, text, nil)
		if err != nil {
			continue // the parser refuses: as good
		}
		resp, err := client.Foreign().Do(req)
		if err == nil || errors.Is(err, errReached) {
			t.Errorf("%s: %v %v, want a refusal", text, resp, err)
		}
		if outbound.KindOf(err) == "" {
			t.Errorf("%s: untyped error %T", text, err)
		}
		if err := client.DialForeign(req); err == nil || errors.Is(err, errReached) {
			t.Errorf("%s: %v from the dialer alone, want a refusal", text, err)
		}
	}
	c.mustBeSilent(t)
}

func TestForeignHostHeaderCannotNameAnotherServer(t *testing.T) {
	t.Parallel()
	c := newCanary(t)
	client := guarded(t, c, nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://198.20.0.1/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "internal.example"
	if _, err := client.Foreign().Do(req); outbound.KindOf(err) != outbound.KindInvalid {
		t.Fatalf("got %v, want %s", err, outbound.KindInvalid)
	}
}

func TestForeignSpeaksOnlyHTTPSOnKnownPortsByDefault(t *testing.T) {
	t.Parallel()
	client := newClient(t, outbound.Config{})
	client.UseLab(outbound.Lab{Reached: func(string) error { return errReached }})
	for _, target := range []string{
		"http://198.20.0.1/", "https://198.20.0.1:8443/", "https://198.20.0.1:22/", "https://198.20.0.1:0/",
		"https://intranet/", "https://user@198.20.0.1/",
	} {
		if _, err := get(t, client.Foreign(), target); outbound.KindOf(err) != outbound.KindInvalid {
			t.Errorf("%s: %v, want %s", target, err, outbound.KindInvalid)
		}
	}
}

func TestProductionGuardRefusesLoopbackWithoutTestSeams(t *testing.T) {
	t.Parallel()
	client := newClient(t, outbound.Config{ForeignPlainHTTP: true})
	for _, target := range []string{"https://127.0.0.1/", "http://[::1]/", "https://10.0.0.1/"} {
		if _, err := get(t, client.Foreign(), target); outbound.KindOf(err) != outbound.KindInvalid {
			t.Errorf("%s: %v, want %s", target, err, outbound.KindInvalid)
		}
	}
}

func FuzzPublicHost(f *testing.F) {
	for _, v := range builtIn {
		f.Add(v.address)
	}
	for _, s := range []string{"a.example", "2130706433", "0x7f.1", "127.1", "①.example", "xn--a.", "..", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if !outbound.IsPublicHost(host) {
			return
		}
		if addr, err := netip.ParseAddr(host); err == nil {
			if addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() || addr.IsUnspecified() {
				t.Errorf("%q is not public", host)
			}
			return
		}
		for _, r := range host {
			if r > 0x7e || r <= ' ' {
				t.Errorf("%q holds a character no public name has", host)
			}
		}
	})
}
