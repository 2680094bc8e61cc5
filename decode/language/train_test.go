// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build train

package language

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// TestTrain counts the model anew from the text that corpus/collect.py collected, and writes it:
//
//	TOCSIN_LANGUAGE_CORPUS=folder go test -tags train -run TestTrain ./decode/language
//
// The same text gives the same model, byte for byte, with the same version of Go.
func TestTrain(t *testing.T) {
	corpus := os.Getenv("TOCSIN_LANGUAGE_CORPUS")
	if corpus == "" {
		t.Fatal("say in TOCSIN_LANGUAGE_CORPUS where the text is")
	}
	all := map[string]*model{}
	for _, g := range trained {
		all[g.script] = &model{languages: g.languages, typical: make([]int, len(g.languages))}
	}
	sorted := map[string][]gram{}
	var codes []string
	for _, g := range trained {
		var words [][]rune
		for _, language := range g.languages {
			words = append(words, wordsOf(t, filepath.Join(corpus, language+".txt"), g.script))
		}
		codes = append(codes, g.script)
		sorted[g.script] = train(all[g.script], words, g.grams)
		t.Logf("%s: %d grams, typical %v", g.script, len(sorted[g.script]), all[g.script].typical)
	}
	file, err := pack(codes, all, sorted)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", len(file))
	if err := os.WriteFile("model.bin", file, 0o644); err != nil {
		t.Fatal(err)
	}
}

// trained are the scripts with a model, and how many grams each keeps.
var trained = []struct {
	script    string
	languages []string
	grams     int
}{
	{"Latn", strings.Fields("af cs da de en es fi fr hu it nb nl pl pt ro sk sv tr"), 12_000},
	{"Cyrl", strings.Fields("bg ru sr uk"), 6000},
	{"Arab", strings.Fields("ar fa"), 2500},
}

func wordsOf(t *testing.T, name, code string) (words []rune) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if line := read(norm.NFKC.String(lines.Text())).words[place(code)]; len(line) > 0 {
			words = append(words[:max(0, len(words)-1)], line...) // one edge between them
		}
	}
	return words
}

const (
	scale   = 8  // weights are eighths of a bit
	clamped = 40 // and none is larger, so that no group decides alone
	fewest  = 12 // times that a gram is seen in some language
)

// train fills a model with the grams that tell most about the language, and gives them sorted.
func train(m *model, words [][]rune, keep int) []gram {
	counts, totals := make([]map[gram]int, len(words)), make([][mostGram + 1]float64, len(words))
	seen, kinds := map[gram]bool{}, [mostGram + 1]float64{}
	for i := range words {
		counts[i] = map[gram]int{}
		grams(words[i], func(g gram) { counts[i][g]++; totals[i][lengthOf(g)]++ })
		for g := range counts[i] {
			if !seen[g] {
				seen[g] = true
				kinds[lengthOf(g)]++
			}
		}
	}
	type told struct {
		gram
		shares []float64 // of all grams of its length, in each language
		tells  float64
	}
	var all []told
	for g := range seen {
		n, most := lengthOf(g), 0
		one := told{gram: g, shares: make([]float64, len(words))}
		mean := 0.0
		for i := range words {
			most = max(most, counts[i][g])
			one.shares[i] = (float64(counts[i][g]) + .5) / (totals[i][n] + .5*kinds[n])
			mean += one.shares[i] / float64(len(words))
		}
		if most < fewest {
			continue
		}
		for i, p := range one.shares {
			one.shares[i] = math.Log2(p / mean)
			one.tells += p * one.shares[i]
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b told) int {
		return cmp.Or(cmp.Compare(b.tells, a.tells), cmp.Compare(a.gram, b.gram))
	})
	all = all[:min(keep, len(all))]
	slices.SortFunc(all, func(a, b told) int { return cmp.Compare(a.gram, b.gram) })
	var sorted []gram
	m.room(len(all))
	for _, one := range all {
		m.put(one.gram)
		sorted = append(sorted, one.gram)
		for _, bits := range one.shares {
			m.weights = append(m.weights, int8(math.Round(max(-clamped, min(clamped, scale*bits)))))
		}
	}
	for i := range words {
		scores, count := m.score(words[i])
		m.typical[i] = max(0, scores[i]*64/max(1, count))
	}
	return sorted
}

func lengthOf(g gram) (n int) {
	for ; g != 0; g >>= gramShift {
		n++
	}
	return n
}

// pack is the inverse of unpack.
func pack(codes []string, all map[string]*model, sorted map[string][]gram) ([]byte, error) {
	var data []byte
	for _, code := range codes {
		m := all[code]
		data = append(data, code+" "+strings.Join(m.languages, " ")+"\n"...)
		data = binary.AppendUvarint(data, uint64(len(sorted[code])))
		for _, typical := range m.typical {
			data = binary.AppendUvarint(data, uint64(typical))
		}
		var before gram
		for _, g := range sorted[code] {
			data = binary.AppendUvarint(data, uint64(g-before))
			before = g
		}
		for language := range m.languages {
			for _, g := range sorted[code] {
				data = append(data, byte(m.of(g)[language]))
			}
		}
	}
	var file bytes.Buffer
	w, err := flate.NewWriter(&file, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err = w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}
