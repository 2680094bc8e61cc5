// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"encoding/json"
	"strings"
	"time"

	_ "time/tzdata" // the tests travel

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin"
)

// canary is planted in every text. It has the form of a code, so that only the absence of a path keeps it
// out of a header, not the alphabet of headers.
const canary = "CANARY-in-text"

// journal is what a store keeps of one record: the exact bytes of each header, in order.
type journal struct {
	kind    tocsin.RecordKind
	headers [][]byte
}

// took records what a command returned and checks what holds after every command of every record: the
// events follow each other without a gap, hold no text, and fold to the very state the command left.
func (j *journal) took(t rapid.TB, agg tocsin.Aggregate, events []tocsin.Event) {
	t.Helper()
	for _, e := range events {
		b, err := e.Encode()
		if err != nil {
			t.Fatalf("%s: header cannot be stored: %v", e.Kind, err)
		}
		if strings.Contains(string(b), canary) {
			t.Fatalf("%s: header holds text: %s", e.Kind, b)
		}
		if e.At.Location() != time.UTC || e.At != e.At.Truncate(time.Microsecond) {
			t.Fatalf("%s: time %v is not as the journal keeps it", e.Kind, e.At)
		}
		j.headers = append(j.headers, b)
	}
	if int64(len(j.headers)) != agg.Base().Version {
		t.Fatalf("version %d after %d events", agg.Base().Version, len(j.headers))
	}
	state := encode(t, agg)
	if strings.Contains(state, canary) {
		t.Fatalf("state holds text: %s", state)
	}
	if folded := j.fold(t); !cmp.Equal(agg, folded) || encode(t, folded) != state {
		t.Fatalf("the fold is another state (-command +fold):\n%s", cmp.Diff(agg, folded))
	}
	if loaded := j.load(t, agg); !cmp.Equal(agg, loaded) || encode(t, loaded) != state {
		t.Fatalf("JSON gives another state (-command +JSON):\n%s", cmp.Diff(agg, loaded))
	}
}

// fold is the state after a restart that replays the journal.
func (j *journal) fold(t rapid.TB) tocsin.Aggregate {
	t.Helper()
	agg, err := tocsin.NewAggregate(j.kind)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, b := range j.headers {
		h, err := tocsin.DecodeHeader(b)
		if err != nil {
			t.Fatalf("%v", err)
		}
		if err := tocsin.Fold(agg, h); err != nil {
			t.Fatalf("%v", err)
		}
	}
	return agg
}

// load is the state after a restart that reads the stored body.
func (j *journal) load(t rapid.TB, agg tocsin.Aggregate) tocsin.Aggregate {
	t.Helper()
	loaded, err := tocsin.NewAggregate(j.kind)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if err := json.Unmarshal([]byte(encode(t, agg)), loaded); err != nil {
		t.Fatalf("%v", err)
	}
	return loaded
}

func encode(t rapid.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(b)
}

// refused checks that a refused command changed nothing and said why, without repeating text.
func refused(t rapid.TB, agg tocsin.Aggregate, before string, events []tocsin.Event, err error) {
	t.Helper()
	if len(events) != 0 || encode(t, agg) != before {
		t.Fatalf("a refused command changed something: %d events, %s", len(events), encode(t, agg))
	}
	if tocsin.CodeOf(err) == tocsin.CodeInternal || tocsin.ReasonOf(err) == "" {
		t.Fatalf("a refusal without a code and a reason: %v", err)
	}
	if strings.Contains(err.Error(), canary) {
		t.Fatalf("an error repeats text: %v", err)
	}
}

// tickTwice fires the clocks of a record and checks that the same instant fires none again, and that
// something fires exactly when the record said that something was due.
func tickTwice(t rapid.TB, agg tocsin.Aggregate, by tocsin.By, due *time.Time) []tocsin.Event {
	t.Helper()
	events, err := agg.Tick(by, tocsin.EUPeriods())
	if err != nil {
		t.Fatalf("tick: %v", err)
	}
	if expected := due != nil && !by.At.Before(*due); expected != (len(events) > 0) {
		t.Fatalf("due at %v, tick at %v: %d events", due, by.At, len(events))
	}
	again, err := agg.Tick(by, tocsin.EUPeriods())
	if err != nil || len(again) != 0 {
		t.Fatalf("the same instant again: %d events, %v", len(again), err)
	}
	return events
}

// testClock is wall-clock time as a machine may tell it: in some zone, with more digits than are kept, and
// stepped at times. Legal clocks must not care.
type testClock struct{ now time.Time }

var zones = []string{"UTC", "Europe/Paris", "Europe/Dublin", "Australia/Lord_Howe", "Asia/Kathmandu",
	"America/St_Johns"}

// starts lie around changes to and from summer time, and around a leap day.
var starts = []string{"2027-03-28T00:30:00Z", "2027-10-30T23:50:00Z", "2027-04-03T14:30:00Z",
	"2028-02-29T20:00:00Z", "2026-12-31T23:59:59Z"}

func newTestClock(t *rapid.T) *testClock {
	start, err := time.Parse(time.RFC3339, rapid.SampledFrom(starts).Draw(t, "start"))
	if err != nil {
		t.Fatal(err)
	}
	return &testClock{now: start}
}

// read gives the time the way this machine happens to tell it.
func (c *testClock) read(t *rapid.T) time.Time {
	zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return c.now.In(zone).Add(time.Duration(rapid.IntRange(0, 999).Draw(t, "ns")))
}

// at is the instant as the journal keeps it.
func (c *testClock) at() time.Time { return c.now.UTC() }

// pass moves the clock: a little, much, backwards, or to just before, at or after what is due.
func (c *testClock) pass(t *rapid.T, due *time.Time) {
	if due != nil && rapid.Bool().Draw(t, "to due") {
		around := rapid.SampledFrom([]time.Duration{-time.Microsecond, 0, time.Microsecond, time.Minute})
		c.now = due.Add(around.Draw(t, "around due"))
		return
	}
	steps := []time.Duration{time.Microsecond, time.Second, 9 * time.Minute, 31 * time.Minute, time.Hour,
		12 * time.Hour, 73 * time.Hour, 40 * 24 * time.Hour, -time.Second, -2 * time.Hour, -25 * time.Hour}
	c.now = c.now.Add(rapid.SampledFrom(steps).Draw(t, "step"))
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

func pointer(t time.Time) *time.Time { return &t }

// earlier is the first of the clocks that run.
func earlier(clocks ...*time.Time) *time.Time {
	var first *time.Time
	for _, c := range clocks {
		if c != nil && (first == nil || c.Before(*first)) {
			first = c
		}
	}
	return first
}

func (c *testClock) reached(due *time.Time) bool { return due != nil && !c.at().Before(*due) }
