// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"context"
	"errors"
	"sync"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/wire"
)

// Fault is what can become of a write to the outside, beside success.
type Fault string

// The pair of every write: it never happened, or it did and the answer was lost.
const (
	Lost    Fault = "lost"
	Unheard Fault = "unheard"
)

// Write is one of the places where a node writes to the outside.
type Write string

// The writes of a node. Commits are told apart by what the transaction did.
const (
	WriteSend          Write = "send"           // a bundle to a peer
	WriteApply         Write = "apply"          // the platform's callback
	WriteResolve       Write = "resolve"        // asks the platform; writes nothing there
	WriteMark          Write = "mark"           // the checkpoint's mark
	WriteCommitJournal Write = "commit-journal" // a transaction that appended events
	WriteCommitOffer   Write = "commit-offer"   // one that only noted that something is about to leave
	WriteCommitJob     Write = "commit-job"     // one that only ended or postponed a job
	WriteCommitClaim   Write = "commit-claim"   // one that only leased jobs
	WriteCommitPlace   Write = "commit-place"   // one that only noted how far the journal was followed
)

// Writes lists them all.
func Writes() []Write {
	return []Write{WriteSend, WriteApply, WriteResolve, WriteMark, WriteCommitJournal, WriteCommitOffer,
		WriteCommitJob, WriteCommitClaim, WriteCommitPlace}
}

// SendTo is a bundle to one peer.
func SendTo(id tocsin.PartyID) Write { return WriteSend + ":" + Write(id) }

// Sending is a bundle that a node offered to a peer, whatever became of it.
type Sending struct {
	To     tocsin.PartyID
	Bundle wire.Bundle
}

// Faults decides what becomes of the writes of one node.
type Faults struct {
	clock  *Clock
	mu     sync.Mutex
	armed  map[Write][]Fault // what the next ones suffer; "" is success
	down   map[Write]bool
	struck int
	sent   []Sending
}

func newFaults(clock *Clock) *Faults {
	return &Faults{clock: clock, armed: map[Write][]Fault{}, down: map[Write]bool{}}
}

// Next arms a fault for a write, after a number of them that succeed.
func (f *Faults) Next(w Write, fault Fault, after int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed[w] = append(make([]Fault, after), fault)
}

// Down loses every write of a kind, until [Faults.Up].
func (f *Faults) Down(writes ...Write) { f.set(true, writes) }

// Up ends what [Faults.Down] began.
func (f *Faults) Up(writes ...Write) { f.set(false, writes) }

func (f *Faults) set(down bool, writes []Write) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range writes {
		f.down[w] = down
	}
}

// Struck counts the faults that happened.
func (f *Faults) Struck() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.struck
}

// Disarm forgets what was armed and has not struck.
func (f *Faults) Disarm() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.armed)
}

// Sent lists the bundles offered to a peer so far.
func (f *Faults) Sent(to tocsin.PartyID) (list []Sending) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sent {
		if s.To == to {
			list = append(list, s)
		}
	}
	return list
}

func (f *Faults) sending(to tocsin.PartyID, bundle []byte) {
	b, err := wire.ParseBundle(bundle)
	if err != nil {
		return // the peer will say so
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, Sending{to, b})
}

func (f *Faults) take(w Write) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault := Fault("")
	if f.down[w] {
		fault = Lost
	}
	if queue := f.armed[w]; len(queue) > 0 {
		fault, f.armed[w] = queue[0], queue[1:]
	}
	if fault != "" {
		f.struck++
	}
	return fault
}

var errCut = errors.New("cut by the test")

func cut(reason tocsin.Reason) error {
	return &tocsin.Error{Code: tocsin.CodeBusy, Reason: reason, Public: "No answer.", RetryAfter: time.Second,
		Err: errCut}
}

// around puts the faults between a node's use cases and its adapters.
func (f *Faults) around(d *flow.Deps) {
	d.Store = brittleStore{d.Store, f}
	d.Peers = brittlePeers{d.Peers, f}
	d.Mark = brittleMark{d.Mark, f}
	if d.Platform != nil {
		d.Platform = brittlePlatform{d.Platform, f}
	}
}

// suffer does a write, or only seems not to.
func (f *Faults) suffer(w Write, write func() error) error {
	switch f.take(w) {
	case Lost:
		return cut("no_answer")
	case Unheard:
		if err := write(); err != nil {
			return err
		}
		return cut("no_answer")
	}
	return write()
}

type brittlePeers struct {
	flow.Peers
	faults *Faults
}

func (b brittlePeers) Send(ctx context.Context, to tocsin.Party, bundle []byte) (reply []byte, err error) {
	b.faults.sending(to.ID, bundle)
	err = b.faults.suffer(SendTo(to.ID), func() error {
		return b.faults.suffer(WriteSend, func() error {
			return b.faults.clock.during(func() (err error) {
				reply, err = b.Peers.Send(ctx, to, bundle)
				return err
			})
		})
	})
	if err != nil {
		reply = nil
	}
	return reply, err
}

type brittlePlatform struct {
	flow.Platform
	faults *Faults
}

func (b brittlePlatform) Resolve(ctx context.Context, address string) (n flow.Named, err error) {
	err = b.faults.suffer(WriteResolve, func() error {
		return b.faults.clock.during(func() (err error) {
			n, err = b.Platform.Resolve(ctx, address)
			return err
		})
	})
	return n, err
}

func (b brittlePlatform) Identify(ctx context.Context, ref string) (n flow.Named, err error) {
	err = b.faults.suffer(WriteResolve, func() error {
		return b.faults.clock.during(func() (err error) {
			n, err = b.Platform.Identify(ctx, ref)
			return err
		})
	})
	return n, err
}

func (b brittlePlatform) Apply(ctx context.Context, v flow.Visibility) (m tocsin.Measure, err error) {
	err = b.faults.suffer(WriteApply, func() error {
		return b.faults.clock.during(func() (err error) {
			m, err = b.Platform.Apply(ctx, v)
			return err
		})
	})
	return m, err
}

type brittleMark struct {
	flow.Mark
	faults *Faults
}

func (b brittleMark) WriteMark(p flow.Published) error {
	return b.faults.suffer(WriteMark, func() error { return b.Mark.WriteMark(p) })
}

type brittleStore struct {
	flow.Store
	faults *Faults
}

// Update decides once it knows what the transaction did.
func (b brittleStore) Update(ctx context.Context, fn func(flow.Tx) error) error {
	ctx, cancel := patient(ctx)
	defer cancel()
	var fault Fault
	err := b.Store.Update(ctx, func(tx flow.Tx) error {
		watched := &watchedTx{Tx: tx}
		if err := fn(watched); err != nil {
			return err
		}
		if fault = b.faults.take(watched.did); fault == Lost {
			return cut("storage_unavailable")
		}
		return nil
	})
	if err == nil && fault == Unheard {
		return cut(flow.ReasonUnknownOutcome)
	}
	return err
}

func (b brittleStore) View(ctx context.Context, fn func(flow.Tx) error) error {
	ctx, cancel := patient(ctx)
	defer cancel()
	return b.Store.View(ctx, fn)
}

// patient puts off the end that stores set where a caller sets none: on a busy machine it would decide what tests find.
func patient(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, 2*time.Minute)
}

// Broadcast wakes the node's loops, as a commit of another process would.
func (b brittleStore) Broadcast() {
	if s, ok := b.Store.(interface{ Broadcast() }); ok {
		s.Broadcast()
	}
}

// watchedTx notes what a transaction is for; appending outweighs everything else.
type watchedTx struct {
	flow.Tx
	did Write
}

func (w *watchedTx) saw(did Write) {
	if w.did == "" || did == WriteCommitJournal {
		w.did = did
	}
}

func (w *watchedTx) Append(entries []flow.Entry) error {
	w.saw(WriteCommitJournal)
	return w.Tx.Append(entries)
}

func (w *watchedTx) SaveDelivery(d flow.Delivery) error {
	w.saw(WriteCommitOffer)
	return w.Tx.SaveDelivery(d)
}

func (w *watchedTx) ClaimJobs(now time.Time, lease time.Duration, limit int) ([]flow.ClaimedJob, error) {
	jobs, err := w.Tx.ClaimJobs(now, lease, limit)
	if len(jobs) > 0 {
		w.saw(WriteCommitClaim)
	}
	return jobs, err
}

func (w *watchedTx) SetPosition(follower string, seq int64) error {
	w.saw(WriteCommitPlace)
	return w.Tx.SetPosition(follower, seq)
}

func (w *watchedTx) FinishJob(id, attempt int64, at time.Time) (bool, error) {
	w.saw(WriteCommitJob)
	return w.Tx.FinishJob(id, attempt, at)
}

func (w *watchedTx) RetryJob(id, attempt int64, runAt time.Time, code string) (bool, error) {
	w.saw(WriteCommitJob)
	return w.Tx.RetryJob(id, attempt, runAt, code)
}

func (w *watchedTx) FailJob(id, attempt int64, at time.Time, code string) (bool, error) {
	w.saw(WriteCommitJob)
	return w.Tx.FailJob(id, attempt, at, code)
}
