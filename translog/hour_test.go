// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"errors"
	"testing"
	"time"

	"tocsin/translog"
)

func TestHourRoundsDownAndHasOneForm(t *testing.T) {
	t.Parallel()
	exact := time.Date(2026, 10, 25, 2, 59, 59, 999, time.FixedZone("", 3600))
	h := translog.HourOf(exact)
	if got, want := h.String(), "2026-10-25T01:00:00Z"; got != want {
		t.Errorf("HourOf = %s, want %s", got, want)
	}
	if got, want := h.Day().String(), "2026-10-25T00:00:00Z"; got != want {
		t.Errorf("Day = %s, want %s", got, want)
	}
	if !h.Time().Equal(exact.Truncate(time.Hour)) {
		t.Errorf("Time = %v", h.Time())
	}
	for _, text := range []string{"", "2026-10-25", "2026-10-25T01:00:01Z", "2026-10-25T01:00:00.0Z",
		"2026-10-25T01:00:00+00:00", "2026-10-25T02:00:00+01:00", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"} {
		if err := h.UnmarshalText([]byte(text)); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%q: got error %v, want ErrMalformed", text, err)
		}
	}
}
