// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package remote_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"tocsin/internal/api"
)

// TestLongAnswerIsNeverInMemory reads a list of 256 MiB. It runs alone, as all allocations are counted.
func TestLongAnswerIsNeverInMemory(t *testing.T) {
	const blocks, block = 4096, 64 << 10
	line := bytes.Repeat([]byte("md5 abababababababababababababab\n"), block/33)
	c := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		for range blocks {
			_, _ = w.Write(line)
		}
	})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	size, err := c.Fetch(t.Context(), "/banks/GARDENS/signals", nil, io.Discard)
	runtime.ReadMemStats(&after)
	if want := int64(blocks * len(line)); err != nil || size != want {
		t.Fatalf("%d of %d bytes, %v", size, want, err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("%d MiB were allocated for an answer of %d MiB", grown>>20, size>>20)
	}
}

func TestLongAnswerThatBreaksOffIsNoList(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 1<<20))
		panic(http.ErrAbortHandler)
	})
	if size, err := c.Fetch(t.Context(), "/banks/GARDENS/signals", nil, io.Discard); err == nil {
		t.Errorf("%d bytes pass for a list", size)
	}
	refusing := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"code":"not_found","detail":"There is no such record here."}`)
	})
	var to strings.Builder
	if _, err := refusing.Fetch(t.Context(), "/banks/NOWHERE/signals", nil, &to); err == nil || to.Len() > 0 {
		t.Errorf("a refusal passes for a list: %q, %v", to.String(), err)
	}
	full := errors.New("the disk is full")
	if _, err := c.Fetch(t.Context(), "/banks/GARDENS/signals", nil, failing{full}); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestNodeTellsHowManySignalsItTook(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Header.Get(api.HeaderProgress) != "rows" {
			t.Error("it was not asked for")
		}
		for _, rows := range []string{"10000", "20000", "many"} {
			w.Header().Set(api.HeaderRows, rows)
			w.WriteHeader(http.StatusProcessing)
		}
		_, _ = io.WriteString(w, `{"rows":25000}`)
	})
	var told []int64
	var report api.ImportReport
	err := c.Send(t.Context(), "/banks/GARDENS/imports", nil, strings.NewReader("a list"), "text/plain", &report,
		func(rows int64) { told = append(told, rows) })
	if err != nil || report.Rows != 25_000 || len(told) != 2 || told[1] != 20_000 {
		t.Errorf("told %v, %+v, %v", told, report, err)
	}
}
