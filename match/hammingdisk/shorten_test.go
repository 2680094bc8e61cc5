// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// openShort opens a store that shortens its log soon.
func openShort(t rapid.TB, dir string) *Store {
	t.Helper()
	s, err := OpenStore(dir, Options{Tail: 64, shortenAfter: 50, Report: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sizeOfLog(t rapid.TB, dir string) int {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, logName))
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Size())
}

func TestLogDoesNotGrowWithWhatComesAndGoes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openShort(t, dir)
	defer func() { _ = s.Close() }()
	must(t, s.AddAll(pairs(0, 100)))
	const most = (1 + 100*3 + 50 + 200) * recordSize // header, twice the pairs, what is allowed, a round
	for round := range uint64(60) {
		from := 1000 + 100*round
		must(t, s.AddAll(pairs(from, from+100)))
		var gone []change
		for hash, id := range pairs(from, from+100) {
			gone = append(gone, change{hash: hash, id: id, removed: true})
		}
		must(t, s.commit(gone))
		must(t, s.Checkpoint())
		if size := sizeOfLog(t, dir); size > most {
			t.Fatalf("round %d: %d bytes for 100 pairs, at most %d are wanted", round, size, most)
		}
	}
	must(t, s.Close())
	s = openShort(t, dir)
	if size := s.Size(); size.Pairs != 100 || s.log.length() != 100+60*200 {
		t.Errorf("%+v, log up to %d", size, s.log.length())
	}
}

// TestStoreIsWhatWasToldHoweverItsLogIsShortened also opens it without its index, from the log alone.
func TestStoreIsWhatWasToldHoweverItsLogIsShortened(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "shorten-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		s := openShort(t, dir)
		defer func() { _ = s.Close() }()
		want := map[uint64]bool{}
		again := func(t *rapid.T) {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		tell := func(t *rapid.T, removed bool) {
			var changes []change
			for _, id := range rapid.SliceOfN(rapid.Uint64Range(0, 40), 1, 60).Draw(t, "ids") {
				changes = append(changes, change{hash: hashOf(id), id: id, removed: removed})
				want[id] = !removed
			}
			if err := s.commit(changes); err != nil {
				t.Fatal(err)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"add":    func(t *rapid.T) { tell(t, false) },
			"remove": func(t *rapid.T) { tell(t, true) },
			"checkpoint": func(t *rapid.T) {
				if err := s.Checkpoint(); err != nil {
					t.Fatal(err)
				}
			},
			"reopen": func(t *rapid.T) {
				again(t)
				s = openShort(t, dir)
			},
			"reopen without index": func(t *rapid.T) {
				again(t)
				if err := os.Remove(filepath.Join(dir, manifestName)); err != nil && !errors.Is(err, os.ErrNotExist) {
					t.Fatal(err)
				}
				s = openShort(t, dir)
			},
			"": func(t *rapid.T) {
				for id := range uint64(41) {
					if s.holds(id) != want[id] {
						t.Fatalf("pair %d", id)
					}
				}
			},
		})
	})
}

// churned makes a folder whose log was shortened at least once, with records behind.
func churned(t *testing.T) (dir string, s *Store) {
	t.Helper()
	dir = t.TempDir()
	s = openShort(t, dir)
	t.Cleanup(func() { _ = s.Close() })
	must(t, s.AddAll(pairs(0, 5)))
	for range 40 {
		must(t, s.Add(hashOf(9), 9))
		must(t, s.Remove(hashOf(9), 9))
	}
	must(t, s.Remove(hashOf(0), 0))
	return dir, s
}

// TestShorteningMayStopAnywhere leaves what a machine that stops leaves: some of the new file beside the old
// log, or the new log with the index of before or of none.
func TestShorteningMayStopAnywhere(t *testing.T) {
	t.Parallel()
	dir, s := churned(t)
	before := t.TempDir()
	must(t, os.CopyFS(before, os.DirFS(dir)))
	must(t, s.Checkpoint())
	must(t, s.Add(hashOf(7), 7))
	if s.log.head.sealed != 86 || s.log.head.first != 82 {
		t.Fatalf("not shortened: %+v", s.log.head)
	}
	shortened, err := os.ReadFile(filepath.Join(dir, logName))
	must(t, err)
	check := func(what string, dir string, last bool) {
		t.Helper()
		s := openShort(t, dir)
		for id := range uint64(12) {
			if want := id > 0 && id < 5 || id == 7 && last; s.holds(id) != want {
				t.Errorf("%s: pair %d", what, id)
			}
		}
		must(t, s.Close())
		if left, _ := filepath.Glob(filepath.Join(dir, "log.*")); len(left) > 0 {
			t.Errorf("%s: %v is left", what, left)
		}
	}
	for cut := 0; cut <= len(shortened)-recordSize; cut += 7 {
		folder := t.TempDir()
		must(t, os.CopyFS(folder, os.DirFS(before)))
		must(t, os.WriteFile(filepath.Join(folder, logName+".new"), shortened[:cut], 0o600))
		check("unfinished", folder, false)
	}
	must(t, os.WriteFile(filepath.Join(before, logName), shortened, 0o600))
	check("old index or none", before, true)
	folder := t.TempDir()
	must(t, os.CopyFS(folder, os.DirFS(dir)))
	check("new index", folder, true)
}

// TestShortenedLogTornAnywhereLosesNothingAcknowledged cuts, and damages, a shortened log at every byte: only
// what came in the last write may be lost.
func TestShortenedLogTornAnywhereLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	head := logHead{first: 10, sealed: 13}
	log := head.encode()
	for number := head.first; number < head.sealed; number++ {
		log = appendRecord(log, number, 0, change{hash: hashOf(number), id: number})
	}
	log = appendRecord(log, 13, 0, change{hash: hashOf(13), id: 13})
	for i := range uint64(2) {
		log = appendRecord(log, 14+i, uint32(i), change{hash: hashOf(14 + i), id: 14 + i})
	}
	path := filepath.Join(t.TempDir(), logName)
	read := func(data []byte, from uint64) (ids []uint64, err error) {
		must(t, os.WriteFile(path, data, 0o600))
		l, err := openLog(path, from, func(changes []change) {
			for _, c := range changes {
				ids = append(ids, c.id)
			}
		})
		if err == nil {
			err = l.close()
		}
		return ids, err
	}
	for cut := 2 * recordSize; cut <= len(log); cut++ {
		ids, err := read(log[:cut], 0)
		if whole := cut/recordSize - 1; whole < 3 != errors.Is(err, ErrLogDamaged) || err == nil && len(ids) != whole {
			t.Fatalf("cut at %d: %v, %v", cut, ids, err)
		}
	}
	for at := range log {
		damaged := slices.Clone(log)
		damaged[at] ^= 0x10
		ids, err := read(damaged, 0)
		if record := at/recordSize - 1; record < 4 != errors.Is(err, ErrLogDamaged) || err == nil && len(ids) != record {
			t.Fatalf("damage at %d: %v, %v", at, ids, err)
		}
	}
	for _, from := range []uint64{1, 9, 10, 12, 17} {
		if _, err := read(log, from); !errors.Is(err, errForeign) {
			t.Errorf("index at %d: %v", from, err)
		}
	}
	if ids, err := read(log, 14); err != nil || !slices.Equal(ids, []uint64{14, 15}) {
		t.Errorf("%v, %v", ids, err)
	}
}

func TestLogIsShortenedWhileOthersWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openShort(t, dir)
	var group sync.WaitGroup
	for writer := range uint64(4) {
		group.Go(func() {
			for n := range uint64(250) {
				id := writer*1000 + n
				if err := errors.Join(s.Add(hashOf(id), id), s.Remove(hashOf(id), id)); err != nil {
					t.Error(err)
				}
				if n%50 == 0 {
					if err := s.Add(hashOf(id), id); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
			must(t, s.Checkpoint())
		}
	}
	must(t, s.Checkpoint())
	if s.log.head.sealed == 0 || sizeOfLog(t, dir) > 600*recordSize {
		t.Errorf("%+v, %d bytes", s.log.head, sizeOfLog(t, dir))
	}
	must(t, s.Close())
	must(t, os.Remove(filepath.Join(dir, manifestName)))
	s = openShort(t, dir)
	defer func() { _ = s.Close() }()
	for id := range uint64(4000) {
		if want := id%1000 < 250 && id%50 == 0; s.holds(id) != want {
			t.Fatalf("pair %d", id)
		}
	}
}
