// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/matcher"
	"tocsin/match"
	"tocsin/match/batch"
)

// BenchmarkNode reports how long a node takes to take in a batch of pictures, to be ready again after a
// restart, and to answer.
func BenchmarkNode(b *testing.B) {
	for _, n := range []int{1e6, 1e7} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := &world{dir: b.TempDir()}
			if err := os.Mkdir(filepath.Join(w.dir, "blobs"), 0o700); err != nil {
				b.Fatal(err)
			}
			blob := w.putMany(b, n)
			import1 := time.Now()
			m := openNode(b, w, blob)
			imported := time.Since(import1)
			if err := m.Close(); err != nil {
				b.Fatal(err)
			}
			ready := time.Duration(0)
			const restarts = 3
			for range restarts {
				restart := time.Now()
				m = openNode(b, w, blob)
				ready += time.Since(restart) / restarts
				if err := m.Close(); err != nil {
					b.Fatal(err)
				}
			}
			m = openNode(b, w, blob)
			r := rand.New(rand.NewPCG(3, 3))
			for b.Loop() {
				q := match.Query{Type: "pdq", Value: randomHash(r), Radius: -1}
				if _, err := m.Search(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(imported.Seconds(), "s/import")
			b.ReportMetric(ready.Seconds(), "s/restart")
			if err := m.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func openNode(b *testing.B, w *world, blob tocsin.Digest) *matcher.Matcher {
	m, err := matcher.Open(w.files(), w.openBlob, matcher.Options{Report: func(err error) { b.Log(err) }})
	if err != nil {
		b.Fatal(err)
	}
	if err := m.AddBatch(b.Context(), base1, blob); err != nil {
		b.Fatal(err)
	}
	return m
}

func randomHash(r *rand.Rand) string {
	return fmt.Sprintf("%016x%016x%016x%016x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
}

// putMany writes a batch of n pictures.
func (w *world) putMany(b *testing.B, n int) tocsin.Digest {
	temporary := filepath.Join(w.dir, "blob")
	f, err := os.Create(temporary)
	if err != nil {
		b.Fatal(err)
	}
	sum := sha256.New()
	to := batch.NewWriter(io.MultiWriter(f, sum))
	r := rand.New(rand.NewPCG(2, 2))
	for range n {
		if err := to.Write(batch.Row{Type: "pdq", Value: randomHash(r)}); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := to.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	d := tocsin.Digest(hex.EncodeToString(sum.Sum(nil)))
	if err := os.Rename(temporary, w.blobName(d)); err != nil {
		b.Fatal(err)
	}
	return d
}
