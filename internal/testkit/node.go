// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"sync"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/peer"
	"tocsin/internal/publog"
)

// Node is a party with a node that can be stopped and started again. Its legal clocks fire when the test
// calls [Node.Scan], and at no other time.
type Node struct {
	ID     tocsin.PartyID
	Config config.Config
	Faults *Faults
	world  *World
	door   *door

	mu      sync.Mutex
	running *node.Node
	stop    context.CancelFunc
	loops   sync.WaitGroup
}

// Flow is the node's use cases; the node must be running.
func (n *Node) Flow() *flow.Flow {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.running.Flow
}

// Running reports whether the node is up.
func (n *Node) Running() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.running != nil
}

// Start opens the node as it is on disk and serves it.
func (n *Node) Start(ctx context.Context) (err error) {
	opened, err := n.Open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, opened.Close())
		}
	}()
	if err := opened.OpenMatching(); err != nil {
		return err
	}
	if err := opened.Flow.Start(ctx); err != nil {
		return err
	}
	handler, err := n.handler(opened)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	n.mu.Lock()
	n.running, n.stop = opened, stop
	n.mu.Unlock()
	n.loops.Go(func() { _ = opened.Flow.Work(ctx) })   // both end with their context,
	n.loops.Go(func() { _ = opened.Flow.Follow(ctx) }) // and say what failed in the log
	n.loops.Go(func() { _ = opened.Flow.Retrospect(ctx) })
	n.loops.Go(func() { _ = opened.Flow.KeepHits(ctx) })
	if n.world.alerts {
		n.loops.Go(func() { _ = opened.Flow.Alert(ctx) })
	}
	n.door.put(handler)
	return nil
}

// Open opens the node without starting it. The caller closes it.
func (n *Node) Open(ctx context.Context) (*node.Node, error) {
	opened, err := node.Open(ctx, node.Options{Config: n.Config, Clock: n.world.Clock,
		Log: n.world.log.of(n.ID)})
	if err != nil {
		return nil, err
	}
	hop, private, err := opened.Keys.Signer(tocsin.UseHop)
	if err == nil {
		// The real client; only the names lead elsewhere.
		opened.Flow.Peers, err = peer.NewClient(n.world.network.client, hop.ID, private, n.world.Clock.Now)
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	if n.world.messenger != nil {
		opened.Flow.Messenger = n.world.messenger
	}
	n.Faults.around(&opened.Flow.Deps)
	return opened, nil
}

func (n *Node) handler(opened *node.Node) (http.Handler, error) {
	hop, private, err := opened.Keys.Signer(tocsin.UseHop)
	if err != nil {
		return nil, err
	}
	log := n.world.log.of(n.ID)
	inbox, err := peer.NewInbox(peer.InboxConfig{Receiver: opened.Flow, Nonces: nonces{opened.Flow.Store},
		Key:     hop.ID,
		Private: private, Now: n.world.Clock.Now, PublicURL: n.Config.PublicURL, Log: log})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(peer.PathInbox, inbox)
	mux.Handle("/log/", publog.Handler(opened.Flow, log))
	return mux, nil
}

type nonces struct{ store flow.Store }

func (n nonces) Use(ctx context.Context, key, nonce string, until time.Time) (fresh bool, err error) {
	err = n.store.Update(ctx, func(tx flow.Tx) (err error) {
		fresh, err = tx.UseNonce(tocsin.KeyID(key), nonce, until)
		return err
	})
	return fresh, err
}

// Stop ends the node; what it was doing is finished first.
func (n *Node) Stop() error {
	n.mu.Lock()
	running, stop := n.running, n.stop
	n.mu.Unlock()
	if running == nil {
		return nil
	}
	n.door.put(nil)
	stop()
	n.loops.Wait()
	n.mu.Lock()
	n.running = nil
	n.mu.Unlock()
	return running.Close()
}

// Restart stops the node and starts it from its disk.
func (n *Node) Restart(ctx context.Context) error {
	if err := n.Stop(); err != nil {
		return err
	}
	return n.Start(ctx)
}

// Behind opens the node's database behind its back.
func (n *Node) Behind() (*sql.DB, error) { return n.world.on.open(n.Config) }

// wake makes the node's loops look again, as after a commit of another process.
func (n *Node) wake() {
	if !n.Running() {
		return
	}
	if s, ok := n.Flow().Store.(interface{ Broadcast() }); ok {
		s.Broadcast()
	}
}
