// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// Picture draws text as a square code for a camera: how many modules it is wide, and the path of the dark ones as SVG
// writes it. It stands inside the page, so that no address serves a secret.
func Picture(text string) (width int, path string, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return 0, "", fmt.Errorf("draw code: %w", err)
	}
	var b strings.Builder
	width = code.Bounds().Dx()
	for y := range width {
		for x := range width {
			if code.At(x, y) == color.Black {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return width, b.String(), nil
}
