// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build train

package vocabulary

import (
	"bufio"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tocsin/decode/fold"
)

// TestCount writes the list anew from the text that corpus/collect.py collected:
//
//	TOCSIN_WORDS_CORPUS=folder go test -tags train -run TestCount ./decode/vocabulary
//
// The same text gives the same list, byte for byte, with the same version of Go.
func TestCount(t *testing.T) {
	corpus := os.Getenv("TOCSIN_WORDS_CORPUS")
	if corpus == "" {
		t.Fatal("say in TOCSIN_WORDS_CORPUS where the text is")
	}
	all := map[string]Languages{}
	english := counted(t, filepath.Join(corpus, "en.txt"))
	for n, language := range []string{"en", "fr", "de", "es", "ru", "ar"} {
		count := counted(t, filepath.Join(corpus, language+".txt"))
		kept := map[string]bool{}
		for _, word := range mostOften(count) {
			if language != "en" && english[word] > foreign*count[word] {
				continue // left untranslated
			}
			kept[word] = true
		}
		for word := range wordsIn(t, filepath.Join(corpus, language+".everyday.txt")) {
			if utf8.RuneCountInString(word) > longestShort {
				kept[word] = true
			}
		}
		for _, list := range []string{"corpus/short.tsv", "corpus/everyday.tsv"} {
			for _, word := range listed(t, list, language) {
				kept[word] = true
			}
		}
		t.Logf("%s: %d words", language, len(kept))
		for word := range kept {
			if written(word, language) {
				all[word] |= 1 << n
			}
		}
	}
	sorted := slices.Sorted(func(yield func(string) bool) {
		for word := range all {
			if !yield(word) {
				return
			}
		}
	})
	in := make([]Languages, len(sorted))
	for n, word := range sorted {
		in[n] = all[word]
	}
	file, err := pack(sorted, in)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d words, %d bytes", len(sorted), len(file))
	if err := os.WriteFile("words.bin", file, 0o644); err != nil {
		t.Fatal(err)
	}
}

const (
	mostWords    = 14_000 // of a language, by how often they are seen
	leastSeen    = 2      // times
	foreign      = 3      // times as often in English: no word of the language
	longestShort = 2      // letters; such words are written down
)

// written reports whether a word is of the script of a language.
func written(word, language string) bool {
	script := map[string]*unicode.RangeTable{"ru": unicode.Cyrillic, "ar": unicode.Arabic}[language]
	if script == nil {
		script = unicode.Latin
	}
	return !strings.ContainsFunc(word, func(r rune) bool { return !unicode.Is(script, r) })
}

// mostOften are the words that are seen most often, in the order of that.
func mostOften(count map[string]int) (all []string) {
	for word, n := range count {
		if n >= leastSeen && utf8.RuneCountInString(word) > longestShort && len(word) <= mostBytes {
			all = append(all, word)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	return all[:min(len(all), mostWords)]
}

func counted(t *testing.T, name string) map[string]int {
	count := map[string]int{}
	for word := range wordsIn(t, name) {
		count[word]++
	}
	return count
}

// wordsIn gives the folded words of a file; what has digits or symbols in it is none.
func wordsIn(t *testing.T, name string) func(func(string) bool) {
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string) bool) {
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			for _, word := range strings.FieldsFunc(fold.Letters(lines.Text()), func(r rune) bool {
				return !unicode.IsLetter(r) && !unicode.IsDigit(r)
			}) {
				if !strings.ContainsFunc(word, unicode.IsDigit) && !yield(word) {
					return
				}
			}
		}
	}
}

// listed are the words of a language that are written down in a file.
func listed(t *testing.T, name, language string) (all []string) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if tag, words, _ := strings.Cut(line, "\t"); tag == language {
			for word := range strings.FieldsSeq(words) {
				if word = fold.Letters(word); !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) {
					all = append(all, word)
				}
			}
		}
	}
	return all
}
