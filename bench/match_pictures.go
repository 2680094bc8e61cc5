// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"tocsin/match/pdq"
)

const (
	pictureRounds = 3
	pictureTurns  = 5  // of each round
	pixelTurn     = 10 // hashes of the same pixels
	fileTurn      = 3  // hashes of the same file, which take far longer
)

// pixelSizes are the sides that are hashed from pixels; pdqhash reduces nothing larger.
var pixelSizes = []int{128, 256, 384, 512}

// fileNames are the whole files, each of 1600 × 1000 pixels.
var fileNames = []string{"photo.jpeg", "photo.png", "photo.gif", "photo.webp"}

// measurePictures hashes the same pixels, and the same files, in turns with ours and with the peers.
func (m *matching) measurePictures(ctx context.Context) (p *matchPart, err error) {
	names, err := m.writePictures(ctx)
	if err != nil {
		return nil, err
	}
	p = newPart("pictures")
	ours, err := startChild(ctx, "Tocsin", append([]string{m.portable, "pictures", m.dir}, names...)...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ours.end()) }()
	theirs, err := startChild(ctx, "pdqhash",
		append([]string{m.python, "bench/match/engine.py", "pictures", m.dir}, names...)...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, theirs.end()) }()
	for number, name := range names {
		for round := range pictureRounds + 1 {
			into := p
			if round == 0 {
				into = newPart("")
			}
			if err := pictureRound(ours, theirs, number, name, into); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return p, nil
}

// pictureRound lets both hash one picture in turns.
func pictureRound(ours, theirs *child, number int, name string, p *matchPart) error {
	var mine, whole, around []time.Duration
	times := fileTurn
	if strings.HasSuffix(name, ".rgb") {
		times = pixelTurn
	}
	for range pictureTurns {
		a, err := ours.ask("hash", number, times)
		if err != nil {
			return err
		}
		b, err := theirs.ask("hash", number, times)
		if err != nil {
			return err
		}
		mine, whole = append(mine, durations(a.NS)...), append(whole, durations(b.NS)...)
		p.About[oursEngine], p.About["pdqhash"] = a.About, b.About
		if err := agree(name, a.Value, b.Value, p); err != nil {
			return err
		}
		if !strings.HasSuffix(name, ".rgb") {
			continue
		}
		w, err := theirs.ask("wrap", number, times)
		if err != nil {
			return err
		}
		around = append(around, durations(w.NS)...)
	}
	p.add(oursEngine, name, "ms", percentile(mine, 50))
	p.add(oursEngine, name+" p99", "ms", percentile(mine, 99))
	p.add("pdqhash", name, "ms", percentile(whole, 50))
	p.add("pdqhash", name+" p99", "ms", percentile(whole, 99))
	if len(around) > 0 {
		p.add("core", name, "ms", percentile(whole, 50)-percentile(around, 50))
	}
	return nil
}

// agree refuses different hashes of the same pixels. Whole files are decoded by different decoders: the distance
// of their hashes is reported.
func agree(name string, a, b []string, p *matchPart) error {
	if len(a) != 1 || len(b) != 1 {
		return errors.New("not one hash each")
	}
	x, err := pdq.Parse(a[0])
	if err != nil {
		return err
	}
	y, err := pdq.Parse(b[0])
	if err != nil {
		return err
	}
	d := pdq.Distance(x, y)
	if strings.HasSuffix(name, ".rgb") && d > 0 {
		return fmt.Errorf("%d bits differ", d)
	}
	if _, told := p.of("distance", name); !told {
		p.add("distance", name, "bits", float64(d))
	}
	return nil
}

// writePictures makes pixels and files and gives their names.
func (m *matching) writePictures(ctx context.Context) (names []string, err error) {
	for _, side := range pixelSizes {
		img := garden(side, side)
		pixels := make([]byte, 0, side*side*3)
		for i := 0; i < len(img.Pix); i += 4 {
			pixels = append(pixels, img.Pix[i:i+3]...)
		}
		name := fmt.Sprintf("%dx%d.rgb", side, side)
		if err := os.WriteFile(filepath.Join(m.dir, name), pixels, 0o600); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	img := garden(1600, 1000)
	for name, encode := range map[string]func(io.Writer) error{
		"photo.jpeg": func(w io.Writer) error { return jpeg.Encode(w, img, &jpeg.Options{Quality: 90}) },
		"photo.png":  func(w io.Writer) error { return png.Encode(w, img) },
		"photo.gif":  func(w io.Writer) error { return gif.Encode(w, img, nil) },
	} {
		file, err := os.Create(filepath.Join(m.dir, name))
		if err != nil {
			return nil, err
		}
		if err := errors.Join(encode(file), file.Close()); err != nil {
			return nil, err
		}
	}
	webp := exec.CommandContext(ctx, m.python, "bench/match/engine.py", "webp", m.dir, "photo.png", "photo.webp")
	if out, err := webp.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("write WebP: %w: %s", err, out)
	}
	return append(names, fileNames...), nil
}

// garden paints soft blobs in colours, with the grain of a camera: something that compresses like a photograph
// and has features enough to hash.
func garden(width, height int) *image.NRGBA {
	random := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	type blob struct{ x, y, r, red, green, blue float64 }
	blobs := make([]blob, 24)
	for i := range blobs {
		blobs[i] = blob{random.Float64(), random.Float64(), 0.03 + random.Float64()*0.2,
			random.Float64()*200 - 100, random.Float64()*200 - 100, random.Float64()*200 - 100}
	}
	level := func(v float64) uint8 { return uint8(min(max(v, 0), 255)) }
	for y := range height {
		for x := range width {
			red, green, blue := 128.0, 128.0, 128.0
			for _, b := range blobs {
				dx, dy := float64(x)/float64(width)-b.x, float64(y)/float64(height)-b.y
				near := max(0, 1-(dx*dx+dy*dy)/(b.r*b.r))
				red, green, blue = red+near*b.red, green+near*b.green, blue+near*b.blue
			}
			grain := random.NormFloat64() * 3
			img.SetNRGBA(x, y, color.NRGBA{R: level(red + grain), G: level(green + grain), B: level(blue + grain),
				A: 255})
		}
	}
	return img
}
