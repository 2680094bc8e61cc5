// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/decode"
	"tocsin/decode/lexicon"
)

// readerOf reads for entries that have been changed.
func readerOf(t testing.TB, words []string, change func(n int, e *lexicon.Entry)) *decode.Decoder {
	t.Helper()
	var entries []lexicon.Entry
	for n, word := range words {
		e := entryOf(word, "en", n)
		if change != nil {
			change(n, &e)
		}
		entries = append(entries, e)
	}
	s, err := lexicon.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	return decode.New(s, tables, day)
}

// TestHostileLexiconsDoNotMakeReadingSlow reads texts that would take minutes, were anything gone through again and again.
func TestHostileLexiconsDoNotMakeReadingSlow(t *testing.T) {
	t.Parallel()
	many := func(count int, write func(n int) string) (all []string) {
		for n := range count {
			all = append(all, write(n))
		}
		return all
	}
	requires := func(_ int, e *lexicon.Entry) { e.RequiredContext = []string{"any-of: tarvole, harbour master"} }
	for _, row := range []struct {
		name, text string
		d          *decode.Decoder
	}{
		{"a phrase that overlaps itself", strings.Repeat("tika ", 1<<18), readerOf(t, []string{"tika tika"}, nil)},
		{"a context that is never there", strings.Repeat("kettle ", 1<<17), readerOf(t, []string{"kettle"}, requires)},
		{"many entries of one form", strings.Repeat("kettle ", 1<<14), readerOf(t, many(1000, func(int) string { return "kettle" }), nil)},
		{"a mask before ten thousand letters", strings.Repeat("k*e ", 1<<15),
			readerOf(t, many(10_000, func(n int) string { return "k" + string(rune(0x4E00+n)) + "abcdef" }), nil)},
		{"ten thousand letters after one", strings.Repeat("k"+string(rune(0x4E00+9_999))+" ", 1<<17),
			readerOf(t, many(10_000, func(n int) string { return "k" + string(rune(0x4E00+n)) + "abcdef" }), nil)},
		{"a form in every run", strings.Repeat("#seethequimberlanternnow ", 1<<13), readerOf(t, []string{"quimber lantern"}, nil)},
		{"runs of one letter", strings.Repeat("#"+strings.Repeat("a", 300)+" ", 1<<10), readerOf(t, many(200, func(n int) string {
			return strings.Repeat("a", n%90+1) + " " + strings.Repeat("a", n/2+1)
		}), nil)},
		{"marks without end", strings.Repeat("a ", 150) + "a" + strings.Repeat("\u0301", 1<<19),
			readerOf(t, many(60, func(n int) string { return strings.TrimSpace(strings.Repeat("a ", n+1)) }), nil)},
	} {
		begun := time.Now()
		row.d.Read(row.text, decode.About{})
		if took := time.Since(begun); took > 30*time.Second {
			t.Errorf("%s: %s for %d bytes", row.name, took, len(row.text))
		} else {
			t.Logf("%s: %s for %d bytes", row.name, took, len(row.text))
		}
	}
}

// TestTextFullOfFormsIsReadAsFarAsItMay counts on both sides of the bound.
func TestTextFullOfFormsIsReadAsFarAsItMay(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"kettle"}, nil)
	for words, bounded := range map[int]bool{4096: false, 7280: false, 7282: true, 100_000: true, 300_000: true} {
		text := strings.Repeat("kettle ", words)
		most := min(1<<12+len(text)/16, 1<<17)
		found := d.Read(text, decode.About{})
		if found.Bounded != bounded || len(found.Decodes) != decode.MaxDecodes || found.More != min(words, most)-decode.MaxDecodes {
			t.Errorf("%d words: %d decodes and %d more, bounded %t", words, len(found.Decodes), found.More, found.Bounded)
		}
	}
}

// TestAllThatIsReadOfASelfOverlappingPhraseIsKept counts where a form follows itself.
func TestAllThatIsReadOfASelfOverlappingPhraseIsKept(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"tika tika"}, nil)
	for words, want := range map[int]int{1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 400: 200} {
		if got := len(d.Read(strings.Repeat("tika ", words), decode.About{}).Decodes); got != want {
			t.Errorf("%d words have %d readings, want %d", words, got, want)
		}
	}
}

// TestWhatAnEntryRequiresIsFoundHoweverItIsWritten looks for contexts near a number.
func TestWhatAnEntryRequiresIsFoundHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	far := strings.Repeat("a ", 250)
	for _, row := range []struct {
		context, text string
		want          int
	}{
		{"any-of: tea", "77 with tea", 1}, {"any-of: tea", "77 with TEA", 1}, {"any-of: tea", "77 with 'tea'", 1},
		{"any-of: tea", "77 with teas", 0}, {"any-of: tea", far + "77 with " + far + " tea", 0}, {"any-of: tea", "tea 77", 1},
		{"any-of: e-mail", "77 by e-mail", 1}, {"any-of: l'heure", "77 à l’heure", 1}, {"any-of: harbour master", "77, harbour\nmaster", 1},
		{"any-of: harbour master", "harbour 77 master", 0}, {"all-of: tea, e-mail", "tea 77", 0},
		{"all-of: tea, e-mail", "e-mail 77 tea", 1}, {"any-of: 77", "77", 0}, {"any-of: 77", "77 and 77", 2},
		{"any-of: tea tea", "77 tea tea", 1}, {"any-of: tea tea coffee", "tea tea tea coffee 77", 1},
	} {
		d := readerOf(t, []string{"77"}, func(_ int, e *lexicon.Entry) { e.RequiredContext = []string{row.context} })
		if got := len(d.Read(row.text, decode.About{}).Decodes); got != row.want {
			t.Errorf("%s, %q: %d readings, want %d", row.context, row.text, got, row.want)
		}
	}
}

// TestEditIsPutWhereItBelongs writes letters that one character stands for two of.
func TestEditIsPutWhereItBelongs(t *testing.T) {
	t.Parallel()
	for form, texts := range map[string][]string{"kesxsel": {"keßel", "kessel"}, "kesesla": {"keßela", "kessela"}, "fixture": {"ﬁture", "ﬁxtrue"}} {
		d := readerOf(t, []string{form}, nil)
		for _, text := range texts {
			for _, r := range d.Read(text, decode.About{}).Decodes {
				if r.Normalised != form {
					t.Errorf("%q is read as %q, want %q", text, r.Normalised, form)
				}
			}
		}
	}
}

// TestLongFormsAreReadWithoutEdits holds what a decoder keeps of a form to a bound.
func TestLongFormsAreReadWithoutEdits(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{36: 1, 37: 0} {
		form := "mast" + strings.Repeat("ka", n/2) + strings.Repeat("o", n%2)
		d := readerOf(t, []string{form}, nil)
		if got := len(d.Read(form, decode.About{}).Decodes); got != 1 {
			t.Errorf("%d letters are not read as they stand", n+4)
		}
		if got := len(d.Read("mat"+form[4:], decode.About{}).Decodes); got != want {
			t.Errorf("%d letters with one left out have %d readings, want %d", n+4, got, want)
		}
	}
}

// TestCounterExampleMayHavePunctuation flags what stands within one.
func TestCounterExampleMayHavePunctuation(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a kettle, please", "the kettle-drum solo", "l’heure du kettle"} {
		d := readerOf(t, []string{"kettle"}, func(_ int, e *lexicon.Entry) { e.CounterExamples = []string{text} })
		found := d.Read(fmt.Sprintf("They had %s on Sunday.", text), decode.About{}).Decodes
		if len(found) != 1 || found[0].Context.CounterExample != text {
			t.Errorf("%q is not flagged: %v", text, short(found))
		}
	}
}
