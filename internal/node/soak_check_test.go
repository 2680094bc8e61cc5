// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/logaudit"
	"tocsin/translog"
	"tocsin/wire"
)

// settleLimit is how long everything may take to come to rest: a delivery that failed often waits a minute.
const settleLimit = 4 * time.Minute

// checker remembers what must still be true at the next check.
type checker struct {
	earlier map[*process]translog.Checkpoint
}

// outsider reads what anybody can read. Names under localhost are this machine.
var outsider = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
	DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
	}}}

// settle waits until nothing is left to do and then checks everything.
func (d *desk) settle() {
	d.t.Helper()
	d.tasks.Wait()
	if d.t.Failed() {
		d.fail(errors.New("a task failed"))
	}
	ctx, cancel := context.WithTimeout(d.t.Context(), settleLimit)
	defer cancel()
	for {
		open, err := d.unsettled(ctx)
		if err == nil && open == "" {
			break
		}
		if ctx.Err() != nil || err != nil {
			d.fail(fmt.Errorf("not settled: %s: %w", open, err))
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, check := range []func(context.Context) error{d.nothingLost, d.nothingDoneTwice, d.shownAsOrdered,
		d.journalsHold, d.logsAgree, d.nobodyComplained} {
		if err := check(ctx); err != nil {
			d.fail(err)
		}
	}
}

// unsettled says what is still under way. The authority comes first: what it sends makes work for the others.
func (d *desk) unsettled(ctx context.Context) (string, error) {
	for _, p := range d.nodes() {
		jobs, err := ask[[]flow.JobRow](ctx, p, "jobs", nothing{})
		if err != nil {
			return p.name, err
		}
		for _, j := range jobs {
			what := fmt.Sprintf("%s %s, attempt %d, %q", p.name, j.Kind, j.Attempt, j.LastError)
			if j.FailedAt != nil {
				return what, errors.New("a job was given up")
			}
			return what, nil
		}
	}
	return "", nil
}

// nothingLost compares what people were told with what each node knows.
func (d *desk) nothingLost(ctx context.Context) error {
	issued, err := byRecord(ctx, d.authority, listing{d.officer.Actor, tocsin.KindIssuedOrder})
	if err != nil {
		return err
	}
	received, err := byDocument(ctx, d.host, listing{d.moderator.Actor, tocsin.KindReceivedOrder})
	if err != nil {
		return err
	}
	copies, err := byDocument(ctx, d.superv, listing{d.rev.Actor, tocsin.KindOrderCopy})
	if err != nil {
		return err
	}
	if len(issued) != len(d.orders) || len(received) != len(d.orders) || len(copies) != len(d.orders) {
		return fmt.Errorf("%d orders were acknowledged; the authority has %d, the host %d, the supervisor %d",
			len(d.orders), len(issued), len(received), len(copies))
	}
	for _, o := range d.orders {
		if err := o.kept(issued[o.id], received, copies); err != nil {
			return fmt.Errorf("order %s: %w", o.id, err)
		}
	}
	return nil
}

func (o *order) kept(at standing, received, copies map[tocsin.Digest]standing) error {
	wanted, answered := tocsin.IssuedComplied, tocsin.ReceivedConfirmed
	if o.withdrawn {
		wanted, answered = tocsin.IssuedWithdrawn, tocsin.ReceivedWithdrawn
	}
	if at.Status != string(wanted) {
		return fmt.Errorf("was acknowledged as %s and is %q", wanted, at.Status)
	}
	if at.ReceivedAt == nil || at.CopyAt == nil {
		return errors.New("lacks a receipt")
	}
	there, found := received[at.Document]
	if !found || !there.ReceivedAt.Equal(*at.ReceivedAt) {
		return fmt.Errorf("the authority holds a receipt of %s that the host does not know", at.ReceivedAt)
	}
	if there.Status != string(answered) {
		return fmt.Errorf("is %s at the authority and %s at the host", at.Status, there.Status)
	}
	if _, found := copies[at.Document]; !found {
		return errors.New("the supervisor acknowledged a copy that it does not know")
	}
	return nil
}

func byRecord(ctx context.Context, p *process, l listing) (map[tocsin.RecordID]standing, error) {
	list, err := ask[[]standing](ctx, p, "list", l)
	all := map[tocsin.RecordID]standing{}
	for _, s := range list {
		all[s.ID] = s
	}
	return all, err
}

// byDocument finds orders by their signed document, of which there must be one each.
func byDocument(ctx context.Context, p *process, l listing) (map[tocsin.Digest]standing, error) {
	list, err := ask[[]standing](ctx, p, "list", l)
	all := map[tocsin.Digest]standing{}
	for _, s := range list {
		if _, twice := all[s.Document]; twice || s.Status == string(tocsin.ReceivedRefused) {
			return nil, fmt.Errorf("%s has document %s twice, or refused it", p.name, s.Document)
		}
		all[s.Document] = s
	}
	return all, err
}

// measures is what the board says it did, GET /tocsin/measures.
type measures struct {
	Measures []struct {
		Seq           int64
		Event, Action string
	}
	Changes, Next int64
}

// nothingDoneTwice counts at the board, by event id.
func (d *desk) nothingDoneTwice(ctx context.Context) error {
	seen, changed, page := map[string]bool{}, int64(0), measures{}
	for after := int64(-1); after != 0; after = page.Next {
		page = measures{}
		if err := d.fromBoard(ctx, fmt.Sprintf("/tocsin/measures?after=%d", max(after, 0)), &page); err != nil {
			return err
		}
		for _, m := range page.Measures {
			if seen[m.Event] {
				return fmt.Errorf("the board has two measures for event %s", m.Event)
			}
			seen[m.Event] = true
			if m.Action != "unchanged" {
				changed++
			}
		}
	}
	if changed != page.Changes {
		return fmt.Errorf("the board's posts were changed %d times by %d measures", page.Changes, changed)
	}
	return nil
}

func (d *desk) fromBoard(ctx context.Context, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.boardURL+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+boardAdmin)
	resp, err := outsider.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if status, ok := into.(*int); ok {
		*status = resp.StatusCode
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// shownAsOrdered opens every post as anybody would.
func (d *desk) shownAsOrdered(ctx context.Context) error {
	ordered := map[int]bool{}
	for _, o := range d.orders {
		ordered[o.post] = ordered[o.post] || !o.withdrawn
	}
	for post := 1; post <= d.posts; post++ {
		var status int
		if err := d.fromBoard(ctx, fmt.Sprintf("/post/%d", post), &status); err != nil {
			return err
		}
		restricted := status == http.StatusUnavailableForLegalReasons
		if restricted != ordered[post] || !restricted && status != http.StatusOK {
			return fmt.Errorf("post %d answers %d, and an order against it stands: %t", post, status, ordered[post])
		}
	}
	return nil
}

func (d *desk) journalsHold(ctx context.Context) error {
	for _, p := range d.nodes() {
		found, err := ask[flow.Examined](ctx, p, "fsck", nothing{})
		if err != nil {
			return fmt.Errorf("fsck %s: %w", p.name, err)
		}
		if len(found.Differences) > 0 {
			return fmt.Errorf("fsck %s: %v", p.name, found.Differences)
		}
	}
	return nil
}

// logsAgree reads all logs from outside. Each must contain what it was at the check before.
func (d *desk) logsAgree(ctx context.Context) error {
	reports := map[*process]logaudit.Report{}
	for _, p := range d.nodes() {
		report, err := d.audit(ctx, p)
		if err != nil {
			return fmt.Errorf("audit %s: %w", p.name, err)
		}
		if !report.Clean(time.Now()) {
			return fmt.Errorf("the log of %s breaks a rule: %v", p.name, report.Faults)
		}
		reports[p] = report
		if d.earlier == nil {
			d.earlier = map[*process]translog.Checkpoint{}
		}
		d.earlier[p] = report.Checkpoint
	}
	for _, p := range []*process{d.host, d.superv} {
		if c := logaudit.Compare(reports[d.authority], reports[p]); !c.Agrees() {
			return fmt.Errorf("the logs of authority and %s differ: %+v", p.name, c)
		}
	}
	return nil
}

func (d *desk) audit(ctx context.Context, p *process) (logaudit.Report, error) {
	entry := d.entries[p]
	audit := logaudit.Audit{Base: entry.Endpoint + "/log/1", Client: outsider}
	if earlier, known := d.earlier[p]; known {
		audit.Earlier = &earlier
	}
	for _, k := range entry.Keys {
		if k.Usable(tocsin.UseLog, time.Now()) != nil {
			continue
		}
		public, err := wire.PublicKey(k)
		if err != nil {
			return logaudit.Report{}, err
		}
		verifier, err := translog.NewVerifier(translog.Origin(entry.LogOrigin, 1), public.(ed25519.PublicKey))
		if err != nil {
			return logaudit.Report{}, err
		}
		audit.Policy = translog.TrustLogs(verifier)
	}
	return audit.Run(ctx)
}

func (d *desk) nobodyComplained(context.Context) error {
	for _, p := range d.all() {
		if cry := p.complaint(); cry != "" {
			return fmt.Errorf("%s says: %s", p.name, cry)
		}
	}
	return nil
}

// end stops everybody as an operator would.
func (d *desk) end() {
	for _, p := range d.all() {
		if err := p.stop(); err != nil {
			d.t.Errorf("%s: %v", p.name, err)
		}
	}
	if err := d.nobodyComplained(d.t.Context()); err != nil {
		d.t.Error(err)
	}
}
