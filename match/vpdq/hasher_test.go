// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package vpdq_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/match/pdq"
	"tocsin/match/vpdq"
)

func mustHasher(t testing.TB, fps, secondsPerHash float64) *vpdq.Hasher {
	t.Helper()
	h, err := vpdq.NewHasher(fps, secondsPerHash)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// scene is a frame of a garden through which something passes; seed tells gardens apart.
func scene(seed, frame, side int) pdq.Picture {
	p := pdq.Picture{Width: side, Height: side, Channels: 1, Pix: make([]byte, side*side)}
	for i := range p.Pix {
		x, y := i%side, i/side
		v := (x/16*(7+seed) + y/16*(13+3*seed) + x/16*(y/16)*(5+seed)) * 37 % 180
		if dx, dy := x-frame*2%side, y-side/2; dx*dx+dy*dy < side*side/64 {
			v = 250
		}
		p.Pix[i] = byte(v + x%16 + y%16)
	}
	return p
}

func film(t testing.TB, h *vpdq.Hasher, seed, from, to int) vpdq.Video {
	t.Helper()
	for n := from; n < to; n++ {
		if !h.Wants(n - from) {
			continue
		}
		if err := h.Add(n-from, scene(seed, n, 160)); err != nil {
			t.Fatal(err)
		}
	}
	v, err := h.Video()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestStepIsRoundedDownAndAtLeastOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fps, seconds float64
		step         int
	}{
		{30, 1, 30}, {29.97, 1, 29}, {30000.0 / 1001, 1, 29}, {25, 0.5, 12}, {25, 0, 1}, {0.2, 1, 1}, {24, 0.01, 1},
		{60, 10, 600},
	} {
		h := mustHasher(t, c.fps, c.seconds)
		if h.Step() != c.step {
			t.Errorf("%v frames and %v seconds: step %d, want %d", c.fps, c.seconds, h.Step(), c.step)
		}
		wants := map[int]bool{0: true, 3 * c.step: true, 3*c.step + 1: c.step == 1, -c.step: false}
		for frame, want := range wants {
			if h.Wants(frame) != want {
				t.Errorf("step %d: frame %d wanted %v", c.step, frame, !want)
			}
		}
	}
}

func TestRateThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]float64{
		{0, 1}, {-25, 1}, {math.NaN(), 1}, {math.Inf(1), 1}, {1e-60, 1}, {1e60, 1},
		{25, -1}, {25, math.NaN()}, {25, math.Inf(1)}, {25, 1e9},
	} {
		if _, err := vpdq.NewHasher(c[0], c[1]); !errors.Is(err, vpdq.ErrRate) {
			t.Errorf("%v frames and %v seconds: %v", c[0], c[1], err)
		}
	}
}

func TestFeatureHasTheHashOfItsFrameWithoutReduction(t *testing.T) {
	t.Parallel()
	h := mustHasher(t, 29.97, 1)
	wide := pdq.Picture{Width: 800, Height: 450, Channels: 3, Pix: make([]byte, 800*450*3)}
	for i := range wide.Pix {
		wide.Pix[i] = byte(i * i >> 7)
	}
	if err := h.Add(0, scene(1, 0, 160)); err != nil {
		t.Fatal(err)
	}
	if err := h.Add(58, wide); err != nil {
		t.Fatal(err)
	}
	first, q0, _ := pdq.Sum(scene(1, 0, 160))
	second, q1, _ := pdq.SumFrame(wide)
	want := vpdq.Video{
		{Hash: first, Quality: q0},
		{Hash: second, Quality: q1, Frame: 58, At: 1935 * time.Millisecond},
	}
	if got, err := h.Video(); err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v %v, want %v", got, err, want)
	}
}

func TestFrameOutOfPlaceIsRefused(t *testing.T) {
	t.Parallel()
	h := mustHasher(t, 10, 1)
	if _, err := h.Video(); !errors.Is(err, vpdq.ErrEmpty) {
		t.Errorf("no frames: %v", err)
	}
	good := scene(1, 0, 64)
	if err := h.Add(10, good); err != nil {
		t.Fatal(err)
	}
	for _, frame := range []int{10, 0, 25, -10} {
		if err := h.Add(frame, good); !errors.Is(err, vpdq.ErrFrame) {
			t.Errorf("frame %d: %v", frame, err)
		}
	}
	tiny := pdq.Picture{Width: 4, Height: 90, Channels: 1, Pix: make([]byte, 360)}
	if err := h.Add(20, tiny); !errors.Is(err, vpdq.ErrFrame) {
		t.Errorf("tiny frame: %v", err)
	}
	torn := pdq.Picture{Width: 90, Height: 90, Channels: 3, Pix: make([]byte, 360)}
	if err := h.Add(20, torn); !errors.Is(err, pdq.ErrPicture) {
		t.Errorf("torn frame: %v", err)
	}
}

func TestVideoIsBounded(t *testing.T) {
	t.Parallel()
	h := mustHasher(t, 30, 0)
	small := scene(1, 0, 5)
	h.Fill(vpdq.MaxFrames - 1)
	if err := h.Add(vpdq.MaxFrames-1, small); err != nil {
		t.Fatal(err)
	}
	if err := h.Add(vpdq.MaxFrames, small); !errors.Is(err, vpdq.ErrFrame) {
		t.Errorf("%v", err)
	}
}

func TestVideoOnceMadeDoesNotChange(t *testing.T) {
	t.Parallel()
	h := mustHasher(t, 30, 0)
	v := film(t, h, 1, 0, 3)
	text := v.String()
	if err := h.Add(3, scene(2, 0, 160)); err != nil {
		t.Fatal(err)
	}
	v[0].Quality = 0
	if again, _ := h.Video(); len(v) != 3 || len(again) != 4 || again[:3].String() != text {
		t.Errorf("%d and %d features", len(v), len(again))
	}
}

func ExampleHasher() {
	whole, _ := vpdq.NewHasher(10, vpdq.DefaultSecondsPerHash)
	clip, _ := vpdq.NewHasher(10, vpdq.DefaultSecondsPerHash)
	for n := range 80 {
		if whole.Wants(n) {
			if err := whole.Add(n, scene(1, n, 160)); err != nil {
				fmt.Println(err)
			}
		}
		if n >= 30 && n < 60 && clip.Wants(n-30) {
			if err := clip.Add(n-30, scene(1, n, 160)); err != nil {
				fmt.Println(err)
			}
		}
	}
	stored, _ := whole.Video()
	query, _ := clip.Video()
	c := vpdq.Compare(query, stored, vpdq.Defaults())
	fmt.Printf("match %v: %.0f %% of the clip, %.0f %% of the whole\n",
		c.Match, c.Query.Percent(), c.Stored.Percent())
	for _, f := range c.Frames {
		fmt.Printf("%v is %v, distance %d\n", f.Query.At, f.Stored.At, f.Distance)
	}
	// Output:
	// match true: 100 % of the clip, 38 % of the whole
	// 0s is 3s, distance 0
	// 1s is 4s, distance 0
	// 2s is 5s, distance 0
}
