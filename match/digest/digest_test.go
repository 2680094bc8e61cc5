// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package digest_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tocsin/match/digest"
	"tocsin/match/syntax"
)

// abc are the published digests of the three letters.
var abc = map[digest.Algorithm]string{
	digest.MD5:    "900150983cd24fb0d6963f7d28e17f72",
	digest.SHA1:   "a9993e364706816aba3e25717850c26c9cd0d89d",
	digest.SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
}

// empty are the published digests of nothing.
var empty = map[digest.Algorithm]string{
	digest.MD5:    "d41d8cd98f00b204e9800998ecf8427e",
	digest.SHA1:   "da39a3ee5e6b4b0d3255bfef95601890afd80709",
	digest.SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}

func TestPublishedDigests(t *testing.T) {
	t.Parallel()
	for _, a := range digest.Algorithms() {
		d := digest.Sum(a, []byte("abc"))
		parsed, err := digest.Parse(a, " "+strings.ToUpper(abc[a])+"\n")
		if err != nil || d != parsed || d.String() != abc[a] || d.Algorithm() != a || len(d.Bytes()) != a.Size() {
			t.Errorf("%s: %v and %v %v, want %s", a, d, parsed, err, abc[a])
		}
		if s := digest.Sum(a, nil); !s.IsSentinel() || s.String() != empty[a] {
			t.Errorf("%s of nothing: %v", a, s)
		}
	}
}

func TestWhatIsNoDigestIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	for _, a := range digest.Algorithms() {
		text := abc[a]
		for bad, reason := range map[string]string{
			"":                              syntax.Empty,
			"\n":                            syntax.Empty,
			text[1:]:                        syntax.Length,
			text + "00":                     syntax.Length,
			"g" + text[1:]:                  syntax.Alphabet,
			" " + strings.ToUpper(empty[a]): syntax.Sentinel,
			strings.Repeat("0", 2*a.Size()): syntax.Sentinel,
			strings.Repeat("é", a.Size()):   syntax.Alphabet,
			text[:2] + " " + text[3:]:       syntax.Alphabet,
		} {
			var refused *syntax.Error
			d, err := digest.Parse(a, bad)
			if !errors.As(err, &refused) || refused.Reason != reason || refused.Type != string(a) ||
				d != (digest.Digest{}) {
				t.Errorf("%s %q: %v %v, want %s", a, bad, d, err, reason)
			}
		}
	}
}

func TestUnknownAlgorithmHasNoDigest(t *testing.T) {
	t.Parallel()
	const unknown = digest.Algorithm("crc32")
	var refused *syntax.Error
	_, err := digest.Parse(unknown, "cbf43926")
	if !errors.As(err, &refused) || refused.Reason != syntax.Structure {
		t.Errorf("%v", err)
	}
	if d := digest.Sum(unknown, []byte("abc")); d != (digest.Digest{}) {
		t.Errorf("%v", d)
	}
	if unknown.New() != nil || unknown.Size() != 0 {
		t.Error("it has a hash or a size")
	}
	if none := (digest.Digest{}); none.String() != "" || !none.IsSentinel() {
		t.Errorf("the zero digest is %q", none)
	}
}

func TestOnlySHA256IsNotForgeable(t *testing.T) {
	t.Parallel()
	if !digest.MD5.Forgeable() || !digest.SHA1.Forgeable() || digest.SHA256.Forgeable() {
		t.Error("MD5 and SHA-1 have known collisions, SHA-256 has none")
	}
}

func TestParseUndoesString(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(digest.Algorithms()).Draw(t, "algorithm")
		data := rapid.SliceOfN(rapid.Byte(), 1, 100).Draw(t, "data")
		d := digest.Sum(a, data)
		if got, err := digest.Parse(a, d.String()); err != nil || got != d {
			t.Fatalf("%v: %v %v", d, got, err)
		}
		h := a.New()
		for _, b := range data {
			h.Write([]byte{b})
		}
		if digest.FromHash(a, h) != d {
			t.Fatal("written in pieces it is another digest")
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, a := range digest.Algorithms() {
		f.Add(string(a), abc[a])
		f.Add(string(a), empty[a])
	}
	f.Fuzz(func(t *testing.T, a, text string) {
		d, err := digest.Parse(digest.Algorithm(a), text)
		if err != nil {
			var refused *syntax.Error
			if !errors.As(err, &refused) {
				t.Fatalf("error of type %T", err)
			}
			return
		}
		if again, err := digest.Parse(digest.Algorithm(a), d.String()); err != nil || again != d {
			t.Fatalf("%v reads as %v, %v", d, again, err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := digest.Parse(digest.SHA256, abc[digest.SHA256]); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleParse() {
	known, err := digest.Parse(digest.SHA256, abc[digest.SHA256])
	if err != nil {
		fmt.Println(err)
		return
	}
	h := digest.SHA256.New()
	if _, err := io.Copy(h, strings.NewReader("abc")); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(digest.FromHash(digest.SHA256, h) == known)
	_, err = digest.Parse(digest.MD5, "D41D8CD98F00B204E9800998ECF8427E")
	fmt.Println(err)
	// Output:
	// true
	// md5: this digest stands for a file without content
}
