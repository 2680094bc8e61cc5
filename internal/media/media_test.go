// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/media"
)

func TestMain(m *testing.M) {
	if code, child := media.RunIfChild(); child {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

func hasher(t testing.TB, o media.Options, l media.Limits) *media.Hasher {
	t.Helper()
	h, err := media.NewLimited(t.Context(), o, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

// TestEveryEndOfAChildIsAnErrorOfItsOwn makes a child do what no known file makes a decoder do, and has it
// hash a good picture afterwards.
func TestEveryEndOfAChildIsAnErrorOfItsOwn(t *testing.T) {
	t.Parallel()
	memory := media.ReasonMemory
	if media.RaceDetector {
		t.Log("NOT TESTED: the limit of memory, which the race detector rules out.")
		memory = ""
	}
	cases := map[string]struct {
		limits media.Limits
		want   tocsin.Reason
	}{
		"loop":     {media.Limits{CPU: time.Second}, media.ReasonTimedOut},
		"sleep":    {media.Limits{Wall: 300 * time.Millisecond}, media.ReasonTimedOut},
		"panic":    {media.Limits{}, media.ReasonCrashed},
		"crash":    {media.Limits{}, media.ReasonCrashed},
		"exit":     {media.Limits{}, media.ReasonCrashed},
		"overflow": {media.Limits{}, media.ReasonCrashed},
		"memory":   {media.Limits{Memory: 256 << 20}, memory},
		"flood":    {media.Limits{}, media.ReasonCrashed},
		"shout":    {media.Limits{}, media.ReasonCrashed},
		"hush":     {media.Limits{}, media.ReasonMemory}, // killed, by whom cannot be told
		"eight":    {media.Limits{}, media.ReasonCrashed},
		"nothing":  {media.Limits{}, media.ReasonDamaged},
	}
	for what, c := range cases {
		if c.want == "" {
			continue
		}
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := hasher(t, media.Options{Processes: 1}, c.limits)
			p, err := h.Picture(t.Context(), media.Simulate(what), media.Upright)
			if tocsin.ReasonOf(err) != c.want || len(p.Hashes) != 0 {
				t.Errorf("%v, want %s", err, c.want)
			}
			if cause := errors.Unwrap(err); cause != nil && len(cause.Error()) > 3000 {
				t.Errorf("the child said %d bytes too much", len(cause.Error()))
			}
			if _, err := h.Picture(t.Context(), media.Simulate("still here"), media.Upright); err != nil {
				t.Errorf("the next file: %v", err)
			}
		})
	}
}

func TestNoChildServesTwoFiles(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{Processes: 2, Ahead: 1}, media.Limits{})
	seen := map[int]bool{}
	for range 6 {
		p, err := h.Picture(t.Context(), media.Simulate("pid"), media.Upright)
		if err != nil {
			t.Fatal(err)
		}
		if seen[p.Width] {
			t.Errorf("process %d served two files", p.Width)
		}
		seen[p.Width] = true
	}
	if seen[os.Getpid()] {
		t.Error("a file was decoded in the process that asked")
	}
}

func TestChildThatDiedWhileIdleCostsNoFile(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{}, media.Limits{})
	if !h.KillIdle() {
		t.Fatal("no child waits")
	}
	if _, err := h.Picture(t.Context(), media.Simulate("still here"), media.Upright); err != nil {
		t.Error(err)
	}
}

// TestChildThatCannotStartSaysWhy gives a child arguments that it refuses.
func TestChildThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := media.NewLimited(t.Context(), media.Options{}, media.Limits{Layers: media.NoLayers})
	if tocsin.ReasonOf(err) != media.ReasonUnavailable || !strings.Contains(err.Error(), "exit status 1") ||
		!strings.Contains(err.Error(), "argument 3 is no limit") {
		t.Errorf("%v", err)
	}
}

func TestCallerThatGivesUpStopsTheChild(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{Processes: 1}, media.Limits{})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	for range 2 { // while it works, and before it begins
		_, err := h.Picture(ctx, media.Simulate("sleep"), media.Upright)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	}
	if _, err := h.Picture(t.Context(), media.Simulate("still here"), media.Upright); err != nil {
		t.Errorf("the next file: %v", err)
	}
}

func TestCloseEndsWhatIsGoingOn(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{Processes: 1, Ahead: 2}, media.Limits{})
	failed := make(chan error)
	for range 2 {
		go func() {
			_, err := h.Picture(context.Background(), media.Simulate("sleep"), media.Upright)
			failed <- err
		}()
	}
	h.Close()
	h.Close()
	for range 2 {
		if err := <-failed; tocsin.ReasonOf(err) != media.ReasonUnavailable {
			t.Errorf("%v", err)
		}
	}
	if _, err := h.Picture(t.Context(), media.Simulate("still here"), media.Upright); tocsin.ReasonOf(err) !=
		media.ReasonUnavailable {
		t.Errorf("after the end: %v", err)
	}
}

func TestWhatNeedsNoDecodingGetsItsReasonAtOnce(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{}, media.Limits{})
	large := make([]byte, media.MaxBytes+1)
	copy(large, "\xff\xd8\xff")
	for _, c := range []struct {
		name string
		data []byte
		want tocsin.Reason
	}{
		{"empty", nil, media.ReasonEmpty},
		{"text", []byte("the kettle is on"), media.ReasonUnsupported},
		{"video", []byte("\x00\x00\x00\x20ftypisom"), media.ReasonUnsupported},
		{"drawing", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), media.ReasonUnsupported},
		{"TIFF", []byte("II*\x00"), media.ReasonUnsupported},
		{"BMP", []byte("BM"), media.ReasonUnsupported},
		{"large", large, media.ReasonTooLarge},
	} {
		if _, err := h.Picture(t.Context(), c.data, media.Upright); tocsin.ReasonOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// TestErrorsSayWhatToDoAndNothingOfTheFile looks at what may be shown.
func TestErrorsSayWhatToDoAndNothingOfTheFile(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{}, media.Limits{})
	_, err := h.Picture(t.Context(), []byte("\xff\xd8\xffkettle"), media.Upright)
	e, ok := errors.AsType[*tocsin.Error](err)
	if !ok || e.Code != tocsin.CodeInvalid || !strings.Contains(e.Public, "JPEG") ||
		strings.Contains(err.Error(), "kettle") {
		t.Errorf("%v", err)
	}
}
