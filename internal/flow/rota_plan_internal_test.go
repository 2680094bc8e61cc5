// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tocsin"
)

const (
	anna = tocsin.RecordID("prs_aaaaaaaaaaaaaaaaaaaaaaaaaa")
	ben  = tocsin.RecordID("prs_bbbbbbbbbbbbbbbbbbbbbbbbbb")
	carl = tocsin.RecordID("prs_cccccccccccccccccccccccccc")
)

func utc(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// shifts is a day and a night shift on every day, in Paris.
func shifts() (p RotaPlan) {
	for _, day := range weekdays {
		p.Slots = append(p.Slots, RotaSlot{Day: day, From: "07:00", To: "19:00", Zone: "Europe/Paris", Person: anna},
			RotaSlot{Day: day, From: "19:00", To: "07:00", Zone: "Europe/Paris", Person: ben})
	}
	return p
}

func TestShiftsFollowTheWallClockThroughSummerTime(t *testing.T) {
	t.Parallel()
	p := shifts()
	for at, want := range map[string]tocsin.RecordID{
		"2026-03-29T00:59:59Z": ben,  // 01:59:59 in Paris, the last second of winter time
		"2026-03-29T01:00:00Z": ben,  // 03:00
		"2026-03-29T04:59:59Z": ben,  // 06:59:59
		"2026-03-29T05:00:00Z": anna, // 07:00, an hour sooner than the day before
		"2026-03-28T05:30:00Z": ben,  // 06:30, the day before
		"2026-10-25T00:30:00Z": ben,  // 02:30, for the first time
		"2026-10-25T01:30:00Z": ben,  // 02:30, for the second time
		"2026-10-25T05:59:59Z": ben,  // 06:59:59
		"2026-10-25T06:00:00Z": anna, // 07:00, an hour later than the day before
		"2026-10-25T18:00:00Z": ben,  // 19:00
	} {
		if on := p.OnCall(utc(t, at)); !slices.Equal(on, []tocsin.RecordID{want}) {
			t.Errorf("%s: on call is %v, want %s", at, on, want)
		}
	}
}

// TestRotaWithoutAGapHasNoneInAnyZone: shifts that meet leave exactly one person on call at every instant of a
// year, whatever the clocks of their zone do.
func TestRotaWithoutAGapHasNoneInAnyZone(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
		"Africa/Casablanca", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		cut := rapid.SampledFrom([]string{"00:30", "01:59", "02:00", "02:30", "03:00", "12:00", "23:59"}).Draw(t, "cut")
		var p RotaPlan
		for i, day := range weekdays {
			who := []tocsin.RecordID{anna, ben}[i%2]
			p.Slots = append(p.Slots, RotaSlot{Day: day, From: cut, To: cut, Zone: zone, Person: who})
		}
		at := time.Unix(rapid.Int64Range(1767225600, 1798761600).Draw(t, "second of 2026"), 0)
		if on := p.OnCall(at); len(on) != 1 {
			t.Fatalf("%s: on call are %v", at.UTC(), on)
		}
	})
}

func TestOverrideStandsBeforeTheWeekAndBackupAfterIt(t *testing.T) {
	t.Parallel()
	p := shifts()
	p.Backup = []tocsin.RecordID{ben, carl}
	p.Overrides = []RotaOverride{{From: utc(t, "2026-11-26T08:00:00Z"), To: utc(t, "2026-11-26T12:00:00Z"), Person: carl}}
	for at, want := range map[string][]tocsin.RecordID{
		"2026-11-26T07:59:59Z": {anna, ben, carl},
		"2026-11-26T08:00:00Z": {carl, anna, ben},
		"2026-11-26T12:00:00Z": {anna, ben, carl},
	} {
		if got := p.ladder(utc(t, at)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
}

func TestGapInTheRotaIsFound(t *testing.T) {
	t.Parallel()
	now := utc(t, "2026-11-26T10:00:00Z") // a Thursday
	p := shifts()
	if gap := p.gap(now); gap != nil {
		t.Errorf("a gap at %s", gap)
	}
	p.Slots = slices.DeleteFunc(p.Slots, func(s RotaSlot) bool { return s.Day == "saturday" && s.Person == anna })
	if gap := p.gap(now); gap == nil || !gap.Equal(utc(t, "2026-11-28T06:00:00Z")) {
		t.Errorf("the gap is at %v", gap)
	}
	if gap := (RotaPlan{}).gap(now); gap != nil {
		t.Error("no rota at all is no gap")
	}
}

func TestQuietHoursEndByTheWallClock(t *testing.T) {
	t.Parallel()
	q := Quiet{From: "22:00", To: "07:00", Zone: "Europe/Paris"}
	for at, want := range map[string]string{
		"2026-11-26T20:59:59Z": "2026-11-26T20:59:59Z", // 21:59:59
		"2026-11-26T21:00:00Z": "2026-11-27T06:00:00Z",
		"2026-03-28T22:00:00Z": "2026-03-29T05:00:00Z", // the night that is an hour short
		"2026-10-24T22:00:00Z": "2026-10-25T06:00:00Z", // the one that is an hour long
	} {
		if got := q.from(utc(t, at)); !got.Equal(utc(t, want)) {
			t.Errorf("at %s: from %s, want %s", at, got.UTC().Format(time.RFC3339), want)
		}
	}
	if now := utc(t, "2026-11-26T23:00:00Z"); !(Quiet{}).from(now).Equal(now) {
		t.Error("nobody asked for quiet")
	}
}

func TestQuietHoursNeverSilenceAClockUnderAnHour(t *testing.T) {
	t.Parallel()
	quiet := Reach{Quiet: Quiet{From: "22:00", To: "07:00", Zone: "UTC"}}
	now := utc(t, "2026-11-26T23:00:00Z")
	end := utc(t, "2026-11-27T07:00:00Z")
	in := func(d time.Duration) *time.Time { at := now.Add(d); return &at }
	for name, c := range map[string]struct {
		woken, urgent bool
		deadline      *time.Time
		want          time.Time
	}{
		"on call, an hour runs":          {true, true, in(59 * time.Minute), now},
		"on call, four hours run":        {true, false, in(4 * time.Hour), now.Add(3 * time.Hour)},
		"on call, half an hour is left":  {true, false, in(30 * time.Minute), now},
		"on call, it is past":            {true, false, in(-time.Minute), now},
		"on call, no clock":              {true, false, nil, end},
		"on call, the clock is far":      {true, false, in(72 * time.Hour), end},
		"not on call, an hour runs":      {false, true, in(59 * time.Minute), end},
		"not on call, four hours run":    {false, false, in(4 * time.Hour), end},
		"on call, watched without clock": {true, true, nil, now},
	} {
		person := called{person: Individual{File: PersonFile{Reach: quiet}}, woken: c.woken, urgent: c.urgent}
		if got := person.from(now, c.deadline); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestPlanThatDoesNotSayWhoIsOnCallIsRefused(t *testing.T) {
	t.Parallel()
	good := RotaSlot{Day: "monday", From: "07:00", To: "19:00", Zone: "Europe/Paris", Person: anna}
	for field, change := range map[string]func(*RotaSlot){
		"slots[0].day":  func(s *RotaSlot) { s.Day = "Montag" },
		"slots[0].from": func(s *RotaSlot) { s.From = "7:00" },
		"slots[0].to":   func(s *RotaSlot) { s.To = "25:00" },
		"slots[0].zone": func(s *RotaSlot) { s.Zone = "Local" },
	} {
		bad := good
		change(&bad)
		err := RotaPlan{Slots: []RotaSlot{bad}}.Validate()
		if e, ok := err.(*tocsin.Error); !ok || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := (RotaPlan{Slots: []RotaSlot{good}}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestAddressOfAnotherChannelIsRefused(t *testing.T) {
	t.Parallel()
	for channel, cases := range map[Channel]map[string]bool{
		ChannelMail:       {"bell@example.org": true, "bell": false, "a@b\r\nBcc: c@d": false, "A <a@b.example>": false},
		ChannelNtfy:       {"my-topic_1": true, "my/topic": false, "": false},
		ChannelMatrix:     {"!abc:example.org": true, "#room:example.org": false, "!a/../b:x": false},
		ChannelSlack:      {"T0/B0/abc": true, "https://hooks.slack.com/services/T0/B0/abc": false, "T0/B0/../x": false},
		ChannelMattermost: {"abcdef0123": true, "../api": false},
		ChannelWebhook:    {"anything": false},
	} {
		for address, want := range cases {
			err := Reach{Addresses: map[Channel]string{channel: address}}.validate()
			if (err == nil) != want {
				t.Errorf("%s %q: %v", channel, address, err)
			}
		}
	}
}
