// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/match/batch"
)

// small is a blob that a test can break at every byte.
func small(t interface {
	Helper()
	Fatal(...any)
}) []byte {
	t.Helper()
	return write(t, append(garden()[:5:5], batch.Row{Type: "text", Value: "kettle"}))
}

func TestEveryChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	blob := small(t)
	for i := range blob {
		changed := bytes.Clone(blob)
		changed[i] ^= 0x11
		var refusal *batch.Error
		if _, err := read(changed); !errors.As(err, &refusal) {
			t.Errorf("byte %d of %d: %v", i, len(blob), err)
		}
		f, err := batch.Open(bytes.NewReader(changed), int64(len(changed)))
		for n := int64(0); err == nil && n < f.Rows(); n++ {
			_, err = f.Row(n)
		}
		if !errors.As(err, &refusal) && !inEmptyBlock(blob, i) {
			t.Errorf("byte %d of %d, by row: %v", i, len(blob), err)
		}
	}
}

// inEmptyBlock reports whether byte i is one of the four zeros before the footer, which only a stream reads.
func inEmptyBlock(blob []byte, i int) bool {
	footer := int(binary.LittleEndian.Uint32(blob[len(blob)-16:]))
	at := len(blob) - 16 - footer - 4
	return i >= at && i < at+4
}

func TestEveryTruncationIsRefused(t *testing.T) {
	t.Parallel()
	blob := small(t)
	for n := range blob {
		var refusal *batch.Error
		if _, err := read(blob[:n]); !errors.As(err, &refusal) || refusal.Reason != batch.ReasonTruncated {
			t.Errorf("%d bytes of %d: %v", n, len(blob), err)
		}
		if _, err := batch.Open(bytes.NewReader(blob[:n]), int64(n)); !errors.As(err, &refusal) {
			t.Errorf("%d bytes of %d, opened: %v", n, len(blob), err)
		}
	}
}

func TestOtherFilesAndVersionsAreRefusedByName(t *testing.T) {
	t.Parallel()
	blob := small(t)
	later := bytes.Clone(blob)
	later[7] = 2
	for reason, data := range map[string][]byte{
		batch.ReasonMagic:     []byte("type,value\npdq,0f0f0f0f0f0f\n"),
		batch.ReasonVersion:   later,
		batch.ReasonMalformed: append(bytes.Clone(blob), '\n'),
	} {
		var refusal *batch.Error
		if _, err := read(data); !errors.As(err, &refusal) || refusal.Reason != reason {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

// block frames records as a writer would, so that only what they say is wrong.
func block(rows uint16, records ...byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(records)))
	b = binary.LittleEndian.AppendUint16(b, rows)
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(crc32.Checksum(b, table), table, records)
	return append(binary.LittleEndian.AppendUint32(b, sum), records...)
}

func TestRecordsThatNoWriterMakesAreRefused(t *testing.T) {
	t.Parallel()
	url := []byte{0, 3, 'u', 'r', 'l'}
	with := func(records ...byte) []byte { return append(bytes.Clone(url), records...) }
	for name, blocks := range map[string][]byte{
		"a type that was not named":      block(1, 1, 1, 'k'),
		"a type named without a row":     block(1, append(with(0, 3, 'k', 'e', 'y'), 1, 1, 'k')...),
		"a type named twice":             block(2, append(append(with(1, 1, 'k'), url...), 1, 1, 'k')...),
		"a name that is none":            block(1, 0, 1, 'K', 1, 1, 'k'),
		"a length in a longer form":      block(1, with(1, 0x81, 0, 'k')...),
		"an empty value":                 block(1, with(1, 0)...),
		"a value that is not UTF-8":      block(1, with(1, 1, 0xff)...),
		"no metadata":                    block(1, with(2, 1, 'k', 0)...),
		"unknown metadata":               block(1, with(2, 1, 'k', 16)...),
		"an empty reference":             block(1, with(2, 1, 'k', 1, 0)...),
		"a label with a semicolon":       block(1, with(2, 1, 'k', 2, 1, 1, ';')...),
		"no confidence":                  block(1, with(2, 1, 'k', 4, 0)...),
		"an end in 1970":                 block(1, with(2, 1, 'k', 8, 0)...),
		"fewer rows than it says":        block(2, with(1, 1, 'k')...),
		"more rows than it says":         block(1, with(1, 1, 'k', 1, 1, 'k')...),
		"a block before the last, short": append(block(1, with(1, 1, 'k')...), block(1, 1, 1, 'k')...),
	} {
		var refusal *batch.Error
		if _, err := read(append([]byte("TocsinB\x01"), blocks...)); !errors.As(err, &refusal) ||
			refusal.Reason != batch.ReasonMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClaimsTakeNoMemory(t *testing.T) {
	claim := append([]byte("TocsinB\x01"), 0xff, 0xff, 0x0f, 0, 1, 0, 0, 0, 0, 0)
	trailer := append([]byte("TocsinB\x01\x00\x00\x00\x00"), 0xff, 0xff, 0x1a, 0, 0, 0, 0, 0)
	trailer = append(trailer, "BnisocT\x01"...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := read(claim); err == nil {
		t.Error("a block of nothing was read")
	}
	if _, err := batch.Open(bytes.NewReader(trailer), int64(len(trailer))); err == nil {
		t.Error("a footer of nothing was read")
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("%d bytes were taken", took)
	}
}

// counted counts the reads of a blob.
type counted struct {
	io.ReaderAt
	mutex sync.Mutex
	reads int
}

func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	c.mutex.Lock()
	c.reads++
	c.mutex.Unlock()
	return c.ReaderAt.ReadAt(p, at)
}

func TestRowTakesOneRead(t *testing.T) {
	t.Parallel()
	rows := garden()
	for i := range 30_000 {
		rows = append(rows, batch.Row{Type: "pdq", Value: fmt.Sprintf("%064x", i)})
	}
	blob := write(t, rows)
	from := &counted{ReaderAt: bytes.NewReader(blob)}
	f, err := batch.Open(from, int64(len(blob)))
	if err != nil {
		t.Fatal(err)
	}
	opened := from.reads
	var group sync.WaitGroup
	for part := range 4 {
		group.Go(func() {
			for n := part; n < len(rows); n += 401 {
				if got, err := f.Row(int64(n)); err != nil || !cmp.Equal(got, rows[n]) {
					t.Errorf("row %d: %v", n, err)
				}
			}
		})
	}
	group.Wait()
	asked := 0
	for part := range 4 {
		asked += (len(rows) - part + 400) / 401
	}
	if from.reads-opened != asked {
		t.Errorf("%d reads for %d rows", from.reads-opened, asked)
	}
	for _, n := range []int64{-1, f.Rows()} {
		if _, err := f.Row(n); err == nil {
			t.Errorf("row %d of %d was given", n, f.Rows())
		}
	}
}

// What is accepted is what a writer would have written, and by row it reads the same.
func FuzzReader(f *testing.F) {
	blob := small(f)
	f.Add(blob)
	f.Add(blob[:len(blob)/2])
	f.Add(write(f, nil))
	f.Add(append([]byte("TocsinB\x01"), block(1, 0, 1, 'u', 2, 1, 'k', 4, 7)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		opened, opening := batch.Open(bytes.NewReader(data), int64(len(data)))
		if opening == nil {
			for n := range min(opened.Rows(), 100) {
				_, _ = opened.Row(n)
			}
		}
		rows, err := read(data)
		if err != nil {
			return
		}
		if !bytes.Equal(write(t, rows), data) {
			t.Error("what is accepted is not what a writer writes")
		}
		if opening != nil {
			t.Fatal("a stream of it is read, but it cannot be opened: ", opening)
		}
		for n, want := range rows {
			if got, err := opened.Row(int64(n)); err != nil || !cmp.Equal(got, want) {
				t.Fatalf("row %d: %v", n, err)
			}
		}
	})
}
