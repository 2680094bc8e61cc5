// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tocsin"
)

// pace is how often one may knock: so many times at once, then once in a while.
type pace struct {
	burst  int
	every  time.Duration
	reason tocsin.Reason // of a refusal
}

// The doors a stranger can knock at, each with buckets of its own: whoever floods the form of notices keeps nobody
// from signing in. Buckets are of a class of addresses (one IPv4 address, one IPv6 /64): plenty behind a shared
// exit, too slow to matter.
var (
	atTheEntrance = pace{30, 2 * time.Second, "too_many_attempts"} // sign-in and enrolment
	inPublic      = pace{30, 2 * time.Second, "too_many_attempts"} // notices and complaints
	ofReports     = pace{30, 2 * time.Second, "too_many_attempts"} // what browsers say by themselves
	// Of one account, wherever from: at this pace a thief of a password has years to guess the code that goes
	// with it. An account that does not exist has the same.
	ofAccount = pace{10, 5 * time.Minute, "account_attempts"}
)

const maxBuckets = 10_000

// limits are the buckets of one door in this process.
type limits[K comparable] struct {
	pace
	clock   tocsin.Clock
	mu      sync.Mutex
	buckets map[K]*rate.Limiter
}

func newLimits[K comparable](clock tocsin.Clock, p pace) *limits[K] {
	return &limits[K]{pace: p, clock: clock, buckets: map[K]*rate.Limiter{}}
}

// allow takes one from a bucket; the error of an empty one says when to come again.
func (l *limits[K]) allow(of K) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket, known := l.buckets[of]
	if !known {
		if len(l.buckets) >= maxBuckets {
			clear(l.buckets) // forgetting is cheaper than growing, and favours people over the flood
		}
		bucket = rate.NewLimiter(rate.Every(l.every), l.burst)
		l.buckets[of] = bucket
	}
	if bucket.AllowN(l.clock.Now(), 1) {
		return nil
	}
	return &tocsin.Error{Code: tocsin.CodeBusy, Reason: l.reason, RetryAfter: l.every}
}

// doors are the limits of a console.
type doors struct {
	entrance, public, reports *limits[netip.Prefix]
	accounts                  *limits[tocsin.Digest]
}

func newDoors(clock tocsin.Clock) doors {
	return doors{newLimits[netip.Prefix](clock, atTheEntrance), newLimits[netip.Prefix](clock, inPublic),
		newLimits[netip.Prefix](clock, ofReports), newLimits[tocsin.Digest](clock, ofAccount)}
}

// limited lets a class of addresses through a door at its pace.
func (c *Console) limited(door *limits[netip.Prefix], h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := door.allow(classOf(c.caller(r))); err != nil {
			return err
		}
		return h(w, r)
	}
}

// caller is the address a request came from. A proxy that the operator trusts tells for whom it asks, by adding to
// the right of X-Forwarded-For; what stands left of the first address that is no trusted proxy's, anybody may have
// written. The zero address: it cannot be told.
func (c *Console) caller(r *http.Request) netip.Addr {
	direct, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := plain(direct.Addr())
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && c.trusts(at); i-- {
		hop, err := parseHop(strings.TrimSpace(hops[i]))
		if err != nil {
			break // the proxy itself is the last whose word counts
		}
		at = hop
	}
	return at
}

// parseHop reads an address with or without a port.
func parseHop(text string) (netip.Addr, error) {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return plain(at.Addr()), nil
	}
	at, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return plain(at), err
}

func plain(at netip.Addr) netip.Addr { return at.Unmap().WithZone("") }

func (c *Console) trusts(at netip.Addr) bool {
	for _, proxy := range c.Proxies {
		if proxy.Contains(at) {
			return true
		}
	}
	return false
}

// classOf cuts an address to its class; what cannot be told is one class.
func classOf(at netip.Addr) netip.Prefix {
	bits := 64
	if at.Is4() {
		bits = 32
	}
	class, err := at.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return class
}
