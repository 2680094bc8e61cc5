// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !race

package vpdq_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tocsin/match/pdq"
	"tocsin/match/vpdq"
)

type peerCase struct {
	Query    string `json:"query"`
	Stored   string `json:"stored"`
	Quality  int    `json:"quality"`
	Distance int    `json:"distance"`
}

// peerResult says how the peer read the query and what comparing came to; Percent is nil where nothing
// was left.
type peerResult struct {
	Percent    []float64
	Hashes     []string
	Qualities  []int
	Timestamps []float64
	Written    string
}

func askPeer(t *testing.T, cases []peerCase) []peerResult {
	t.Helper()
	installed := os.Getenv("TOCSIN_INTEROP")
	if installed == "" {
		t.Skip("NOT TESTED: THREATEXCHANGE IS NOT INSTALLED: run interop/run to let it check how we compare videos")
	}
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	var trouble bytes.Buffer
	python := filepath.Join(installed, "venv", "bin", "python")
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("..", "..", "interop", "vpdq", "peer.py"))
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
		t.Fatalf("%d results for %d pairs", len(answer.Results), len(cases))
	}
	return answer.Results
}

// randomPair gives two videos that share some scenes, with frames of all qualities and copies of frames.
func randomPair(r *rand.Rand) (query, stored vpdq.Video) {
	scenes := make([]pdq.Hash, 8)
	for i := range scenes {
		for k := range scenes[i] {
			scenes[i][k] = byte(r.Uint32())
		}
	}
	video := func(from, to int) (v vpdq.Video) {
		for i := range 2 + r.IntN(12) {
			f := vpdq.Feature{Hash: scenes[from+r.IntN(to-from)], Quality: []int{0, 49, 50, 51, 100}[r.IntN(5)]}
			for range r.IntN(40) {
				k := r.IntN(256)
				f.Hash[k/8] ^= 1 << (k % 8)
			}
			if len(v) > 0 && r.IntN(4) == 0 {
				f.Hash = v[len(v)-1].Hash
			}
			f.Frame, f.At = i, time.Duration(i*100_123)*time.Millisecond
			v = append(v, f)
		}
		return v
	}
	return video(0, 6), video(3, 8)
}

func TestInteropPeerReadsAndComparesVideosAlike(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2026, 12))
	var queries, stored []vpdq.Video
	var cases []peerCase
	for range 120 {
		q, s := randomPair(r)
		queries, stored = append(queries, q), append(stored, s)
		cases = append(cases, peerCase{q.String(), s.String(), pdq.MinQuality, pdq.MatchDistance})
	}
	undecided := 0
	for i, want := range askPeer(t, cases) {
		c := vpdq.Compare(queries[i], stored[i], vpdq.Defaults())
		switch {
		case want.Percent == nil:
			undecided++
			if c.Match {
				t.Errorf("pair %d: a match of nothing", i)
			}
		case !near(c.Query.Percent(), want.Percent[0]) || !near(c.Stored.Percent(), want.Percent[1]):
			t.Errorf("pair %d: %v and %v, peer %v", i, c.Query.Percent(), c.Stored.Percent(), want.Percent)
		}
		samePeerReading(t, queries[i], want)
	}
	if undecided > len(cases)/2 {
		t.Errorf("%d of %d pairs had nothing to compare", undecided, len(cases))
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// samePeerReading checks that the peer read what we wrote and that we read what it wrote, whose
// timestamps have three significant digits.
func samePeerReading(t *testing.T, v vpdq.Video, peer peerResult) {
	t.Helper()
	back, err := vpdq.Parse(peer.Written)
	if err != nil || len(back) != len(v) || len(peer.Hashes) != len(v) {
		t.Errorf("the peer wrote %d features of %d: %v", len(back), len(v), err)
		return
	}
	for i, f := range v {
		if peer.Hashes[i] != f.Hash.String() || peer.Qualities[i] != f.Quality ||
			!near(peer.Timestamps[i], f.At.Seconds()) {
			t.Errorf("feature %d: the peer read %s, %d, %v", i, peer.Hashes[i], peer.Qualities[i], peer.Timestamps[i])
		}
		off := math.Abs(back[i].At.Seconds() - f.At.Seconds())
		if back[i].Hash != f.Hash || back[i].Quality != f.Quality || off > 0.005*f.At.Seconds() {
			t.Errorf("feature %d: %v came back as %v", i, f, back[i])
		}
	}
}
