// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/demo"
	"tocsin/internal/flow"
	"tocsin/internal/media"
)

func TestMain(m *testing.M) {
	if code, child := media.RunIfChild(); child {
		os.Exit(code)
	}
	if dir, meant := os.LookupEnv(seatVariable); meant {
		if err := sit(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const (
	defaultRounds = 25
	tasksPerRound = 3
	maxTasks      = 12 // under way at once
	settleEvery   = 25 // rounds
)

// TestSoak kills processes and cuts connections at random moments while orders are issued, executed and
// withdrawn. TOCSIN_SOAK says how many rounds, TOCSIN_SOAK_SEED repeats the choices of an earlier run.
func TestSoak(t *testing.T) {
	t.Parallel()
	soak(t, roundsWanted(t, defaultRounds), func(*testing.T) string { return "" })
}

func roundsWanted(t *testing.T, normally int) int {
	t.Helper()
	text, set := os.LookupEnv("TOCSIN_SOAK")
	if !set {
		return normally
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("TOCSIN_SOAK must be a number of rounds, not %q", text)
	}
	return n
}

func soak(t *testing.T, rounds int, database func(t *testing.T) string) {
	seed := rand.Uint64()
	if text, set := os.LookupEnv("TOCSIN_SOAK_SEED"); set {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal("TOCSIN_SOAK_SEED must be a number")
		}
	}
	t.Logf("%d rounds; repeat the choices with TOCSIN_SOAK_SEED=%d", rounds, seed)
	d := &desk{parties: newParties(t, 12+rounds/10, database), t: t, random: rand.New(rand.NewPCG(seed, seed)),
		slots: make(chan struct{}, maxTasks), counts: map[string]int{}}
	d.working, d.rest = context.WithCancel(t.Context())
	defer d.rest()
	every := settleEvery
	if rounds <= settleEvery {
		every = rounds/2 + 1
	}
	began := time.Now()
	for round := 1; round <= rounds; round++ {
		d.round()
		if round%every == 0 || round == rounds {
			settling := time.Now()
			d.settle()
			t.Logf("%d of %d rounds after %s, the last %s to settle: %s", round, rounds,
				time.Since(began).Round(time.Second), time.Since(settling).Round(time.Millisecond), d.told())
		}
	}
	d.end()
}

// desk is where orders come from, and whatever happens to the machines.
type desk struct {
	*parties
	t       *testing.T
	working context.Context
	rest    context.CancelFunc
	tasks   sync.WaitGroup
	slots   chan struct{}
	signing [2]sync.Mutex // a passkey signs one thing at a time, so that its counter grows as its node sees it
	checker

	mu     sync.Mutex // guards what follows
	random *rand.Rand
	orders []*order // acknowledged: two people were told that it is on its way
	issued int
	counts map[string]int
}

// order is one order that was acknowledged.
type order struct {
	id        tocsin.RecordID
	post      int
	withdrawn bool // a person was told that it is, or will be
}

func (d *desk) under(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.IntN(n)
}

func (d *desk) wait(limit time.Duration) { time.Sleep(time.Duration(d.under(int(limit)))) }

func (d *desk) count(what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts[what]++
}

// round lets people work and does one thing to the machines while they do.
func (d *desk) round() {
	for range tasksPerRound {
		d.slots <- struct{}{}
		d.tasks.Go(func() {
			defer func() { <-d.slots }()
			d.wait(300 * time.Millisecond)
			if d.under(3) > 0 || !d.withdrawOne() {
				d.issueOne()
			}
		})
	}
	d.wait(200 * time.Millisecond)
	for _, p := range d.all() {
		if err := p.alive(); err != nil {
			d.fail(err)
		}
	}
	d.disturb()
}

// disturb kills a process or two, or makes a stretch of network bad for a while.
func (d *desk) disturb() {
	victims := []*process{d.authority, d.authority, d.authority, d.host, d.host, d.host, d.board, d.board,
		d.superv}
	p := victims[d.under(len(victims))]
	if d.under(2) == 0 {
		f := fault(1 + d.under(int(faults)-1))
		d.count(f.String())
		p.suffer(f)
		d.wait(400 * time.Millisecond)
		p.suffer(faultNone)
		return
	}
	killed := map[*process]bool{p: true}
	if d.under(4) == 0 {
		killed[victims[d.under(len(victims))]] = true
	}
	for p := range killed {
		d.count("kill " + p.name)
		p.kill()
	}
	d.wait(150 * time.Millisecond)
	for p := range killed {
		if err := p.start(); err != nil {
			d.fail(err)
		}
	}
}

// issueOne drafts an order, has two people sign it, and insists until both were told that it is done.
func (d *desk) issueOne() {
	d.mu.Lock()
	d.issued++
	reference := fmt.Sprintf("SOAK-%06d", d.issued)
	d.mu.Unlock()
	o := &order{post: 1 + d.under(d.posts)}
	draft := demo.Draft(tocsin.PartyID(d.host.name), reference, fmt.Sprintf("%s/post/%d", d.boardURL, o.post))
	done := d.insist("issue "+reference, func(ctx context.Context) (bool, error) {
		if o.id == "" {
			drafted, err := ask[flow.Drafted](ctx, d.authority, "draft", drafting{d.officer.Actor, reference, draft})
			if err != nil {
				return false, err
			}
			o.id = drafted.ID
		}
		now, err := ask[standing](ctx, d.authority, "issued", about{d.officer.Actor, o.id})
		if err != nil {
			return false, err
		}
		switch tocsin.IssuedState(now.Status) {
		case tocsin.IssuedDraft:
			return false, d.signed(ctx, 0, d.officer, o.id)
		case tocsin.IssuedSubmitted:
			err := d.signed(ctx, 1, d.approver, o.id)
			return err == nil, err
		}
		return true, nil // the answer to the last signature was lost
	})
	if done {
		d.mu.Lock()
		d.orders = append(d.orders, o)
		d.mu.Unlock()
	}
}

func (d *desk) signed(ctx context.Context, seat int, who *demo.Worker, id tocsin.RecordID) error {
	d.signing[seat].Lock()
	defer d.signing[seat].Unlock()
	return d.sign(ctx, who, id)
}

// withdrawOne withdraws a random order, wherever it stands, and insists; false when there is none.
func (d *desk) withdrawOne() bool {
	o := d.pick()
	if o == nil {
		return false
	}
	d.insist("withdraw "+string(o.id), func(ctx context.Context) (bool, error) {
		_, err := ask[nothing](ctx, d.authority, "withdraw", about{d.officer.Actor, o.id})
		if tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
			return err == nil, err
		}
		now, err := ask[standing](ctx, d.authority, "issued", about{d.officer.Actor, o.id})
		if err == nil && now.Status != string(tocsin.IssuedWithdrawn) {
			err = fmt.Errorf("an order that is %s cannot be withdrawn", now.Status)
		}
		return err == nil, err
	})
	return true
}

func (d *desk) pick() *order {
	d.mu.Lock()
	defer d.mu.Unlock()
	var open []*order
	for _, o := range d.orders {
		if !o.withdrawn {
			open = append(open, o)
		}
	}
	if len(open) == 0 {
		return nil
	}
	o := open[d.random.IntN(len(open))]
	o.withdrawn = true
	return o
}

// insist tries again while the process is away or busy, as people do. Any other refusal fails the test.
func (d *desk) insist(what string, try func(context.Context) (done bool, err error)) bool {
	for {
		ctx, cancel := context.WithTimeout(d.working, 20*time.Second)
		done, err := try(ctx)
		cancel()
		switch {
		case d.working.Err() != nil:
			return false
		case err == nil && done:
			return true
		case err != nil && !errors.Is(err, errAway) && tocsin.CodeOf(err) != tocsin.CodeBusy:
			d.t.Errorf("%s: %v", what, err)
			return false
		case err != nil:
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// fail ends the test with everything that helps to understand it.
func (d *desk) fail(err error) {
	d.t.Helper()
	d.rest()
	d.tasks.Wait()
	for _, p := range d.all() {
		p.tail(d.t)
	}
	d.t.Fatalf("%v; so far %s", err, d.told())
}

func (d *desk) told() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	withdrawn := 0
	for _, o := range d.orders {
		if o.withdrawn {
			withdrawn++
		}
	}
	return fmt.Sprintf("%d orders acknowledged, %d of them withdrawn; %v", len(d.orders), withdrawn, d.counts)
}
