// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/testkit"
)

func imported(w *testkit.World, signed []byte) error {
	w.Helper()
	_, err := w.Host.Flow().ImportDirectory(w.Context(), testkit.Operator, signed, w.Publishers.Pinned)
	return err
}

func TestDirectoryIsTakenFromEnoughPinnedPublishersAndNeverFromThePast(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Authority, testkit.Supervisor}})
		first := w.Directory
		second := w.Edition(func(*tocsin.Directory) {})
		third := w.Edition(func(*tocsin.Directory) {})
		w.Import(w.Host, third)
		before := len(w.Journal(w.Host))
		for _, signed := range [][]byte{second, third} {
			if err := imported(w, signed); tocsin.ReasonOf(err) != tocsin.ReasonStale {
				t.Errorf("an edition that is not newer: %v", err)
			}
		}
		next := first
		next.Serial, next.IssuedAt = 9, w.Clock.Now()
		alone, err := w.Publishers.Sign(next, 1, w.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		if imported(w, alone) == nil {
			t.Error("one publisher of three was enough")
		}
		stranger := *w.Publishers
		stranger.Pinned.Keys = stranger.Pinned.Keys[2:] // pinned is only who did not sign
		stranger.Pinned.Threshold = 1
		if _, err := w.Host.Flow().ImportDirectory(t.Context(), testkit.Operator,
			w.Edition(func(*tocsin.Directory) {}),
			stranger.Pinned); err == nil {
			t.Error("publishers that nobody pinned were believed")
		}
		foreign := w.Edition(func(d *tocsin.Directory) { d.Parties = d.Parties[:1] })
		if err := imported(w, foreign); tocsin.ReasonOf(err) != tocsin.ReasonUnknownParty {
			t.Errorf("a directory without this node's own party: %v", err)
		}
		if err := w.Host.Flow().Directory(); err.Serial != 3 {
			t.Errorf("edition %d is in use, want 3", err.Serial)
		}
		if got := len(w.Journal(w.Host)); got != before {
			t.Errorf("what was refused left %d events", got-before)
		}
		if err := w.Host.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := w.Host.Flow().Directory(); d.Serial != 3 {
			t.Errorf("after a restart edition %d is in use", d.Serial)
		}
	})
}

func TestCompromisedKeyReopensWhatItSignedForAPersonToJudge(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on, Down: []tocsin.PartyID{testkit.Supervisor}})
		_, before := w.Executed(testkit.Draft("N-0", testkit.Post(1)))
		stolen := w.Clock.Advance(time.Hour)
		_, upheld := w.Executed(testkit.Draft("N-1", testkit.Post(2)))
		_, dismissed := w.Executed(testkit.Draft("N-2", testkit.Post(3)))
		_, open := w.Order(testkit.Draft("N-3", testkit.Post(4)))
		w.Clock.Advance(time.Hour)
		compromise := func(d *tocsin.Directory) {
			testkit.KeyFor(d, testkit.Authority, tocsin.UseDocument).CompromisedSince = &stolen
		}
		if n := w.Import(w.Host, w.Edition(compromise)); n != 3 {
			t.Errorf("%d orders came into doubt, want those signed since the theft", n)
		}
		if got := w.Received(before).Status; got != tocsin.ReceivedConfirmed {
			t.Errorf("the order signed before the theft is %s", got)
		}
		for _, id := range []tocsin.RecordID{upheld, dismissed, open} {
			if got := w.Received(id).Status; got != tocsin.ReceivedReopened {
				t.Errorf("order is %s", got)
			}
		}
		mustShow(w, testkit.Post(3), http.StatusUnavailableForLegalReasons) // until a person has judged
		f := w.Host.Flow()
		if err := f.ExecuteOrder(t.Context(), w.Moderator.Actor, open,
			"Checked."); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
			t.Errorf("an order in doubt was executed: %v", err)
		}
		if err := f.UpholdOrder(t.Context(), w.Moderator.Actor, upheld,
			"The authority confirms it by telephone."); err != nil {
			t.Fatal(err)
		}
		if err := f.DismissOrder(t.Context(), w.Moderator.Actor, dismissed,
			"The authority knows nothing of it."); err != nil {
			t.Fatal(err)
		}
		w.Until("the platform shows the post", func() bool {
			status, _ := w.Visit(testkit.Post(3))
			return status == http.StatusOK
		})
		if got := w.Received(upheld).Status; got != tocsin.ReceivedConfirmed {
			t.Errorf("upheld, it is %s", got)
		}
		mustShow(w, testkit.Post(2), http.StatusUnavailableForLegalReasons)
		// A person has judged: the same news in the next edition is no news.
		if n := w.Import(w.Host, w.Edition(func(*tocsin.Directory) {})); n != 0 {
			t.Errorf("the next edition put %d judged orders in doubt again", n)
		}
		w.Drain()
		w.MustBeIntact(w.Host)
		w.MustHaveActedOnce()
	})
}

func TestKeyThatIsRevokedSignsNoMoreOrders(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Supervisor}})
	earlier, received := w.Order(testkit.Draft("R-1", testkit.Post(1)))
	at := w.Clock.Advance(time.Minute)
	if n := w.Import(w.Host, w.Edition(func(d *tocsin.Directory) {
		testkit.KeyFor(d, testkit.Authority, tocsin.UseDocument).RevokedAt = &at
	})); n != 0 {
		t.Errorf("revoking a key put %d orders in doubt that it had signed before", n)
	}
	id := w.Approve(testkit.Draft("R-2", testkit.Post(2)))
	w.MustReach(id, tocsin.IssuedRefused)
	if got := w.Issued(id).Refusal; got != string(tocsin.RefusedKeyRevoked) {
		t.Errorf("refused for %q", got)
	}
	w.Execute(received)
	w.MustReach(earlier, tocsin.IssuedComplied)
}

// TestEditionWhoseCommitLookedLostIsInUse has the answer of the database get lost: a revocation that is in
// the journal must not wait for the next start.
func TestEditionWhoseCommitLookedLostIsInUse(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Down: []tocsin.PartyID{testkit.Authority, testkit.Supervisor}})
	w.Host.Faults.Next(testkit.WriteCommitJournal, testkit.Unheard, 0)
	if err := imported(w, w.Edition(func(*tocsin.Directory) {})); err != nil {
		t.Errorf("it was committed, and the answer is %v", err)
	}
	if d := w.Host.Flow().Directory(); d.Serial != 2 {
		t.Errorf("edition %d is in use, and the journal says 2", d.Serial)
	}
	w.Host.Faults.Next(testkit.WriteCommitJournal, testkit.Lost, 0)
	if err := imported(w, w.Edition(func(*tocsin.Directory) {})); err == nil {
		t.Error("it was not committed, and the answer says so nowhere")
	}
	if d := w.Host.Flow().Directory(); d.Serial != 2 {
		t.Errorf("edition %d is in use, and the journal says 2", d.Serial)
	}
}

// TestEditionReachesEveryProcessOfANode runs two processes on one database, as PostgreSQL allows.
func TestEditionReachesEveryProcessOfANode(t *testing.T) {
	t.Parallel()
	testkit.OnlyOnPostgreSQL(t)
	w := testkit.New(t, testkit.Options{On: testkit.PostgreSQL, Down: []tocsin.PartyID{testkit.Authority,
		testkit.Supervisor}})
	other, err := w.Host.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Flow.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	followed := make(chan error)
	go func() { followed <- other.Flow.Follow(ctx) }()
	w.Import(w.Host, w.Edition(func(*tocsin.Directory) {}))
	w.Until("the other process uses the edition", func() bool { return other.Flow.Directory().Serial == 2 })
	stop()
	if err := <-followed; err != nil {
		t.Error(err)
	}
}
