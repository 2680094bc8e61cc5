// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"testing"

	"tocsin/match/batch"
)

const benchRows = 1 << 20

func benchHashes() []batch.Row {
	random := rand.New(rand.NewPCG(1, 2))
	rows := make([]batch.Row, benchRows)
	for i := range rows {
		var hash [32]byte
		for at := 0; at < len(hash); at += 8 {
			binary.LittleEndian.PutUint64(hash[at:], random.Uint64())
		}
		rows[i] = batch.Row{Type: "pdq", Value: hex.EncodeToString(hash[:])}
	}
	return rows
}

func perRow(b *testing.B, rows int, blob []byte) {
	b.ReportMetric(float64(b.N)*float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
	if blob != nil {
		b.ReportMetric(float64(len(blob))/float64(rows), "B/row")
	}
}

func BenchmarkWrite(b *testing.B) {
	rows := benchHashes()
	for b.Loop() {
		w := batch.NewWriter(io.Discard)
		for _, row := range rows {
			if err := w.Write(row); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, len(rows), nil)
}

func BenchmarkReadRaw(b *testing.B) {
	blob := write(b, benchHashes())
	for b.Loop() {
		r, err := batch.NewReader(bytes.NewReader(blob))
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
			if _, value := r.Raw(); len(value) != 32 {
				b.Fatal("not a hash")
			}
		}
		if r.Err() != nil {
			b.Fatal(r.Err())
		}
	}
	perRow(b, benchRows, blob)
}

func BenchmarkReadRows(b *testing.B) {
	blob := write(b, benchHashes())
	for b.Loop() {
		if rows, err := batch.NewReader(bytes.NewReader(blob)); err == nil {
			for range rows.All() {
			}
		}
	}
	perRow(b, benchRows, blob)
}

func BenchmarkRow(b *testing.B) {
	blob := write(b, benchHashes())
	f, err := batch.Open(bytes.NewReader(blob), int64(len(blob)))
	if err != nil {
		b.Fatal(err)
	}
	n := int64(0)
	for b.Loop() {
		if _, err := f.Row(n); err != nil {
			b.Fatal(err)
		}
		n = (n + 7919) % f.Rows()
	}
}
