// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"tocsin/match/hamming"
	"tocsin/match/hammingdisk"
)

const (
	threshold   = 31
	hashSize    = 32
	everything  = 1 << 30               // hits of a query; the others cut nothing either
	queryEvery  = time.Millisecond      // while signals are learned
	neverLonger = 10 * time.Second      // until what was added is found
	learned     = uint64(1_000_000_000) // ids of what is learned begin here
)

// index is a durable store of ours with the files of a set.
type index struct {
	dir     string // of the set
	store   *hammingdisk.Store
	folder  string // of the store
	queries []hamming.Hash
	learn   []hamming.Hash
}

// newIndex takes the folder of the set and one for the store.
func newIndex(args []string) (*index, error) {
	if len(args) != 2 {
		return nil, errors.New("index needs two folders")
	}
	x := &index{dir: args[0], folder: args[1]}
	var err error
	if x.queries, err = readHashes(filepath.Join(x.dir, "queries")); err != nil {
		return nil, err
	}
	if x.learn, err = readHashes(filepath.Join(x.dir, "learn")); err != nil {
		return nil, err
	}
	options := hammingdisk.Options{Resident: true, Limit: everything}
	x.store, err = hammingdisk.OpenStore(x.folder, options)
	return x, err
}

func (x *index) close() { _ = x.store.Close() } // the folder is thrown away

func readHashes(path string) ([]hamming.Hash, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	hashes := make([]hamming.Hash, 0, len(data)/hashSize)
	for h := range slices.Chunk(data, hashSize) {
		hashes = append(hashes, hamming.Hash(h))
	}
	return hashes, nil
}

func (x *index) run(word string, from, to int) (turn, error) {
	switch word {
	case "build":
		return x.build(to)
	case "single":
		return x.single(from, to)
	case "batch":
		return x.batch(from, to)
	case "learn":
		return x.learnEach(from, to)
	}
	return turn{}, errors.New("no such command")
}

// build adds the first count hashes, durably, and merges them.
func (x *index) build(count int) (turn, error) {
	before, err := anonymous()
	if err != nil {
		return turn{}, err
	}
	file, err := os.Open(filepath.Join(x.dir, "hashes"))
	if err != nil {
		return turn{}, err
	}
	defer file.Close()
	t, err := timed(0, 1, func(int) error {
		if err := x.addAll(file, count); err != nil {
			return err
		}
		return x.store.Settle()
	})
	if err != nil {
		return t, err
	}
	after, err := anonymous()
	size := x.store.Size()
	if size.Pairs != count || size.Segments != 1 {
		err = errors.Join(err, fmt.Errorf("the index holds %+v", size))
	}
	t.Bytes, t.Size, t.About = after-before, float64(size.Bytes), about()
	return t, err
}

func about() string {
	text := runtime.Version() + ", scans portable"
	if hamming.Vectors() {
		text = runtime.Version() + ", scans with vector instructions"
	}
	return text + ", GOMAXPROCS " + strconv.Itoa(runtime.GOMAXPROCS(0))
}

func (x *index) addAll(from *os.File, count int) (err error) {
	const some = 4096
	part := make([]byte, some*hashSize)
	adding := x.store.AddAll(func(yield func(hamming.Hash, uint64) bool) {
		for id := 0; id < count; {
			var n int
			if n, err = io.ReadFull(from, part[:min(some, count-id)*hashSize]); err != nil {
				return
			}
			for h := range slices.Chunk(part[:n], hashSize) {
				if !yield(hamming.Hash(h), uint64(id)) {
					return
				}
				id++
			}
		}
	})
	return errors.Join(err, adding)
}

func (x *index) single(from, to int) (turn, error) {
	results := make([]hamming.Result, 0, to-from)
	t, err := timed(from, to, func(number int) error {
		results = append(results, x.store.Search(x.queries[number], threshold))
		return nil
	})
	t.tally(results)
	return t, err
}

// batch asks all queries in one call.
func (x *index) batch(from, to int) (turn, error) {
	var results []hamming.Result
	t, err := timed(0, 1, func(int) error {
		results = x.store.SearchAll(x.queries[from:to], threshold)
		return nil
	})
	t.tally(results)
	return t, err
}

func (t *turn) tally(results []hamming.Result) {
	for _, r := range results {
		t.Count = append(t.Count, len(r.Hits))
		t.Sum = append(t.Sum, sumOf(r.Hits))
	}
}

// sumOf is the CRC-32 of the hits in the order of their ids, each as 64 bits: id · 512 + distance.
func sumOf(hits []hamming.Hit) uint32 {
	all := make([]uint64, len(hits))
	for i, h := range hits {
		all[i] = h.ID<<9 | uint64(h.Distance)
	}
	slices.Sort(all)
	var text []byte
	for _, v := range all {
		text = binary.LittleEndian.AppendUint64(text, v)
	}
	return crc32.ChecksumIEEE(text)
}

// learnEach adds hashes one after the other, durably, and asks until each is found, while somebody else asks a
// thousand queries a second.
func (x *index) learnEach(from, to int) (turn, error) {
	stop := make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() {
		every := time.NewTicker(queryEvery)
		defer every.Stop()
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-every.C:
				x.store.Search(x.queries[i%len(x.queries)], threshold)
			}
		}
	})
	defer others.Wait()
	defer close(stop)
	return timed(from, to, func(number int) error {
		id := learned + uint64(number)
		if err := x.store.Add(x.learn[number], id); err != nil {
			return err
		}
		for give := time.Now().Add(neverLonger); time.Now().Before(give); {
			found := x.store.Search(x.learn[number], threshold)
			if slices.Contains(found.Hits, hamming.Hit{ID: id, Hash: x.learn[number]}) {
				return nil
			}
		}
		return errors.New("what was added is not found")
	})
}
