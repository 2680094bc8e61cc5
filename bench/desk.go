// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/visitor"
	"tocsin/internal/webhook"
)

// deskCases is how many cases the desk is measured with; a tenth and a hundredth of it come first.
var deskCases = 1_000_000

// deskKept is where a desk stays between measurements, because filling takes longer than they do; "" for nowhere.
var deskKept string

const (
	deskRounds     = 200 // requests of each kind
	deskGoal       = 100 // ms, of the 95th percentile
	deskModerators = 50
)

// office is a host's node on SQLite with a desk, and somebody who works at it.
type office struct {
	served
	config    config.Config
	flags     []string
	kept      bool // it was filled by another run
	port      int
	filler    *filler
	token     string
	link      string   // by which who measures enrols
	crowd     []string // links of the others
	moderator *visitor.Visitor
	table     *table
}

func measureDesk(ctx context.Context, b *bench) (err error) {
	platform := httptest.NewServer(visitor.Platform())
	defer platform.Close()
	o, err := foundOffice(ctx, b, platform.URL)
	if err != nil {
		return fmt.Errorf("found the office: %w", err)
	}
	t := b.report.table("The desk", fmt.Sprintf("The program as it ships, on SQLite, with %s cases: half of them decided, "+
		"with items, kept hashes, %d signals that match, sealed payloads and words for the search, written through the "+
		"store's own append in batches; fsck finds no difference in the first hundredth. A moderator with a passkey opens "+
		"pages of the console, a service key asks the API; both over HTTP on loopback, %d requests of each kind one after "+
		"the other, every answer checked. %sWhere a line has a p50, its runs are the quarters of the requests. Exports are "+
		"read to their end and counted; memory is the peak of the node's resident set since it started (VmHWM). Measured "+
		"%s, load before: %s.", thousands(deskCases), fillSignals, deskRounds, keptNote(o.kept), time.Now().UTC().Format("2006-01-02 15:04 UTC"),
		loadAverage()))
	o.table = t
	defer func() { err = errors.Join(err, o.stop()) }()
	if err := o.fillAndExport(ctx); err != nil {
		return err
	}
	if err := o.size(t); err != nil {
		return err
	}
	if err := o.serve(ctx); err != nil {
		return err
	}
	if o.moderator, err = visitor.Enrol(ctx, o.link, "Moderator", 0); err != nil {
		return err
	}
	if err := o.ask(ctx); err != nil {
		return err
	}
	if err := o.crowded(ctx); err != nil {
		return fmt.Errorf("%d at once: %w", deskModerators, err)
	}
	peak, err := o.status("VmHWM")
	t.atMost("peak memory of the node after all of this", 512, "MB", peak)
	return err
}

// keptNote tells a reader that an earlier program filled what is measured.
func keptNote(kept bool) string {
	if !kept {
		return ""
	}
	return "The desk was filled by an earlier run and brought up to date by the migrations that came since. "
}

// fillAndExport fills a new desk in three steps and exports after each. What exports leave in memory is not the pages':
// the program stops after them.
func (o *office) fillAndExport(ctx context.Context) error {
	began, from := time.Now(), 0
	for _, upTo := range []int{deskCases / 100, deskCases / 10, deskCases} {
		if o.kept && upTo < deskCases {
			continue
		}
		if !o.kept {
			if err := o.fillUpTo(ctx, from, upTo); err != nil {
				return fmt.Errorf("fill up to %d: %w", upTo, err)
			}
			fmt.Fprintf(os.Stderr, " %s cases %s …", thousands(upTo), time.Since(began).Round(time.Second))
		}
		if err := o.serve(ctx); err != nil {
			return err
		}
		if err := o.exports(ctx, upTo); err != nil {
			return fmt.Errorf("export %d: %w", upTo, err)
		}
		if err := o.stop(); err != nil {
			return err
		}
		from = upTo
	}
	return os.WriteFile(filepath.Join(o.dir, deskFilled), []byte(fmt.Sprintln(deskCases, o.port)), 0o600)
}

// deskFilled names the file that says how many cases a desk was filled with, and at which port: its log has that in its
// name and takes no other.
const deskFilled = "filled"

// foundOffice makes the node, its people and its bank, or finds one that is kept.
func foundOffice(ctx context.Context, b *bench, platform string) (*office, error) {
	program := filepath.Join(b.dir, "program")
	if err := build(ctx, theProgram, program); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir := cmp.Or(deskKept, filepath.Join(b.dir, "desk"))
	o := &office{served: served{program: program, dir: dir}}
	if filled, err := os.ReadFile(filepath.Join(dir, deskFilled)); err == nil {
		if _, err := fmt.Sscan(string(filled), &deskCases, &port); err != nil {
			return nil, fmt.Errorf("read %s: %w", deskFilled, err)
		}
		o.kept = true
	} else if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	o.port, o.address = port, "http://127.0.0.1:"+strconv.Itoa(port)
	if err := o.configure(port, platform); err != nil {
		return nil, err
	}
	if !o.kept {
		if err := node.Create(ctx, node.Options{Config: o.config, Log: quiet}); err != nil {
			return nil, err
		}
	}
	return o, o.within(ctx, o.settle)
}

// configure says the same to the node in this process and to the program.
func (o *office) configure(port int, platform string) error {
	secret := filepath.Join(o.dir, "secret")
	if err := os.WriteFile(secret, []byte(webhook.NewSecret().Reveal()), 0o600); err != nil {
		return err
	}
	c := config.Default()
	c.Party, c.PublicURL, c.Demonstration = "bench-host", "http://desk.localhost:"+strconv.Itoa(port), true
	c.Listen.Public = "127.0.0.1:" + strconv.Itoa(port)
	c.DataDir, c.KeyDir = filepath.Join(o.dir, "data"), filepath.Join(o.dir, "keys")
	c.Matching.KeepHashesFor = 720 * time.Hour
	c.Platform = config.Platform{Callback: platform + "/callback", Resolve: platform + "/resolve", SecretFile: secret}
	o.config = c
	file := filepath.Join(o.dir, "tocsin.yaml")
	if err := os.WriteFile(file, []byte("party: "+c.Party+"\n"), 0o600); err != nil {
		return err
	}
	for name, value := range map[string]string{"party": c.Party, "public_url": c.PublicURL, "demonstration": "true",
		"listen.public": c.Listen.Public, "data_dir": c.DataDir, "key_dir": c.KeyDir, "matching.keep_hashes_for": "720h",
		"platform.callback": c.Platform.Callback, "platform.resolve": c.Platform.Resolve, "platform.secret_file": secret,
		"log.level": "error"} {
		o.flags = append(o.flags, "--set", name+"="+value)
	}
	return nil
}

// within opens the node in this process, for what it is given to do.
func (o *office) within(ctx context.Context, do func(context.Context, *node.Node) error) error {
	n, err := node.New(ctx, node.Options{Config: o.config, Log: quiet})
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, n), n.Close())
}

func (o *office) settle(ctx context.Context, n *node.Node) error {
	o.filler = &filler{signals: signalsOf(fillSignals), periods: tocsin.EUPeriods(), now: time.Now().UTC()}
	if !o.kept {
		if err := know(ctx, n.Flow, node.Operator, o.filler.signals); err != nil {
			return err
		}
	}
	bank, err := n.Flow.Bank(ctx, node.Operator, fillBank)
	if err != nil {
		return err
	}
	o.filler.bank = bank.Bank.ID
	for range 1 + deskModerators {
		invited, err := n.Flow.InvitePerson(ctx, node.Operator, "Somebody", []tocsin.Duty{tocsin.DutyModerator})
		if err != nil {
			return err
		}
		o.filler.people = append(o.filler.people, tocsin.ActorID(invited.Person))
		o.crowd = append(o.crowd, n.EnrolmentLink(invited.Token))
	}
	o.link, o.crowd = o.crowd[0], o.crowd[1:]
	name := "bench-" + strconv.FormatInt(o.filler.now.Unix(), 10)
	o.token, _, err = n.Keys.NewServiceKey(name, []string{string(flow.ActionCaseRead), string(flow.ActionDecisionRead),
		string(flow.ActionOrderRead), string(flow.ActionItemRead), string(flow.ActionAuditRead)}, time.Now())
	return err
}

func (o *office) fillUpTo(ctx context.Context, from, to int) error {
	return o.within(ctx, func(ctx context.Context, n *node.Node) error {
		o.filler.sealer, o.filler.store = n.Keys, n.Flow.Store
		if err := o.filler.fill(ctx, from, to); err != nil {
			return err
		}
		if from == 0 {
			ctx, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			found, err := n.Flow.Fsck(ctx, nil)
			if err != nil || len(found.Differences) > 0 {
				return fmt.Errorf("fsck: %v, %w", found.Differences, err)
			}
		}
		return o.filler.followed(ctx)
	})
}

// serve starts the program on the node.
func (o *office) serve(ctx context.Context) error {
	o.process = exec.CommandContext(ctx, o.program, append([]string{"serve"}, o.flags...)...)
	o.process.Dir, o.process.Stderr = o.dir, os.Stderr
	o.process.Cancel = func() error { return o.process.Process.Signal(syscall.SIGTERM) }
	if err := o.process.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyFor)
	defer cancel()
	for {
		if err := waitReady(ctx, o.address+"/readyz"); err == nil || ctx.Err() != nil {
			return err
		}
	}
}

// size notes what the database takes on the disk.
func (o *office) size(t *table) error {
	var bytes int64
	files, err := filepath.Glob(node.DatabasePath(o.config) + "*")
	if err != nil {
		return err
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			return err
		}
		bytes += info.Size()
	}
	t.figure("database", "GB", float64(bytes)/1e9)
	t.figure("database, a case", "kB", float64(bytes)/1e3/float64(deskCases))
	return nil
}

// thousands writes a number as people read it.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return strings.TrimSpace(text)
}
