// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"time"

	"tocsin/internal/locale"
)

// moment is a time as the person reads it: her own zone, and the zone written out.
func moment(ctx context.Context, t time.Time) string {
	return locale.From(ctx).Moment(t.In(frame(ctx).Zone))
}

// machine is a time for the datetime attribute.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// fine is a machine time with its fraction, which the running clock needs.
func fine(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func remaining(ctx context.Context, due time.Time) string {
	return locale.From(ctx).Remaining(due.Sub(frame(ctx).Now))
}

// soon is when a deadline asks for attention before anything else.
const soon = 15 * time.Minute

// urgency is the class of a deadline: over, soon or ahead.
func urgency(ctx context.Context, due time.Time) string {
	switch left := due.Sub(frame(ctx).Now); {
	case left < 0:
		return "over"
	case left <= soon:
		return "soon"
	}
	return "ahead"
}

// LocalTime is the form of a date-and-time field.
const LocalTime = "2006-01-02T15:04"

// zoneName names the zone in which the page shows times.
func zoneName(ctx context.Context) string { return frame(ctx).Zone.String() }
