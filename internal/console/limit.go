// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tocsin"
)

// Sign-in and enrolment are the only doors a stranger can knock at. A class of addresses (one IPv4 address,
// one IPv6 /64) may knock thirty times at once and then every other second: plenty behind a shared exit,
// too slow to matter.
const (
	knocks     = 30
	knockEvery = 2 * time.Second
	maxClasses = 10_000
)

type limits struct {
	clock   tocsin.Clock
	mu      sync.Mutex
	classes map[netip.Prefix]*rate.Limiter
}

func newLimits(clock tocsin.Clock) *limits {
	return &limits{clock: clock, classes: map[netip.Prefix]*rate.Limiter{}}
}

func (l *limits) allow(remote string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	class := classOf(remote)
	limiter, known := l.classes[class]
	if !known {
		if len(l.classes) >= maxClasses {
			clear(l.classes) // forgetting is cheaper than growing, and favours people over the flood
		}
		limiter = rate.NewLimiter(rate.Every(knockEvery), knocks)
		l.classes[class] = limiter
	}
	return limiter.AllowN(l.clock.Now(), 1)
}

// classOf cuts an address to its class; what cannot be read is one class.
func classOf(remote string) netip.Prefix {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	address, bits := at.Addr().Unmap().WithZone(""), 64
	if address.Is4() {
		bits = 32
	}
	class, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return class
}

func (c *Console) limited(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !c.limits.allow(r.RemoteAddr) {
			return &tocsin.Error{Code: tocsin.CodeBusy, Reason: "too_many_attempts", RetryAfter: knockEvery}
		}
		return h(w, r)
	}
}
