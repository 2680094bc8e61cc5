// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/demo"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/translog"
	"tocsin/wire"
)

func newWorld(t *testing.T) *demo.World {
	t.Helper()
	w, err := demo.NewWorld(t.Context(), demo.WorldOptions{Dir: t.TempDir(), Posts: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// post stands between an authority and everybody else: it looks into what leaves, then passes it on.
type post struct {
	flow.Peers
	look func(wire.Bundle)
}

func (p post) Send(ctx context.Context, to tocsin.Party, body []byte) ([]byte, error) {
	bundle, err := wire.ParseBundle(body)
	if err != nil {
		return nil, err
	}
	p.look(bundle)
	return p.Peers.Send(ctx, to, body)
}

// fetch is what anybody reads from a node.
func fetch(t *testing.T, m *demo.Member, path string) []byte {
	t.Helper()
	resp, err := http.Get("http://" + m.Config.Listen.Public + path)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%s: status %d, %v", path, resp.StatusCode, err)
	}
	return body
}

// logPolicy believes what a member's own log key signed.
func logPolicy(t *testing.T, m *demo.Member, shard int64) *translog.Policy {
	t.Helper()
	for _, k := range m.Entry.Keys {
		if k.Uses[0] != tocsin.UseLog {
			continue
		}
		public, err := wire.PublicKey(k)
		if err != nil {
			t.Fatal(err)
		}
		v, err := translog.NewVerifier(translog.Origin(m.Entry.LogOrigin, shard), public.(ed25519.PublicKey))
		if err != nil {
			t.Fatal(err)
		}
		return translog.TrustLogs(v)
	}
	t.Fatalf("%s has no log key", m.Entry.ID)
	return nil
}

// TestNoOrderLeavesBeforeItsLeafIsPublic: when an order is on its way, its proof is with it, and the checkpoint
// that anybody can fetch at that moment already covers its leaf (design, refusal 5).
func TestNoOrderLeavesBeforeItsLeafIsPublic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	policy := logPolicy(t, w.Authority, 1)
	var mu sync.Mutex
	orders := 0
	w.Authority.Node.Flow.Peers = post{w.Authority.Node.Flow.Peers, func(b wire.Bundle) {
		if !isOrder(t, b) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		orders++
		if b.Log == nil {
			t.Error("an order left without any proof")
			return
		}
		proof, err := translog.ParseProof([]byte(b.Log.Proof))
		if err != nil {
			t.Error(err)
			return
		}
		if _, err := proof.Verify(b.Log.Leaf, policy); err != nil {
			t.Errorf("an order left with a proof that does not hold: %v", err)
		}
		public, err := policy.Open(fetch(t, w.Authority, "/log/checkpoint"))
		if err != nil || public.Size <= proof.Index {
			t.Errorf("leaf %d left when the public log had %d leaves: %v", proof.Index, public.Size, err)
		}
	}}
	id := issue(t, w, "FR-2026-0001")
	waitFor(t, func() bool { return stateOf(t, w, id) == tocsin.IssuedRunning })
	mu.Lock()
	defer mu.Unlock()
	if orders == 0 {
		t.Error("no order passed")
	}
}

func isOrder(t *testing.T, b wire.Bundle) bool {
	t.Helper()
	header, _, _ := strings.Cut(b.Document, ".")
	return bytes.Contains(decode(t, header), []byte(`"tocsin-order+jws"`))
}

// TestRestoredDatabaseNeverForksItsLog: a database older than what was published does not start, and goes on
// in a new shard only; the checkpoint once shown is never followed by another of its shard.
func TestRestoredDatabaseNeverForksItsLog(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), &demo.Clock{}
	o, entry := lonelyNode(t, dir, clock)
	old := dir + "/old.db"
	running(t, o, func(n *node.Node) {
		importEdition(t, n, entry, 1)
		if err := n.Backup(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		importEdition(t, n, entry, 2)
		if err := n.Flow.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	shown := publishedBy(t, o)
	if err := os.Rename(old, node.DatabasePath(o.Config)); err != nil {
		t.Fatal(err)
	}
	if n, err := node.New(t.Context(), o); tocsin.ReasonOf(err) != tocsin.ReasonLogBehindMark {
		if err == nil {
			err = n.Close()
		}
		t.Fatalf("an older database started: %v", err)
	}
	closed, err := node.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := closed.Flow.OpenShard(t.Context(), node.Operator); err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	running(t, o, func(n *node.Node) { importEdition(t, n, entry, 2) })
	if after := publishedBy(t, o); after.Shard != shown.Shard+1 {
		t.Errorf("shard %d grew again after it was published with %d leaves", after.Shard, shown.Size)
	}
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for !done() {
		select {
		case <-t.Context().Done():
			t.Fatal("it never came")
		case <-time.After(5 * time.Millisecond):
		}
	}
}
