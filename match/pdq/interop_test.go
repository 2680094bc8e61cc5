// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !race

package pdq_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/match/pdq"
)

// peerPicture is a picture as the peer takes it, always RGB.
type peerPicture struct {
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Pix    []byte `json:"pix"`
}

type peerResult struct {
	Hash    string
	Quality int
	Eight   []string
}

// peer finds the interpreter that has pdqhash, or skips the test before any work is done.
func peer(t *testing.T) (python string) {
	t.Helper()
	installed := os.Getenv("TOCSIN_INTEROP")
	if installed == "" {
		t.Skip("NOT TESTED: PDQHASH IS NOT INSTALLED: run interop/run to let the reference check our hashes")
	}
	return filepath.Join(installed, "venv", "bin", "python")
}

func askPeer(t *testing.T, python string, cases []peerPicture) []peerResult {
	t.Helper()
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	var trouble bytes.Buffer
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("..", "..", "interop", "pdq", "peer.py"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &trouble
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("run peer: %v\n%s", err, trouble.String())
	}
	var answer struct {
		Peer    string
		Results []peerResult
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatalf("read peer: %v", err)
	}
	t.Logf("peer: %s", answer.Peer)
	if len(answer.Results) != len(cases) {
		t.Fatalf("%d results for %d pictures", len(answer.Results), len(cases))
	}
	return answer.Results
}

func asRGB(p pdq.Picture) peerPicture {
	out := peerPicture{Width: p.Width, Height: p.Height, Pix: p.Pix}
	if p.Channels == 1 {
		out.Pix = nil
		for _, v := range p.Pix {
			out.Pix = append(out.Pix, v, v, v)
		}
	}
	return out
}

// randomPictures are pictures of all sizes, smooth or noisy, grey or in colour, from one seed.
func randomPictures(n int) (list []pdq.Picture) {
	r := rand.New(rand.NewPCG(2026, 11))
	for range n {
		w, h := 5+r.IntN(260), 5+r.IntN(260)
		if r.IntN(4) == 0 {
			w, h = 5+r.IntN(508), 5+r.IntN(508)
		}
		var channels []painter
		for range 1 + 2*r.IntN(2) {
			smooth, dust := blobs(r.Uint64(), w, h, 8+r.IntN(60)), noise(r.Uint64(), w*h)
			grain := byte(1)<<r.IntN(8) - 1
			channels = append(channels, func(x, y int) int { return smooth(x, y) ^ int(dust[y*w+x]&grain) })
		}
		list = append(list, paint(w, h, channels...))
	}
	return list
}

func TestInteropReferenceHashesRandomPicturesAlike(t *testing.T) {
	t.Parallel()
	python := peer(t)
	pictures := randomPictures(150)
	var cases []peerPicture
	for _, p := range pictures {
		cases = append(cases, asRGB(p))
	}
	for i, want := range askPeer(t, python, cases) {
		eight, quality, err := pdq.Dihedral(pictures[i])
		got := peerResult{eight[0].String(), quality, nil}
		for _, h := range eight {
			got.Eight = append(got.Eight, h.String())
		}
		if d := cmp.Diff(want, got); err != nil || d != "" {
			p := pictures[i]
			t.Errorf("picture %d, %d×%d×%d: %v (-reference +ours)\n%s", i, p.Width, p.Height, p.Channels, err, d)
		}
	}
}

// The reference's function for one hash does not reduce, so it hashes large frames as SumFrame does.
func TestInteropReferenceHashesFramesAlike(t *testing.T) {
	t.Parallel()
	python := peer(t)
	frames := []pdq.Picture{
		paint(640, 360, blobs(21, 640, 360, 31), blobs(22, 640, 360, 17), blobs(23, 640, 360, 47)),
		paint(1280, 720, blobs(24, 1280, 720, 40)),
		paint(720, 1280, blobs(25, 720, 1280, 25), blobs(26, 720, 1280, 55), blobs(27, 720, 1280, 9)),
		paint(64, 64, blobs(28, 64, 64, 9), blobs(29, 64, 64, 7), blobs(30, 64, 64, 5)),
		paint(64, 128, blobs(31, 64, 128, 9)),
	}
	for _, s := range synthetics() {
		if s.picture.Channels == 1 && s.picture.Width >= pdq.SmallestSide {
			frames = append(frames, s.picture) // even those that rounding decides
		}
	}
	var cases []peerPicture
	for _, p := range frames {
		cases = append(cases, asRGB(p))
	}
	for i, want := range askPeer(t, python, cases) {
		h, quality, err := pdq.SumFrame(frames[i])
		if err != nil || h.String() != want.Hash || quality != want.Quality {
			t.Errorf("frame %d: %v %d %v, the reference %s %d", i, h, quality, err, want.Hash, want.Quality)
		}
	}
}
