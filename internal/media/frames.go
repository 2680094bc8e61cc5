// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"slices"

	"golang.org/x/image/webp"
)

// Limits of an animation whose frames are laid over each other. Of a longer one the beginning is shown, of a
// larger one the first frame.
const (
	maxCanvas     = 16_000_000 // pixels
	maxAllFrames  = 128 << 20  // pixels of all frames together
	maxFrameCount = 1000
)

var errFrames = errors.New("frames cannot be shown")

// eachFrame takes the frames that are shown, of which there are n, one after the other. A frame is valid during the
// call.
type eachFrame func(n int, frame image.Image)

// beginning is how many frames of an animation are looked at.
func beginning(count, w, h int) (int, error) {
	if w <= 0 || h <= 0 || w > maxCanvas || h > maxCanvas || w*h > maxCanvas || count < 1 {
		return 0, errFrames
	}
	return min(count, maxFrameCount, max(1, maxAllFrames/(w*h))), nil
}

// framesGIF lays the frames of a GIF over each other as its disposals ask.
func framesGIF(data []byte, each eachFrame) error {
	config, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return err
	}
	ends := gifFrameEnds(data, maxFrameCount)
	n, err := beginning(len(ends), config.Width, config.Height)
	if err != nil {
		return err
	}
	cut := append(slices.Clone(data[:ends[n-1]]), 0x3b)
	g, err := gif.DecodeAll(bytes.NewReader(cut))
	if err != nil || len(g.Image) == 0 {
		return errors.Join(errFrames, err)
	}
	canvas := image.NewRGBA(image.Rect(0, 0, config.Width, config.Height))
	shown := picks(len(g.Image))
	for i, frame := range g.Image {
		var before *image.RGBA
		if g.Disposal[i] == gif.DisposalPrevious {
			before = &image.RGBA{Pix: slices.Clone(canvas.Pix), Stride: canvas.Stride, Rect: canvas.Rect}
		}
		draw.Draw(canvas, frame.Bounds(), frame, frame.Bounds().Min, draw.Over)
		if slices.Contains(shown, i) {
			each(len(shown), canvas)
		}
		switch {
		case before != nil:
			canvas = before
		case g.Disposal[i] == gif.DisposalBackground:
			draw.Draw(canvas, frame.Bounds(), image.Transparent, image.Point{}, draw.Src)
		}
	}
	return nil
}

// gifFrameEnds gives where each of the first frames ends, walking over blocks without decompressing them.
func gifFrameEnds(data []byte, most int) []int {
	var ends []int
	g := gifBlocks{data: data}
	g.skip(10)
	flags := g.next()
	g.skip(2)
	g.skipColours(flags)
	for len(ends) < most {
		switch g.next() {
		case 0x21: // extension
			g.skip(1)
			g.skipBlocks()
		case 0x2c: // frame
			g.skip(8)
			g.skipColours(g.next())
			g.skip(1)
			g.skipBlocks()
			ends = append(ends, len(data)-len(g.data))
		default:
			return ends
		}
	}
	return ends
}

// ANMF flags.
const (
	disposeToBackground = 1
	doNotBlend          = 2
)

// framesWebP lays the frames of an animated WebP over each other.
func framesWebP(data []byte, each eachFrame) error {
	all := chunks(data[webpHeader:])
	if len(all) == 0 || len(all[0].data) != 10 {
		return errFrames
	}
	w, h := 1+threeBytes(all[0].data[4:]), 1+threeBytes(all[0].data[7:])
	var frames []chunk
	for _, c := range all {
		if c.id == "ANMF" && len(c.data) > frameHeader {
			frames = append(frames, c)
		}
	}
	n, err := beginning(len(frames), w, h)
	if err != nil {
		return err
	}
	canvas := image.NewRGBA(image.Rect(0, 0, w, h))
	shown := picks(n)
	for i, c := range frames[:n] {
		at, err := drawFrame(canvas, c.data)
		if err != nil {
			return err
		}
		if slices.Contains(shown, i) {
			each(len(shown), canvas)
		}
		if c.data[15]&disposeToBackground != 0 {
			draw.Draw(canvas, at, image.NewUniform(color.Transparent), image.Point{}, draw.Src)
		}
	}
	return nil
}

// drawFrame draws one frame where it belongs.
func drawFrame(canvas *image.RGBA, frame []byte) (image.Rectangle, error) {
	file, err := frameAsFile(frame[:frameHeader], chunks(frame[frameHeader:]))
	if err != nil {
		return image.Rectangle{}, err
	}
	config, err := webp.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return image.Rectangle{}, err
	}
	left, top := 2*threeBytes(frame), 2*threeBytes(frame[3:])
	at := image.Rect(left, top, left+config.Width, top+config.Height)
	if !at.In(canvas.Bounds()) {
		return at, errFrames
	}
	img, err := decodeWebP(file)
	if err != nil {
		return at, err
	}
	op := draw.Over
	if frame[15]&doNotBlend != 0 {
		op = draw.Src
	}
	draw.Draw(canvas, at, img, img.Bounds().Min, op)
	return at, nil
}

// threeBytes reads a number of 24 bits, little endian.
func threeBytes(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
