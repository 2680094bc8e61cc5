// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

// MatchLevel says by which key a known address was found; a smaller one is stronger.
type MatchLevel uint8

// The levels, strongest first.
const (
	MatchResource   MatchLevel = iota // the same number of the same service
	MatchExact                        // the same href
	MatchIdentity                     // the same but for scheme, user, fragment, tracking, order of the query
	MatchUnwrapped                    // one of the two leads to the other
	MatchPathPrefix                   // the known address is a folder above
	MatchHost                         // the same host: context
	MatchDomain                       // the same registrable domain, or a name between: context
)

var matchLevels = [...]string{"resource", "exact", "identity", "unwrapped", "path-prefix", "host", "domain"}

func (l MatchLevel) String() string { return matchLevels[l] }

// Context says that a match of this level only tells where to look: many parties may share a host or a
// domain, so it never suffices for a decision about content.
func (l MatchLevel) Context() bool { return l >= MatchHost }
