// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/match/batch"
)

// forge makes a blob of one block with a footer whose checksum holds, whatever it says.
func forge(footer ...byte) []byte {
	blob := append([]byte("TocsinB\x01"), block(1, 0, 3, 'u', 'r', 'l', 1, 1, 'k')...)
	blob = append(append(blob, 0, 0, 0, 0), footer...)
	blob = binary.LittleEndian.AppendUint32(blob, uint32(len(footer)))
	blob = binary.LittleEndian.AppendUint32(blob, crc32.Checksum(footer, crc32.MakeTable(crc32.Castagnoli)))
	return append(blob, "BnisocT\x01"...)
}

func TestFootersThatNoWriterMakesAreRefused(t *testing.T) {
	t.Parallel()
	right := []byte{1, 0, 0, 0, 1, 3, 'u', 'r', 'l', 1, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 1, 0}
	if rows, err := read(forge(right...)); err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	open(t, forge(right...))
	change := func(at int, to ...byte) []byte {
		changed := bytes.Clone(right)
		copy(changed[at:], to)
		return changed
	}
	for name, footer := range map[string][]byte{
		"empty":                       {},
		"other rows":                  change(0, 2),
		"no type":                     change(4, 0),
		"too many types":              change(4, 128),
		"a name that is none":         change(6, 'U'),
		"no row of a type":            change(9, 0),
		"other rows of a type":        change(9, 2),
		"more blocks than there is":   change(13, 2),
		"2^31 blocks":                 change(13, 0, 0, 0, 0x80),
		"an empty block":              change(17, 0),
		"another block":               change(17, 9),
		"a huge block":                change(17, 8, 0, 0, 1),
		"no row in a block":           change(21, 0),
		"other rows in a block":       change(21, 2),
		"many rows in a block":        change(21, 0, 0xff),
		"more rows than there may be": change(0, 0, 0, 0, 2, 1, 3, 'u', 'r', 'l', 0, 0, 0, 2),
		"something behind":            append(bytes.Clone(right), 0),
	} {
		var refusal *batch.Error
		blob := forge(footer...)
		if _, err := read(blob); !errors.As(err, &refusal) {
			t.Errorf("%s, streamed: %v", name, err)
		}
		if _, err := batch.Open(bytes.NewReader(blob), int64(len(blob))); !errors.As(err, &refusal) {
			t.Errorf("%s, opened: %v", name, err)
		} else if refusal.Error() == "" {
			t.Errorf("%s: refused without a word", name)
		}
	}
}

func TestSizeThatIsNotTheBlobsIsRefused(t *testing.T) {
	t.Parallel()
	blob := small(t)
	var refusal *batch.Error
	whole := int64(len(blob))
	for _, size := range []int64{-1, 0, 10, whole - 1, whole + 1, batch.MaxBytes, 1 << 40} {
		if _, err := batch.Open(bytes.NewReader(blob), size); !errors.As(err, &refusal) {
			t.Errorf("size %d of %d: %v", size, len(blob), err)
		}
	}
	if _, err := batch.Open(unreadable{}, int64(len(blob))); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
}

type unreadable struct{}

func (unreadable) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

func TestRawIsTheValueAndCountsGrow(t *testing.T) {
	t.Parallel()
	blob := write(t, garden())
	r, err := batch.NewReader(bytes.NewReader(blob))
	if err != nil {
		t.Fatal(err)
	}
	w := batch.NewWriter(io.Discard)
	for r.Next() {
		row := r.Row()
		signalType, value := r.Raw()
		text := string(value)
		if signalType == "pdq" {
			text = hex.EncodeToString(value)
		}
		if signalType != row.Type || text != row.Value {
			t.Errorf("%s %q, want %s %q", signalType, text, row.Type, row.Value)
		}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(w.Counts(), r.Counts()); diff != "" {
			t.Fatal(diff)
		}
	}
	if r.Err() != nil || r.Next() || w.Rows() != int64(len(garden())) {
		t.Error(r.Err(), w.Rows())
	}
	r, err = batch.NewReader(bytes.NewReader(blob))
	if err != nil {
		t.Fatal(err)
	}
	for n := range r.All() {
		if n == 2 {
			break
		}
	}
	for n := range r.All() { // goes on where the first stopped
		if n != 3 {
			t.Error(n)
		}
		break
	}
}
