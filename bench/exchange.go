// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/demo"
	"tocsin/internal/node"
)

// exchange is some authorities, some hosts with a board each, and the supervisor of the hosts' State: real
// nodes and boards over HTTP on loopback, in this process.
type exchange struct {
	dir         string
	clock       *demo.Clock
	authorities []*authority
	hosts       []*host
	members     []*demo.Member
	listeners   map[*demo.Member]net.Listener
	stop        context.CancelFunc
	running     sync.WaitGroup
}

type authority struct {
	*demo.Member
	officer, approver *demo.Worker
	committed         <-chan struct{}
}

type host struct {
	*demo.Member
	board *demo.Board
}

// layout says how large an exchange is.
type layout struct {
	authorities, hosts, posts int
	database                  func() (string, error) // of each node; nil for SQLite
}

var quiet = slog.New(slog.DiscardHandler)

// open founds everybody thirteen hours ago, informs every host, and starts serving now.
func open(ctx context.Context, dir string, l layout) (x *exchange, err error) {
	x = &exchange{clock: &demo.Clock{}, listeners: map[*demo.Member]net.Listener{}}
	x.clock.Step(-13 * time.Hour)
	ctx, x.stop = context.WithCancel(ctx)
	defer func() {
		if err != nil {
			err = errors.Join(err, x.close())
		}
	}()
	if x.dir, err = os.MkdirTemp(dir, "exchange-"); err != nil {
		return x, err
	}
	for i := range l.hosts {
		h, err := x.foundHost(ctx, i, l)
		if err != nil {
			return x, err
		}
		x.hosts = append(x.hosts, h)
	}
	for i := range l.authorities {
		p := entry(fmt.Sprintf("authority-%d", i), "FR", tocsin.RoleIssuingAuthority, tocsin.ActRemovalOrder)
		m, err := x.found(ctx, p, l, nil)
		if err != nil {
			return x, err
		}
		x.authorities = append(x.authorities, &authority{Member: m})
	}
	supervisor := entry("supervisor", "IE", tocsin.RoleSupervisor, tocsin.ActScrutiny)
	if _, err := x.found(ctx, supervisor, l, nil); err != nil {
		return x, err
	}
	if err := x.start(ctx); err != nil {
		return x, err
	}
	return x, x.serve(ctx)
}

// always is the day from which the Regulation applies.
var always = time.Date(2022, 6, 7, 0, 0, 0, 0, time.UTC)

func entry(id string, country tocsin.Country, role tocsin.Role, acts ...tocsin.Act) tocsin.Party {
	p := tocsin.Party{ID: tocsin.PartyID(id), Name: "Benchmark " + id, Country: country,
		Roles:    []tocsin.Role{role},
		Contacts: []tocsin.ContactPoint{{Purpose: "orders", Name: "Duty desk", Languages: []string{"en"}}},
		Source:   "benchmark", Checker: "nobody: benchmark only"}
	for _, act := range acts {
		p.Competences = append(p.Competences, tocsin.Competence{Act: act, From: always})
	}
	return p
}

func (x *exchange) foundHost(ctx context.Context, i int, l layout) (*host, error) {
	b, err := demo.OpenBoard(ctx, filepath.Join(x.dir, fmt.Sprintf("board-%d", i)), 1, x.clock, quiet)
	if err != nil {
		return nil, err
	}
	if err := demo.Fill(ctx, b.URL, 1, l.posts); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	h := &host{board: b}
	p := entry(fmt.Sprintf("host-%d", i), "IE", tocsin.RoleHost)
	h.Member, err = x.found(ctx, p, l, func(c *config.Config) error {
		c.AutomaticExecution.Enabled, c.AutomaticExecution.TrustedFrom = true, 0
		c.AutomaticExecution.MaxPerHourPerIssuer = 1000
		return b.Connect(c, filepath.Join(x.dir, c.Party+"-secret"))
	})
	return h, err
}

func (x *exchange) found(ctx context.Context, p tocsin.Party, l layout, adjust func(*config.Config) error) (
	*demo.Member, error,
) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(listen.Addr().String())
	if err != nil {
		return nil, err
	}
	m := &demo.Member{Config: config.Default()}
	x.listeners[m] = listen
	x.members = append(x.members, m)
	c := &m.Config
	c.Party, c.Demonstration = string(p.ID), true
	c.PublicURL = "http://" + net.JoinHostPort(c.Party+".localhost", port)
	c.DataDir, c.KeyDir = filepath.Join(x.dir, c.Party, "data"), filepath.Join(x.dir, c.Party, "keys")
	if l.database != nil {
		if c.Database.URL, err = l.database(); err != nil {
			return m, err
		}
	}
	if adjust != nil {
		if err := adjust(c); err != nil {
			return m, err
		}
	}
	m.Entry, err = demo.Found(ctx, node.Options{Config: *c, Clock: x.clock, Log: quiet}, p, x.clock.Now())
	return m, err
}

// start opens the nodes, gives them the directory and their people, and lets the authorities inform the
// hosts.
func (x *exchange) start(ctx context.Context) error {
	directory := tocsin.Directory{Serial: 1, IssuedAt: x.clock.Now(), Demonstration: true}
	for _, m := range x.members {
		directory.Parties = append(directory.Parties, m.Entry)
	}
	signed, pinned, err := demo.Publish(directory)
	if err != nil {
		return err
	}
	for _, m := range x.members {
		m.Node, err = node.New(ctx, node.Options{Config: m.Config, Clock: x.clock, Log: quiet,
			Listener: x.listeners[m]})
		if err != nil {
			return err
		}
		if _, err := m.Node.Flow.ImportDirectory(ctx, node.Operator, signed, pinned); err != nil {
			return err
		}
	}
	for _, a := range x.authorities {
		if a.officer, err = a.Hire(ctx, "Officer", tocsin.DutyOfficer); err != nil {
			return err
		}
		if a.approver, err = a.Hire(ctx, "Approver", tocsin.DutyApprover); err != nil {
			return err
		}
		for _, h := range x.hosts {
			if _, err := a.Node.Flow.InformHost(ctx, a.officer.Actor, h.Entry.ID); err != nil {
				return err
			}
		}
		a.committed = a.Node.Flow.Store.Committed()
	}
	return nil
}

// serve lets everybody run and waits until the prior information has arrived.
func (x *exchange) serve(ctx context.Context) error {
	x.clock.Step(0)
	for _, m := range x.members {
		x.running.Go(func() { _ = m.Node.Run(ctx) }) // a node that stops shows in the answers
	}
	for _, m := range x.members {
		for {
			jobs, err := m.Node.Flow.Jobs(ctx, node.Operator, true, 1)
			if err != nil {
				return err
			}
			if len(jobs) == 0 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return nil
}

func (x *exchange) close() error {
	x.stop()
	x.running.Wait()
	var errs []error
	for _, m := range x.members {
		if m.Node != nil {
			errs = append(errs, m.Node.Close())
		} else {
			errs = append(errs, x.listeners[m].Close())
		}
	}
	for _, h := range x.hosts {
		errs = append(errs, h.board.Close())
	}
	if x.dir != "" {
		errs = append(errs, os.RemoveAll(x.dir))
	}
	return errors.Join(errs...)
}
