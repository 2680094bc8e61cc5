// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// childVariable holds the database's name for a test binary that runs as the process to be killed.
const childVariable = "TOCSIN_STORETEST_CHILD"

const crashWriters = 4

// Child turns this process into the one that [Crash] kills, if it is meant to be. TestMain calls it first,
// and ends when it was: it returns only after a failure.
func Child(open func(ctx context.Context, name string) (flow.Store, error)) (meant bool) {
	name, meant := os.LookupEnv(childVariable)
	if !meant {
		return false
	}
	ctx := context.Background()
	s, err := open(ctx, name)
	if err != nil {
		fmt.Println("failed", err)
		return true
	}
	failed := make(chan error)
	var mu sync.Mutex
	for range crashWriters {
		go func() {
			for {
				e := entry(tocsin.NewRecordID(tocsin.KindItem), 1, true)
				if err := appendAll(ctx, s, e); err != nil {
					failed <- err
					return
				}
				mu.Lock()
				fmt.Println(e.Header.ID) // the acknowledgement
				mu.Unlock()
			}
		}()
	}
	fmt.Println("failed", <-failed)
	return true
}

// appendAll commits an event with its record, command, job and leaf.
func appendAll(ctx context.Context, s flow.Store, e flow.Entry) error {
	return s.Update(ctx, func(tx flow.Tx) error {
		r := newRow()
		r.ID = e.Header.Record
		if err := tx.SaveCommand(string(e.Header.ID), []byte(r.ID), start); err != nil {
			return err
		}
		if err := tx.Create(r); err != nil {
			return err
		}
		if err := tx.Enqueue(job(string(e.Header.ID), start)); err != nil {
			return err
		}
		return tx.Append([]flow.Entry{e})
	})
}

// Crash starts this test binary as a process that writes to the database of that name, kills it without
// warning in the middle, opens the database and recomputes everything: again and again. reopen must close
// the store it gives before the next start, with the function it returns.
func Crash(t *testing.T, name string, kills int, reopen func() (flow.Store, func())) {
	acknowledged := map[tocsin.EventID]bool{}
	for range kills {
		for _, id := range runAndKill(t, name) {
			acknowledged[id] = true
		}
		s, done := reopen()
		found := verifyAfterCrash(t, s)
		done()
		for id := range acknowledged {
			if !found[id] {
				t.Fatalf("acknowledged event %s is lost", id)
			}
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d events acknowledged over %d kills, none lost", len(acknowledged), kills)
}

// runAndKill gives what the process acknowledged before it was killed.
func runAndKill(t *testing.T, name string) (acknowledged []tocsin.EventID) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+name)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	killAfter := 20 + rand.IntN(120)
	for lines.Scan() {
		id, failed := strings.CutPrefix(lines.Text(), "failed ")
		if failed {
			t.Errorf("the process failed: %s", id)
			break
		}
		acknowledged = append(acknowledged, tocsin.EventID(id))
		if len(acknowledged) == killAfter {
			time.Sleep(rand.N(2 * time.Millisecond)) // somewhere between two commits
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, _ = io.Copy(io.Discard, out)
	_ = child.Wait() // it was killed
	if len(acknowledged) < killAfter {
		t.Fatalf("the process ended after %d events", len(acknowledged))
	}
	if last := len(acknowledged) - 1; !acknowledged[last].Valid() {
		acknowledged = acknowledged[:last] // the kill cut its line
	}
	return acknowledged
}

// verifyAfterCrash checks that each event has its leaf, record, job and command, and that nothing else is
// there. It looks at one moment: a server can still be busy with what the process sent last.
func verifyAfterCrash(t *testing.T, s flow.Store) map[tocsin.EventID]bool {
	t.Helper()
	found := map[tocsin.EventID]bool{}
	err := s.View(whole(t), func(tx flow.Tx) error {
		all, err := verifyIn(t, tx)
		if err != nil {
			return err
		}
		jobs, err := tx.Jobs(false, len(all)+1000)
		if err != nil {
			return err
		}
		keys := map[string]bool{}
		for _, j := range jobs {
			keys[j.Key] = true
		}
		records, err := tx.Count(tocsin.KindItem, every)
		if err != nil {
			return err
		}
		for _, e := range all {
			found[e.Header.ID] = true
			result, known, err := tx.Command(string(e.Header.ID))
			if err != nil {
				return err
			}
			if !keys[string(e.Header.ID)] || !known || string(result) != string(e.Header.Record) || e.Leaf == nil {
				t.Errorf("event %d: job %v, command %v, leaf %q", e.Seq, keys[string(e.Header.ID)], known, e.Leaf)
			}
		}
		if len(keys) != len(all) || records != int64(len(all)) {
			t.Errorf("%d events, %d jobs, %d records", len(all), len(keys), records)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
