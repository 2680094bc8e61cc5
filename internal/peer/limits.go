// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package peer

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tocsin"
)

// What one party may deliver: far above any authority's day, far below what would slow the others down.
const (
	perSecond = 200
	burst     = 1000
)

// limits holds a bucket for each party of the directory; there are as many as parties that ever wrote.
type limits struct {
	mu      sync.Mutex
	buckets map[tocsin.PartyID]*rate.Limiter
}

func newLimits() *limits { return &limits{buckets: map[tocsin.PartyID]*rate.Limiter{}} }

// wait says how long a party must wait; zero when it may go on.
func (l *limits) wait(party tocsin.PartyID, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[party]
	if !ok {
		b = rate.NewLimiter(perSecond, burst)
		l.buckets[party] = b
	}
	if b.AllowN(now, 1) {
		return 0
	}
	return time.Second
}
