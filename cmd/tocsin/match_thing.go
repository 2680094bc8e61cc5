// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"tocsin/internal/api"
	"tocsin/internal/media"
	"tocsin/match"
	"tocsin/match/pdq"
)

// thing is what is looked up: a file, or queries of which each stands for the whole.
type thing struct {
	what    string
	file    bool
	queries []api.ScreenQuery
}

// things reads the arguments, and standard input where one is -.
func (p *program) things(args []string, f matchFlags) ([]thing, error) {
	var all []thing
	for _, arg := range args {
		if arg != "-" {
			t, err := f.thing(arg, isFile)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
			continue
		}
		err := lines(p.in, func(line string) error {
			t, err := f.thing(line, func(string) bool { return false })
			all = append(all, t)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// thing reads what was given as what it is.
func (f matchFlags) thing(given string, isFile func(string) bool) (thing, error) {
	t := thing{what: given}
	first, rest, two := strings.Cut(given, " ")
	_, typed := match.Lookup(first)
	switch {
	case f.text:
		t.queries = []api.ScreenQuery{{Text: given}}
	case f.signalType != "":
		t.queries = []api.ScreenQuery{{Type: f.signalType, Value: given}}
	case isFile(given):
		t.file = true
	case two && typed:
		t.queries = []api.ScreenQuery{{Type: first, Value: strings.TrimSpace(rest)}}
	case strings.Contains(given, "://") || strings.Contains(given, "[.]") || strings.Contains(given, "[:]//"):
		t.queries = []api.ScreenQuery{{Address: given}}
	default:
		for _, name := range hashesLike(given) {
			t.queries = append(t.queries, api.ScreenQuery{Type: name, Value: given})
		}
	}
	if !t.file && len(t.queries) == 0 {
		return t, usagef("%s is neither a file here nor a hash or an address; give --text for a text, or --type",
			shortened(given))
	}
	return t, nil
}

// hashesLike are the types of hash whose form a word has. A picture's hash and a SHA-256 look alike.
func hashesLike(word string) []string {
	var names []string
	for _, name := range []string{"md5", "sha1", "sha256", pdq.Name, "text_tlsh"} {
		t, ok := match.Lookup(name)
		if !ok {
			continue
		}
		if _, err := t.Parse(word); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// fingerprinted is what is computed of a file here, and why not all of it could be.
type fingerprinted struct {
	views   []api.FingerprintView
	queries []match.Query
	err     error
}

// fingerprint computes what a node would.
func (m *matching) fingerprint(ctx context.Context, name string) (fingerprinted, error) {
	file, err := m.p.readForHash(ctx, name)
	if err != nil {
		return fingerprinted{}, err
	}
	var f fingerprinted
	for _, d := range file.Digests {
		a := string(d.Algorithm())
		f.add(api.FingerprintView{Type: a, Value: d.String()}, nil)
		if a == "md5" { // of videos, lists hold it under a name of its own
			f.queries = append(f.queries, match.Query{Type: "video_md5", Value: d.String(), Radius: -1})
		}
	}
	if m.pictures == nil {
		if m.pictures, err = media.New(ctx, media.Options{}); err != nil {
			return f, err
		}
	}
	picture, err := m.pictures.Picture(ctx, file.Data, media.Dihedral)
	if f.err = err; err != nil {
		return f, nil
	}
	var hashes []string
	for _, h := range picture.Hashes {
		hashes = append(hashes, h.String())
	}
	view := api.FingerprintView{Type: pdq.Name, Value: hashes[0], Quality: picture.Quality, Width: picture.Width,
		Height: picture.Height}
	if picture.Quality < pdq.MinQuality {
		view.Value, view.Skipped = "", "too_few_features"
	}
	f.add(view, hashes[1:])
	return f, nil
}

func (f *fingerprinted) add(v api.FingerprintView, rotated []string) {
	f.views = append(f.views, v)
	if v.Skipped == "" {
		f.queries = append(f.queries, match.Query{Type: v.Type, Value: v.Value, Radius: -1, Rotated: rotated})
	}
}

// close ends the process that decodes pictures.
func (m *matching) close() {
	if m.pictures != nil {
		m.pictures.Close()
	}
}

// contentOf reads a file to be sent, as far as a node takes one.
func contentOf(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(f, maxSent+1)); err != nil {
		return nil, err
	}
	if b.Len() > maxSent {
		return nil, errors.New("the file is larger than a node takes; look up its hash, or use --list")
	}
	return b.Bytes(), nil
}

const maxSent = 32 << 20
