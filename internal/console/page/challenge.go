// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"

	"tocsin"
	"tocsin/internal/flow"
)

// PublicChallenge is the page that says where a challenge stands.
type PublicChallenge struct {
	flow.ChallengeStatus
	Address string // of the page itself
}

// Challenges is a list of challenges.
type Challenges struct {
	Listing
	Lines []flow.ChallengeView
}

// Challenged is a challenge for whoever answers it.
type Challenged struct {
	flow.ChallengeView
	Acts []Act
}

func challengeName(ctx context.Context, id tocsin.RecordID) string {
	return T(ctx, "console.challenge.name", "Ref", ShortName(id))
}
