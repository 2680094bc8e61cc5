// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/decode/lexicon"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
	"tocsin/match"
)

// reads gives the host a lexicon: that of the demonstration, changed.
func reads(t *testing.T, change ...func(*lexicon.Entry)) func(*config.Config) {
	t.Helper()
	var entries []lexicon.Entry
	for _, e := range lexicon.Demonstration().Entries {
		for _, c := range change {
			c(&e)
		}
		entries = append(entries, e)
	}
	s, err := lexicon.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := s.Write(&out); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "words.json")
	if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(c *config.Config) { c.Matching.Lexicons = []string{file} }
}

// says screens the text of a post, and waits until the platform has said what it is.
func (d desk) says(item, text string) flow.Screened {
	d.Helper()
	defer d.Drain()
	return d.reads(item, text)
}

func (d desk) reads(item, text string) flow.Screened {
	d.Helper()
	answers, err := d.Host.Flow().Screen(d.Context(), d.Moderator.Actor, flow.Screening{Assertion: flow.AssertedPublic,
		Pieces: []flow.Piece{{Queries: []match.Query{{Type: "text", Value: text}}, Item: item, Text: text}}})
	d.must(err)
	return answers[0]
}

func (d desk) cases() int {
	d.Helper()
	return len(d.Records(d.Host, tocsin.KindCase))
}

// TestReadingQueuesAsFarAsItsTierAllows holds what each tier may do, and that none of them restricts anything.
func TestReadingQueuesAsFarAsItsTierAllows(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t))
	d.says("", "the zorvian stood there")
	d.says("9", "they sell blenqiul today")      // T4: two letters changed places
	d.says("9", "the Blenquil Street library")   // what the lexicon itself says is something else
	d.says("9", "a kettle on the garden bridge") // nothing is read
	if n := d.cases(); n != 0 {
		t.Fatalf("%d cases of what asks for nobody", n)
	}
	d.says("1", "the zorvian stood there")
	c := d.caseOf("1")
	if c.Priority != tocsin.PriorityMatch || c.Answer == nil || c.Matches != 0 || len(c.Readings) != 1 || c.Item == nil {
		t.Errorf("T0: %+v", c.Case)
	}
	d.says("2", "the z0rv1an stood there")
	c = d.caseOf("2")
	if c.Priority != tocsin.PriorityReading || c.Answer != nil || len(c.Readings) != 1 {
		t.Errorf("T2: %+v", c.Case)
	}
	d.says("2", "a ZORVIAN walked by")
	c = d.caseOf("2")
	if c.Priority != tocsin.PriorityMatch || c.Answer == nil || len(c.Readings) != 2 || len(c.File.Readings) != 2 {
		t.Errorf("T1 after T2: %+v", c.Case)
	}
	d.says("3", "z0rv1an")
	d.upload("3", sameBytes, known)
	if c = d.caseOf("3"); c.Priority != tocsin.PriorityMatch || c.Answer == nil || c.Matches != 1 {
		t.Errorf("a match after T2: %+v", c.Case)
	}
	before := d.caseOf("3")
	d.says("3", "they sell blenqiul and bl3nquil today")
	c = d.caseOf("3")
	if len(c.File.Readings) != 3 || c.Priority != before.Priority || !c.Answer.Equal(*before.Answer) || c.Content != before.Content+1 {
		t.Errorf("T2 and T4 beside a match: %+v", c.Case)
	}
	head := d.head()
	d.says("3", "they sell blenqiul and bl3nquil today")
	if d.head() != head {
		t.Error("the same text again changes something")
	}
	d.shows(http.StatusOK, 1, 2, 3)
	if n := len(d.Records(d.Host, tocsin.KindDecision)); n != 0 {
		t.Errorf("%d decisions that nobody took", n)
	}
	for _, word := range []string{"zorv", "z0rv1an", "blenq", "lex:"} {
		if places := d.Where(d.Host, word); len(places) > 0 {
			t.Errorf("%q stands in %v", word, places)
		}
	}
	d.MustBeIntact(d.Host)
}

func (d desk) head() (seq int64) {
	d.Helper()
	d.must(d.Host.Flow().Store.View(d.Context(), func(tx flow.Tx) error {
		h, err := tx.Head()
		seq = h.Seq
		return err
	}))
	return seq
}

// TestReadingOfADemotedEntryWaitsBehindEverything holds that the state of an entry bounds what its readings do.
func TestReadingOfADemotedEntryWaitsBehindEverything(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t, func(e *lexicon.Entry) { e.Status = lexicon.StatusDemoted }))
	d.says("1", "the zorvian stood there")
	if c := d.caseOf("1"); c.Priority != tocsin.PriorityReading || c.Answer != nil {
		t.Errorf("%+v", c.Case)
	}
}

// TestStandingDecisionNeverFollowsAReading holds that no machine restricts because of a wording, however often the same
// was restricted.
func TestStandingDecisionNeverFollowsAReading(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, func(c *config.Config) {
		reads(t)(c)
		standing(10)(c)
	})
	d.stand()
	d.says("1", "the zorvian stood there")
	d.says("2", "the zorvian stood there")
	d.decide("2", finding(tocsin.OutcomeRestrict))
	d.says("3", "the zorvian stood there")
	if c := d.caseOf("3"); c.Status != tocsin.CaseOpen || c.Decision != nil || len(c.Readings) != 1 {
		t.Errorf("%+v", c.Case)
	}
	d.shows(http.StatusOK, 3)
}

// TestCaseKeepsReadingsFrozenAndBounded holds that what a case keeps can be repeated from it alone, and is little.
func TestCaseKeepsReadingsFrozenAndBounded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t))
	far := strings.Repeat("garden bridge ", 100)
	text := far + "ᴢ0rv1an ش" + far
	d.says("1", text)
	c := d.caseOf("1")
	if len(c.File.Readings) != 1 {
		t.Fatalf("%d readings", len(c.File.Readings))
	}
	r := c.File.Readings[0]
	if len(r.Around) > len(r.Original)+2*200 || !strings.Contains(r.Around, "bridge ᴢ0rv1an ش") || r.Before()+r.Original+r.After() != r.Around {
		t.Errorf("around: %q", r.Around)
	}
	if read, err := r.Replay(strings.Repeat(" ", r.From) + r.Around); err != nil || read != "zorvian" {
		t.Errorf("repeated: %q, %v", read, err)
	}
	if r.Entry.Forms != nil || r.Entry.Approvals != nil || r.Entry.Sense == "" || r.Snapshot == "" || r.Tables == "" {
		t.Errorf("frozen: %+v", r.Decode)
	}
	var written []string
	for n := range 24 {
		written = append(written, "zorv"+strings.Repeat("i", n+2)+"an")
	}
	d.says("2", strings.Join(written, " and "))
	d.says("2", "the zorvian stood there") // full is full, whatever comes
	if c := d.caseOf("2"); len(c.File.Readings) != flow.MostCaseReadings || len(c.Readings) != 1 {
		t.Errorf("%d readings, as %v", len(c.File.Readings), c.Readings)
	}
}

// TestReadingScoresNobody holds that no state, header or queue says of whom a disguised text is: there is nobody to say
// it of, and a text that is read counts for no item but its own.
func TestReadingScoresNobody(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t))
	for range 5 {
		d.says("1", "z0rv1an")
		d.Clock.Advance(time.Minute)
	}
	d.says("2", "z0rv1an")
	d.says("3", "z.0.r.v.1.a.n z0rv1an ZORV1AN")
	for _, item := range []string{"1", "2", "3"} {
		c := d.caseOf(item)
		if c.Priority != tocsin.PriorityReading || c.Answer != nil || len(c.Near) != 0 || !slices.Equal(c.Readings, d.caseOf("1").Readings) {
			t.Errorf("post %s: %+v", item, c.Case)
		}
	}
}
