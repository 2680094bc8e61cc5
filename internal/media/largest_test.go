// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !race

package media_test

import (
	"image"
	"testing"

	"tocsin/internal/media"
)

// TestPictureWithinTheLimitsIsDecoded is as large as one may be; the race detector would
// need more than a child has.
func TestPictureWithinTheLimitsIsDecoded(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{}, media.Limits{})
	p, err := h.Picture(t.Context(), asJPEG(t, image.NewGray(image.Rect(0, 0, 10_000, 5_000))), media.Upright)
	if err != nil || p.Width != 10_000 || p.Height != 5_000 || p.Quality != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}
