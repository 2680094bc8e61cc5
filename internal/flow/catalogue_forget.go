// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"sync"

	"tocsin"
)

// unlearn forgets a record whose text was erased.
func (f *Flow) unlearn(rec *record) lesson {
	switch agg := rec.agg.(type) {
	case *tocsin.Bank:
		f.catalogue.putBank(&shelf{Bank: *agg})
	case *tocsin.Batch:
		f.catalogue.putBatch(&delivery{Batch: *agg, erased: true})
		return func(ctx context.Context) error {
			if err := f.Matcher.RemoveBatch(ctx, batchBase(agg.ID), agg.Blob); err != nil {
				return err
			}
			return f.dropRows(ctx, agg.Blob)
		}
	case *tocsin.Signal:
		if key, ok := f.catalogue.dropSignal(agg.ID); ok {
			f.hits.forget(f.place(key))
			return func(context.Context) error { return f.Matcher.Remove(handID(agg.ID), key.typ, key.value) }
		}
	}
	return nil
}

// dropRows deletes the rows of an erased import, unless another import has the very same. One whose commit is on
// its way keeps them: it says so in arriving before it looks whether they are there.
func (f *Flow) dropRows(ctx context.Context, rows tocsin.Digest) error {
	f.arriving.Lock()
	defer f.arriving.Unlock()
	if f.Blobs == nil || f.arriving.of[rows] > 0 || f.catalogue.named(rows) {
		return nil
	}
	err := f.Blobs.Delete(ctx, rows)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil // an earlier start, or another process, was here
	}
	return err
}

// arriving counts the imports that are about to name some rows.
type arriving struct {
	sync.Mutex
	of map[tocsin.Digest]int
}

// expect keeps rows from being deleted until the function it gives is called.
func (a *arriving) expect(rows tocsin.Digest) (done func()) {
	a.Lock()
	defer a.Unlock()
	if a.of == nil {
		a.of = map[tocsin.Digest]int{}
	}
	a.of[rows]++
	return func() {
		a.Lock()
		defer a.Unlock()
		if a.of[rows]--; a.of[rows] == 0 {
			delete(a.of, rows)
		}
	}
}
