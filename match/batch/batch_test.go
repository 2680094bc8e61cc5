// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/batch"
	"tocsin/match/syntax"
)

func TestRowsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(anyRow(), 0, 60).Draw(t, "rows")
		for range rapid.SampledFrom([]int{0, 0, 1200}).Draw(t, "more") {
			rows = append(rows, batch.Row{Type: "pdq", Value: strings.Repeat("3e", 32)})
		}
		blob := write(t, rows)
		if !bytes.Equal(blob, write(t, rows)) {
			t.Fatal("equal rows give other bytes")
		}
		got, err := read(blob)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) > 0 && !cmp.Equal(got, rows) {
			t.Fatal(cmp.Diff(rows, got))
		}
		f, err := batch.Open(bytes.NewReader(blob), int64(len(blob)))
		if err != nil || f.Rows() != int64(len(rows)) {
			t.Fatal("opened:", err)
		}
		for n, want := range rows {
			if got, err := f.Row(int64(n)); err != nil || !cmp.Equal(got, want) {
				t.Fatalf("row %d: %v\n%s", n, err, cmp.Diff(want, got))
			}
		}
	})
}

// The file was written when version 1 was made. Every later program reads it, and as long as version 1 is
// written, writes it.
func TestGoldenVersion1(t *testing.T) {
	t.Parallel()
	blob, err := os.ReadFile(filepath.Join("testdata", "garden.v1.batch"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(blob)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(garden(), got); diff != "" {
		t.Error(diff)
	}
	f := open(t, blob)
	for n, want := range garden() {
		if got, err := f.Row(int64(n)); err != nil || !cmp.Equal(got, want) {
			t.Errorf("row %d: %v\n%s", n, err, cmp.Diff(want, got))
		}
	}
	counts := []batch.Count{{Type: "pdq", Rows: 602}, {Type: "url", Rows: 1}, {Type: "text", Rows: 1},
		{Type: "video_md5", Rows: 1}}
	if diff := cmp.Diff(counts, f.Counts()); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(blob, write(t, garden())) {
		t.Error("the rows of the file are now written differently: that is another version")
	}
}

func TestHashWithoutMetadataTakesAtMost36Bytes(t *testing.T) {
	t.Parallel()
	const rows = 20_000
	var list []batch.Row
	for i := range rows {
		list = append(list, batch.Row{Type: "pdq", Value: fmt.Sprintf("%064x", i)})
	}
	if size := len(write(t, list)); size > 36*rows {
		t.Errorf("%d bytes for %d rows", size, rows)
	}
}

func TestRowThatCannotBeKeptDoesNotStopTheBatch(t *testing.T) {
	t.Parallel()
	ancient, far := time.Unix(-1, 0), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	good := batch.Row{Type: "text", Value: "kettle"}
	change := func(f func(*batch.Row)) batch.Row { r := good; f(&r); return r }
	long := strings.Repeat("k", batch.MaxValue+1)
	refused := map[string]batch.Row{
		batch.ReasonType:              change(func(r *batch.Row) { r.Type = "Kettle!" }),
		syntax.Empty:                  change(func(r *batch.Row) { r.Value = "" }),
		syntax.Length:                 change(func(r *batch.Row) { r.Value = long }),
		syntax.Alphabet:               change(func(r *batch.Row) { r.Value = "kettle\xff" }),
		syntax.Structure:              {Type: "pdq", Value: strings.Repeat("A", 64)},
		batch.ReasonReference:         change(func(r *batch.Row) { r.Reference = "two\nlines" }),
		batch.ReasonReference + " c1": change(func(r *batch.Row) { r.Reference = "a\u0085" }),
		batch.ReasonLabels:            change(func(r *batch.Row) { r.Labels = []string{"a;b"} }),
		batch.ReasonLabels + " many":  change(func(r *batch.Row) { r.Labels = make([]string, batch.MaxLabels+1) }),
		batch.ReasonLabels + " space": change(func(r *batch.Row) { r.Labels = []string{" a"} }),
		batch.ReasonConfidence:        change(func(r *batch.Row) { r.Confidence = 101 }),
		batch.ReasonUntil:             change(func(r *batch.Row) { r.Until = &ancient }),
		batch.ReasonUntil + " far":    change(func(r *batch.Row) { r.Until = &far }),
	}
	var blob bytes.Buffer
	w := batch.NewWriter(&blob)
	for name, row := range refused {
		reason, _, _ := strings.Cut(name, " ")
		var why *syntax.Error
		if err := w.Write(row); !errors.As(err, &why) || why.Reason != reason {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.Write(good); err != nil {
		t.Fatal(err)
	}
	if n, err := w.Close(); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if got, err := read(blob.Bytes()); err != nil || !cmp.Equal(got, []batch.Row{good}) {
		t.Error(got, err)
	}
}

func TestFullBlobTakesNoMoreRows(t *testing.T) {
	t.Parallel()
	row := batch.Row{Type: "text", Value: "kettle"}
	fill := map[string]func(*batch.Writer){
		"rows":  func(w *batch.Writer) { w.PretendRows(batch.MaxRows) },
		"bytes": func(w *batch.Writer) { w.PretendSize(batch.LastBegin + 1) },
		"types": func(w *batch.Writer) {
			for i := range batch.MaxTypes {
				if err := w.Write(batch.Row{Type: fmt.Sprintf("kind%d", i), Value: "kettle"}); err != nil {
					t.Fatal(err)
				}
			}
		},
	}
	for name, full := range fill {
		w := batch.NewWriter(io.Discard)
		full(w)
		if err := w.Write(row); !errors.Is(err, batch.ErrFull) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.Close(); err != nil {
			t.Errorf("%s: what was written cannot be closed: %v", name, err)
		}
	}
}

func TestClosedOrBrokenWriterStaysSo(t *testing.T) {
	t.Parallel()
	w := batch.NewWriter(io.Discard)
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(garden()[0]); err == nil {
		t.Error("a closed writer took a row")
	}
	w = batch.NewWriter(broken{})
	var err error
	for _, row := range garden() {
		err = errors.Join(err, w.Write(row))
	}
	if _, closing := w.Close(); !errors.Is(err, io.ErrClosedPipe) || !errors.Is(closing, io.ErrClosedPipe) {
		t.Error(err, closing)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestUnreadableStreamIsNotABadBlob(t *testing.T) {
	t.Parallel()
	blob := write(t, garden())
	half := bytes.NewReader(blob[:len(blob)/2])
	r, err := batch.NewReader(io.MultiReader(half, iotest.ErrReader(io.ErrClosedPipe)))
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
	}
	if !errors.Is(r.Err(), io.ErrClosedPipe) {
		t.Error(r.Err())
	}
}
