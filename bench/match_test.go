// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"encoding/binary"
	"encoding/xml"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/bench/hashes"
)

func TestSectionIsReplacedAndTheRestKept(t *testing.T) {
	t.Parallel()
	s := ofMatching
	first, second := s.begins+"kettles\n"+s.ends, s.begins+"bridges\n"+s.ends
	page := s.put("# Page\n\n## Gardens\n", first)
	if want := "# Page\n\n## Gardens\n\n" + first; page != want {
		t.Fatalf("the page is %q, want %q", page, want)
	}
	if got, want := s.put(page+"after\n", second), "# Page\n\n## Gardens\n\n"+second+"after\n"; got != want {
		t.Errorf("the page is %q, want %q", got, want)
	}
	if got := s.in("# Page\n" + s.begins); got != "" {
		t.Errorf("a section that does not end is %q", got)
	}
	both := ofDecoding.put(page, ofDecoding.begins+"tea\n"+ofDecoding.ends)
	if got := s.in(both); got != first {
		t.Errorf("beside another, the section is %q, want %q", got, first)
	}
}

func TestBruteForceFindsWhatWasPlanted(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	made, err := openSet(cache, "uniform", 20_000, 20)
	if err != nil {
		t.Fatal(err)
	}
	for number, e := range made.truth {
		if want := 1 - number%2; e.Count != want {
			t.Errorf("query %d has %d answers, want %d", number, e.Count, want)
		}
	}
	// The first query by the definition, bit by bit.
	source := hashes.Uniform{Seed: setSeed}
	q := hashes.Query(source, 0, 20_000)
	var text []byte
	for id := range uint64(20_000) {
		h, d := source.At(id), 0
		for bit := range 256 {
			d += int((h[bit/8] ^ q[bit/8]) >> (bit % 8) & 1)
		}
		if d <= matchThreshold {
			text = binary.LittleEndian.AppendUint64(text, id*512+uint64(d))
		}
	}
	if sum := crc32.ChecksumIEEE(text); len(text) != 8 || sum != made.truth[0].Sum {
		t.Errorf("the sum of the first query is %x, want %x", made.truth[0].Sum, sum)
	}
	again, err := openSet(cache, "uniform", 20_000, 20)
	if err != nil || len(again.truth) != len(made.truth) || again.truth[0] != made.truth[0] {
		t.Errorf("a set that is there already is another: %v", err)
	}
	if len(must(filepath.Glob(filepath.Join(cache, "*", "*.part")))) > 0 {
		t.Error("a file was left half written")
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestWrongAnswerCountsForNothing(t *testing.T) {
	t.Parallel()
	s := &hashSet{truth: []expected{{1, 7}, {0, 0}}}
	if err := s.check("kettle", 0, turn{Count: []int{1, 0}, Sum: []uint32{7, 0}}); err != nil {
		t.Errorf("right answers are refused: %v", err)
	}
	for _, wrong := range []turn{
		{Count: []int{1, 0}, Sum: []uint32{8, 0}},
		{Count: []int{1, 1}, Sum: []uint32{7, 0}},
		{Count: []int{1}, Sum: nil},
	} {
		if s.check("kettle", 0, wrong) == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
	if s.check("kettle", 1, turn{Count: []int{1}, Sum: []uint32{7}}) == nil {
		t.Error("the answer to another query is taken")
	}
}

// measuredParts are figures of two engines, invented for tests.
func measuredParts() []*matchPart {
	p := newPart(tenMillion)
	for _, ms := range []float64{0.25, 0.5, 0.125} {
		p.add(oursEngine, "single p50", "ms", ms)
		p.add("faiss-16-16-1", "single p50", "ms", 2)
		p.add(oursEngine, "single p99", "ms", 2*ms)
		p.add("faiss-16-16-1", "single p99", "ms", 4)
	}
	return []*matchPart{p}
}

func TestRatiosAreRoundByRound(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	writeGoals(&b, measuredParts())
	for _, want := range []string{"| one query of 10 M, p50 | ≤ 0.30 ms | 0.25 ms | 3: 0.12 to 0.50 |",
		"| HMA's setting over ours, 10 M, p50 | ≥ 20 × | 8 × **missed** | 3: 4 to 16 |"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the goals lack %q:\n%s", want, &b)
		}
	}
	if strings.Contains(b.String(), "import") {
		t.Error("a goal that was not measured is shown")
	}
}

func TestWhatWasNotMeasuredIsADash(t *testing.T) {
	t.Parallel()
	text := matchingText(measuredParts())
	if want := "| FAISS MultiHash(16,16) nflip 1, as HMA | 8× | 2 | 4 | – | – |"; !strings.Contains(text, want) {
		t.Errorf("the section lacks %q:\n%s", want, text)
	}
}

func TestPlotIsWellFormed(t *testing.T) {
	t.Parallel()
	for _, parts := range [][]*matchPart{nil, measuredParts()} {
		picture := xml.NewDecoder(strings.NewReader(plot(parts)))
		for {
			if _, err := picture.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestSlopeIsThatOfTheLineAndItsIntervalHoldsNoise(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	read := func(slope, noise float64) (s series) {
		for second := range 600 {
			at := time.Duration(second) * time.Second
			s = append(s, reading{at, 60 + slope*at.Minutes() + noise*random.NormFloat64()})
		}
		return s
	}
	if means, slope, margin := read(2, 0).line(10*time.Minute, soakSpans); math.Abs(slope-2) > 1e-9 ||
		margin > 1e-9 || math.Abs(means[9]-means[0]-18) > 1e-9 {
		t.Errorf("a straight line: %v, %g ± %g", means, slope, margin)
	}
	outside := 0
	for range 200 {
		if _, slope, margin := read(0, 5).line(10*time.Minute, soakSpans); math.Abs(slope) > margin {
			outside++
		}
	}
	if outside > 20 { // of 200 that have no slope, 95 % hold 0
		t.Errorf("%d of 200 intervals do not hold the slope", outside)
	}
}

func TestSoakIsToldWithItsUncertainty(t *testing.T) {
	t.Parallel()
	p := newPart(soakOfAMillion)
	p.add(oursEngine, ownSlope, "MB a minute", 0.25)
	p.add(oursEngine, ownSlope+marginOf, "MB a minute", 0.5)
	text := matchingText([]*matchPart{p})
	for _, want := range []string{"| growth of memory of its own | 0.25 ± 0.50 MB a minute |\n",
		"growth less its uncertainty | ≤ 0 MB a minute | -0.25 MB a minute | 1 |\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the section lacks %q:\n%s", want, text)
		}
	}
}

func TestSoakWarmsUpPastAFullHour(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]time.Duration{"12:00": 62 * time.Minute, "12:48": 14 * time.Minute, "12:51": 11 * time.Minute,
		"12:59": 11 * time.Minute} {
		now, err := time.Parse("15:04", at)
		if err != nil {
			t.Fatal(err)
		}
		if got := warmUp(now); got != want {
			t.Errorf("from %s for %s, want %s", at, got, want)
		}
	}
}

// TestDaysAreWatchedBesideTheFullHour keeps what a node does at the full hour out of the watch.
func TestDaysAreWatchedBesideTheFullHour(t *testing.T) {
	t.Parallel()
	for into, want := range map[time.Duration]time.Duration{0: 3 * time.Minute, 31 * time.Minute: 3 * time.Minute,
		32 * time.Minute: 30 * time.Minute, 58 * time.Minute: 4 * time.Minute, 59*time.Minute + 30*time.Second: 3 * time.Minute} {
		if got := again(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Add(into)); got != want {
			t.Errorf("%s into the hour days are screened for %s first, want %s", into, got, want)
		}
	}
}
