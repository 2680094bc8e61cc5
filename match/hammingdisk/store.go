// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"

	"tocsin/match/hamming"
)

const (
	logName = "log"
	// checkpointEvery is how many changes come before files are brought up to date: about what a second of
	// reading the log applies.
	checkpointEvery = 256 << 10
	// loadAtOnce is from how many additions on a segment is built of them at once.
	loadAtOnce = 8 << 10
)

// Store is an index that stands alone: its truth is a log beside the files of the index. All methods may be
// called at any time from any goroutine.
type Store struct {
	disk         *Disk
	log          *changeLog
	report       func(error)
	shortenAfter int

	checkpoint sync.Mutex // held by Checkpoint

	mu     sync.Mutex
	saving bool
	idle   sync.Cond
	closed bool
}

// OpenStore gives the index in a folder, which is made when it is not there. Files of the index that are
// damaged are built again from the log. A log that lacks acknowledged records gives ErrLogDamaged, and
// nothing is changed.
func OpenStore(dir string, options Options) (*Store, error) {
	disk, err := Open(dir, options)
	if err != nil {
		return nil, err
	}
	s := &Store{disk: disk, report: options.Report, shortenAfter: cmp.Or(options.shortenAfter, shortenAfter)}
	s.idle.L = &s.mu
	if s.report == nil {
		s.report = func(error) {}
	}
	if disk.Problem() != nil {
		s.report(disk.Problem())
	}
	path := filepath.Join(dir, logName)
	s.log, err = openLog(path, disk.Position(), s.apply)
	if errors.Is(err, errForeign) {
		// The files of the index are not of this log, which alone counts.
		s.report(err)
		if err = errors.Join(disk.Close(), removeManifest(dir)); err != nil {
			return nil, err
		}
		return OpenStore(dir, options)
	}
	if err != nil {
		return nil, errors.Join(err, disk.Close())
	}
	if err := disk.memory.folder.sync(); err != nil { // the name of the log
		return nil, errors.Join(err, s.log.close(), disk.Close())
	}
	return s, nil
}

func removeManifest(dir string) error {
	if err := os.Remove(filepath.Join(dir, manifestName)); err != nil {
		return fmt.Errorf("drop index of another log: %w", err)
	}
	return nil
}

// Add stores a pair. When it returns nil, the pair is on the disk, and every later search finds it.
func (s *Store) Add(hash hamming.Hash, id uint64) error {
	return s.commit([]change{{hash: hash, id: id}})
}

// Remove forgets a pair. When it returns nil, that is on the disk, and no later search finds it.
func (s *Store) Remove(hash hamming.Hash, id uint64) error {
	return s.commit([]change{{hash: hash, id: id, removed: true}})
}

// AddAll stores many pairs, with one sync for some ten thousand. On an error some may be stored; to add them
// again does no harm.
func (s *Store) AddAll(pairs iter.Seq2[hamming.Hash, uint64]) error {
	changes := make([]change, 0, maxWrite)
	for hash, id := range pairs {
		changes = append(changes, change{hash: hash, id: id})
		if len(changes) == maxWrite {
			if err := s.commit(changes); err != nil {
				return err
			}
			changes = changes[:0]
		}
	}
	return s.commit(changes)
}

// ErrClosed says that the store was closed.
var ErrClosed = errors.New("store is closed")

func (s *Store) commit(changes []change) error {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if err := s.log.commit(changes); err != nil {
		return err
	}
	if s.log.length()-s.disk.Position() >= checkpointEvery {
		s.saveInBackground()
	}
	return nil
}

// apply brings changes into the index, in the order of the log.
func (s *Store) apply(changes []change) {
	if len(changes) >= loadAtOnce && onlyAdditions(changes) {
		err := s.disk.Load(len(changes), func(yield func(hamming.Hash, uint64) bool) {
			for _, c := range changes {
				if !yield(c.hash, c.id) {
					return
				}
			}
		})
		if err == nil {
			return
		}
		s.report(err) // one by one needs no memory at once
	}
	for _, c := range changes {
		if c.removed {
			s.disk.Remove(c.hash, c.id)
		} else {
			s.disk.Add(c.hash, c.id)
		}
	}
}

func onlyAdditions(changes []change) bool {
	for _, c := range changes {
		if c.removed {
			return false
		}
	}
	return true
}

func (s *Store) saveInBackground() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.saving || s.closed {
		return
	}
	s.saving = true
	go func() {
		if err := s.Checkpoint(); err != nil {
			s.report(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.saving = false
		s.idle.Broadcast()
	}()
}

// Search finds every stored pair whose hash differs from q in at most threshold bits.
func (s *Store) Search(q hamming.Hash, threshold int) hamming.Result {
	return s.disk.Search(q, threshold)
}

// SearchAll answers many queries; result i is that of query i.
func (s *Store) SearchAll(queries []hamming.Hash, threshold int) []hamming.Result {
	return s.disk.SearchAll(queries, threshold)
}

// Size tells what the index holds now.
func (s *Store) Size() hamming.Size { return s.disk.Size() }

// Settle makes one segment of everything that is stored, and waits for it.
func (s *Store) Settle() error { return s.disk.Settle() }

// Checkpoint brings the files of the index up to date, so that less of the log is applied when the store is
// opened again, and shortens the log when most of it tells of pairs that are gone. It is done from time to
// time and by Close.
func (s *Store) Checkpoint() error {
	s.checkpoint.Lock()
	defer s.checkpoint.Unlock()
	at := s.log.length()
	if at == 0 {
		return nil
	}
	if err := s.disk.Checkpoint(at); err != nil {
		return err
	}
	// The index files are at this number before the log begins there: they need not be built again.
	snapshot := s.disk.Snapshot()
	defer snapshot.Release()
	if !s.log.wasteful(at, snapshot.Len(), s.shortenAfter) {
		return nil
	}
	return s.log.shorten(snapshot, at, s.disk.memory.folder.sync)
}

// Close ends the store. Nothing is lost without it.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	for s.saving {
		s.idle.Wait()
	}
	s.mu.Unlock()
	err := s.Checkpoint()
	return errors.Join(err, s.log.close(), s.disk.Close())
}
