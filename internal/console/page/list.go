// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strconv"

	"tocsin"
	"tocsin/internal/flow"
)

// lineMark tells a list that fetches itself anew whether a line changed.
func lineMark(line flow.Listed) string {
	late := ""
	if line.Late {
		late = "!"
	}
	return string(line.ID) + "/" + strconv.FormatInt(line.Version, 10) + late
}

// lineName is what a record without a reference is called in a list.
func lineName(ctx context.Context, line flow.Listed) string {
	switch line.Kind {
	case tocsin.KindCase:
		return caseName(ctx, line.ID)
	case tocsin.KindDecision:
		return decisionName(ctx, line.ID)
	case tocsin.KindComplaint:
		return complaintName(ctx, line.ID)
	case tocsin.KindChallenge:
		return challengeName(ctx, line.ID)
	case tocsin.KindEntry:
		return sharedName(ctx, line.ID)
	case tocsin.KindNotice:
		return noticeName(ctx, line.ID)
	case tocsin.KindMisuse:
		return senderName(ctx, line.ID)
	}
	return T(ctx, "console.orders.no_reference")
}

// referred reports whether somebody gave a record the reference that it is called by; the others have a name of ours.
func referred(line flow.Listed) bool {
	switch line.Kind {
	case tocsin.KindCase, tocsin.KindDecision, tocsin.KindComplaint, tocsin.KindChallenge, tocsin.KindNotice, tocsin.KindMisuse,
		tocsin.KindEntry:
		return false
	}
	return line.Reference != ""
}
