// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
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

// Run fetches sources until the context ends. Several processes of one node may: what one has recorded, the
// others find done.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(fetchEvery)
	defer tick.Stop()
	for {
		s.fetchAll(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.wake:
		}
	}
}

func (s *Service) fetchAll(ctx context.Context) {
	banks, err := s.Flow.Banks(ctx, s.Operator, false)
	if err != nil {
		s.Log.ErrorContext(ctx, "sources cannot be listed", "code", tocsin.CodeOf(err))
		return
	}
	for _, b := range banks {
		if ctx.Err() != nil {
			return
		}
		if source := b.File.Source; source != nil && source.Enabled && source.Kind == localFile {
			s.fetchOne(ctx, b)
		}
	}
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

// fetchFile makes the bank hold what the file holds, when the file has changed: the new import first, then
// the end of the one before it, so that nothing that stays on the list stops matching in between.
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
		return s.Flow.Rows(source.Batch), nil
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("read local file again: %w", err)
	}
	sum.Reset()
	key := fmt.Sprintf("%s.%d.%s", b.ID, b.Version, digest[:32])
	report, err := s.Flow.Import(ctx, s.Operator, key, flow.Import{Bank: string(b.ID),
		Format: tocsin.FormatLocalFile, FixedType: terms.SignalType, Body: io.TeeReader(file, sum)})
	if err != nil {
		return 0, err
	}
	if report.BadCount > 0 {
		s.Log.WarnContext(ctx, "lines of a local file are no signals", "bank", b.ID, "lines", report.BadCount)
	}
	// Of what was read, should the file have changed again.
	digest = tocsin.Digest(hex.EncodeToString(sum.Sum(nil)))
	return report.Rows, s.fetched(ctx, b.ID, source, flow.Source{Batch: report.Batch, Digest: digest})
}

// errFetched means that another process was faster.
var errFetched = errors.New("source was fetched by another process")

// fetched puts an import in the place of the one before it. Where another process has done so already, its own
// import stays.
func (s *Service) fetched(ctx context.Context, bank tocsin.RecordID, before, now flow.Source) error {
	kept := now.Batch
	err := s.Flow.ChangeSource(ctx, s.Operator, bank, func(source *flow.Source) error {
		if source.Batch != before.Batch || source.Digest != before.Digest {
			kept = source.Batch
			return errFetched
		}
		source.Batch, source.Digest = now.Batch, now.Digest
		return nil
	})
	if err != nil && !errors.Is(err, errFetched) {
		return err
	}
	for _, batch := range []tocsin.RecordID{before.Batch, now.Batch} {
		if batch == "" || batch == kept {
			continue
		}
		err := s.Flow.WithdrawBatch(ctx, s.Operator, batch, "The source has a newer list.")
		if err != nil && tocsin.ReasonOf(err) != tocsin.ReasonWrongState { // somebody withdrew it already
			return err
		}
	}
	return nil
}
