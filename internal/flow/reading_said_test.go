// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tocsin"
	"tocsin/decode/lexicon"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// answered is a decision that says one thing of each reading that the case of a post is asked about.
func (d desk) answered(item string, outcome tocsin.Outcome, m tocsin.Meant) tocsin.DecisionDraft {
	d.Helper()
	draft := finding(outcome)
	for _, q := range d.caseOf(item).Questions {
		draft.Readings = append(draft.Readings, tocsin.ReadingAnswer{Reading: q.Code, Meant: m})
	}
	return draft
}

// upholds contests an entry in a version, and grants it.
func (d desk) upholds(entry string) {
	d.Helper()
	f := d.Host.Flow()
	handler, err := d.Host.Hire(d.Context(), tocsin.DutyComplaintHandler)
	d.must(err)
	token, err := f.SubmitChallenge(d.Context(), "", contested())
	d.must(err)
	s, err := f.ChallengeByToken(d.Context(), token)
	d.must(err)
	d.must(f.UpholdChallenge(d.Context(), handler.Actor, s.ID, entry, "A soup."))
}

// TestWhatPeopleSayOfAReadingFromItsCaseToItsErasure is the whole story on each engine: a text is read, a person is asked, what
// she says is counted while her decision stands, and nothing of the text is left when it is erased.
func TestWhatPeopleSayOfAReadingFromItsCaseToItsErasure(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		d := newDesk(t, on, reads(t))
		f := d.Host.Flow()
		d.says("1", disguised)
		d.says("1", "a z0rvian walked to the bridge with her kettle")
		d.says("1", "this is the Zorvian cheese fair")
		c := d.caseOf("1")
		if len(c.Questions) != 1 || len(c.Questions[0].Readings) != 2 || !c.OnlyRead || len(c.File.Readings) != 3 {
			t.Fatalf("asked %+v of %d readings", c.Questions, len(c.File.Readings))
		}
		for i, s := range c.Said {
			if (s.Code == "") != (c.File.Readings[i].Context.CounterExample != "") || s.Meant != "" || len(s.Since) != 0 {
				t.Errorf("before anybody decides: %+v", s)
			}
		}
		first := d.decide("1", d.answered("1", tocsin.OutcomeKeep, tocsin.MeantYes))
		d.counts(disguised, 1, 0)
		if c := d.caseOf("1"); c.Said[0].Meant != tocsin.MeantYes || !c.Said[0].Outright || len(c.Questions) != 0 {
			t.Errorf("decided: %+v, and %d questions", c.Said, len(c.Questions))
		}
		d.must(f.UndoDecision(d.Context(), d.Moderator.Actor, first))
		d.counts(disguised, 0, 0)
		if c := d.caseOf("1"); c.Said[0].Meant != "" || len(c.Questions) != 1 {
			t.Errorf("undone: %+v, and %d questions", c.Said, len(c.Questions))
		}
		second := d.decide("1", d.answered("1", tocsin.OutcomeRestrict, tocsin.MeantNo))
		d.counts(disguised, 0, 1)
		figures, err := f.TierFigures(d.Context(), d.analyst())
		if err != nil || len(figures) != 1 || figures[0].Wrong != 1 {
			t.Errorf("figures %+v, %v", figures, err)
		}
		d.must(f.ReverseDecision(d.Context(), d.colleague(1), second, "It was a kettle."))
		d.counts(disguised, 0, 0)
		d.Drain()
		for _, id := range []tocsin.RecordID{first, second, c.ID} {
			d.must(f.EraseRecord(d.Context(), testkit.Operator, id, "retention_ended"))
		}
		v, err := f.Case(d.Context(), d.Moderator.Actor, c.ID)
		if err != nil || !v.Erased || len(v.File.Readings)+len(v.Questions)+len(v.Said) != 0 {
			t.Errorf("erased: %+v, %v", v.File, err)
		}
		for _, word := range []string{"z0rv", "zorvian", "lex:", "stood there"} {
			if places := d.Where(d.Host, word); len(places) > 0 {
				t.Errorf("%q stands in %v", word, places)
			}
		}
		d.MustBeIntact(d.Host)
	})
}

func (d desk) analyst() flow.Actor {
	d.Helper()
	p, err := d.Host.Hire(d.Context(), tocsin.DutyAnalyst)
	d.must(err)
	return p.Actor
}

// TestSilenceCountsOnlyWhereNothingElsePointsToTheItem decides a post that matched, too, and one of which somebody gave notice.
// A complaint that is upheld takes back what was answered, and an answer to it that is taken back brings it again.
func TestSilenceCountsOnlyWhereNothingElsePointsToTheItem(t *testing.T) {
	t.Parallel()
	h := hearing{desk: newDesk(t, testkit.SQLite, reads(t))}
	handler, err := h.Host.Hire(h.Context(), tocsin.DutyComplaintHandler)
	h.must(err)
	h.handler = handler.Actor
	f, ctx := h.Host.Flow(), h.Context()
	h.says("1", disguised)
	decision, _, _ := h.restricted("1", 1)
	h.counts(disguised, 0, 0)
	c := h.caseOf("1")
	if c.OnlyRead || len(c.Questions) != 1 || c.Said[0].Meant != "" {
		t.Errorf("silence says %+v, asked %d", c.Said, len(c.Questions))
	}
	h.must(f.UndoDecision(ctx, h.Moderator.Actor, decision))
	decision = h.decide("1", h.answered("1", tocsin.OutcomeRestrict, tocsin.MeantNo))
	h.counts(disguised, 0, 1)
	v, err := f.Decision(ctx, h.Moderator.Actor, decision)
	h.must(err)
	id, err := f.Complain(ctx, f.StatementToken(decision, v.Items[0].Restriction), "", complaintForm())
	h.must(err)
	h.must(f.UpholdComplaint(ctx, h.handler, id, grounds))
	h.counts(disguised, 0, 0)
	h.must(f.TakeBackAnswer(ctx, h.handler, id))
	h.counts(disguised, 0, 1)
	h.says("2", disguised) // counted once for a case, however often it is decided
	draft := h.answered("2", tocsin.OutcomeKeep, tocsin.MeantYes)
	h.decide("2", draft)
	h.counts(disguised, 1, 1)
	_, err = f.SubmitPublicNotice(ctx, "", noticeOf(testkit.Post(2)))
	h.must(err)
	h.Drain()
	c = h.caseOf("2")
	h.must(f.ClaimCase(ctx, h.Moderator.Actor, c.ID))
	if _, err := f.Decide(ctx, h.Moderator.Actor, c.ID, draft, h.caseOf("2").Content, ""); len(c.Questions) != 0 || tocsin.CodeOf(err) != tocsin.CodeInvalid {
		t.Errorf("%d questions, answered once more: %v", len(c.Questions), err)
	}
	h.decide("2", finding(tocsin.OutcomeKeep))
	h.counts(disguised, 1, 1)
	h.MustBeIntact(h.Host)
}

// TestJournalKeepsAnAnswerWithoutAWord holds what the header of a decision says of a reading: a mark, a version, a tier, a language, an
// answer.
func TestJournalKeepsAnAnswerWithoutAWord(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t))
	d.says("1", disguised)
	d.decide("1", d.answered("1", tocsin.OutcomeKeep, tocsin.MeantUnclear))
	d.counts(disguised, 0, 0)
	var said []string
	for _, h := range d.Journal(d.Host) {
		if h.Kind == tocsin.EventDecisionTaken {
			said = append(said, h.Facts.Codes...)
		}
	}
	if len(said) != 1 || !strings.HasSuffix(said[0], ".1.T2.en.unclear") || strings.Contains(said[0], "zorvian") {
		t.Errorf("the journal says %q", said)
	}
	if places := d.Where(d.Host, "zorvian"); len(places) > 0 {
		t.Errorf("the word stands in %v", places)
	}
}

// TestSecondPersonIsAskedAboutReadingsAndCountsNothing: what she says is told beside what the decision says, and only afterwards.
func TestSecondPersonIsAskedAboutReadingsAndCountsNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, func(c *config.Config) {
		reads(t)(c)
		everyDecision(c)
	})
	f, colleague := d.Host.Flow(), d.colleague(1)
	d.says("1", disguised)
	d.decide("1", d.answered("1", tocsin.OutcomeRestrict, tocsin.MeantYes))
	list, _, err := f.Reviews(d.Context(), colleague, "")
	d.must(err)
	v, err := f.Review(d.Context(), colleague, list[0].ID)
	if err != nil || len(v.Asked) != 1 || v.Settled != nil {
		t.Fatalf("asked %+v, %v", v.Asked, err)
	}
	says := func(code tocsin.ReadingCode, m tocsin.Meant) error {
		_, err := f.FindReview(d.Context(), colleague, v.ID, tocsin.OutcomeRestrict, "The same.", "press", tocsin.ReadingAnswer{Reading: code, Meant: m})
		return err
	}
	for code, m := range map[tocsin.ReadingCode]tocsin.Meant{v.Asked[0].Code: "perhaps", "0.1.T0.en": tocsin.MeantNo} {
		if err := says(code, m); tocsin.CodeOf(err) != tocsin.CodeInvalid {
			t.Errorf("%s: %v", m, err)
		}
	}
	for range 2 { // one press, sent twice
		d.must(says(v.Asked[0].Code, tocsin.MeantNo))
	}
	if err := says(v.Asked[0].Code, tocsin.MeantYes); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("another answer under the same key: %v", err)
	}
	v, err = f.Review(d.Context(), colleague, v.ID)
	d.must(err)
	if a := v.Settled.Answers; len(a) != 1 || a[0].First != tocsin.MeantYes || a[0].Second != tocsin.MeantNo || !a[0].Differs() {
		t.Errorf("both say %+v", a)
	}
	d.counts(disguised, 1, 0)
	d.MustBeIntact(d.Host)
}

// TestFacetThatSomebodyTurnedAroundIsFound tampers with what is counted: a decision that said no is made to say yes, and one is lost.
func TestFacetThatSomebodyTurnedAroundIsFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t))
	d.says("1", disguised)
	id := d.decide("1", d.answered("1", tocsin.OutcomeKeep, tocsin.MeantNo))
	d.MustBeIntact(d.Host)
	db, err := d.Host.Behind()
	d.must(err)
	defer db.Close()
	for _, statement := range []string{
		"UPDATE facet SET name = replace(name, '/wrong/', '/right/') WHERE name LIKE 'reading/wrong/%' AND record = $1",
		"DELETE FROM facet WHERE name LIKE 'reading/right/T2%' AND record = $1",
	} {
		if _, err := db.ExecContext(d.Context(), statement, string(id)); err != nil {
			t.Fatal(err)
		}
		x, err := d.Host.Flow().Fsck(d.Context(), nil)
		d.must(err)
		if !slices.ContainsFunc(x.Differences, func(d flow.Difference) bool { return d.Kind == "facet" && d.Record == id }) {
			t.Errorf("after %q: %+v", statement, x.Differences)
		}
	}
}

// TestPageSaysWhatBecameOfAnEntrySinceItWasRead changes the lexicon under a case: the record stays, and what a moderator must
// know of it now is said.
func TestPageSaysWhatBecameOfAnEntrySinceItWasRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t))
	f, plain := d.Host.Flow(), "the zorvian stood there"
	d.says("1", plain)
	since := func(want ...flow.EntrySince) {
		t.Helper()
		if got := d.caseOf("1").Said[0].Since; !slices.Equal(got, want) {
			t.Errorf("since it was read: %v, want %v", got, want)
		}
	}
	since()
	was := f.Reader
	for want, change := range map[flow.EntrySince]func(*lexicon.Entry){
		flow.SinceSuperseded: func(e *lexicon.Entry) { e.Version++ },
		flow.SinceDemoted:    func(e *lexicon.Entry) { e.Status = lexicon.StatusDemoted },
		flow.SinceSuspended:  func(e *lexicon.Entry) { e.Status = lexicon.StatusSuspended },
		flow.SinceWithdrawn:  func(e *lexicon.Entry) { e.Status = lexicon.StatusDraft },
		flow.SinceExpired:    func(e *lexicon.Entry) { e.ReviewBy.Time = d.Clock.Now().AddDate(0, 0, -2) },
		flow.SinceGone:       func(e *lexicon.Entry) { e.ID += "-" },
	} {
		f.Reader = changed{was, change}
		since(want)
	}
	f.Reader = nil
	since(flow.SinceGone)
	f.Reader = was
	d.tally("lex:zorvian", "T1", 14, 6)
	since(flow.SinceDemoted)
	d.upholds("lex:zorvian@1")
	since(flow.SinceChallenged, flow.SinceDemoted)
}

// changed is a reader whose lexicon is another one now.
type changed struct {
	flow.Reader
	change func(*lexicon.Entry)
}

func (c changed) Lexicon() *lexicon.Snapshot {
	var entries []lexicon.Entry
	for _, e := range c.Reader.Lexicon().Entries {
		c.change(&e)
		entries = append(entries, e)
	}
	s, err := lexicon.New(entries)
	if err != nil {
		panic(err)
	}
	return s
}

// tally writes behind the node's back that so many decisions say of an entry, in its first version and a tier, that it was right
// or wrong.
func (d desk) tally(entry, tier string, right, wrong int) {
	d.Helper()
	mark := hex.EncodeToString(d.Host.Flow().Sealer.LookupKey("entry", entry)[:8])
	db, err := d.Host.Behind()
	d.must(err)
	defer db.Close()
	_, err = db.ExecContext(d.Context(), "DELETE FROM facet WHERE name LIKE 'reading/%'")
	d.must(err)
	for n := range right + wrong {
		name := tocsin.ReadingFacet(n < right, mark, "1", tier)
		_, err := db.ExecContext(d.Context(), "INSERT INTO facet (name, status, place, record) VALUES ($1, 'effective', 0, $2)", name,
			fmt.Sprintf("dec_%026d", n))
		d.must(err)
	}
	d.must(d.Host.Restart(d.Context())) // it had counted before
}

// TestWhatPeopleSayBoundsWhatANewReadingDoes holds both sides of each bound, by what becomes of the next text.
func TestWhatPeopleSayBoundsWhatANewReadingDoes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, reads(t))
	for n, row := range []struct {
		right, wrong int
		opens        bool
		as           tocsin.Priority
	}{
		{0, 19, true, tocsin.PriorityMatch}, // too few to tell
		{15, 5, true, tocsin.PriorityMatch},
		{14, 6, true, tocsin.PriorityReading},
		{8, 12, true, tocsin.PriorityReading},
		{7, 13, false, 0},
	} {
		d.tally("lex:zorvian", "T1", row.right, row.wrong)
		before, item := d.cases(), fmt.Sprint(n+1)
		d.says(item, "the zorvian stood there")
		if opened := d.cases() > before; opened != row.opens {
			t.Errorf("%d right and %d wrong: a case is opened: %v", row.right, row.wrong, opened)
		} else if opened && d.caseOf(item).Priority != row.as {
			t.Errorf("%d right and %d wrong: priority %d", row.right, row.wrong, d.caseOf(item).Priority)
		}
	}
}
