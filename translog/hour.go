// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"fmt"
	"time"
)

// Hour is a time rounded down to the hour, the finest a log shows: whole hours since 1970 in UTC. Zero
// means that there is none. An exact time is a hidden field.
type Hour int64

// hourForm has one length for every date, so that an entry's size says nothing.
const hourForm = "2006-01-02T15:00:00Z"

// maxHour is the last hour of the year 9999, after which RFC 3339 has no form.
var maxHour = HourOf(time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC))

// HourOf rounds t down to the hour.
func HourOf(t time.Time) Hour { return Hour(t.Unix() / 3600) }

// Day rounds down to the day in UTC, for a log that shows no hours and for daily counts.
func (h Hour) Day() Hour { return h - h%24 }

// Time is the start of the hour.
func (h Hour) Time() time.Time { return time.Unix(int64(h)*3600, 0).UTC() }

// String gives RFC 3339, or "" when there is no time.
func (h Hour) String() string {
	if h == 0 {
		return ""
	}
	return h.Time().Format(hourForm)
}

// MarshalText gives RFC 3339 in UTC, always twenty characters.
func (h Hour) MarshalText() ([]byte, error) {
	if h <= 0 || h > maxHour {
		return nil, fmt.Errorf("encode hour: %w: out of range", ErrMalformed)
	}
	return []byte(h.String()), nil
}

// UnmarshalText reads what MarshalText writes and nothing else.
func (h *Hour) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return fmt.Errorf("parse hour: %w: not a time", ErrMalformed)
	}
	got := HourOf(t)
	if got <= 0 || got > maxHour || got.String() != string(text) {
		return fmt.Errorf("parse hour: %w: not a whole hour in UTC", ErrMalformed)
	}
	*h = got
	return nil
}
