// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tocsin/match/pdq"
)

// BenchmarkReference hashes the same pixels in turn with ours and with pdqhash, and reports medians in
// microseconds. "core" is pdqhash without what its wrapper does in Python: the reference's C++, but
// without its luma, which ours includes. After interop/run --install:
//
//	TOCSIN_INTEROP=<folder> go test -run '^$' -bench Reference -benchtime 200x ./match/pdq
func BenchmarkReference(b *testing.B) {
	installed := os.Getenv("TOCSIN_INTEROP")
	if installed == "" {
		b.Skip("NOT TESTED: PDQHASH IS NOT INSTALLED: run interop/run --install and set TOCSIN_INTEROP to compare speeds")
	}
	for _, n := range []int{128, 256, 384, 512} {
		b.Run(fmt.Sprintf("%dx%dx3", n, n), func(b *testing.B) {
			p := paint(n, n, blobs(41, n, n, 31), blobs(42, n, n, 9), blobs(43, n, n, 17))
			turn := startReference(b, installed, p)
			var ours, whole, core []time.Duration
			for b.Loop() {
				start := time.Now()
				if _, _, err := pdq.Sum(p); err != nil {
					b.Fatal(err)
				}
				ours = append(ours, time.Since(start))
				call, wrapping := turn()
				whole, core = append(whole, call), append(core, call-wrapping)
			}
			b.ReportMetric(0, "ns/op") // of a turn of both, which says nothing
			b.ReportMetric(median(ours), "ours-µs")
			b.ReportMetric(median(whole), "pdqhash-µs")
			b.ReportMetric(median(core), "core-µs")
			b.ReportMetric(median(ours)/median(core), "ours/core")
		})
	}
}

func median(list []time.Duration) float64 {
	slices.Sort(list)
	return float64(list[len(list)/2].Nanoseconds()) / 1000
}

// startReference gives a function that lets pdqhash hash p once and says how long it took, and how much
// of that the wrapper needs.
func startReference(b *testing.B, installed string, p pdq.Picture) func() (call, wrapping time.Duration) {
	b.Helper()
	python := filepath.Join(installed, "venv", "bin", "python")
	cmd := exec.Command(python, filepath.Join("..", "..", "interop", "pdq", "timing.py"))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			b.Log(err)
		}
	})
	if _, err := fmt.Fprintf(stdin, "%d %d\n%s", p.Width, p.Height, p.Pix); err != nil {
		b.Fatal(err)
	}
	answers := bufio.NewReader(stdout)
	return func() (call, wrapping time.Duration) {
		if _, err := io.WriteString(stdin, "\n"); err != nil {
			b.Fatal(err)
		}
		if _, err := fmt.Fscanln(answers, (*int64)(&call), (*int64)(&wrapping)); err != nil {
			b.Fatal(err)
		}
		return call, wrapping
	}
}
