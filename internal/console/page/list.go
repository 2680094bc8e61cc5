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

// lineName is what a record is called in a list.
func lineName(ctx context.Context, line flow.Listed) string {
	switch {
	case line.Kind == tocsin.KindCase:
		return caseName(ctx, line.ID)
	case line.Kind == tocsin.KindDecision:
		return decisionName(ctx, line.ID)
	case line.Kind == tocsin.KindComplaint:
		return complaintName(ctx, line.ID)
	case line.Kind == tocsin.KindNotice:
		return noticeName(ctx, line.ID)
	case line.Kind == tocsin.KindMisuse:
		return senderName(ctx, line.ID)
	case line.Reference != "":
		return line.Reference
	}
	return T(ctx, "console.orders.no_reference")
}
