// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"bytes"
	"net/http"
	"os"
	"testing"

	"tocsin"
	"tocsin/internal/node"
	"tocsin/internal/testkit"
)

// TestOlderBackupGoesOnInANewShardAndTakesNothingBack restores a database from before an order that the world
// has seen in the log.
func TestOlderBackupGoesOnInANewShardAndTakesNothingBack(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	w.Executed(testkit.Draft("S-1", testkit.Post(1)))
	w.Drain()
	if err := w.Host.Stop(); err != nil {
		t.Fatal(err)
	}
	path := node.DatabasePath(w.Host.Config)
	older, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Host.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Executed(testkit.Draft("S-2", testkit.Post(2)))
	w.Drain()
	first := w.MustAudit(w.Host)
	published := mustShow(w, w.Host.Config.PublicURL+"/log/1/checkpoint", http.StatusOK)

	if err := w.Host.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, older, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.Host.Start(t.Context()); tocsin.ReasonOf(err) != tocsin.ReasonLogBehindMark {
		t.Fatalf("the older database was started: %v", err)
	}
	shard := openShard(w, w.Host)
	if err := w.Host.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	now := mustShow(w, w.Host.Config.PublicURL+"/log/1/checkpoint", http.StatusOK)
	if !bytes.Equal(now, published) {
		t.Errorf("the closed shard's checkpoint was\n%s\nand is\n%s", published, now)
	}
	// An outsider who read the first shard goes on with the second, and misses nothing.
	second, err := w.Audit(w.Host, shard, &first)
	if err != nil || second.FaultCount > 0 {
		t.Errorf("the new shard: %v, %+v", err, second.Faults)
	}
	w.Executed(testkit.Draft("S-3", testkit.Post(3)))
	w.Drain()
	w.MustBeIntact(w.Host)
	if later, err := w.Audit(w.Host, shard, &first); err != nil || later.FaultCount > 0 {
		t.Errorf("the new shard, longer: %v, %+v", err, later.Faults)
	}
}

// openShard does what an operator does with a node that will not start.
func openShard(w *testkit.World, n *testkit.Node) int64 {
	w.Helper()
	opened, err := n.Open(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	defer opened.Close()
	shard, err := opened.Flow.OpenShard(w.Context(), testkit.Operator)
	if err != nil {
		w.Fatal(err)
	}
	return shard
}

// TestClosedShardIsServedAsItWas opens one on purpose, as each year.
func TestClosedShardIsServedAsItWas(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		w.Executed(testkit.Draft("S-4", testkit.Post(1)))
		w.Drain()
		first := w.MustAudit(w.Host)
		if err := w.Host.Stop(); err != nil {
			t.Fatal(err)
		}
		shard := openShard(w, w.Host)
		if err := w.Host.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		issued, received := w.Executed(testkit.Draft("S-5", testkit.Post(1)))
		w.Withdraw(issued, received)
		w.Drain()
		again, err := w.Audit(w.Host, 1, nil)
		if err != nil || again.Checkpoint != first.Checkpoint || again.FaultCount > 0 {
			t.Errorf("the closed shard reads %+v, %v, and was %+v", again.Checkpoint, err, first.Checkpoint)
		}
		if second, err := w.Audit(w.Host, shard, &first); err != nil || second.FaultCount > 0 {
			t.Errorf("the second shard: %v, %+v", err, second.Faults)
		}
		w.MustBeIntact(w.Host)
	})
}
