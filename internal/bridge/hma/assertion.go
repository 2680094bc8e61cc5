// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"context"
	"net/http"

	"tocsin"
	"tocsin/internal/flow"
)

// assert records in the journal for which service keys the configuration asserts that what they look up is
// public or was reported, where that differs from what is recorded.
func (s *Service) assert(ctx context.Context) error {
	s.asserting.Lock()
	defer s.asserting.Unlock()
	keys, err := s.Keys.List()
	if err != nil {
		return err
	}
	asserted := map[tocsin.ActorID]flow.Assertion{}
	for _, k := range keys {
		if a, ok := s.Assertions[k.Name]; ok {
			asserted[k.ID] = a
		}
	}
	return s.Flow.Assert(ctx, s.Operator, asserted)
}

// assertion is the operator's word for the key of a request. A key that was made since the node started is
// recorded when it is first used.
func (c *call) assertion() (flow.Assertion, error) {
	configured, ok := c.s.Assertions[c.key.Name]
	if !ok {
		return "", unasserted()
	}
	if c.s.Flow.Face().Asserted[c.key.ID] == configured {
		return configured, nil
	}
	if err := c.s.assert(c.r.Context()); err != nil {
		return "", err
	}
	if c.s.Flow.Face().Asserted[c.key.ID] != configured {
		return "", unasserted()
	}
	return configured, nil
}

func unasserted() error {
	return refusef(http.StatusForbidden, "The operator of this node has not asserted that what this token "+
		"looks up is public or was reported. Nothing else is looked up.")
}
