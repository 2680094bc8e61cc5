// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "slices"

// Deciders are the people who had a hand in a decision: they take it back or answer for it, and never give it the
// second look. Who is no person is left out.
func (d *Decision) Deciders() []ActorID {
	all := []ActorID{d.DecidedBy, d.RatifiedBy}
	if d.Standing != nil {
		all = append(all, d.Standing.By)
	}
	return slices.DeleteFunc(all, func(a ActorID) bool { return !a.isPerson() })
}
