// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"sync"
	"sync/atomic"
	"time"
)

// Founded is when the exchange of every world came into being: parties, people, directory.
var Founded = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// Opening is when a world begins, past the twelve hours of prior information that were sent when it was
// founded.
var Opening = Founded.Add(14 * time.Hour)

// Clock stands still until it is set. All nodes and the board of a world share it. It moves between calls that nodes make
// to each other and to the platform, never during one: a signature lives for minutes, and would be an hour old when it
// arrives.
type Clock struct {
	micros atomic.Int64
	mu     sync.Mutex
	calls  int // on their way
	none   sync.Cond
}

// NewClock makes a clock that shows a time.
func NewClock(at time.Time) *Clock {
	c := &Clock{}
	c.none.L = &c.mu
	c.Set(at)
	return c
}

// Now is the time it shows.
func (c *Clock) Now() time.Time { return time.UnixMicro(c.micros.Load()).UTC() }

// Set moves it, forward or back.
func (c *Clock) Set(at time.Time) {
	c.between(func() { c.micros.Store(at.UnixMicro()) })
}

// Advance moves it forward and gives the new time.
func (c *Clock) Advance(d time.Duration) (now time.Time) {
	c.between(func() { now = time.UnixMicro(c.micros.Add(d.Microseconds())).UTC() })
	return now
}

func (c *Clock) between(move func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.calls > 0 {
		c.none.Wait()
	}
	move()
}

// during lets the clock stand for a call.
func (c *Clock) during(call func() error) error {
	c.mu.Lock()
	c.calls++
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.calls--; c.calls == 0 {
			c.none.Broadcast()
		}
	}()
	return call()
}
