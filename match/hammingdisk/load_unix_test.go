// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package hammingdisk

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tocsin/bench/hashes"
)

// BenchmarkLoad measures the import of a batch, the making of its hashes included, by the clock and by the
// processor.
func BenchmarkLoad(b *testing.B) {
	const count = 1_000_000
	for _, resident := range []bool{true, false} {
		b.Run(fmt.Sprintf("%d/resident=%t", count, resident), func(b *testing.B) {
			before := processorTime()
			for b.Loop() {
				d, err := Open(b.TempDir(), Options{Resident: resident})
				if err != nil {
					b.Fatal(err)
				}
				if err := d.Load(count, stream(hashes.Uniform{Seed: 1}, count)); err != nil {
					b.Fatal(err)
				}
				_ = d.Close()
			}
			b.ReportMetric((processorTime()-before).Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}

// processorTime is what this process used so far.
func processorTime() time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
