// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"tocsin"
)

func TestCallerIsTheRightmostAddressThatNoTrustedProxyHas(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	cases := map[string]struct {
		from      string
		forwarded []string
		proxies   []netip.Prefix
		want      string
	}{
		"no proxy":                      {"192.0.2.1:5", nil, proxies, "192.0.2.1"},
		"nobody is trusted":             {"10.0.0.1:5", []string{"192.0.2.7"}, nil, "10.0.0.1"},
		"a stranger's word":             {"192.0.2.1:5", []string{"192.0.2.7"}, proxies, "192.0.2.1"},
		"one proxy":                     {"10.0.0.1:5", []string{"192.0.2.7"}, proxies, "192.0.2.7"},
		"two proxies":                   {"10.0.0.1:5", []string{"192.0.2.7, 10.0.0.2"}, proxies, "192.0.2.7"},
		"what a client made up":         {"10.0.0.1:5", []string{"203.0.113.9, 192.0.2.7"}, proxies, "192.0.2.7"},
		"made up as if from a proxy":    {"10.0.0.1:5", []string{"203.0.113.9, 10.0.0.3, 192.0.2.7"}, proxies, "192.0.2.7"},
		"two headers":                   {"10.0.0.1:5", []string{"203.0.113.9", "192.0.2.7"}, proxies, "192.0.2.7"},
		"nonsense":                      {"10.0.0.1:5", []string{"192.0.2.7, unknown"}, proxies, "10.0.0.1"},
		"empty":                         {"10.0.0.1:5", []string{""}, proxies, "10.0.0.1"},
		"only proxies":                  {"10.0.0.1:5", []string{"10.0.0.9, 10.0.0.2"}, proxies, "10.0.0.9"},
		"with ports":                    {"[fd00::1]:5", []string{"[2001:db8::7]:443"}, proxies, "2001:db8::7"},
		"brackets alone":                {"[fd00::1]:5", []string{"[2001:db8::7]"}, proxies, "2001:db8::7"},
		"a mapped address of the proxy": {"[::ffff:10.0.0.1]:5", []string{"192.0.2.7"}, proxies, "192.0.2.7"},
		"no address at all":             {"@", []string{"192.0.2.7"}, proxies, "invalid IP"},
	}
	for name, c := range cases {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		for _, line := range c.forwarded {
			r.Header.Add("X-Forwarded-For", line)
		}
		console := &Console{Deps: Deps{Proxies: c.proxies}}
		if got := console.caller(r).String(); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

func TestEachDoorHasItsOwnBuckets(t *testing.T) {
	t.Parallel()
	now := time.Unix(1, 0)
	d := newDoors(tocsin.ClockFunc(func() time.Time { return now }))
	near, far := classOf(netip.MustParseAddr("2001:db8::1")), classOf(netip.MustParseAddr("2001:db8:0:1::1"))
	for range inPublic.burst {
		if err := d.public.allow(near); err != nil {
			t.Fatal(err)
		}
	}
	if tocsin.CodeOf(d.public.allow(near)) != tocsin.CodeBusy {
		t.Error("a flood goes on")
	}
	if tocsin.CodeOf(d.public.allow(classOf(netip.MustParseAddr("2001:db8::2")))) != tocsin.CodeBusy {
		t.Error("a neighbour in the same network has a bucket of its own")
	}
	if err := d.public.allow(far); err != nil {
		t.Errorf("another network: %v", err)
	}
	if err := d.entrance.allow(near); err != nil {
		t.Errorf("whoever floods the form of notices keeps people from signing in: %v", err)
	}
	now = now.Add(inPublic.every)
	if err := d.public.allow(near); err != nil {
		t.Errorf("later: %v", err)
	}
}

func TestBucketsAreForgottenRatherThanKeptWithoutEnd(t *testing.T) {
	t.Parallel()
	l := newLimits[int](tocsin.ClockFunc(func() time.Time { return time.Unix(1, 0) }), pace{burst: 1, every: time.Hour})
	for i := range 3*maxBuckets + 1 {
		if err := l.allow(i); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(l.buckets); n > maxBuckets {
		t.Errorf("%d buckets", n)
	}
}
