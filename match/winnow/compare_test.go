// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/winnow"
)

const recipe = "Fill the kettle, light the stove and wait until the water sings. Meanwhile cut the bread " +
	"from yesterday, pick a handful of mint in the garden behind the kitchen, and warm the old brown pot."

func compare(t testing.TB, known, query *winnow.Fingerprint) winnow.Comparison {
	t.Helper()
	c, err := winnow.Compare(known, query)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAQuotedTextIsEmbeddedAndItsPassageIsShown(t *testing.T) {
	t.Parallel()
	before := "Somebody posted this about making tea on a rainy day; I want to say why I think it is wrong: "
	query := before + strings.ReplaceAll(strings.ToUpper(recipe), " ", "\n  ") +
		" I would never do it like that, because the pot cools down long before the bread has been cut."
	c := compare(t, sum(recipe), sum(query))
	if !c.Matches() || !c.Embedded || c.Equal || c.Containment < .8 || len(c.Passages) != 1 {
		t.Fatalf("%+v", c)
	}
	passage := c.Passages[0]
	inKnown := recipe[passage.Known.Start:passage.Known.End]
	inQuery := query[passage.Query.Start:passage.Query.End]
	if fold(t, inKnown).Text != fold(t, inQuery).Text {
		t.Errorf("%q and %q are not one passage", inKnown, inQuery)
	}
	if missing := len(recipe) - len(inKnown); missing > 2*winnow.Window {
		t.Errorf("the passage lacks %d bytes of the known text: %q", missing, inKnown)
	}
	if back := compare(t, sum(query), sum(recipe)); back.Embedded {
		t.Error("a long text is embedded in a short one")
	}
}

func TestOnlyEqualShortTextsMatch(t *testing.T) {
	t.Parallel()
	known := sum("Rain over the old garden wall")
	if c := compare(t, known, sum("  rain over the OLD\ngarden wall")); !c.Equal || !c.Matches() {
		t.Errorf("%+v", c)
	}
	if c := compare(t, known, sum("Rain over the old garden walls")); c.Matches() {
		t.Errorf("%+v", c)
	}
	words, runes := sum("one two three four five six seven eight"), sum(strings.Repeat("雨", 60))
	if !known.Short() || words.Short() || runes.Short() {
		t.Error("eight words or sixty characters are enough, six words are not")
	}
}

func TestFingerprintsOfDifferentKeysAreNotCompared(t *testing.T) {
	t.Parallel()
	ours, err := winnow.WithKey([]byte("the key of our own group"))
	if err != nil {
		t.Fatal(err)
	}
	keyed, err := ours.Sum(recipe)
	if err != nil {
		t.Fatal(err)
	}
	public := sum(recipe)
	if _, err := winnow.Compare(&keyed, public); !errors.Is(err, winnow.ErrKey) {
		t.Errorf("compare: %v", err)
	}
	if err := winnow.NewIndex(ours.Key()).Add(1, public); !errors.Is(err, winnow.ErrKey) {
		t.Errorf("add: %v", err)
	}
	if _, err := winnow.NewIndex(ours.Key()).Search(public); !errors.Is(err, winnow.ErrKey) {
		t.Errorf("search: %v", err)
	}
	if c := compare(t, &keyed, &keyed); !c.Equal || c.Containment != 1 || c.Resemblance != 1 {
		t.Errorf("%+v", c)
	}
	if _, err := winnow.WithKey(make([]byte, winnow.MinKeySize-1)); !errors.Is(err, winnow.ErrKeySize) {
		t.Errorf("a short key: %v", err)
	}
}

func TestAKeyChangesAllThatCouldBeGuessed(t *testing.T) {
	t.Parallel()
	ours, err := winnow.WithKey([]byte("the key of our own group"))
	if err != nil {
		t.Fatal(err)
	}
	keyed, err := ours.Sum(recipe)
	if err != nil {
		t.Fatal(err)
	}
	public := sum(recipe)
	if keyed.Digest == public.Digest {
		t.Error("the digest is that without a key")
	}
	seen := map[uint32]bool{}
	for _, s := range public.Shingles {
		seen[s.Hash] = true
	}
	for _, s := range keyed.Shingles {
		if seen[s.Hash] {
			t.Error("a shingle has the hash it has without a key")
		}
	}
	equal := 0
	for i, slot := range keyed.Sketch {
		if slot == public.Sketch[i] {
			equal++
		}
	}
	if equal > 2 {
		t.Errorf("%d slots of the sketch are those without a key", equal)
	}
}

// A fingerprint that changed would no longer match those that others keep.
func TestFingerprintsNeverChange(t *testing.T) {
	t.Parallel()
	golden(t, "form.txt", sum(recipe).String()+"\n"+sum("Rain over the garden").String()+"\n")
}

func TestPassagesAreTheSameFoldedTextInBoth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 7))
		script := rapid.SampledFrom(scripts).Draw(t, "script")
		known := prose(random, script, rapid.IntRange(100, 1200).Draw(t, "size"))
		parts := strings.Fields(edit(random, script, known, rapid.Float64Range(0, .6).Draw(t, "share")))
		gap := rapid.SampledFrom([]string{" ", "\n\n", "\u2003", "\t \u00a0"}).Draw(t, "gap")
		query := strings.ToUpper(strings.Join(parts, gap))
		c, err := winnow.Compare(sum(known), sum(query))
		if err != nil {
			t.Fatal(err)
		}
		last := 0
		for _, p := range c.Passages {
			if !onBoundary(known, p.Known.Start) || !onBoundary(known, p.Known.End) ||
				!onBoundary(query, p.Query.Start) || !onBoundary(query, p.Query.End) || p.Query.Start < last {
				t.Fatalf("%+v cuts a rune or is out of order", p)
			}
			last = p.Query.Start
			a, errA := winnow.Fold(known[p.Known.Start:p.Known.End])
			b, errB := winnow.Fold(query[p.Query.Start:p.Query.End])
			if errA != nil || errB != nil || a.Text != b.Text {
				t.Fatalf("%q and %q are not one passage", a.Text, b.Text)
			}
		}
	})
}

func TestContainmentIsThatOfTheSets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		known, query := sum(anyText().Draw(t, "known")), sum(anyText().Draw(t, "query"))
		c, err := winnow.Compare(known, query)
		if err != nil {
			t.Fatal(err)
		}
		in := func(f *winnow.Fingerprint) map[uint32]bool {
			set := map[uint32]bool{}
			for _, s := range f.Shingles {
				set[s.Hash] = true
			}
			return set
		}
		a, b, both := in(known), in(query), 0
		for hash := range a {
			if b[hash] {
				both++
			}
		}
		if len(a) == 0 || len(b) == 0 {
			both = 0
		}
		if diff := cmp.Diff(both, c.Shared); diff != "" {
			t.Fatal(diff)
		}
		if both > 0 && c.Containment != float64(both)/float64(len(a)) {
			t.Fatalf("containment %v of %d", c.Containment, len(a))
		}
	})
}
