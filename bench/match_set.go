// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"tocsin/bench/hashes"
)

const (
	matchThreshold = 31
	hashSize       = 32
	setSeed        = 1
	learnCount     = 200     // hashes that are learned one by one
	learnSeed      = 2       // they are of another source, so that nothing stored is near them
	setVersion     = "v1"    // of the files below; another number makes them anew
	manyQueries    = 200_000 // for the network, where a query asked too often would look like a flood
)

// hashSet is one set of hashes in files that every engine reads: 32 bytes a hash, the id of a hash being its place.
type hashSet struct {
	kind  string // uniform or clustered
	count int
	dir   string
	truth []expected // of each query, by brute force
}

// expected is what a query must find.
type expected struct {
	Count int    // hits
	Sum   uint32 // CRC-32 over them in the order of their ids, each as 64 bits: id · 512 + distance
}

func sourceOf(kind string, seed uint64) (hashes.Source, error) {
	switch kind {
	case "uniform":
		return hashes.Uniform{Seed: seed}, nil
	case "clustered":
		return hashes.NewClustered(seed), nil
	}
	return nil, fmt.Errorf("there is no distribution %q", kind)
}

// openSet gives a set with some queries and their answers. Files that are there already are used again.
func openSet(cache, kind string, count, queries int) (*hashSet, error) {
	source, err := sourceOf(kind, setSeed)
	if err != nil {
		return nil, err
	}
	s := &hashSet{kind: kind, count: count,
		dir: filepath.Join(cache, fmt.Sprintf("%s-%s-%d-%d", setVersion, kind, count, queries))}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	other, err := sourceOf(kind, learnSeed)
	if err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name  string
		count int
		at    func(number uint64) [32]byte
	}{
		{"hashes", count, source.At},
		{"queries", queries, func(n uint64) [32]byte { return hashes.Query(source, n, uint64(count)) }},
		{"learn", learnCount, other.At},
	} {
		if err := writeHashes(filepath.Join(s.dir, f.name), f.count, f.at); err != nil {
			return nil, err
		}
	}
	return s, s.judge()
}

// many gives a file of far more queries, whose answers are known from how they were made if the set is uniform.
func (s *hashSet) many() (string, error) {
	source, err := sourceOf(s.kind, setSeed)
	if err != nil {
		return "", err
	}
	path := filepath.Join(s.dir, "many")
	return path, writeHashes(path, manyQueries, func(number uint64) [32]byte {
		return hashes.Query(source, number, uint64(s.count))
	})
}

// writeHashes writes a file unless it is there. All processors make parts of it.
func writeHashes(path string, count int, at func(number uint64) [32]byte) error {
	if info, err := os.Stat(path); err == nil && info.Size() == int64(count)*hashSize {
		return nil
	}
	file, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	err = inParts(count, func(begin, end int) error {
		part := make([]byte, 0, (end-begin)*hashSize)
		for number := begin; number < end; number++ {
			h := at(uint64(number))
			part = append(part, h[:]...)
		}
		_, err := file.WriteAt(part, int64(begin)*hashSize)
		return err
	})
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// inParts lets all processors work through numbers up to count.
func inParts(count int, work func(begin, end int) error) error {
	const share = 1 << 13
	var workers sync.WaitGroup
	errs := make([]error, runtime.NumCPU())
	for worker := range errs {
		workers.Go(func() {
			for begin := worker * share; begin < count && errs[worker] == nil; begin += share * len(errs) {
				errs[worker] = work(begin, min(begin+share, count))
			}
		})
	}
	workers.Wait()
	return errors.Join(errs...)
}

type quad [4]uint64

// readQuads reads hashes of a file as they are compared.
func readQuads(path string) ([]quad, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	all := make([]quad, info.Size()/hashSize)
	return all, binary.Read(bufio.NewReaderSize(file, 1<<20), binary.LittleEndian, all)
}

// judge finds what every query must find, by comparing it with every hash. It uses nothing of ours.
func (s *hashSet) judge() error {
	path := filepath.Join(s.dir, "truth.json")
	if text, err := os.ReadFile(path); err == nil {
		return json.Unmarshal(text, &s.truth)
	}
	stored, err := readQuads(filepath.Join(s.dir, "hashes"))
	if err != nil {
		return err
	}
	queries, err := readQuads(filepath.Join(s.dir, "queries"))
	if err != nil {
		return err
	}
	var mu sync.Mutex
	found := make([][]uint64, len(queries))
	err = inParts(len(stored), func(begin, end int) error {
		for number, q := range queries {
			near := nearest(q, stored[begin:end], begin)
			if len(near) > 0 {
				mu.Lock()
				found[number] = append(found[number], near...)
				mu.Unlock()
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, hits := range found {
		slices.Sort(hits)
		var text []byte
		for _, hit := range hits {
			text = binary.LittleEndian.AppendUint64(text, hit)
		}
		s.truth = append(s.truth, expected{len(hits), crc32.ChecksumIEEE(text)})
	}
	text, err := json.Marshal(s.truth)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

func nearest(q quad, stored []quad, first int) (hits []uint64) {
	for i := range stored {
		h := &stored[i]
		d := bits.OnesCount64(q[0]^h[0]) + bits.OnesCount64(q[1]^h[1]) +
			bits.OnesCount64(q[2]^h[2]) + bits.OnesCount64(q[3]^h[3])
		if d <= matchThreshold {
			hits = append(hits, uint64(first+i)<<9|uint64(d))
		}
	}
	return hits
}

// check refuses answers that are not those of brute force.
func (s *hashSet) check(who string, from int, t turn) error {
	if len(t.Count) != len(t.Sum) {
		return fmt.Errorf("%s counts %d answers and sums %d", who, len(t.Count), len(t.Sum))
	}
	for i := range t.Count {
		if got := (expected{t.Count[i], t.Sum[i]}); got != s.truth[from+i] {
			return fmt.Errorf("%s, query %d: %+v, brute force %+v", who, from+i, got, s.truth[from+i])
		}
	}
	return nil
}
