// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/decode"
	"tocsin/decode/disguise"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

var update = flag.Bool("update", false, "write golden files anew")

var day = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// frames are neutral sentences that a word is put into.
var frames = map[string][]string{
	"en": {"we saw the %s there", "my %s is new", "a %s, please", "%s"},
	"fr": {"nous avons vu le %s ici", "mon %s est neuf", "un %s, merci", "%s"},
	"de": {"wir sahen die %s dort", "meine %s ist neu", "eine %s, bitte", "%s"},
	"es": {"vimos la %s en casa", "mi %s es nueva", "una %s, gracias", "%s"},
	"ru": {"мы видели там %s", "это новый %s", "один %s, пожалуйста", "%s"},
	"ar": {"رأينا هناك %s أمس", "هذا %s جديد", "نريد %s، شكرا", "%s"},
}

var languages = []string{"en", "fr", "de", "es", "ru", "ar"}

func scriptOf(language string) string {
	switch language {
	case "ru":
		return "Cyrl"
	case "ar":
		return "Arab"
	}
	return "Latn"
}

// wordsOf are the neutral words of a language, five letters or more.
func wordsOf(t testing.TB, language string) (words []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/words.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		tag, rest, _ := strings.Cut(line, "\t")
		if tag != language {
			continue
		}
		for word := range strings.FieldsSeq(rest) {
			if len([]rune(word)) >= 5 {
				words = append(words, word)
			}
		}
	}
	return words
}

// entryOf is an entry for one word.
func entryOf(word, language string, n int, tiers ...fold.Tier) lexicon.Entry {
	if tiers == nil {
		tiers = []fold.Tier{fold.T0, fold.T1, fold.T2, fold.T3, fold.T4}
	}
	on := func(text string) lexicon.Date {
		at, _ := time.Parse(time.DateOnly, text)
		return lexicon.Date{Time: at}
	}
	return lexicon.Entry{ID: fmt.Sprintf("lex:%s-%d", language, n), Version: 1, Sense: "an invented sense for these tests",
		Forms: []lexicon.Form{{Text: word, Kind: lexicon.FormLiteral}}, Languages: []string{language},
		Ambiguity: lexicon.AmbiguityLow, Tiers: tiers, CounterExamples: []string{"nothing of the kind"},
		Sources: []lexicon.Source{{Citation: "made for these tests", Date: on("2024-01-01")}},
		Valid:   lexicon.Period{From: on("2024-01-01")}, ReviewBy: on("2099-01-01"), Marking: "clear",
		Status: lexicon.StatusPublished, Approvals: []lexicon.Approval{{Party: "test-authority", Role: lexicon.RoleAuthority},
			{Party: "test-university", Role: lexicon.RoleAcademia}}}
}

// decoderOf reads for words in all tiers.
func decoderOf(t testing.TB, language string, words []string) *decode.Decoder {
	t.Helper()
	var entries []lexicon.Entry
	for n, word := range words {
		entries = append(entries, entryOf(word, language, n))
	}
	s, err := lexicon.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	return decode.New(s, tables, day)
}

var tables = fold.New()

// recallOf counts the words of a class that are found, in the tier of the class or below.
func recallOf(t *testing.T, d *decode.Decoder, class disguise.Class, language string, words []string) (found, of int) {
	luck := rand.New(rand.NewPCG(7, uint64(len(class.Name))))
	for _, word := range words {
		for _, frame := range frames[language] {
			written := class.Write(word, luck)
			text := fmt.Sprintf(frame, written)
			of++
			for _, r := range d.Read(text, decode.About{}).Decodes {
				if _, err := r.Replay(text); err != nil {
					t.Errorf("%q: %v", text, err)
				}
				if r.Entry.Forms[0].Text == word && r.Tier <= class.Tier {
					found++
					break
				}
			}
		}
	}
	return found, of
}

// TestQuality writes what is found, class by class and language by language, and compares it with the golden file: a
// change of quality shows in the difference.
func TestQuality(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("recall on the generator's own classes (found/written)\n")
	for _, class := range disguise.Classes {
		fmt.Fprintf(&b, "%-3s %-30s", class.Tier, class.Name)
		for _, language := range languages {
			if !class.For(scriptOf(language)) {
				fmt.Fprintf(&b, "  %s %-14s", language, "-")
				continue
			}
			words := wordsOf(t, language)
			found, of := recallOf(t, decoderOf(t, language, words), class, language, words)
			fmt.Fprintf(&b, "  %s %-14s", language, fmt.Sprintf("%d/%d %.1f%%", found, of, 100*float64(found)/float64(of)))
		}
		b.WriteByte('\n')
	}
	b.WriteString("\nrecall on the substitutions of pyleetspeak, English, by the share of letters that are written otherwise\n")
	for _, mode := range []string{"basic", "intermediate", "advanced"} {
		fmt.Fprintf(&b, "%-13s", mode)
		for _, share := range []float64{.25, .5, .8} {
			found, of := heldOut(t, mode, share)
			fmt.Fprintf(&b, "  p=%-4v %-16s", share, fmt.Sprintf("%d/%d %.1f%%", found, of, 100*float64(found)/float64(of)))
		}
		b.WriteByte('\n')
	}
	b.WriteString("\nfalse decodes a megabyte, of all words of six languages, in texts where nothing is disguised\n")
	d := decoderOf(t, "all", allWords(t))
	for kind, n := range noises {
		const size = 1 << 20
		var by [fold.Tiers]int
		for _, r := range d.Read(noiseOf(kind, size), decode.About{}).Decodes {
			by[r.Tier]++
		}
		fmt.Fprintf(&b, "%-34s", n.name)
		for tier, count := range by {
			fmt.Fprintf(&b, "  T%d %d", tier, count)
		}
		b.WriteByte('\n')
	}
	moreQuality(t, &b)
	golden(t, "testdata/quality.txt", b.String())
}

func allWords(t testing.TB) (all []string) {
	for _, language := range languages {
		for _, word := range wordsOf(t, language) {
			if !slices.Contains(all, word) {
				all = append(all, word)
			}
		}
	}
	return all
}

// heldOut counts what is found of words that are written by a table of others' making.
func heldOut(t *testing.T, mode string, share float64) (found, of int) {
	table := map[rune][]string{}
	for _, row := range rowsOf(t, "testdata/heldout.tsv") {
		if letter := []rune(row[1])[0]; row[0] == mode {
			table[letter] = append(table[letter], row[2])
		}
	}
	words, luck := wordsOf(t, "en"), rand.New(rand.NewPCG(5, 6))
	d := decoderOf(t, "en", words)
	for _, word := range words {
		for _, frame := range frames["en"] {
			for range 3 {
				text := fmt.Sprintf(frame, rewritten(word, table, share, luck))
				of++
				if slices.ContainsFunc(d.Read(text, decode.About{}).Decodes, func(r decode.Decode) bool {
					return r.Entry.Forms[0].Text == word && r.Tier <= fold.T3
				}) {
					found++
				}
			}
		}
	}
	return found, of
}

func rewritten(word string, table map[rune][]string, share float64, luck *rand.Rand) string {
	var b strings.Builder
	for _, r := range word {
		if ways := table[r]; len(ways) > 0 && luck.Float64() < share {
			b.WriteString(ways[luck.IntN(len(ways))])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("quality changed; look at the difference after go test ./decode -run Quality -update:\n%s", got)
	}
}

func luckOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }
