// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"tocsin/match/hamming"
)

func openStore(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := OpenStore(dir, Options{Tail: 500, Report: func(err error) { t.Log(err) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func (s *Store) holds(id uint64) bool {
	for _, hit := range s.Search(hashOf(id%passing), 0).Hits {
		if hit.ID == id {
			return true
		}
	}
	return false
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestStoreKeepsWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openStore(t, dir)
	must(t, s.AddAll(pairs(0, 20_000)))
	for id := uint64(20_000); id < 20_200; id++ {
		must(t, s.Add(hashOf(id), id))
	}
	must(t, s.Remove(hashOf(5), 5))
	must(t, s.Checkpoint())
	must(t, s.Remove(hashOf(6), 6))
	must(t, s.Add(hashOf(5), 5))
	for _, damage := range []string{"", "manifest", "segment-*"} {
		must(t, s.Close())
		if err := s.Add(hashOf(1), 1); !errors.Is(err, ErrClosed) {
			t.Errorf("a closed store says %v", err)
		}
		if damage != "" {
			found, _ := filepath.Glob(filepath.Join(dir, damage))
			flipBit(t, found[0], 100)
		}
		s = openStore(t, dir)
		for first := uint64(0); first < 20_200; first += neighbours {
			hits := s.Search(hashOf(first), 3).Hits
			for id := first; id < first+neighbours; id++ {
				found := slices.ContainsFunc(hits, func(h hamming.Hit) bool { return h.ID == id && h.Hash == hashOf(id) })
				if found != (id != 6) {
					t.Fatalf("after damage to %q: pair %d", damage, id)
				}
			}
		}
	}
}

func TestIndexOfAnotherLogIsDropped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openStore(t, dir)
	must(t, s.Add(hashOf(1), 1))
	must(t, s.Add(hashOf(2), 2))
	must(t, s.Close())
	must(t, os.Truncate(filepath.Join(dir, logName), 2*recordSize))
	s = openStore(t, dir)
	if !s.holds(1) || s.holds(2) {
		t.Error("the index does not follow its log")
	}
}

func TestManyWritersShareSyncs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openStore(t, dir)
	var group sync.WaitGroup
	for writer := range uint64(8) {
		group.Go(func() {
			for id := writer * 1000; id < writer*1000+100; id++ {
				if err := s.Add(hashOf(id), id); err != nil || !s.holds(id) {
					t.Errorf("pair %d: %v", id, err)
				}
				if id%3 == 0 {
					if err := s.Remove(hashOf(id), id); err != nil || s.holds(id) {
						t.Errorf("removed pair %d: %v", id, err)
					}
				}
			}
		})
	}
	group.Wait()
	must(t, s.Close())
	s = openStore(t, dir)
	for id := range uint64(8000) {
		if want := id%1000 < 100 && id%3 != 0; s.holds(id) != want {
			t.Errorf("pair %d", id)
		}
	}
}

// The child of the next test adds pairs, and names each on its output once it is acknowledged. Others that it
// adds and removes make it shorten its log.
const (
	childFolder = "TOCSIN_HAMMINGDISK_CHILD"
	passing     = 1 << 40 // added to ids of pairs that do not stay
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		addForEver(dir)
		return
	}
	os.Exit(m.Run())
}

func addForEver(dir string) {
	s, err := OpenStore(dir, Options{Tail: 64, shortenAfter: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	var out sync.Mutex
	var group sync.WaitGroup
	for writer := range uint64(4) {
		group.Go(func() {
			for n := uint64(s.Size().Pairs); ; n++ {
				id := n*4 + writer
				if s.Add(hashOf(id), id) != nil || s.Add(hashOf(id), passing+id) != nil {
					return
				}
				out.Lock()
				fmt.Println(id)
				out.Unlock()
				if s.Remove(hashOf(id), passing+id) != nil {
					return
				}
				if n%50 == 49 {
					_ = s.Checkpoint()
				}
			}
		})
	}
	group.Wait()
}

func TestKilledProcessLosesNothingItAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := range 4 {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childFolder+"="+dir)
		output, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		var acknowledged []uint64
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			id, err := strconv.ParseUint(lines.Text(), 10, 64)
			must(t, err)
			acknowledged = append(acknowledged, id)
			if len(acknowledged) == 300+700*round {
				must(t, child.Process.Kill())
			}
		}
		_ = child.Wait() // it was killed
		s := openStore(t, dir)
		for _, id := range acknowledged {
			if !s.holds(id) {
				t.Fatalf("round %d: pair %d of %d is lost", round, id, len(acknowledged))
			}
		}
		still := 0
		for _, id := range acknowledged {
			if s.holds(passing + id) {
				still++ // at most the last of each writer
			}
		}
		if still > 4 {
			t.Errorf("round %d: %d removed pairs are there", round, still)
		}
		if s.log.head.sealed == 0 && round > 0 {
			t.Errorf("round %d: the log was never shortened", round)
		}
		must(t, s.Close())
	}
}

// TestLogTornAnywhereLosesNothingAcknowledged cuts, and damages, a log at every byte. Its records were
// written in three writes, of which the last may be lost.
func TestLogTornAnywhereLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	log := logHead{}.encode()
	number, before := uint64(0), 0
	for _, count := range []int{1, 2, 3} {
		before = int(number)
		for i := range count {
			log = appendRecord(log, number, uint32(i), change{hash: hashOf(number), id: number})
			number++
		}
	}
	read := func(data []byte) (count int, err error) {
		path := filepath.Join(t.TempDir(), logName)
		must(t, os.WriteFile(path, data, 0o600))
		l, err := openLog(path, 0, func(changes []change) { count += len(changes) })
		if err != nil {
			return 0, err
		}
		must(t, l.close())
		after, err := os.ReadFile(path)
		must(t, err)
		if want := recordSize * (1 + count); len(after) != want {
			t.Errorf("%d bytes are left instead of %d", len(after), want)
		}
		return count, nil
	}
	for cut := range len(log) + 1 {
		count, err := read(log[:cut])
		if want := max(cut/recordSize-1, 0); err != nil || count != want {
			t.Fatalf("cut at %d: %d records instead of %d, %v", cut, count, want, err)
		}
	}
	for at := range log {
		damaged := append([]byte(nil), log...)
		damaged[at] ^= 0x10
		count, err := read(damaged)
		record := at/recordSize - 1
		if acknowledged := record < before; acknowledged != errors.Is(err, ErrLogDamaged) {
			t.Fatalf("damage at %d: %v", at, err)
		} else if !acknowledged && count != record {
			t.Fatalf("damage at %d: %d records instead of %d", at, count, record)
		}
	}
}

func TestLogWithAHoleInItsLastWriteEndsAtTheHole(t *testing.T) {
	t.Parallel()
	log := logHead{}.encode()
	for i := range uint32(5) {
		log = appendRecord(log, uint64(i), i, change{hash: hashOf(uint64(i)), id: uint64(i)})
	}
	clear(log[3*recordSize : 4*recordSize])
	path := filepath.Join(t.TempDir(), logName)
	must(t, os.WriteFile(path, log, 0o600))
	count := 0
	l, err := openLog(path, 0, func(changes []change) { count += len(changes) })
	must(t, err)
	must(t, l.close())
	if count != 2 {
		t.Errorf("%d records", count)
	}
}

// BenchmarkStoreAdd measures single additions, each with its sync.
func BenchmarkStoreAdd(b *testing.B) {
	s, err := OpenStore(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var random hamming.Hash
	start := time.Now()
	for id := uint64(0); b.Loop(); id++ {
		random[id%32]++
		if err := s.Add(random, id); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "adds/s")
}
