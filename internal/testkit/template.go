// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
)

// founding is what every world of an engine is copied from: making keys, people and a board anew for each
// test would take longer than the tests.
type founding struct {
	dir       string
	configs   map[tocsin.PartyID]config.Config
	directory tocsin.Directory
	publisher *Publishers
	people    map[string]seat
}

// seat is a person's enrolment, from which her software passkey is made again.
type seat struct {
	party  tocsin.PartyID
	id     tocsin.RecordID
	duties []tocsin.Duty
	seed   [32]byte
}

var (
	foundings   = map[string]func() (*founding, error){}
	foundingsMu sync.Mutex
)

// foundedOn gives the founding of an engine; informed says whether the host has had its prior information.
func foundedOn(on Engine, informed bool) (*founding, error) {
	name := fmt.Sprintf("%s-%t", on, informed)
	foundingsMu.Lock()
	once, ok := foundings[name]
	if !ok {
		once = sync.OnceValues(func() (*founding, error) { return found(on, informed) })
		foundings[name] = once
	}
	foundingsMu.Unlock()
	return once()
}

// Run runs the tests of a package and removes what its worlds were copied from.
func Run(m *testing.M) int {
	code := m.Run()
	foundingsMu.Lock()
	defer foundingsMu.Unlock()
	for _, once := range foundings {
		f, err := once()
		if f == nil {
			continue
		}
		for _, c := range f.configs {
			if c.Database.URL != "" {
				err = errors.Join(err, dropDatabase(databaseName(c)))
			}
		}
		if err = errors.Join(err, os.RemoveAll(f.dir)); err != nil {
			fmt.Fprintln(os.Stderr, "remove what worlds were copied from:", err)
		}
	}
	return code
}

// found makes the parties, their people and the board, and, where asked, informs the host. The other
// founding is then its base, since both must have the same keys.
func found(on Engine, informed bool) (f *founding, err error) {
	if informed {
		return foundInformed(on)
	}
	dir, err := os.MkdirTemp("", "tocsin-test-")
	if err != nil {
		return nil, err
	}
	w := &World{Clock: NewClock(Founded), dir: dir, on: on, log: newLogbook(), network: newNetwork()}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.settleParties(context.Background()); err != nil {
		return nil, err
	}
	return w.founding(), nil
}

func foundInformed(on Engine) (f *founding, err error) {
	base, err := foundedOn(on, false)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tocsin-test-")
	if err != nil {
		return nil, err
	}
	w, err := copied(context.Background(), base, dir, Options{On: on, Clock: NewClock(Founded)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	id, err := w.Authority.Flow().InformHost(ctx, w.Officer.Actor, Host)
	if err != nil {
		return nil, err
	}
	for ctx.Err() == nil {
		list, err := w.Authority.Flow().Deliveries(ctx, w.Officer.Actor, id)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 && list[0].AckedAt != nil {
			break
		}
		time.Sleep(pause)
	}
	return w.founding(), ctx.Err()
}

// founding is a world that later ones are copied from, once it is closed.
func (w *World) founding() *founding {
	f := &founding{dir: w.dir, configs: map[tocsin.PartyID]config.Config{}, directory: w.Directory,
		publisher: w.Publishers, people: map[string]seat{}}
	for _, n := range w.nodes() {
		f.configs[n.ID] = n.Config
	}
	for name, p := range w.people {
		f.people[name] = p.seat
	}
	return f
}

// copyTree copies a folder with the modes of its files, which keys insist on.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rest), 0o700)
		}
		return copyFile(path, filepath.Join(to, rest))
	})
}
