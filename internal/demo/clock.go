// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"sync/atomic"
	"time"
)

// Clock is the machine's clock with a step that can be changed, so that a demonstration need not wait
// twelve hours and a test can watch a legal clock run out.
type Clock struct{ step atomic.Int64 }

// Now is the stepped time in UTC.
func (c *Clock) Now() time.Time {
	return time.Now().Add(time.Duration(c.step.Load())).UTC().Truncate(time.Microsecond)
}

// Step sets how far the clock is from the machine's.
func (c *Clock) Step(d time.Duration) { c.step.Store(int64(d)) }
