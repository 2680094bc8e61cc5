// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !race

package vpdq_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tocsin/match/pdq"
	"tocsin/match/vpdq"
)

// peerVideo is a video as the reference takes it: a file, or the frames of one, at rate/base a second.
type peerVideo struct {
	File    string   `json:"file"`
	Width   int      `json:"width"`
	Height  int      `json:"height"`
	Rate    int      `json:"rate"`
	Base    int      `json:"base"`
	Frames  [][]byte `json:"frames"`
	Seconds float64  `json:"seconds"` // from one hashed frame to the next
	Side    int      `json:"side"`    // to which frames are scaled; 0: not at all
}

type peerFeature struct {
	Frame, Quality int
	Hash           string
	At             float64
}

// referencePython finds the interpreter that has vpdq, or skips the test before any work is done.
func referencePython(t *testing.T) string {
	t.Helper()
	installed := os.Getenv("TOCSIN_INTEROP")
	if installed == "" {
		t.Skip("NOT TESTED: VPDQ IS NOT INSTALLED: run interop/run to let the reference check how we hash videos")
	}
	return filepath.Join(installed, "venv", "bin", "python")
}

func askReference(t *testing.T, python string, videos []peerVideo) [][]peerFeature {
	t.Helper()
	input, err := json.Marshal(videos)
	if err != nil {
		t.Fatal(err)
	}
	var trouble bytes.Buffer
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("..", "..", "interop", "vpdq", "hash.py"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &trouble
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("run peer: %v\n%s", err, trouble.String())
	}
	var answer struct {
		Peer    string
		Results [][]peerFeature
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatalf("read peer: %v", err)
	}
	t.Logf("peer: %s", answer.Peer)
	if len(answer.Results) != len(videos) {
		t.Fatalf("%d results for %d videos", len(answer.Results), len(videos))
	}
	return answer.Results
}

// coloured is a frame of scene, of any shape, in three colours that differ.
func coloured(seed, frame, width, height int) pdq.Picture {
	p := pdq.Picture{Width: width, Height: height, Channels: 3, Pix: make([]byte, 0, 3*width*height)}
	grey := scene(seed, frame, max(width, height))
	for y := range height {
		for x := range width {
			v := grey.Pix[y*grey.Width+x]
			p.Pix = append(p.Pix, v, byte(int(v)*3/4+x%64), byte(255-int(v)/2-y%32))
		}
	}
	return p
}

// Each film is cut from one scene to another in its middle. Films are recorded without loss, so hash, quality, number and time of every frame must be equal.
func TestInteropReferenceHashesFilmsAlike(t *testing.T) {
	t.Parallel()
	python := referencePython(t)
	shapes := []struct {
		width, height, frames, rate, base int
		seconds                           float64
	}{
		{160, 90, 60, 30000, 1001, 0.5}, {160, 90, 30, 25, 1, 0}, {160, 90, 30, 10, 1, 0.2}, {64, 64, 30, 10, 1, 1},
		{130, 97, 40, 24000, 1001, 0.3}, {640, 360, 6, 25, 1, 0.04}, {1280, 720, 2, 50, 1, 0}, {160, 160, 5, 1, 2, 1},
	}
	var cases []peerVideo
	var ours []vpdq.Video
	for seed, s := range shapes {
		c := peerVideo{Width: s.width, Height: s.height, Rate: s.rate, Base: s.base, Seconds: s.seconds}
		h := mustHasher(t, float64(s.rate)/float64(s.base), s.seconds)
		for n := range s.frames {
			p := coloured(seed+n/(s.frames/2), n, s.width, s.height)
			c.Frames = append(c.Frames, p.Pix)
			if !h.Wants(n) {
				continue
			}
			if err := h.Add(n, p); err != nil {
				t.Fatal(err)
			}
		}
		v, err := h.Video()
		if err != nil {
			t.Fatal(err)
		}
		cases, ours = append(cases, c), append(ours, v)
	}
	theirs := askReference(t, python, cases)
	for i, want := range theirs {
		sameFeatures(t, fmt.Sprintf("film %d", i), ours[i], want, 0)
	}
	samePercentages(t, ours, theirs)
}

// sameFeatures allows hashes of good frames to differ in most bits.
func sameFeatures(t *testing.T, name string, got vpdq.Video, want []peerFeature, most int) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d features, the reference %d", name, len(got), len(want))
		return
	}
	for i, f := range got {
		hash, err := pdq.Parse(want[i].Hash)
		if err != nil && want[i].Quality >= pdq.MinQuality {
			t.Fatalf("%s: %v", name, err)
		}
		d := pdq.Distance(f.Hash, hash)
		good := f.Quality >= pdq.MinQuality && want[i].Quality >= pdq.MinQuality
		if (good || most == 0) && d > most || most == 0 && f.Quality != want[i].Quality ||
			f.Frame != want[i].Frame || math.Abs(f.At.Seconds()-want[i].At) > 0.0005001 {
			t.Errorf("%s: %+v, the reference %+v, distance %d", name, f, want[i], d)
		}
	}
}

// samePercentages compares every film with every other: ours by us, the reference's by threatexchange.
func samePercentages(t *testing.T, ours []vpdq.Video, theirs [][]peerFeature) {
	t.Helper()
	written := make([]string, len(theirs))
	for i, features := range theirs {
		var parts []string
		for _, f := range features {
			parts = append(parts, fmt.Sprintf("%s,%d,%.3f", f.Hash, f.Quality, f.At))
		}
		text, err := json.Marshal(parts)
		if err != nil {
			t.Fatal(err)
		}
		written[i] = string(text)
	}
	var cases []peerCase
	for _, query := range written {
		for _, stored := range written {
			cases = append(cases, peerCase{query, stored, pdq.MinQuality, pdq.MatchDistance})
		}
	}
	partly := 0
	for i, want := range askPeer(t, cases) {
		c := vpdq.Compare(ours[i/len(ours)], ours[i%len(ours)], vpdq.Defaults())
		if want.Percent == nil || !near(c.Query.Percent(), want.Percent[0]) ||
			!near(c.Stored.Percent(), want.Percent[1]) {
			t.Errorf("pair %d: %v and %v, the peer %v", i, c.Query.Percent(), c.Stored.Percent(), want.Percent)
		}
		if p := c.Query.Percent(); p > 0 && p < 100 {
			partly++
		}
	}
	if partly == 0 {
		t.Error("no pair matches in part")
	}
}

// The reference decodes with the FFmpeg of the machine, our frames come from the one that PyPI's av brings:
// scaling differs by a bit or two, and full frames not at all.
func TestInteropReferenceHashesPublishedVideosAlike(t *testing.T) {
	t.Parallel()
	python := referencePython(t)
	const seconds = 0.25
	names := []string{"test-padded-dimensions", "pattern-sd-grey-bar", "pattern-sd-grey-bar-128x128"}
	var cases []peerVideo
	for _, name := range names {
		file, side := publishedFile(name)
		if _, err := os.Stat(file); err != nil {
			t.Skipf("NOT TESTED: THE PUBLISHED VIDEOS ARE ABSENT (%v): only our own films were hashed", err)
		}
		cases = append(cases, peerVideo{File: file, Seconds: seconds, Side: side})
	}
	for i, want := range askReference(t, python, cases) {
		most := 0
		if cases[i].Side > 0 {
			most = 4
		}
		sameFeatures(t, names[i], hashVideo(t, python, names[i], seconds), want, most)
	}
}
