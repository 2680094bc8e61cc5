// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"tocsin/match/batch"
	"tocsin/match/list"
)

func benchRows(n int) []list.Row {
	random := rand.New(rand.NewPCG(3, 4))
	rows := make([]list.Row, n)
	for i := range rows {
		a, b, c, d := random.Uint64(), random.Uint64(), random.Uint64(), random.Uint64()
		rows[i].Row = batch.Row{Type: "pdq", Value: fmt.Sprintf("%016x%016x%016x%016x", a, b, c, d)}
	}
	return rows
}

func BenchmarkRead(b *testing.B) {
	const rows = 200_000
	for _, format := range list.Formats() {
		b.Run(format, func(b *testing.B) {
			text, _ := write(b, benchRows(rows), format)
			b.ReportAllocs()
			for b.Loop() {
				r, err := list.NewReader(strings.NewReader(text), format, list.Options{Canonical: canonical})
				if err != nil {
					b.Fatal(err)
				}
				for _, bad := range r.All() {
					if bad != nil {
						b.Fatal(bad)
					}
				}
			}
			b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds()/1e6, "Mrows/s")
			b.ReportMetric(float64(len(text))/rows, "B/row")
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	rows := benchRows(100_000)
	for _, format := range list.Formats() {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				w, err := list.NewWriter(io.Discard, format, "")
				if err != nil {
					b.Fatal(err)
				}
				for _, row := range rows {
					if err := w.Write(row); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(len(rows))/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
