// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package picture makes the pictures of the board: uploads encoded anew, and drawings for those who have no
// file.
//
// It must never decode pixels before it has judged the header, nor keep bytes somebody sent as they are.
//
// Start reading at Read.
package picture

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // registers the JPEG decoder for uploads
	"image/png"
)

// Limits of an upload.
const (
	MaxUpload = 4 << 20 // bytes
	MaxSide   = 4096    // pixels
	MaxPixels = 4 << 20 // bounds what decoding one upload may allocate
)

// Picture is a PNG the board encoded itself. Encoding anew drops metadata (place, camera, owner) and anything
// hidden behind the image data.
type Picture struct {
	PNG           []byte
	Width, Height int // pixels
}

// Error is why a file was refused: a sentence for the person who sent it.
type Error string

// Error returns the sentence.
func (e Error) Error() string { return string(e) }

// Read accepts a PNG or JPEG. The header is judged before a pixel is decoded, so that a small file that
// claims a huge picture costs nothing.
func Read(data []byte) (Picture, error) {
	if len(data) > MaxUpload {
		return Picture{}, Error("The picture is larger than 4 MiB.")
	}
	head, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Picture{}, Error("The file is not a PNG or JPEG picture.")
	}
	if head.Width < 1 || head.Height < 1 || head.Width > MaxSide || head.Height > MaxSide ||
		head.Width*head.Height > MaxPixels {
		return Picture{}, Error("The picture has too many pixels: at most 4096 a side and 4 million in all.")
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return Picture{}, Error("The picture is damaged.")
	}
	return encode(img)
}

func encode(img image.Image) (Picture, error) {
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		return Picture{}, fmt.Errorf("encode picture: %w", err)
	}
	return Picture{PNG: buf.Bytes(), Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}, nil
}
