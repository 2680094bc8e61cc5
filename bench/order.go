// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"tocsin"
	"tocsin/internal/demo"
	"tocsin/internal/flow"
	"tocsin/internal/node"
)

const (
	pairRuns, pairOrders = 3, 300
	manyRuns             = 3
	manyAuthorities      = 20
	manyHosts            = 10
	manyOrders           = 15 // of each authority
)

// sample is how long one order took from the approver's signature.
type sample struct {
	measure  time.Duration // until the platform restricted the item, by its own clock
	complied time.Duration // until Annex II was recorded at the authority
}

const aboutPair = `From the approver's signature (her passkey's assertion handed in) until the platform confirmed,
and until Annex II stood in the authority's journal. %d orders a run, one after the other, each for a post of its
own that then answers 451. Every commit is on disk, all logs are published, automatic execution is on, the
supervisor gets its copies; authority, host, board and supervisor share this machine.`

func measurePair(ctx context.Context, b *bench) error {
	t := b.report.table("One authority, one host", fmt.Sprintf(aboutPair, pairOrders))
	l := layout{authorities: 1, hosts: 1, posts: pairOrders}
	if err := pair(ctx, b, t, l, "SQLite", pairRuns); err != nil {
		return err
	}
	if b.postgres == "" {
		return nil
	}
	l.database = b.newDatabase
	return pair(ctx, b, t, l, "PostgreSQL", 1)
}

func pair(ctx context.Context, b *bench, t *table, l layout, engine string, runs int) error {
	var measure50, measure99, complied50, complied99 []float64
	for range runs {
		samples, _, err := issueAll(ctx, b, l, l.posts)
		if err != nil {
			return err
		}
		m, c := split(samples)
		measure50, measure99 = append(measure50, percentile(m, 50)), append(measure99, percentile(m, 99))
		complied50, complied99 = append(complied50, percentile(c, 50)), append(complied99, percentile(c, 99))
	}
	t.figure("approved → measure on the platform, p50, "+engine, "ms", measure50...)
	t.atMost("approved → measure on the platform, p99, "+engine, 500, "ms", measure99...)
	t.figure("approved → confirmed at the authority, p50, "+engine, "ms", complied50...)
	t.atMost("approved → confirmed at the authority, p99, "+engine, 500, "ms", complied99...)
	return nil
}

func measureMany(ctx context.Context, b *bench) error {
	t := b.report.table("Many parties at once", fmt.Sprintf("%d authorities and %d hosts on SQLite, all in one "+
		"process together with the boards. Each authority issues %d orders, one after the other, to all hosts in "+
		"turn; all authorities at the same time, so that the processor is the limit.",
		manyAuthorities, manyHosts, manyOrders))
	var p50, p99, rate []float64
	for range manyRuns {
		l := layout{authorities: manyAuthorities, hosts: manyHosts, posts: manyAuthorities * manyOrders / manyHosts}
		samples, took, err := issueAll(ctx, b, l, manyOrders)
		if err != nil {
			return err
		}
		_, c := split(samples)
		p50, p99 = append(p50, percentile(c, 50)), append(p99, percentile(c, 99))
		rate = append(rate, float64(len(samples))/took.Seconds())
	}
	t.figure("approved → confirmed at the authority, p50", "ms", p50...)
	t.atMost("approved → confirmed at the authority, p99", 2000, "ms", p99...)
	t.figure("orders, from draft to confirmation", "orders/s", rate...)
	return nil
}

func split(samples []sample) (measure, complied []time.Duration) {
	for _, s := range samples {
		measure, complied = append(measure, s.measure), append(complied, s.complied)
	}
	return measure, complied
}

// issueAll lets every authority issue its orders and checks every answer at the boards.
func issueAll(ctx context.Context, b *bench, l layout, orders int) (
	samples []sample, took time.Duration, err error,
) {
	x, err := open(ctx, b.dir, l)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	var mu sync.Mutex
	var working sync.WaitGroup
	began := time.Now()
	for i, a := range x.authorities {
		working.Go(func() {
			for n := range orders {
				order := i*orders + n
				h := x.hosts[order%len(x.hosts)]
				s, e := x.issue(ctx, a, h, order/len(x.hosts)+1)
				mu.Lock()
				samples, err = append(samples, s), errors.Join(err, e)
				mu.Unlock()
				if e != nil {
					return
				}
			}
		})
	}
	working.Wait()
	took = time.Since(began)
	if err != nil {
		return nil, took, err
	}
	return samples, took, x.check(ctx, l.posts)
}

// issue sends one order on its way and waits for its end.
func (x *exchange) issue(ctx context.Context, a *authority, h *host, post int) (sample, error) {
	reference := fmt.Sprintf("BENCH-%s-%d", h.Entry.ID, post)
	draft := demo.Draft(h.Entry.ID, reference, fmt.Sprintf("%s/post/%d", h.board.URL, post))
	drafted, err := a.Node.Flow.DraftOrder(ctx, a.officer.Actor, "", draft)
	if err != nil {
		return sample{}, err
	}
	if err := a.officer.Sign(ctx, drafted.ID); err != nil {
		return sample{}, err
	}
	began := time.Now()
	if err := a.approver.Sign(ctx, drafted.ID); err != nil {
		return sample{}, err
	}
	if err := a.complied(ctx, drafted.ID); err != nil {
		return sample{}, fmt.Errorf("order %s: %w", reference, err)
	}
	s := sample{complied: time.Since(began)}
	view, err := a.Node.Flow.Issued(ctx, a.officer.Actor, drafted.ID)
	if err == nil {
		s.measure = view.MeasureAt.Sub(began)
	}
	return s, err
}

// complied waits for Annex II, looking whenever the authority committed something.
func (a *authority) complied(ctx context.Context, id tocsin.RecordID) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		var row flow.Row
		err := a.Node.Flow.Store.View(ctx, func(tx flow.Tx) (err error) {
			row, err = tx.Record(id)
			return err
		})
		switch {
		case err != nil:
			return err
		case row.Status == string(tocsin.IssuedComplied):
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("still %s", row.Status)
		case <-a.committed:
		}
	}
}

// outsider resolves names under localhost itself.
var outsider = &http.Client{Transport: &http.Transport{
	DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
	}}}

// check opens every post as anybody would, and lets every node replay its journal.
func (x *exchange) check(ctx context.Context, posts int) error {
	for _, h := range x.hosts {
		for post := 1; post <= posts; post++ {
			status, err := h.answer(ctx, post)
			if err != nil {
				return err
			}
			if status != http.StatusUnavailableForLegalReasons {
				return fmt.Errorf("a post of %s answers %d after its order", h.Entry.ID, status)
			}
		}
	}
	for _, m := range x.members {
		jobs, err := m.Node.Flow.Jobs(ctx, node.Operator, true, 1000)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(jobs, func(j flow.JobRow) bool { return j.FailedAt != nil }) {
			return fmt.Errorf("%s gave a job up", m.Entry.ID)
		}
		found, err := m.Node.Flow.Fsck(ctx, nil)
		if err != nil {
			return fmt.Errorf("fsck of %s: %w", m.Entry.ID, err)
		}
		if len(found.Differences) > 0 {
			return fmt.Errorf("fsck of %s: %v", m.Entry.ID, found.Differences)
		}
	}
	return nil
}

// answer is the status of a post's page.
func (h *host) answer(ctx context.Context, post int) (int, error) {
	address := fmt.Sprintf("%s/post/%d", h.board.URL, post)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	resp, err := outsider.Do(r)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}
