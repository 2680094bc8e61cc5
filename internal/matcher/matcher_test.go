// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tocsin"
	"tocsin/match"
	"tocsin/match/batch"
)

func TestBatchIsFoundAndReadRowByRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	values := hashes(1, 3)
	blob := w.put(append(pictures(values), garden...)...)
	m := w.start()
	defer w.stop(m)
	w.found(m, "pdq", values[1])
	w.add(m, base1, blob)
	w.add(m, base1, blob)
	for i, v := range values {
		w.found(m, "pdq", v, base1+match.ID(i))
	}
	w.found(m, "md5", garden[0].Value, base1+3)
	w.found(m, "url", garden[1].Value, base1+4)
	row, err := m.Row(t.Context(), blob, 3)
	if err != nil || row.Reference != "kettle-1" || row.Labels[0] != "kettle" {
		t.Errorf("row %+v, %v", row, err)
	}
	for _, number := range []int64{-1, 5} {
		if _, err := m.Row(t.Context(), blob, number); tocsin.CodeOf(err) != tocsin.CodeNotFound {
			t.Errorf("row %d: %v", number, err)
		}
	}
	absent := tocsin.Digest(strings.Repeat("0", 64))
	if _, err := m.Row(t.Context(), absent, 0); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("row of a blob that is not there: %v", err)
	}
}

func TestRemovedBatchIsNeverFoundAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	values := hashes(2, 20)
	blob := w.put(append(pictures(values), garden...)...)
	m := w.start()
	w.add(m, base1, blob)
	w.add(m, base2, blob) // the same values in another batch
	w.found(m, "pdq", values[5], base1+5, base2+5)
	w.found(m, "md5", garden[0].Value, base1+20, base2+20)
	w.remove(m, base1, blob)
	w.found(m, "pdq", values[5], base2+5)
	w.found(m, "md5", garden[0].Value, base2+20)
	w.remove(m, base1, blob)
	w.stop(m)
	m = w.start()
	w.add(m, base2, blob)
	w.found(m, "pdq", values[5], base2+5)
	w.found(m, "md5", garden[0].Value, base2+20)
	w.add(m, base1, blob)
	w.found(m, "pdq", values[5], base1+5, base2+5)
	w.stop(m)
}

func TestRestartFindsNothingUntilBatchesAreAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	values := hashes(3, 10)
	blob := w.put(pictures(values)...)
	m := w.start()
	w.add(m, base1, blob)
	w.stop(m)

	m = w.start()
	w.found(m, "pdq", values[0])
	if err := os.Remove(w.blobName(blob)); err != nil { // the files hold all that is needed
		t.Fatal(err)
	}
	w.add(m, base1, blob)
	a, err := m.Find(t.Context(), "pdq", values[0])
	if err != nil || fmt.Sprint(a) != fmt.Sprint([]match.ID{base1}) {
		t.Errorf("found %v, %v", a, err)
	}
	w.stop(m)
}

func TestBatchThatNobodyClaimsLeavesTheFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orphan, known := w.put(pictures(hashes(4, 5000))...), w.put(pictures(hashes(5, 10))...)
	m := w.start()
	w.add(m, base1, orphan)
	w.add(m, base2, known)
	w.stop(m)
	before := size(t, w.files())
	m = w.start()
	w.add(m, base2, known)
	w.stop(m)
	m = w.start() // now it goes
	w.add(m, base2, known)
	w.add(m, base1, known) // waits until it has
	w.remove(m, base1, known)
	w.stop(m)
	if after := size(t, w.files()); after > before/10 {
		t.Errorf("the files have %d bytes, after %d with a batch more", after, before)
	}
}

func size(t *testing.T, dir string) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		n += info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDamagedFilesAreBuiltAgain(t *testing.T) {
	t.Parallel()
	for _, damage := range []struct {
		name string
		do   func([]byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"shorter", func(b []byte) []byte { return b[:len(b)-1] }},
		{"a bit", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }},
		{"missing", nil},
	} {
		for _, pattern := range []string{"batches-*", "pictures/manifest", "pictures/segment-*"} {
			t.Run(damage.name+" "+pattern, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				values := hashes(6, 5000)
				blob := w.put(pictures(values)...)
				m := w.start()
				w.add(m, base1, blob)
				w.stop(m)
				names, err := filepath.Glob(filepath.Join(w.files(), pattern))
				if err != nil || len(names) != 1 {
					t.Fatal(names, err)
				}
				if damage.do == nil {
					err = os.Remove(names[0])
				} else if data, readErr := os.ReadFile(names[0]); readErr == nil {
					err = os.WriteFile(names[0], damage.do(data), 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
				m = w.start()
				w.add(m, base1, blob)
				w.found(m, "pdq", values[4999], base1+4999)
				w.stop(m)
			})
		}
	}
}

func TestBatchThatCannotBeReadLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	values := hashes(7, 3000)
	blob := w.put(append(append(pictures(values), garden...), pictures(hashes(8, 10))...)...)
	data, err := os.ReadFile(w.blobName(blob))
	if err != nil {
		t.Fatal(err)
	}
	bad := append([]byte(nil), data...)
	bad[len(bad)*3/4] ^= 1
	if err := os.WriteFile(w.blobName(blob), bad, 0o600); err != nil {
		t.Fatal(err)
	}
	m := w.start()
	defer w.stop(m)
	if err := m.AddBatch(t.Context(), base1, blob); tocsin.CodeOf(err) != tocsin.CodeInternal {
		t.Errorf("a damaged batch: %v", err)
	}
	w.found(m, "pdq", values[0])
	w.found(m, "md5", garden[0].Value)
	if err := os.WriteFile(w.blobName(blob), data, 0o600); err != nil {
		t.Fatal(err)
	}
	w.add(m, base1, blob)
	w.found(m, "pdq", values[0], base1)
	w.found(m, "md5", garden[0].Value, base1+3000)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.AddBatch(canceled, base2, blob); !errors.Is(err, context.Canceled) {
		t.Errorf("a call that was given up: %v", err)
	}
	w.found(m, "pdq", values[0], base1)
}

func TestSignalsByHandStandBesideBatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	values := hashes(9, 10)
	blob := w.put(pictures(values)...)
	m := w.start()
	defer w.stop(m)
	w.add(m, base1, blob)
	const hand = match.ID(1<<63 + 5)
	if err := m.Add(hand, "pdq", values[0]); err != nil {
		t.Fatal(err)
	}
	w.found(m, "pdq", values[0], base1, hand)
	w.remove(m, base1, blob)
	w.found(m, "pdq", values[0], hand)
	if err := m.Remove(hand, "pdq", values[0]); err != nil {
		t.Fatal(err)
	}
	w.found(m, "pdq", values[0])
	if err := m.Add(hand, "pdq", "kettle"); tocsin.CodeOf(err) != tocsin.CodeInvalid {
		t.Errorf("a value that is none: %v", err)
	}
}

func TestSearchIsExactWhileBatchesComeAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	constant := hashes(10, 300)
	blob := w.put(pictures(constant)...)
	other := w.put(append(pictures(hashes(11, 5000)), batch.Row{Type: "pdq", Value: constant[7]})...)
	m := w.start()
	defer w.stop(m)
	w.add(m, base1, blob)
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		defer close(done)
		for i := range 12 {
			base := base2 + match.ID(i%3)<<24
			if err := m.AddBatch(t.Context(), base, other); err != nil {
				t.Error(err)
			}
			a, err := m.Find(t.Context(), "pdq", constant[7])
			if err != nil || len(a) != 2 {
				t.Errorf("after AddBatch returned: %v, %v", a, err)
			}
			if err := m.RemoveBatch(t.Context(), base, other); err != nil {
				t.Error(err)
			}
			if a, err = m.Find(t.Context(), "pdq", constant[7]); err != nil || len(a) != 1 {
				t.Errorf("after RemoveBatch returned: %v, %v", a, err)
			}
		}
	})
	for i := 0; ; i++ {
		select {
		case <-done:
			group.Wait()
			return
		default:
		}
		v := constant[i%len(constant)]
		a, err := m.Search(t.Context(), match.Query{Type: "pdq", Value: v, Radius: -1})
		if err != nil || len(a.Hits) == 0 || a.Hits[0].ID != base1+match.ID(i%len(constant)) {
			t.Fatalf("a row that was there all the time: %+v, %v", a, err)
		}
	}
}
