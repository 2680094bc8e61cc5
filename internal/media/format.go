// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"

	"tocsin"
)

// Format is what a file is by its content; names and declared types are not looked at.
type Format string

// The formats that are decoded.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
	GIF  Format = "gif"
	WebP Format = "webp"
)

// Name is how people write it.
func (f Format) Name() string {
	switch f {
	case JPEG:
		return "JPEG"
	case PNG:
		return "PNG"
	case GIF:
		return "GIF"
	case WebP:
		return "WebP"
	}
	return string(f)
}

// Limits of one picture. They are checked before its pixels are decoded.
const (
	MaxBytes  = 64 << 20   // of the file
	MaxPixels = 50_000_000 // width × height

	maxDecoded = 256 << 20 // width × height × bytes a pixel
	magicSize  = 12        // how many bytes tell a format
)

// codec is how one format is told and decoded. A decoder gives the first frame of an animation.
type codec struct {
	format   Format
	begins   func(head []byte) bool
	config   func(data []byte) (image.Config, error)
	decode   func(data []byte) (image.Image, error)
	animated func(data []byte) bool
}

var codecs = []codec{
	{JPEG, begins("\xff\xd8\xff"), configOf(jpeg.DecodeConfig), decodeOf(jpeg.Decode), still},
	{PNG, begins("\x89PNG\r\n\x1a\n"), configOf(png.DecodeConfig), decodeOf(png.Decode), animatedPNG},
	{GIF, begins("GIF8"), configOf(gif.DecodeConfig), decodeOf(gif.Decode), animatedGIF},
	{WebP, beginsWebP, configWebP, decodeWebP, animatedWebP},
}

func begins(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

func beginsWebP(head []byte) bool {
	return len(head) >= magicSize && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP"
}

func configOf(read readConfig) func([]byte) (image.Config, error) {
	return func(data []byte) (image.Config, error) { return read(bytes.NewReader(data)) }
}

func decodeOf(read readImage) func([]byte) (image.Image, error) {
	return func(data []byte) (image.Image, error) { return read(bytes.NewReader(data)) }
}

func still([]byte) bool { return false }

// codecFor gives the codec of a file by its first bytes.
func codecFor(data []byte) (codec, bool) {
	head := data[:min(len(data), magicSize)]
	for _, c := range codecs {
		if c.begins(head) {
			return c, true
		}
	}
	return codec{}, false
}

// FormatOf tells the format of a file by its first bytes; false is none that is decoded here.
func FormatOf(data []byte) (Format, bool) {
	c, known := codecFor(data)
	return c.format, known
}

// bytesPerPixel is what the standard decoders use for a picture of a colour model.
func bytesPerPixel(m color.Model) int64 {
	if _, palette := m.(color.Palette); palette {
		return 1
	}
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.YCbCrModel:
		return 3
	case color.RGBAModel, color.NRGBAModel, color.CMYKModel, color.NYCbCrAModel:
		return 4
	}
	return 8
}

var errSize = errors.New("larger than a picture may be")

// checkSize refuses a picture by what its header says, before memory is spent on it.
func checkSize(c image.Config) error {
	if c.Width <= 0 || c.Height <= 0 {
		return errors.New("no pixels")
	}
	w, h := int64(c.Width), int64(c.Height)
	if w > MaxPixels || h > MaxPixels || w*h > MaxPixels || w*h*bytesPerPixel(c.ColorModel) > maxDecoded {
		return errSize
	}
	return nil
}

// decode gives the pixels of a file, or the reason why there are none.
func decode(data []byte) (img image.Image, c codec, reason tocsin.Reason) {
	c, known := codecFor(data)
	switch {
	case len(data) == 0:
		return nil, c, ReasonEmpty
	case !known:
		return nil, c, ReasonUnsupported
	case len(data) > MaxBytes:
		return nil, c, ReasonTooLarge
	}
	config, err := c.config(data)
	if err == nil {
		err = checkSize(config)
	}
	if err == nil {
		img, err = c.decode(data)
	}
	switch {
	case errors.Is(err, errSize):
		return nil, c, ReasonTooLarge
	case err != nil:
		return nil, c, ReasonDamaged
	}
	return img, c, ""
}
