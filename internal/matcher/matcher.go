// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package matcher is the running matcher of a node: signals added by hand in memory, batches of millions in
// files that are mapped. Everything in it is derived. The journal and the blobs are the truth: signals are
// added again when a node starts, and a file that is damaged, or missing, is made again from its blob.
//
// It knows no bank and decides nothing, and it must never answer from rows that nobody claimed since it was
// opened, or that somebody took back. Start reading at Open, then AddBatch.
package matcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"tocsin"
	"tocsin/match"
	"tocsin/match/hamming"
	"tocsin/match/hammingdisk"
	"tocsin/match/syntax"
)

// Blob is an open blob.
type Blob interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// OpenBlob opens a blob by its digest. Errors: [tocsin.CodeNotFound].
type OpenBlob func(ctx context.Context, d tocsin.Digest) (Blob, error)

// Options of a matcher; the zero value is good.
type Options struct {
	// Resident keeps the hashes of pictures in memory of the process instead of mapping their files.
	Resident bool
	// Report is told of failures in the background, and of rows that no type can read, from another goroutine.
	// Nothing that was added is lost by them. nil: nobody is told.
	Report func(error)
}

// Matcher holds what is matched on. All methods may be called at any time from any goroutine.
type Matcher struct {
	dir    string
	open   OpenBlob
	report func(error)

	set      *match.Set
	pictures *pictures
	rows     *rows

	mu      sync.Mutex // held while the state of a batch is read or changed
	batches map[match.ID]*holding

	loading  sync.Mutex         // held while the index of pictures is given a batch, or written down
	ledger   ledger             // as it was written last; guarded by loading
	segments []*hamming.Segment // the same

	wake   chan struct{} // there is something to tidy
	closed context.Context
	close  context.CancelFunc
	tidier sync.WaitGroup
}

// mostNear is how many hits one index gives before it says that there are more.
const mostNear = 1 << 16

// Open gives the matcher whose files are in a folder, which is made when it is not there. It finds nothing
// until signals and batches are added; a batch that the files hold already is added at once. One process at a
// time may have a folder open.
func Open(dir string, open OpenBlob, o Options) (*Matcher, error) {
	if o.Report == nil {
		o.Report = func(error) {}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of matcher: %w", err)
	}
	disk, written, err := openFiles(dir, o)
	if err != nil {
		return nil, err
	}
	m := &Matcher{dir: dir, open: open, report: o.Report, rows: newRows(open), ledger: written,
		batches: map[match.ID]*holding{}, wake: make(chan struct{}, 1)}
	m.pictures = &pictures{hands: hamming.New(hamming.Options{Limit: mostNear}), disk: disk}
	m.set = match.NewSet(match.Options{Hashes: m.pictures})
	for _, entry := range written.Batches {
		h := &holding{entry: entry, state: stored}
		if entry.Leaving {
			h.leave()
		}
		m.batches[entry.Base] = h
	}
	m.segments = m.pictures.segments()
	m.closed, m.close = context.WithCancel(context.Background())
	m.tidier.Go(m.tidy)
	m.nudge()
	return m, nil
}

// openFiles opens the index of pictures together with the ledger that tells which batches are in it. When
// either cannot be used both begin anew.
func openFiles(dir string, o Options) (*hammingdisk.Disk, ledger, error) {
	folder := filepath.Join(dir, "pictures")
	options := hammingdisk.Options{Resident: o.Resident, Limit: mostNear, Report: o.Report}
	disk, err := hammingdisk.Open(folder, options)
	if err != nil {
		return nil, ledger{}, fmt.Errorf("open index of pictures: %w", err)
	}
	problem := disk.Problem()
	var written ledger
	if problem == nil && disk.Position() > 0 {
		written, problem = readLedger(dir, disk.Position())
	}
	if problem == nil && int64(disk.Size().Pairs) < written.pictures() {
		problem = errLedger
	}
	if problem == nil {
		return disk, written, nil
	}
	o.Report(fmt.Errorf("build index of pictures anew: %w", problem))
	if err := disk.Close(); err != nil {
		return nil, ledger{}, fmt.Errorf("close index of pictures: %w", err)
	}
	if err := os.RemoveAll(folder); err != nil {
		return nil, ledger{}, fmt.Errorf("remove index of pictures: %w", err)
	}
	if disk, err = hammingdisk.Open(folder, options); err != nil {
		return nil, ledger{}, fmt.Errorf("open index of pictures: %w", err)
	}
	return disk, ledger{}, nil
}

// Close ends work in the background and frees the folder. Nothing may be called after it. Batches that the
// files hold and nobody added since Open, though others were added, leave the files when next opened.
func (m *Matcher) Close() error {
	m.close()
	m.tidier.Wait()
	m.dropUnclaimed()
	err := m.writeDown()
	m.pictures.hands.Close()
	m.rows.close()
	return errors.Join(err, m.pictures.disk.Close())
}

// Type finds a type of signal by its name.
func (m *Matcher) Type(name string) (match.Type, bool) { return match.Lookup(name) }

// Add makes one value findable under an id. The next Search finds it. Errors: CodeInvalid with the reason of
// the type's parser.
func (m *Matcher) Add(id match.ID, t tocsin.SignalType, value string) error {
	return refused(m.set.Add(id, string(t), value))
}

// Remove forgets one value that was added. The next Search does not find it. Errors are those of Add.
func (m *Matcher) Remove(id match.ID, t tocsin.SignalType, value string) error {
	return refused(m.set.Remove(id, string(t), value))
}

// Find gives the ids under which exactly this canonical value is held. Errors are those of Add.
func (m *Matcher) Find(_ context.Context, t tocsin.SignalType, value string) ([]match.ID, error) {
	ids, err := m.set.Find(string(t), value)
	return ids, refused(err)
}

// Search finds what a query comes upon. It never waits for Add or AddBatch, and is exact. Errors are those of
// Add.
func (m *Matcher) Search(ctx context.Context, q match.Query) (match.Answer, error) {
	if err := ctx.Err(); err != nil {
		return match.Answer{}, err
	}
	a, err := m.set.Search(q)
	return a, refused(err)
}

// refused makes what a type's parser says an answer that may be shown.
func refused(err error) error {
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		return &tocsin.Error{Code: tocsin.CodeInvalid, Reason: tocsin.Reason(e.Reason), Public: e.Error(), Err: e}
	}
	if errors.Is(err, match.ErrNoType) {
		return &tocsin.Error{Code: tocsin.CodeInvalid, Reason: tocsin.ReasonUnknownValue,
			Public: "There is no such type of signal.", Err: err}
	}
	return err
}
