// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import "sync/atomic"

// view is what an index holds at one moment: a reader pins one for a whole query, and sees in it also what is
// added to its last tail and marked as removed meanwhile. Segments that no pinned view holds are released.
type view struct {
	segments []*Segment
	tails    []*tail // the last takes new pairs; those before it wait to become a segment
	users    atomic.Int64
}

// newView makes a view with one user, the index.
func newView(segments []*Segment, tails []*tail) *view {
	v := &view{segments: segments, tails: tails}
	v.users.Store(1)
	for _, s := range segments {
		s.users.Add(1)
	}
	return v
}

// pin gives the current view for use until release. It never waits: when the view was replaced and released
// between the two steps, the next one is there already.
func (x *Index) pin() *view {
	for {
		v := x.current.Load()
		if v.hold() {
			return v
		}
	}
}

// hold counts a user unless the last one is gone.
func (v *view) hold() bool {
	for {
		users := v.users.Load()
		if users == 0 {
			return false
		}
		if v.users.CompareAndSwap(users, users+1) {
			return true
		}
	}
}

func (v *view) release() {
	if v.users.Add(-1) > 0 {
		return
	}
	for _, s := range v.segments {
		if s.users.Add(-1) == 0 {
			s.block.Release()
		}
	}
}
