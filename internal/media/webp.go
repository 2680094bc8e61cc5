// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"bytes"
	"errors"
	"image"

	"golang.org/x/image/webp"
)

const (
	webpHeader    = 12 // RIFF, size, WEBP
	frameHeader   = 16 // of an ANMF chunk: place, size, duration, flags
	animationFlag = 0x02
	alphaFlag     = 0x10
)

func animatedWebP(data []byte) bool {
	all := chunks(data[min(len(data), webpHeader):])
	return len(all) > 0 && all[0].id == "VP8X" && len(all[0].data) == 10 && all[0].data[0]&animationFlag != 0
}

// stillWebP gives a file that is no animation as it is, and the first frame of an animation as a file of its
// own, since the decoder knows no animations. The frame is what it holds, not the canvas it is laid upon.
func stillWebP(data []byte) ([]byte, error) {
	if !animatedWebP(data) {
		return data, nil
	}
	for _, c := range chunks(data[webpHeader:]) {
		if c.id == "ANMF" && len(c.data) > frameHeader {
			return frameAsFile(c.data[:frameHeader], chunks(c.data[frameHeader:]))
		}
	}
	return nil, errors.New("webp: an animation without a frame")
}

func frameAsFile(header []byte, parts []chunk) ([]byte, error) {
	var body bytes.Buffer
	body.WriteString("WEBP")
	for _, part := range parts {
		switch part.id {
		case "ALPH":
			// An alpha chunk is understood only after the header that announces it, with the size of the frame.
			extended := append([]byte{alphaFlag, 0, 0, 0}, header[6:12]...)
			writeChunk(&body, "VP8X", extended)
			writeChunk(&body, part.id, part.data)
		case "VP8 ", "VP8L":
			writeChunk(&body, part.id, part.data)
			var file bytes.Buffer
			writeChunk(&file, "RIFF", body.Bytes())
			return file.Bytes(), nil
		}
	}
	return nil, errors.New("webp: a frame without a picture")
}

func configWebP(data []byte) (image.Config, error) {
	data, err := stillWebP(data)
	if err != nil {
		return image.Config{}, err
	}
	return webp.DecodeConfig(bytes.NewReader(data))
}

func decodeWebP(data []byte) (image.Image, error) {
	data, err := stillWebP(data)
	if err != nil {
		return nil, err
	}
	img, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	switch img := img.(type) {
	case *image.YCbCr:
		widen(img)
	case *image.NYCbCrA:
		widen(&img.YCbCr)
	}
	return img, nil
}

// widen stretches the planes of a lossy WebP picture. VP8 stores luma as 16–235 and chroma as 16–240 (RFC
// 6386 §9.2, ITU-R BT.601), where image/color takes 0–255; unstretched a picture loses contrast, and PDQ
// quality.
func widen(img *image.YCbCr) {
	for i, y := range img.Y {
		img.Y[i] = widerLuma[y]
	}
	for _, plane := range [][]byte{img.Cb, img.Cr} {
		for i, c := range plane {
			plane[i] = widerChroma[c]
		}
	}
}

var (
	widerLuma   = stretched(16, 219, 0)
	widerChroma = stretched(128, 224, 128)
)

// stretched maps bytes around a zero so that span steps become 255.
func stretched(zero, span, place int) (table [256]byte) {
	for i := range table {
		v := (i - zero) * 255 * 2
		if v >= 0 {
			v += span
		} else {
			v -= span
		}
		table[i] = byte(min(max(v/(2*span)+place, 0), 255))
	}
	return table
}
