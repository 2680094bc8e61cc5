// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/match/hamming"
)

var bothWays = map[string]Options{"mapped": {Tail: 500}, "resident": {Tail: 500, Resident: true}}

func open(t *testing.T, dir string, options Options) *Disk {
	t.Helper()
	options.Report = func(err error) { t.Error(err) }
	d, err := Open(dir, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// neighbours is how many numbers, from a multiple of it on, have hashes that differ in three bits at most.
const neighbours = 8

// hashOf is a hash that belongs to a number: neighbours in number are near in distance.
func hashOf(id uint64) (h hamming.Hash) {
	random := rand.New(rand.NewPCG(id/neighbours, 3))
	for i := range h {
		h[i] = byte(random.Uint32())
	}
	h[0] ^= byte(id % neighbours)
	return h
}

func pairs(from, to uint64) func(yield func(hamming.Hash, uint64) bool) {
	return func(yield func(hamming.Hash, uint64) bool) {
		for id := from; id < to; id++ {
			if !yield(hashOf(id), id) {
				return
			}
		}
	}
}

// answers asks for every id what lies near its hash, once for all neighbours.
func answers(d *Disk, to uint64) (all [][]hamming.Hit) {
	for id := uint64(0); id < to; id += neighbours {
		all = append(all, d.Search(hashOf(id), 8).Hits)
	}
	return all
}

func TestCheckpointIsWhatOpenGives(t *testing.T) {
	t.Parallel()
	for name, options := range bothWays {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			d := open(t, dir, options)
			if err := d.Load(6000, pairs(0, 6000)); err != nil {
				t.Fatal(err)
			}
			for id := uint64(6000); id < 7700; id++ {
				d.Add(hashOf(id), id)
			}
			for id := uint64(0); id < 7700; id += 7 {
				d.Remove(hashOf(id), id)
			}
			if err := d.Checkpoint(42); err != nil {
				t.Fatal(err)
			}
			want := answers(d, 7700)
			d.Add(hashOf(9999), 9999) // after the checkpoint: lost with the process
			d.Remove(hashOf(1), 1)
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			d = open(t, dir, options)
			if d.Problem() != nil || d.Position() != 42 {
				t.Fatalf("position %d, problem %v", d.Position(), d.Problem())
			}
			if diff := cmp.Diff(want, answers(d, 7700)); diff != "" {
				t.Error(diff)
			}
			if hits := d.Search(hashOf(9999), 0).Hits; len(hits) > 0 {
				t.Error("what came after the checkpoint is there")
			}
		})
	}
}

func TestDamagedFileIsReportedAndTheIndexBeginsAtNothing(t *testing.T) {
	t.Parallel()
	for name, options := range bothWays {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, pattern := range []string{"manifest", "segment-*", "removed-*"} {
				dir := t.TempDir()
				d := open(t, dir, options)
				if err := d.Load(6000, pairs(0, 6000)); err != nil {
					t.Fatal(err)
				}
				d.Remove(hashOf(5), 5)
				if err := d.Checkpoint(7); err != nil {
					t.Fatal(err)
				}
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
				found, err := filepath.Glob(filepath.Join(dir, pattern))
				if err != nil || len(found) != 1 {
					t.Fatalf("%s: %v, %v", pattern, found, err)
				}
				flipBit(t, found[0], 200)
				d = open(t, dir, options)
				if d.Problem() == nil || d.Position() != 0 || d.Size().Pairs != 0 {
					t.Errorf("%s: position %d, %d pairs, problem %v", pattern, d.Position(), d.Size().Pairs, d.Problem())
				}
				if left, _ := filepath.Glob(filepath.Join(dir, "*-*")); len(left) > 0 {
					t.Errorf("%s: files left: %v", pattern, left)
				}
			}
		})
	}
}

func flipBit(t *testing.T, path string, at int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[at%len(data)] ^= 4
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFolderHoldsOnlyWhatIsNeeded(t *testing.T) {
	t.Parallel()
	for name, options := range bothWays {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			d := open(t, dir, options)
			for round := range uint64(6) {
				if err := d.Load(2000, pairs(2000*round, 2000*round+2000)); err != nil {
					t.Fatal(err)
				}
				d.Remove(hashOf(round), round)
				if err := d.Checkpoint(round); err != nil {
					t.Fatal(err)
				}
			}
			d.Wait()
			if err := d.Settle(); err != nil {
				t.Fatal(err)
			}
			if err := d.Checkpoint(9); err != nil {
				t.Fatal(err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*-*")); len(left) != 1 {
				t.Errorf("files: %v", left)
			}
		})
	}
}

func TestFolderServesOneProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir, Options{})
	if _, err := Open(dir, Options{}); err == nil {
		t.Error("opened twice")
	}
}

// A merge may begin as soon as Open attached segments, and sweep comes after.
func TestSweepTakesNoFileThatIsBeingMade(t *testing.T) {
	t.Parallel()
	f := &folder{dir: t.TempDir(), users: map[string]int{}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 300 {
			name, err := f.create("segment", []byte("a kettle"))
			if err == nil {
				err = syncFile(f.path(name))
			}
			if err != nil {
				t.Error(err)
				return
			}
			f.drop(name)
		}
	}()
	for {
		select {
		case <-done:
			return
		default:
			f.sweep()
		}
	}
}
