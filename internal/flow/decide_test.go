// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
	"tocsin/match"
)

// sameBytes is the SHA-256 of what somebody uploads more than once.
var sameBytes = string(tocsin.DigestOf([]byte("a kettle on a bridge")))

// desk is a host where people decide cases: hashes are kept, and a bank knows one picture.
type desk struct {
	bench
	bank tocsin.RecordID
}

func newDesk(t *testing.T, on testkit.Engine, change func(*config.Config)) desk {
	w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority},
		Configure: func(c *config.Config) {
			c.Matching.KeepHashesFor = 24 * time.Hour
			if change != nil {
				change(c)
			}
		}})
	d := desk{bench: bench{w}}
	d.bank = d.open("SHARED", nil)
	d.add("SHARED", known)
	return d
}

// upload screens a post of the board, by the hashes of its bytes and of its picture.
func (d desk) upload(item, bytes, picture string) {
	d.Helper()
	queries := []match.Query{{Type: "sha256", Value: bytes}, {Type: "pdq", Value: picture}}
	_, err := d.Host.Flow().Screen(d.Context(), d.Moderator.Actor, flow.Screening{Assertion: flow.AssertedPublic,
		Pieces: []flow.Piece{{Queries: queries, Item: item}}})
	d.must(err)
	d.Drain()
}

// caseOf is the case of a post.
func (d desk) caseOf(item string) flow.CaseView {
	d.Helper()
	states := []tocsin.CaseState{tocsin.CaseOpen, tocsin.CaseOverdue, tocsin.CaseClaimed, tocsin.CaseDecided, tocsin.CaseClosed}
	lines, _, err := d.Host.Flow().Cases(d.Context(), d.Moderator.Actor, flow.CaseFilter{States: states, Limit: 200})
	d.must(err)
	for _, line := range lines {
		v, err := d.Host.Flow().Case(d.Context(), d.Moderator.Actor, line.ID)
		d.must(err)
		if v.File.Item == item {
			return v
		}
	}
	d.Fatalf("no case of %s among %d", item, len(lines))
	return flow.CaseView{}
}

func finding(outcome tocsin.Outcome) tocsin.DecisionDraft {
	return tocsin.DecisionDraft{Outcome: outcome, Basis: tocsin.BasisHostTerms, Provision: "Rule 4: kettles",
		Facts: "A kettle on a bridge.", Reasons: "Kettles do not stand on bridges here.",
		Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(), Rationale: "None of them."},
		Territory:  []tocsin.Country{tocsin.TerritoryUnion}, Detection: tocsin.DetectionMatch}
}

// decide claims the case of a post and decides it.
func (d desk) decide(item string, draft tocsin.DecisionDraft) tocsin.RecordID {
	d.Helper()
	f, c := d.Host.Flow(), d.caseOf(item)
	d.must(f.ClaimCase(d.Context(), d.Moderator.Actor, c.ID))
	id, err := f.Decide(d.Context(), d.Moderator.Actor, c.ID, draft, c.Content, "")
	d.must(err)
	d.Drain()
	return id
}

func (d desk) shows(want int, posts ...int) {
	d.Helper()
	for _, n := range posts {
		if status, _ := d.Visit(testkit.Post(n)); status != want {
			d.Errorf("post %d answers %d, want %d", n, status, want)
		}
	}
}

func TestDecisionThatDoesNotCoverEveryCopySaysSoBeforeAndAfter(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	f := d.Host.Flow()
	d.upload("1", sameBytes, known)
	var kept []flow.KeptHash
	for i := range flow.MostCopies {
		kept = append(kept, flow.KeptHash{Type: "sha256", Value: sameBytes, Item: fmt.Sprintf("copy-%d", i),
			Until: d.Clock.Now().Add(time.Hour)})
	}
	keep := func(rows ...flow.KeptHash) {
		d.Helper()
		d.must(f.Store.Update(d.Context(), func(tx flow.Tx) error { return tx.Keep(rows...) }))
	}
	keep(kept[1:]...)
	if c := d.caseOf("1"); c.More || c.Copies != flow.MostCopies-1 {
		t.Errorf("as many as one decision covers: %d copies, more %v", c.Copies, c.More)
	}
	keep(kept[0])
	c := d.caseOf("1")
	if !c.More || c.Copies != flow.MostCopies-1 {
		t.Errorf("one more: %d copies, more %v", c.Copies, c.More)
	}
	d.must(f.ClaimCase(d.Context(), d.Moderator.Actor, c.ID))
	id, err := f.Decide(d.Context(), d.Moderator.Actor, c.ID, finding(tocsin.OutcomeKeep), c.Content, "")
	d.must(err)
	if v, err := f.Decision(d.Context(), d.Moderator.Actor, id); err != nil || !v.Beyond {
		t.Errorf("the decision does not say that it does not cover all: %v", err)
	}
}

func TestDecisionCoversEveryIdenticalCopyAndUndoTakesAllOfItBack(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		d := newDesk(t, on, nil)
		f := d.Host.Flow()
		d.upload("1", sameBytes, known)
		d.upload("2", sameBytes, far) // the same bytes, so no picture hash of another kind could tell
		d.upload("3", string(tocsin.DigestOf([]byte("another kettle"))), near)
		c := d.caseOf("1")
		if c.Item == nil || c.Copies != 1 || len(c.Near) != 1 || c.Near[0].ID != d.caseOf("3").ID {
			t.Fatalf("item %v, %d copies, near %v", c.Item, c.Copies, c.Near)
		}
		id := d.decide("1", finding(tocsin.OutcomeRestrict))
		d.shows(http.StatusGone, 1, 2)
		d.shows(http.StatusOK, 3) // a near-duplicate is looked at in its own context
		v, err := f.Decision(d.Context(), d.Moderator.Actor, id)
		d.must(err)
		if len(v.Items) != 2 || v.InformedAt == nil || v.ComplainUntil.Sub(*v.InformedAt) < 182*24*time.Hour {
			t.Errorf("decision %+v", v.Decision)
		}
		d.must(f.UndoDecision(d.Context(), d.Moderator.Actor, id))
		d.Drain()
		d.shows(http.StatusOK, 1, 2)
		for _, item := range []string{"1", "2"} {
			if c := d.caseOf(item); c.Status != tocsin.CaseOpen {
				t.Errorf("case of %s is %s", item, c.State())
			}
		}
		if err := f.UndoDecision(d.Context(), d.Moderator.Actor, id); tocsin.CodeOf(err) != tocsin.CodeConflict {
			t.Errorf("undone twice: %v", err)
		}
		d.MustBeIntact(d.Host)
	})
}

func TestDecisionIsTakenOnceAndOnlyOnWhatWasSeen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	f, actor := d.Host.Flow(), d.Moderator.Actor
	d.upload("1", sameBytes, known)
	c := d.caseOf("1")
	restrict := finding(tocsin.OutcomeRestrict)
	refused := func(what string, want tocsin.Reason, seen int64) {
		t.Helper()
		if _, err := f.Decide(d.Context(), actor, c.ID, restrict, seen, ""); tocsin.ReasonOf(err) != want {
			t.Errorf("%s: %v", what, err)
		}
		d.shows(http.StatusOK, 1)
	}
	refused("without a claim", tocsin.ReasonNotClaimed, c.Content)
	d.must(f.ClaimCase(d.Context(), actor, c.ID))
	d.Clock.Advance(tocsin.ClaimPeriod)
	refused("after its claim ran out", tocsin.ReasonNotClaimed, c.Content)
	d.must(f.ClaimCase(d.Context(), actor, c.ID))
	d.open("OTHER", nil)
	d.add("OTHER", known)
	d.upload("1", sameBytes, known) // found again, by one more bank
	refused("on less than there is", tocsin.ReasonChanged, c.Content)
	c = d.caseOf("1")
	one, err := f.Decide(d.Context(), actor, c.ID, restrict, c.Content, "press-1")
	d.must(err)
	two, err := f.Decide(d.Context(), actor, c.ID, restrict, c.Content, "press-1")
	if err != nil || one != two {
		t.Errorf("one press made %s and %s: %v", one, two, err)
	}
	if _, err = f.Decide(d.Context(), actor, c.ID, restrict, c.Content, "press-2"); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("decided twice: %v", err)
	}
	d.MustBeIntact(d.Host)
}

func TestStatementOfReasonsArrivesWithTheMeasureAndOpensTheComplaint(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	d.upload("1", sameBytes, known)
	id := d.decide("1", finding(tocsin.OutcomeRestrict))
	v, err := d.Host.Flow().Decision(d.Context(), d.Moderator.Actor, id)
	d.must(err)
	c := d.caseOf("1")
	if len(c.Item.Restrictions) != 1 || c.Item.Restrictions[0].Decision != id {
		t.Fatalf("restrictions %+v", c.Item.Restrictions)
	}
	token := d.Host.Flow().StatementToken(id, v.Items[0].Restriction)
	told, err := d.Host.Flow().Told(d.Context(), token, "fr")
	d.must(err)
	if told.Item != v.Items[0].Item || !strings.HasSuffix(told.Statement.Complaint, token) ||
		!strings.Contains(told.Statement.Remedies, "réclamation") || told.Statement.Facts != v.File.Draft.Facts {
		t.Errorf("told %+v", told)
	}
	for _, bad := range []string{"", token + "0", token[:len(token)-1], strings.Replace(token, "dec_", "dec_a", 1),
		string(id) + ".." + token, strings.ToUpper(token)} {
		if _, err := d.Host.Flow().Told(d.Context(), bad, ""); tocsin.CodeOf(err) != tocsin.CodeNotFound {
			t.Errorf("token %q: %v", bad, err)
		}
	}
}

func TestSecondLookIsAnotherPersonsAndDisputesTheSignal(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	f := d.Host.Flow()
	d.upload("1", sameBytes, known)
	id := d.decide("1", finding(tocsin.OutcomeRestrict))
	err := f.ReverseDecision(d.Context(), d.Moderator.Actor, id, "It was a bridge on a kettle.")
	if tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
		t.Errorf("the decider looked at it again herself: %v", err)
	}
	d.shows(http.StatusGone, 1)
	d.must(f.ReverseDecision(d.Context(), d.colleague(1), id, "It was a bridge on a kettle."))
	d.Drain()
	d.shows(http.StatusOK, 1)
	matches := d.screen(known, nil)
	if len(matches) != 1 || matches[0].State != tocsin.SignalDisputed || len(matches[0].Opinions) != 1 ||
		matches[0].Opinions[0].View != tocsin.ViewNegative {
		t.Errorf("the signal behind it: %+v", matches)
	}
	d.MustBeIntact(d.Host)
}

// colleague is another moderator of the host.
func (d desk) colleague(n int) flow.Actor {
	a := d.Moderator.Actor
	a.ID = tocsin.ActorID("prs_" + strings.Repeat("c", 25) + string(rune('a'+n)))
	return a
}

func TestModeratorsAtOnceNeverGetTheSameCaseAndLoseNoDecision(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		d := newDesk(t, on, nil)
		f := d.Host.Flow()
		const people = 6
		for n := range people {
			d.upload(strconv.Itoa(n+1), string(tocsin.DigestOf([]byte{byte(n)})), known)
		}
		var mu sync.Mutex
		var taken []tocsin.RecordID
		var group sync.WaitGroup
		for n := range people {
			group.Go(func() {
				who := d.colleague(n)
				id, err := f.NextCase(d.Context(), who)
				if err != nil {
					t.Errorf("person %d: %v", n, err)
					return
				}
				c, err := f.Case(d.Context(), who, id)
				if err == nil {
					_, err = f.Decide(d.Context(), who, id, finding(tocsin.OutcomeKeep), c.Content, "")
				}
				if err != nil {
					t.Errorf("person %d: %v", n, err)
				}
				mu.Lock()
				defer mu.Unlock()
				taken = append(taken, id)
			})
		}
		group.Wait()
		seen := map[tocsin.RecordID]bool{}
		for _, id := range taken {
			c, err := f.Case(d.Context(), d.Moderator.Actor, id)
			if seen[id] || err != nil || c.Status != tocsin.CaseDecided {
				t.Errorf("case %s: twice %v, %v, %v", id, seen[id], c.Status, err)
			}
			seen[id] = true
		}
		if _, err := f.NextCase(d.Context(), d.Moderator.Actor); tocsin.ReasonOf(err) != flow.ReasonQueueEmpty {
			t.Errorf("the queue is not empty: %v", err)
		}
	})
}

func TestCaseThatIsListedUnderAnotherFacetIsFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	d.upload("1", sameBytes, known)
	d.must(d.Host.Flow().ClaimCase(d.Context(), d.Moderator.Actor, d.caseOf("1").ID))
	d.MustBeIntact(d.Host)
	db, err := d.Host.Behind()
	d.must(err)
	defer db.Close()
	for _, statement := range []string{
		"INSERT INTO facet (name, status, place, record) VALUES ('priority/2', 'open', 1, 'cas_somewhere')",
		"DELETE FROM facet WHERE record = 'cas_somewhere' OR name LIKE 'bank/%'"} {
		_, err := db.ExecContext(d.Context(), statement)
		d.must(err)
		found, err := d.Host.Flow().Fsck(d.Context(), nil)
		if err != nil || len(found.Differences) != 1 || found.Differences[0].Kind != "facet" {
			t.Errorf("%s: %+v, %v", statement, found.Differences, err)
		}
	}
}

func TestCaseThatIsListedAsAnotherPersonsIsFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testkit.SQLite, nil)
	d.upload("1", sameBytes, known)
	d.must(d.Host.Flow().ClaimCase(d.Context(), d.Moderator.Actor, d.caseOf("1").ID))
	d.MustBeIntact(d.Host)
	db, err := d.Host.Behind()
	d.must(err)
	defer db.Close()
	for _, statement := range []string{"UPDATE whose SET person = 'prs_somebody'", "DELETE FROM whose"} {
		_, err := db.ExecContext(d.Context(), statement)
		d.must(err)
		found, err := d.Host.Flow().Fsck(d.Context(), nil)
		if err != nil || len(found.Differences) != 1 || found.Differences[0].Kind != "whose" {
			t.Errorf("%s: %+v, %v", statement, found.Differences, err)
		}
	}
}
