// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/testkit"
	"tocsin/translog"
)

// wordToForget stands in the reference, which is the one text that lies in the clear, as a word to search
// for.
const wordToForget = "forgetmenot7q"

// TestErasedTextIsReadNowhereAndProofsStillHold erases an order on all three sides.
func TestErasedTextIsReadNowhereAndProofsStillHold(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		issued, received := w.Executed(testkit.Draft("R-"+wordToForget, testkit.Post(1)))
		copied := w.Copied("R-" + wordToForget)
		w.Withdraw(issued, received)
		w.Drain()
		w.Pass(72 * time.Hour)
		sides := []struct {
			n   *testkit.Node
			who *testkit.Person
			id  tocsin.RecordID
		}{{w.Authority, w.Officer, issued}, {w.Host, w.Moderator, received}, {w.Supervisor, w.Inspector, copied}}
		for _, s := range sides {
			before := len(w.Journal(s.n))
			if got := erase(s.n, w, s.id); got != "" {
				t.Fatalf("%s keeps it: %q", s.n.ID, got)
			}
			mustHaveForgotten(w, s.n, s.who, s.id)
			err := s.n.Flow().EraseRecord(t.Context(), testkit.Operator, s.id, "retention_ended")
			if tocsin.CodeOf(err) != tocsin.CodeErased {
				t.Errorf("erased once more: %v", err)
			}
			if got := len(w.Journal(s.n)); got != before+1 {
				t.Errorf("erasing left %d events", got-before)
			}
			if x := w.MustBeIntact(s.n); x.Erased != 1 {
				t.Errorf("%s counts %d erased records", s.n.ID, x.Erased)
			}
			if r := w.MustAudit(s.n); r.Sum(func(c tallied) bool { return c.Type == translog.TypeErasure }) != 1 {
				t.Errorf("the log of %s does not tell of the erasure", s.n.ID)
			}
		}
		w.MustVerify()
		if on == testkit.SQLite {
			mustBeGoneFromDisk(w, sides[0].n, sides[1].n, sides[2].n)
		}
	})
}

// mustHaveForgotten looks for a record's text wherever people read it.
func mustHaveForgotten(w *testkit.World, n *testkit.Node, who *testkit.Person, id tocsin.RecordID) {
	w.Helper()
	ctx, f := w.Context(), n.Flow()
	history, erased := opened(w, n, who, id)
	if !erased || len(history) == 0 {
		w.Errorf("%s: erased %t, with %d events of history", n.ID, erased, len(history))
	}
	for _, past := range history {
		if past.Text != "" {
			w.Errorf("%s still reads %q with %s", n.ID, past.Text, past.Kind)
		}
	}
	for _, e := range w.Entries(n) {
		if e.Header.Record == id && e.Payload != nil {
			w.Errorf("%s keeps the payload of %s", n.ID, e.Header.Kind)
		}
	}
	if found, err := f.Search(ctx, who.Actor, wordToForget, 10); err != nil || len(found) > 0 {
		w.Errorf("%s finds %v, %v", n.ID, found, err)
	}
	lines, err := f.Lines(ctx, who.Actor, []tocsin.RecordID{id})
	if err != nil || len(lines) != 1 || lines[0].Reference != "" || lines[0].State == "" {
		w.Errorf("%s lists %+v, %v", n.ID, lines, err)
	}
}

// opened is what somebody sees who opens a record of any kind.
func opened(w *testkit.World, n *testkit.Node, who *testkit.Person, id tocsin.RecordID) (h []flow.Past,
	erased bool) {
	w.Helper()
	switch n {
	case w.Authority:
		v := w.Issued(id)
		return v.History, v.Erased && v.File.Exact == nil
	case w.Host:
		v := w.Received(id)
		return v.History, v.Erased && v.File.Exact == nil && v.Order == nil
	}
	v, err := n.Flow().Copy(w.Context(), who.Actor, id)
	if err != nil {
		w.Fatal(err)
	}
	return v.History, v.Erased && v.File.Exact == nil && v.Order == nil
}

func mustBeGoneFromDisk(w *testkit.World, nodes ...*testkit.Node) {
	w.Helper()
	for _, n := range nodes {
		if err := n.Stop(); err != nil {
			w.Fatal(err)
		}
		content, err := os.ReadFile(node.DatabasePath(n.Config))
		if err != nil {
			w.Fatal(err)
		}
		if bytes.Contains(bytes.ToLower(content), []byte(wordToForget)) {
			w.Errorf("the word still lies in the database of %s", n.ID)
		}
	}
}

// TestNothingIsErasedWhileAClockRuns has the supervisor's copy wait for its 72 hours, and a gag for its end.
func TestNothingIsErasedWhileAClockRuns(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	secret := gagged(w, "T-1", 80*time.Hour, testkit.Post(1))
	issued, received := w.Executed(secret)
	copied := w.Copied("T-1")
	w.Withdraw(issued, received)
	w.Drain()
	for _, passed := range []time.Duration{0, 72 * time.Hour} {
		w.Pass(passed)
		w.Drain()
		for id, n := range map[tocsin.RecordID]*testkit.Node{issued: w.Authority, received: w.Host,
			copied: w.Supervisor} {
			if got := erase(n, w, id); got != tocsin.ReasonWrongState {
				t.Errorf("%s later %s erased it under a gag: %q", passed, n.ID, got)
			}
		}
	}
	w.Pass(8 * time.Hour)
	w.Drain()
	for id, n := range map[tocsin.RecordID]*testkit.Node{issued: w.Authority, received: w.Host,
		copied: w.Supervisor} {
		if got := erase(n, w, id); got != "" {
			t.Errorf("%s keeps it once everything is told: %q", n.ID, got)
		}
	}
	w.MustVerify()
}
