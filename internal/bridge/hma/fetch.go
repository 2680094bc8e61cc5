// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// fetchEvery is how often sources are fetched; HMA's own default.
const fetchEvery = 240 * time.Second

// fetchStatus is what came of fetching one source since this process started. Times are Unix seconds.
type fetchStatus struct {
	running   *int64
	completed *int64
	succeeded *bool
	items     int64
}

type fetches struct {
	mu    sync.Mutex
	known map[tocsin.RecordID]fetchStatus
}

func (f *fetches) of(id tocsin.RecordID) fetchStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.known[id]
}

func (f *fetches) change(id tocsin.RecordID, change func(*fetchStatus)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.known[id]
	change(&s)
	f.known[id] = s
}

// fetchSoon wakes the fetching loop.
func (s *Service) fetchSoon() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// leaseLength is for how long one process has a source to itself. It is prolonged while the fetch goes on, so that
// only what a killed process was fetching waits for it.
const leaseLength = time.Minute

// Run fetches sources until the context ends. Several processes of one node may: one fetches a source at a time,
// and what it has recorded, the others find done.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(fetchEvery)
	defer tick.Stop()
	for {
		var again <-chan time.Time
		if s.fetchAll(ctx) {
			again = time.After(leaseLength)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again:
		case <-tick.C:
		case <-s.wake:
		}
	}
}

// fetchAll fetches each source that no other process is fetching; some is set when there was one.
func (s *Service) fetchAll(ctx context.Context) (some bool) {
	banks, err := s.Flow.Banks(ctx, s.Operator, false)
	if err != nil {
		s.Log.ErrorContext(ctx, "sources cannot be listed", "code", tocsin.CodeOf(err))
		return true
	}
	for _, b := range banks {
		if ctx.Err() != nil {
			return some
		}
		if source := b.File.Source; source != nil && source.Enabled && source.Kind == localFile {
			some = !s.fetchAlone(ctx, b.ID) || some
		}
	}
	return some
}

// fetchAlone fetches a source under a lease; false when another process has it.
func (s *Service) fetchAlone(ctx context.Context, id tocsin.RecordID) bool {
	name, holder := "fetch/"+string(id), tocsin.NewToken("lease")
	take := func(ctx context.Context) bool {
		taken, err := s.Flow.TakeLease(ctx, name, holder, leaseLength)
		if err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "a source cannot be leased", "bank", id, "code", tocsin.CodeOf(err))
		}
		return taken
	}
	if !take(ctx) {
		return false
	}
	fetching, stop := context.WithCancel(ctx)
	var prolonging sync.WaitGroup
	prolonging.Go(func() {
		for tick := time.NewTicker(leaseLength / 3); ; {
			select {
			case <-fetching.Done():
				tick.Stop()
				return
			case <-tick.C:
				if !take(fetching) {
					stop() // another process has it
				}
			}
		}
	})
	b, err := s.Flow.Bank(fetching, s.Operator, string(id)) // as the process before left it
	if err == nil && b.Status == tocsin.BankOpen && b.File.Source != nil {
		s.fetchOne(fetching, b)
	}
	stop()
	prolonging.Wait()
	if err := s.Flow.FreeLease(context.WithoutCancel(ctx), name, holder); err != nil {
		s.Log.ErrorContext(ctx, "a lease cannot be given back", "bank", id, "code", tocsin.CodeOf(err))
	}
	return true
}

func (s *Service) fetchOne(ctx context.Context, b flow.BankView) {
	now := s.Clock.Now().Unix()
	s.fetches.change(b.ID, func(f *fetchStatus) { f.running = &now })
	items, err := s.fetchFile(ctx, b)
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "a source cannot be fetched", "bank", b.ID, "code", tocsin.CodeOf(err),
			"reason", tocsin.ReasonOf(err))
	}
	done, succeeded := s.Clock.Now().Unix(), err == nil
	s.fetches.change(b.ID, func(f *fetchStatus) {
		f.running, f.completed, f.succeeded = nil, &done, &succeeded
		if succeeded {
			f.items = items
		}
	})
}

// fileTerms is where a list stands.
type fileTerms struct {
	Filename   string `json:"filename"`
	SignalType string `json:"signal_type"`
}

func fileTermsOf(raw json.RawMessage) (t fileTerms, err error) {
	if err := json.Unmarshal(raw, &t); err != nil {
		return t, badRequest("api_json must be a JSON object")
	}
	return t, nil
}

// open opens a file below the folder that the operator named; nothing else on this machine.
func (s *Service) open(name string) (*os.File, error) {
	if s.Files == "" {
		return nil, badRequest("The operator of this node names no folder for local files")
	}
	none := badRequest("There is no such file in the folder for local files")
	if filepath.IsAbs(name) {
		inside, err := filepath.Rel(s.Files, name)
		if err != nil {
			return nil, none
		}
		name = inside
	}
	if !filepath.IsLocal(name) {
		return nil, none
	}
	root, err := os.OpenRoot(s.Files)
	if err != nil {
		return nil, none
	}
	defer root.Close()
	if info, err := root.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, none
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, none
	}
	return file, nil
}

// fetchFile makes the bank hold what the file holds, when the file has changed: the new import, and in one with it
// the end of the one before, so that nothing that stays on the list stops matching in between.
func (s *Service) fetchFile(ctx context.Context, b flow.BankView) (items int64, err error) {
	source := *b.File.Source
	terms, err := fileTermsOf(source.Terms)
	if err != nil {
		return 0, err
	}
	file, err := s.open(terms.Filename)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return 0, fmt.Errorf("read local file: %w", err)
	}
	digest := tocsin.Digest(hex.EncodeToString(sum.Sum(nil)))
	if digest == source.Digest {
		return s.Flow.Rows(source.Batch), s.Flow.Fetched(ctx, s.Operator, b.ID, source, source)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("read local file again: %w", err)
	}
	sum.Reset()
	report, err := s.Flow.Import(ctx, s.Operator, "", flow.Import{Bank: string(b.ID), Fetched: true,
		Format: tocsin.FormatLocalFile, FixedType: terms.SignalType, Body: io.TeeReader(file, sum)})
	if err != nil {
		return 0, err
	}
	if report.BadCount > 0 {
		s.Log.WarnContext(ctx, "lines of a local file are no signals", "bank", b.ID, "lines", report.BadCount)
	}
	// Of what was read, should the file have changed again.
	digest = tocsin.Digest(hex.EncodeToString(sum.Sum(nil)))
	return report.Rows, s.Flow.Fetched(ctx, s.Operator, b.ID, source,
		flow.Source{Batch: report.Batch, Digest: digest})
}
