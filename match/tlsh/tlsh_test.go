// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tlsh_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tocsin/match/syntax"
	"tocsin/match/tlsh"
)

func TestDigestsAndDistancesAreTheGoldenOnes(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile(filepath.Join("testdata", "golden.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var hashes []tlsh.Hash
	for line := range strings.Lines(string(golden)) {
		name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		var pair, full, withoutLength int
		if _, err := fmt.Sscanf(name, "distance %d", &pair); err == nil {
			if _, err := fmt.Sscan(rest, &full, &withoutLength); err != nil {
				t.Fatal(err)
			}
			d := tlsh.Compare(hashes[pair], hashes[pair+1])
			if d.Total() != full || d.WithoutLength() != withoutLength {
				t.Errorf("pair %d: %+v, upstream %d and %d", pair, d, full, withoutLength)
			}
			continue
		}
		h, err := tlsh.Sum([]byte(rest))
		switch {
		case name == "none" && err == nil:
			t.Errorf("a text of %d bytes has a digest, upstream has none", len(rest))
		case name != "none" && (err != nil || h.String() != name):
			t.Errorf("%s %v, upstream %s", h, err, name)
		case err == nil:
			hashes = append(hashes, h)
		}
	}
	if len(hashes) < 10 {
		t.Errorf("only %d digests were compared", len(hashes))
	}
}

func TestTextsWithoutADigestSayWhy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		"":                               tlsh.ErrShort,
		strings.Repeat("k", 49):          tlsh.ErrShort,
		strings.Repeat("k", 50):          tlsh.ErrUniform,
		strings.Repeat("kettle ", 10000): tlsh.ErrUniform,
	} {
		if h, err := tlsh.Sum([]byte(text)); !errors.Is(err, want) || h != (tlsh.Hash{}) {
			t.Errorf("%d bytes: %v, want %v", len(text), err, want)
		}
	}
}

func TestEveryWrittenFormReadsAsTheCanonicalOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHash().Draw(t, "hash")
		text := h.String()
		for _, written := range []string{
			text, strings.ToLower(text), text[2:], strings.ToLower(text[2:]), "\t" + text + " \r\n",
		} {
			if got, err := tlsh.Parse(written); err != nil || got != h {
				t.Fatalf("%q: %v", written, err)
			}
		}
	})
}

func TestWhatIsNoDigestSaysWhy(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("A0", 35)
	for text, reason := range map[string]string{
		"": syntax.Empty, " \n": syntax.Empty, "tnull": syntax.Sentinel,
		"T1": syntax.Length, digits[1:]: syntax.Length, "T1" + digits + "A": syntax.Length,
		"T2" + digits: syntax.Length, strings.Repeat("A", 1<<20): syntax.Length,
		"T1G" + digits[1:]: syntax.Alphabet, "T1 " + digits[1:]: syntax.Alphabet,
	} {
		var refused *syntax.Error
		if _, err := tlsh.Parse(text); !errors.As(err, &refused) || refused.Reason != reason {
			t.Errorf("%.80q: %v, want reason %s", text, err, reason)
		}
	}
}

func TestDistanceIsZeroToItselfAndTheSameBothWays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyHash().Draw(t, "a"), anyHash().Draw(t, "b")
		if tlsh.Distance(a, a) != 0 || tlsh.Distance(a, b) != tlsh.Distance(b, a) {
			t.Fatal("not a distance")
		}
		if a != b && tlsh.Distance(a, b) == 0 {
			t.Fatal("two digests are not one")
		}
		if tlsh.Distance(a, b) < tlsh.DistanceWithoutLength(a, b) {
			t.Fatal("the length brings digests nearer")
		}
	})
}

func anyHash() *rapid.Generator[tlsh.Hash] {
	return rapid.Custom(func(t *rapid.T) (h tlsh.Hash) {
		for i := range h {
			h[i] = rapid.Byte().Draw(t, "byte")
		}
		return h
	})
}

func FuzzParse(f *testing.F) {
	f.Add("T1" + strings.Repeat("0F", 35))
	f.Add(strings.Repeat("a9", 35))
	f.Add("TNULL")
	f.Add("t1\x00")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := tlsh.Parse(text)
		if err != nil {
			return
		}
		if again, err := tlsh.Parse(h.String()); err != nil || again != h {
			t.Fatalf("%q reads as %s, which reads as %s: %v", text, h, again, err)
		}
	})
}

func FuzzSum(f *testing.F) {
	for _, text := range texts(4, 1) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := tlsh.Sum(text)
		if again, err2 := tlsh.Sum(text); again != h || !errors.Is(err2, err) {
			t.Fatal("a second digest differs")
		}
	})
}

func BenchmarkSum(b *testing.B) {
	text := []byte(strings.Repeat(texts(5, 1)[0], 20))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := tlsh.Sum(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDistance(b *testing.B) {
	x, y := tlsh.Hash{1, 2, 3, 4, 5}, tlsh.Hash{5, 4, 3, 2, 1}
	for b.Loop() {
		tlsh.Distance(x, y)
	}
}
