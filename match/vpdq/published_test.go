// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !race

package vpdq_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tocsin/match/pdq"
	"tocsin/match/vpdq"
)

// published reads the hashes that the reference's authors published, which are not part of this
// repository.
func published(t *testing.T) map[string]vpdq.Video {
	t.Helper()
	files, err := filepath.Glob(vectorFile("hashes", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Skipf("NOT TESTED: THE PUBLISHED HASHES ARE ABSENT (%v): no video but our own was compared", err)
	}
	all := map[string]vpdq.Video{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v, err := vpdq.ParseFile(string(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if v.File() != string(text) {
			t.Errorf("%s is not written as it was read", file)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txt")] = v
	}
	return all
}

func vectorFile(elem ...string) string {
	return filepath.Join(append([]string{"..", "..", "..", "shared", "vectors", "vpdq"}, elem...)...)
}

func TestPublishedHashesMatchTheirOtherSizeAndNothingElse(t *testing.T) {
	t.Parallel()
	videos := published(t)
	clip := func(name string) string { return strings.TrimSuffix(name, "-128x128") }
	for a, query := range videos {
		for b, stored := range videos {
			c := vpdq.Compare(query, stored, vpdq.Defaults())
			if clip(a) == clip(b) && !c.Match || a[0] != b[0] && c.Query.Matched > 0 { // of another subject
				t.Errorf("%s and %s: match %v, query %v, stored %v", a, b, c.Match, c.Query, c.Stored)
			}
			if len(c.Frames) != c.Query.Matched {
				t.Errorf("%s and %s: %d frames for %d matches", a, b, len(c.Frames), c.Query.Matched)
			}
		}
	}
}

// The published hashes come from another decoder. Where both say that the quality is good, what this
// allows is what was seen with FFmpeg 5.1; the reference's own test allows 30.
func TestPublishedVideosHashAlike(t *testing.T) {
	t.Parallel()
	want := published(t)
	python := filepath.Join(os.Getenv("TOCSIN_INTEROP"), "venv", "bin", "python")
	if err := exec.Command(python, "-c", "import av").Run(); err != nil {
		t.Skipf("NOT TESTED: NO VIDEO WAS DECODED (%v): set TOCSIN_INTEROP, and install av with pip in its venv", err)
	}
	for name, most := range map[string]int{
		"test-padded-dimensions":         0,
		"pattern-sd-grey-bar":            6,
		"pattern-sd-with-large-logo-bar": 4,
		"doorknob-hd-no-bar":             22,
		"pattern-sd-grey-bar-128x128":    12,
		"doorknob-hd-no-bar-128x128":     22,
	} {
		got := hashVideo(t, python, name, 0)
		if len(got) != len(want[name]) {
			t.Errorf("%s: %d frames, published %d", name, len(got), len(want[name]))
			continue
		}
		for i, f := range got {
			g := want[name][i]
			d := pdq.Distance(f.Hash, g.Hash)
			good := f.Quality >= pdq.MinQuality && g.Quality >= pdq.MinQuality
			if f.Frame != g.Frame || f.At != g.At || good && d > most {
				t.Errorf("%s: %+v, published %+v, distance %d", name, f, g, d)
			}
		}
	}
}

// publishedFile is the video of published hashes, and the side to which its frames were scaled, or 0.
func publishedFile(name string) (file string, side int) {
	clip, small := strings.CutSuffix(name, "-128x128")
	if small {
		side = 128
	}
	return vectorFile("videos", clip+".mp4"), side
}

func hashVideo(t *testing.T, python, name string, secondsPerHash float64) vpdq.Video {
	t.Helper()
	file, side := publishedFile(name)
	script := filepath.Join("..", "..", "interop", "vpdq", "frames.py")
	cmd := exec.CommandContext(t.Context(), python, script, file, strconv.Itoa(side), strconv.Itoa(side))
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var p pdq.Picture
	var fps float64
	frames := bufio.NewReader(stdout)
	if _, err := fmt.Fscanf(frames, "%d %d %g\n", &p.Width, &p.Height, &fps); err != nil {
		t.Fatal(err)
	}
	p.Channels, p.Pix = 3, make([]byte, 3*p.Width*p.Height)
	h := mustHasher(t, fps, secondsPerHash)
	for n := 0; ; n++ {
		if _, err := io.ReadFull(frames, p.Pix); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if !h.Wants(n) {
			continue
		}
		if err := h.Add(n, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	v, err := h.Video()
	if err != nil {
		t.Fatal(err)
	}
	return v
}
