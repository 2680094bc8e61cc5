// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"tocsin/match"
)

// BenchmarkDigests reports what a digest costs in memory, with its id, and how long it takes to learn one and
// to ask for one.
func BenchmarkDigests(b *testing.B) {
	for _, n := range []int{1e6, 7e6, 1e7} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			before := heap()
			s := match.NewSet(match.Options{})
			for i := range uint64(n) {
				if err := s.Add(match.ID(i), "md5", md5Text(i)); err != nil {
					b.Fatal(err)
				}
			}
			learnt, taken := b.Elapsed(), heap()-before
			r := rand.New(rand.NewPCG(1, 1))
			for b.Loop() {
				q := match.Query{Type: "md5", Value: md5Text(r.Uint64N(2 * uint64(n)))}
				if _, err := s.Search(q); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(taken)/float64(n), "B/digest")
			b.ReportMetric(float64(learnt.Nanoseconds())/float64(n), "ns/add")
			runtime.KeepAlive(s)
		})
	}
}

// md5Text is the digest of number i, spread over all bits.
func md5Text(i uint64) string {
	b := binary.BigEndian.AppendUint64(nil, (i+1)*0x9e3779b97f4a7c15)
	b = binary.BigEndian.AppendUint64(b, i)
	return hex.EncodeToString(b)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
