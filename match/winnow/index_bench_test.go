// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow_test

import (
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"tocsin/match/winnow"
)

// BenchmarkIndex looks up among 10,000 texts of 320 bytes, or, with TOCSIN_BIG=1, a million. It also gives
// the memory a text takes, the time to learn one, and the slow end of the lookups while one goroutine adds
// and removes without pause.
func BenchmarkIndex(b *testing.B) {
	count := 10_000
	if os.Getenv("TOCSIN_BIG") == "1" {
		count = 1_000_000
	}
	random := rand.New(rand.NewPCG(20, 20))
	before := heap()
	x := winnow.NewIndex(winnow.Public.Key())
	var texts []string
	var adding time.Duration
	for id := range count {
		text := prose(random, "latin", 320)
		if id%(count/1000) == 0 {
			texts = append(texts, text)
		}
		f := sum(text)
		start := time.Now()
		if err := x.Add(uint64(id), f); err != nil {
			b.Fatal(err)
		}
		adding += time.Since(start)
	}
	perText := float64(heap()-before) / float64(count)
	known := make([]*winnow.Fingerprint, len(texts))
	strange := make([]*winnow.Fingerprint, len(texts))
	for i, text := range texts {
		known[i] = sum(edit(random, "latin", text, .1))
		strange[i] = sum(prose(random, "latin", 320))
	}
	run := func(name string, queries []*winnow.Fingerprint, hits int) {
		b.Run(name, func(b *testing.B) {
			var taken []time.Duration
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				got, err := x.Search(queries[i%len(queries)])
				taken = append(taken, time.Since(start))
				if err != nil || len(got) < hits {
					b.Fatalf("%d hits: %v", len(got), err)
				}
			}
			slices.Sort(taken)
			b.ReportMetric(float64(taken[len(taken)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(perText, "B/text")
			b.ReportMetric(float64(adding.Nanoseconds())/float64(count), "ns/add")
		})
	}
	run("near copy", known, 1)
	run("unknown", strange, 0)
	stop := churn(b, x, uint64(count), strange)
	run("near copy while changing", known, 1)
	stop()
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// churn adds and removes texts until the returned function is called.
func churn(b *testing.B, x *winnow.Index, id uint64, texts []*winnow.Fingerprint) (stop func()) {
	var stopped atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; !stopped.Load(); i++ {
			if err := x.Add(id, texts[i%len(texts)]); err != nil || !x.Remove(id) {
				b.Error("a text could not be added and removed", err)
				return
			}
		}
	}()
	return func() { stopped.Store(true); <-done }
}
