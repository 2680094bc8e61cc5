// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tocsin/internal/media"
	"tocsin/match/pdq"
)

// pictures hashes pixels with match/pdq, and whole files through internal/media.
type pictures struct {
	names  []string
	data   [][]byte
	sides  []pdq.Picture // of the pixels of each name that ends in .rgb
	hasher *media.Hasher
}

// newPictures takes a folder and names in it. Of pixels the name says width and height: 512x384.rgb.
func newPictures(args []string) (*pictures, error) {
	if len(args) < 2 {
		return nil, errors.New("pictures needs a folder and names")
	}
	p := &pictures{}
	for _, name := range args[1:] {
		data, err := os.ReadFile(filepath.Join(args[0], name))
		if err != nil {
			return nil, err
		}
		pixels := pdq.Picture{Channels: 3, Pix: data}
		if strings.HasSuffix(name, ".rgb") {
			if _, err := fmt.Sscanf(name, "%dx%d.rgb", &pixels.Width, &pixels.Height); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		p.names, p.data, p.sides = append(p.names, name), append(p.data, data), append(p.sides, pixels)
	}
	var err error
	p.hasher, err = media.New(context.Background(), media.Options{Processes: 1, Ahead: 1})
	return p, err
}

// run hashes the picture of a number some times.
func (p *pictures) run(word string, number, times int) (turn, error) {
	if word != "hash" || number >= len(p.data) {
		return turn{}, errors.New("no such command")
	}
	var value string
	t, err := timed(0, times, func(int) (err error) {
		value, err = p.hash(number)
		return err
	})
	t.Value, t.About = []string{value}, about()
	return t, err
}

func (p *pictures) hash(number int) (string, error) {
	if pixels := p.sides[number]; pixels.Width > 0 {
		h, _, err := pdq.Sum(pixels)
		return h.String(), err
	}
	found, err := p.hasher.Picture(context.Background(), p.data[number], media.Upright)
	if err != nil {
		return "", err
	}
	return found.Hashes[0].String(), nil
}
