// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !race

package tlsh_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tocsin/match/tlsh"
)

var update = flag.Bool("update", false, "let py-tlsh write the golden digests")

type upstream struct {
	Peer      string
	Digests   []string // empty for a text without one
	Distances [][2]int // of neighbours with a digest, with and without the length
}

func askUpstream(t *testing.T, texts []string) upstream {
	t.Helper()
	installed := os.Getenv("TOCSIN_INTEROP")
	if installed == "" {
		t.Skip("NOT TESTED: PY-TLSH IS NOT INSTALLED: run interop/run to let it check our digests")
	}
	encoded := make([]string, len(texts))
	for i, text := range texts {
		encoded[i] = base64.StdEncoding.EncodeToString([]byte(text))
	}
	input, err := json.Marshal(encoded)
	if err != nil {
		t.Fatal(err)
	}
	var trouble bytes.Buffer
	python := filepath.Join(installed, "venv", "bin", "python")
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("..", "..", "interop", "tlsh", "peer.py"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &trouble
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("run peer: %v\n%s", err, trouble.String())
	}
	var answer upstream
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatalf("read peer: %v", err)
	}
	t.Logf("peer: %s", answer.Peer)
	return answer
}

// check compares digests and distances of texts with those of upstream.
func check(t *testing.T, texts []string) {
	t.Helper()
	want := askUpstream(t, texts)
	var hashes []tlsh.Hash
	for i, text := range texts {
		h, err := tlsh.Sum([]byte(text))
		got := ""
		if err == nil {
			got = h.String()
			hashes = append(hashes, h)
		}
		if got != want.Digests[i] {
			t.Errorf("text %d of %d bytes: %q, upstream %q", i, len(text), got, want.Digests[i])
		}
	}
	if len(hashes) != len(want.Distances)+1 {
		t.Fatalf("%d digests, %d distances", len(hashes), len(want.Distances))
	}
	for i, distances := range want.Distances {
		a, b := hashes[i], hashes[i+1]
		if got := [2]int{tlsh.Distance(a, b), tlsh.DistanceWithoutLength(a, b)}; got != distances {
			t.Errorf("distances %v of pair %d, upstream %v", got, i, distances)
		}
	}
}

func TestInteropDigestsAndDistancesAreThoseOfUpstream(t *testing.T) {
	t.Parallel()
	check(t, texts(1, 400))
}

func TestInteropEverySizeHasTheLengthClassOfUpstream(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 17))
	long := prose(random, "latin", 40000)
	var sized []string
	for n := tlsh.MinSize; n < len(long); n += 1 + n/40 {
		sized = append(sized, long[:n])
	}
	check(t, sized)
}

func TestInteropGoldenDigestsAreThoseOfUpstream(t *testing.T) {
	t.Parallel()
	golden := slices.DeleteFunc(texts(3, 2), func(text string) bool { return !utf8.ValidString(text) })
	answer := askUpstream(t, golden)
	var b strings.Builder
	for i, digest := range answer.Digests {
		fmt.Fprintf(&b, "%s\t%s\n", cmp.Or(digest, "none"), golden[i])
	}
	for i, distances := range answer.Distances {
		fmt.Fprintf(&b, "distance %d\t%d %d\n", i, distances[0], distances[1])
	}
	name := filepath.Join("testdata", "golden.txt")
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(name)
	if err != nil || string(stored) != b.String() {
		t.Errorf("%s is not what upstream says; run again with -update: %v", name, err)
	}
}
