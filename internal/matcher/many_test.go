// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"tocsin"
	"tocsin/match"
	"tocsin/match/batch"
)

func TestManyBatchesLieInFewFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const batches, rows = 40, 300
	m := w.start()
	var values [batches][]string
	var blobs [batches]tocsin.Digest
	for i := range batches {
		values[i] = hashes(uint64(200+i), rows)
		blobs[i] = w.put(pictures(values[i])...)
		w.add(m, match.ID(i)<<24, blobs[i])
	}
	w.stop(m)
	m = w.start()
	defer w.stop(m)
	for i := range batches {
		w.add(m, match.ID(i)<<24, blobs[i])
		w.found(m, "pdq", values[i][i], match.ID(i)<<24+match.ID(i))
	}
	names, err := filepath.Glob(filepath.Join(w.files(), "pictures", "segment-*"))
	if err != nil || len(names) > 5 {
		t.Errorf("%d files, %v", len(names), err)
	}
}

func TestRowsAreReadByManyAtOnceFromMoreBlobsThanStayOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const blobs = 50
	var digests [blobs]tocsin.Digest
	for i := range digests {
		digests[i] = w.put(batch.Row{Type: "md5", Value: garden[0].Value, Reference: fmt.Sprint(i)})
	}
	m := w.start()
	defer w.stop(m)
	var group sync.WaitGroup
	for reader := range 4 {
		group.Go(func() {
			for i := range 4 * blobs {
				n := (i * (2*reader + 1)) % blobs
				if row, err := m.Row(t.Context(), digests[n], 0); err != nil || row.Reference != fmt.Sprint(n) {
					t.Errorf("row of blob %d: %+v, %v", n, row, err)
				}
			}
		})
	}
	group.Wait()
}
