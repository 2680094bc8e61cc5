// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/testkit"
	"tocsin/internal/visitor"
	"tocsin/internal/webhook"
	"tocsin/match"
)

const moderators = 50

// casesOfMany is less under the race detector; all of it runs without.
var casesOfMany = map[bool]int{false: 500, true: 150}[raced]

// movedClock is the machine's, moved ahead.
type movedClock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *movedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return tocsin.SystemClock.Now().Add(c.ahead)
}

func (c *movedClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// crowd is many people at the console of one node, and what that acknowledged to them.
type crowd struct {
	*testing.T
	node   *node.Node
	clock  *movedClock
	people []*visitor.Visitor

	mu    sync.Mutex
	holds map[string]int    // case → who was given it and has not begun to let it go
	acked map[string]string // decision → case
}

// TestFiftyModeratorsNeverShareACaseAndLoseNoDecision lets fifty people work at once over HTTP. They decide, skip, give
// back, and leave cases lying until their claims run out; they press twice; and many of their requests are cut off in
// the middle and sent again with the same key.
func TestFiftyModeratorsNeverShareACaseAndLoseNoDecision(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		database := ""
		if on == testkit.PostgreSQL {
			database = newDatabase(t, os.Getenv("TOCSIN_TEST_POSTGRES"))
		}
		c := newCrowd(t, database)
		for round := range 6 {
			c.work(round < 3)
			if c.waiting() == 0 {
				break
			}
			c.clock.pass(tocsin.ClaimPeriod + time.Minute) // what was left lying is there again
			must(t, c.node.Flow.Scan(t.Context()))
		}
		c.check()
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newCrowd founds a node with its people and cases.
func newCrowd(t *testing.T, database string) *crowd {
	t.Helper()
	c := &crowd{T: t, clock: &movedClock{}, holds: map[string]int{}, acked: map[string]string{}}
	platform := httptest.NewServer(visitor.Platform())
	t.Cleanup(platform.Close)
	site := httptest.NewUnstartedServer(nil) // for its listener
	dir := t.TempDir()
	o := node.Options{Config: config.Default(), Clock: c.clock, Log: slog.New(slog.DiscardHandler), Listener: site.Listener}
	_, port, _ := strings.Cut(site.Listener.Addr().String(), ":")
	o.Config.Party, o.Config.PublicURL, o.Config.Demonstration = "ie-host", "http://ie.localhost:"+port, true
	o.Config.DataDir, o.Config.KeyDir = filepath.Join(dir, "data"), filepath.Join(dir, "keys")
	o.Config.Database.URL, o.Config.Matching.FloodFloor = database, 10*casesOfMany
	secret := filepath.Join(dir, "secret")
	must(t, os.WriteFile(secret, []byte(webhook.NewSecret().Reveal()), 0o600))
	o.Config.Platform = config.Platform{Callback: platform.URL + "/callback", Resolve: platform.URL + "/resolve",
		SecretFile: secret}
	must(t, node.Create(t.Context(), o))
	n, err := node.New(t.Context(), o)
	must(t, err)
	c.node = n
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- n.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ran; err != nil {
			t.Errorf("the node ended with %v", err)
		}
		must(t, n.Close())
	})
	c.openCases()
	for i := range moderators {
		invited, err := n.Flow.InvitePerson(t.Context(), node.Operator, "Somebody", []tocsin.Duty{tocsin.DutyModerator})
		must(t, err)
		p, err := visitor.Enrol(t.Context(), n.EnrolmentLink(invited.Token), fmt.Sprintf("Moderator %d", i), i)
		must(t, err)
		p.Stay()
		c.people = append(c.people, p)
	}
	return c
}

// openCases screens posts, five of each known picture, and waits until the platform has named each.
func (c *crowd) openCases() {
	c.Helper()
	f, luck, pictures := c.node.Flow, rand.NewChaCha8([32]byte{6}), make([]string, casesOfMany/5)
	_, err := f.OpenBank(c.Context(), node.Operator, "", tocsin.BankTerms{Polarity: tocsin.PolarityPositive,
		Marking: tocsin.MarkingGreen, Enabled: tocsin.Whole}, flow.BankFile{Name: "KETTLES"})
	must(c.T, err)
	for i := range pictures {
		var hash [32]byte
		_, _ = luck.Read(hash[:]) // never fails
		pictures[i] = hex.EncodeToString(hash[:])
		_, err = f.AddSignal(c.Context(), node.Operator, "", flow.NewSignal{Confidence: 70,
			SignalRef: flow.SignalRef{Bank: "KETTLES", Type: "pdq", Value: pictures[i]}})
		must(c.T, err)
	}
	for i := range casesOfMany {
		_, err := f.Screen(c.Context(), node.Operator, flow.Screening{Assertion: flow.AssertedPublic, Pieces: []flow.Piece{
			{Item: strconv.Itoa(i + 1), Queries: []match.Query{{Type: "pdq", Value: pictures[i%len(pictures)]}}}}})
		must(c.T, err)
	}
	for {
		jobs, err := f.Jobs(c.Context(), node.Operator, true, 1)
		must(c.T, err)
		if len(jobs) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// work lets everybody work until nothing waits for her. In a rough round much goes wrong.
func (c *crowd) work(rough bool) {
	c.Helper()
	var working sync.WaitGroup
	for who := range c.people {
		working.Go(func() {
			luck := rand.New(rand.NewPCG(uint64(who), 4))
			for c.Context().Err() == nil && c.one(who, luck, rough) {
			}
		})
	}
	working.Wait()
	if c.Failed() {
		c.FailNow()
	}
}

// one case from the queue to its end; false when nothing waits for her.
func (c *crowd) one(who int, luck *rand.Rand, rough bool) bool {
	id := c.next(who, luck, rough)
	if id == "" {
		return false
	}
	c.mu.Lock()
	if other, held := c.holds[id]; held {
		c.Errorf("case %s was given to %d while %d held it", id, who, other)
	}
	c.holds[id] = who
	c.mu.Unlock()
	fate := luck.IntN(100)
	if !rough {
		fate = 99
	}
	switch {
	case fate < 8: // left lying: hers until her claim runs out, which is after this round
		c.letGo(id)
	case fate < 16:
		c.letGo(id)
		c.send(who, luck, rough, "/cases/"+id+"/skip", nil)
	case fate < 24:
		c.letGo(id)
		c.send(who, luck, rough, "/cases/"+id+"/release", nil)
	default:
		c.decide(who, luck, rough, id)
	}
	return true
}

func (c *crowd) letGo(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.holds, id)
}

// next gives the case she was given, "" when nothing waits. A request that was cut off may have claimed one, which then
// lies until its claim runs out.
func (c *crowd) next(who int, luck *rand.Rand, rough bool) string {
	page := c.send(who, luck, rough, "/cases/next", nil)
	id, isCase := strings.CutPrefix(page.Path, "/cases/")
	if !isCase {
		return ""
	}
	return id
}

func (c *crowd) decide(who int, luck *rand.Rand, rough bool, id string) {
	outcome := []string{"keep", "keep", "keep", "restrict"}[luck.IntN(4)]
	path := "/cases/" + id + "/" + outcome
	page, err := c.people[who].Get(c.Context(), path)
	form, wrong := page.Finding()
	if err != nil || wrong != nil {
		c.Errorf("form of case %s: %v, %v", id, err, wrong)
		return
	}
	form.Set("do", "confirm")
	c.letGo(id)
	var twice sync.WaitGroup
	for range 1 + luck.IntN(10)/9 { // now and then a button is pressed twice
		luck := rand.New(rand.NewPCG(luck.Uint64(), 5))
		twice.Go(func() {
			page := c.send(who, luck, rough, path, form)
			decision, decided := strings.CutPrefix(page.Path, "/decisions/")
			if !decided {
				c.Errorf("case %s was not decided: %d at %s", id, page.Status, page.Path)
				return
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			c.acked[decision] = id
		})
	}
	twice.Wait()
}

// send presses a button. Of a rough round, many requests are cut off in the middle and sent again as they were.
func (c *crowd) send(who int, luck *rand.Rand, rough bool, path string, form map[string][]string) visitor.Page {
	for rough && luck.IntN(4) == 0 {
		ctx, cut := context.WithTimeout(c.Context(), time.Duration(luck.IntN(20_000))*time.Microsecond)
		page, err := c.people[who].Post(ctx, path, form)
		cut()
		if err == nil {
			return page
		}
		if !strings.HasSuffix(path, "/keep") && !strings.HasSuffix(path, "/restrict") && path != "/cases/next" {
			break // whether it was given back already, the next press tells
		}
	}
	page, err := c.people[who].Post(c.Context(), path, form)
	if err != nil {
		c.Errorf("%s: %v", path, err)
	}
	return page
}

// waiting counts the cases that nobody decided.
func (c *crowd) waiting() int64 {
	c.Helper()
	var n int64
	must(c.T, c.node.Flow.Store.View(c.Context(), func(tx flow.Tx) (err error) {
		n, err = tx.Count(tocsin.KindCase, int64(casesOfMany), "open", "overdue", "claimed")
		return err
	}))
	return n
}

var independent = flow.Actor{ID: "prs_" + tocsin.ActorID(strings.Repeat("r", 26)), Passkey: true,
	Duties: []tocsin.Duty{tocsin.DutyReviewer}}

// check reads everything again: each case was decided once, by a decision that was acknowledged, and no two people ever
// held it at a time.
func (c *crowd) check() {
	c.Helper()
	f, ctx := c.node.Flow, c.Context()
	decisions := map[string]string{}
	must(c.T, f.EachDecision(ctx, independent, "", func(d flow.DecisionView) error {
		if len(d.Items) != 1 {
			c.Errorf("decision %s covers %d items", d.ID, len(d.Items))
			return nil
		}
		decisions[string(d.ID)] = string(d.Items[0].Case)
		return nil
	}))
	for id, of := range c.acked {
		if decisions[id] != of {
			c.Errorf("decision %s on %s was acknowledged, and is of %q", id, of, decisions[id])
		}
	}
	cases := 0
	must(c.T, f.EachCase(ctx, independent, "", func(row flow.CaseRow) error {
		cases++
		if row.Status != tocsin.CaseDecided || len(row.Decisions) != 1 || c.acked[string(row.Decisions[0])] != string(row.ID) {
			c.Errorf("case %s is %s with decisions %v", row.ID, row.State(), row.Decisions)
		}
		return f.Store.View(ctx, func(tx flow.Tx) error {
			history, err := tx.EntriesOf(row.ID)
			c.held(row.ID, history)
			return err
		})
	}))
	if cases != casesOfMany || len(decisions) != casesOfMany || len(c.acked) != casesOfMany {
		c.Errorf("%d cases, %d decisions, %d acknowledged", cases, len(decisions), len(c.acked))
	}
	found, err := f.Fsck(ctx, nil)
	if err != nil || len(found.Differences) > 0 {
		c.Errorf("fsck: %v, %v", found.Differences, err)
	}
}

// held follows the claims of a case through its history.
func (c *crowd) held(id tocsin.RecordID, history []flow.StoredEntry) {
	c.Helper()
	var holder tocsin.ActorID
	var until time.Time
	for _, e := range history {
		past := e.Header
		free := holder == "" || !past.At.Before(until)
		switch past.Kind {
		case tocsin.EventCaseClaimed:
			if !free && past.Actor != holder {
				c.Errorf("case %s was claimed by %s while %s held it", id, past.Actor, holder)
			}
			holder, until = past.Actor, *past.Facts.Due
		case tocsin.EventCaseDecided:
			if free || past.Actor != holder {
				c.Errorf("case %s was decided by %s, and %s held it", id, past.Actor, holder)
			}
			holder = ""
		case tocsin.EventCaseReleased, tocsin.EventCaseSkipped, tocsin.EventCaseClaimEnded:
			holder = ""
		}
	}
}
