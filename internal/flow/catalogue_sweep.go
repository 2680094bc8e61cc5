// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tocsin"
	"tocsin/match/batch"
)

// orphanAge is from when on rows that nobody names are no longer those of an import that another process is
// about to record.
const orphanAge = 24 * time.Hour

// sweepRows deletes the rows of imports that were never recorded: the process was killed between the two. Nobody
// is responsible for them, so nobody would erase them. What is no list of rows is not touched, whoever put it
// there.
func (f *Flow) sweepRows(ctx context.Context) error {
	if f.Matcher == nil || f.Blobs == nil {
		return nil
	}
	removed := 0
	for digest, err := range f.Blobs.Old(ctx, f.Clock.Now().Add(-orphanAge)) {
		if err != nil {
			return fmt.Errorf("sweep rows of imports: %w", err)
		}
		if f.catalogue.named(digest) || !f.holdsRows(ctx, digest) {
			continue
		}
		if err := f.dropRows(ctx, digest); err != nil {
			return fmt.Errorf("sweep rows of imports: %w", err)
		}
		removed++
	}
	if removed > 0 {
		f.Log.Warn("rows were removed of imports that were never recorded", "files", removed)
	}
	return nil
}

// holdsRows reports whether a blob begins as the rows of an import do.
func (f *Flow) holdsRows(ctx context.Context, digest tocsin.Digest) bool {
	blob, err := f.Blobs.Open(ctx, digest)
	if err != nil {
		return false
	}
	_, err = batch.NewReader(blob)
	return errors.Join(err, blob.Close()) == nil
}
