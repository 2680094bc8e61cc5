// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package vocabulary knows the common words of six languages, so that words that are written together can be told apart
// and a common word is not taken for a misspelt one. It says which words people use, and nothing of what they mean.
//
// It must never be given a word because of what the word means: the words are counted, by a rule that corpus/README.md
// tells. Start reading at [Prefixes].
package vocabulary

import (
	"bytes"
	"compress/flate"
	_ "embed" // the words
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
)

//go:embed words.bin
var packed []byte

// ID names the list and its version, as records cite it.
const ID = "words@1"

// Languages is a set of languages.
type Languages uint8

// The languages that words are known of.
const (
	English Languages = 1 << iota
	French
	German
	Spanish
	Russian
	Arabic

	All = 1<<iota - 1
)

// mostBytes is the length of the longest word.
const mostBytes = 48

// list is sorted words: of one text, each with where it begins.
type list struct {
	text   string
	starts []int32 // and one more, where the last one ends
	in     []Languages
}

var words = sync.OnceValue(func() *list {
	l, err := unpack(packed)
	if err != nil {
		panic(err) // it is part of the program, and a test reads it
	}
	return l
})

// Prefixes gives the words that a text begins with, the shortest first: where each ends, and the languages it is a common
// word of. The text is folded as [tocsin/decode/fold.Letters] folds it. It takes steps as long as the longest word at most.
func Prefixes(text string) iter.Seq2[int, Languages] {
	return func(yield func(int, Languages) bool) {
		l := words()
		from, to := 0, len(l.in) // the words that begin as the text does
		for n := 0; from < to; n++ {
			if l.length(from) == n {
				if n > 0 && !yield(n, l.in[from]) {
					return
				}
				from++
			}
			if n == len(text) || n == mostBytes {
				return
			}
			from, to = l.narrowed(from, to, n, text[n])
		}
	}
}

// Of gives the languages that a folded word is a common word of.
func Of(word string) Languages {
	for n, in := range Prefixes(word) {
		if n == len(word) {
			return in
		}
	}
	return 0
}

func (l *list) length(i int) int { return int(l.starts[i+1] - l.starts[i]) }

// narrowed are those of some words, all longer than n bytes and alike up to there, that have a byte at n.
func (l *list) narrowed(from, to, n int, c byte) (int, int) {
	at := func(i int) byte { return l.text[int(l.starts[i])+n] }
	first, last := from, to
	for first < last {
		if half := int(uint(first+last) >> 1); at(half) < c {
			first = half + 1
		} else {
			last = half
		}
	}
	from, last = first, to
	for first < last {
		if half := int(uint(first+last) >> 1); at(half) <= c {
			first = half + 1
		} else {
			last = half
		}
	}
	return from, first
}

// A file of words is compressed. Unpacked it is, for each word in order: how many bytes it shares with the one before; how
// many follow, and these; the languages. Each is a byte.

func unpack(file []byte) (*list, error) {
	data, err := io.ReadAll(flate.NewReader(bytes.NewReader(file)))
	if err != nil {
		return nil, fmt.Errorf("unpack words: %w", err)
	}
	l, last := &list{}, []byte{}
	var text strings.Builder
	for len(data) > 0 {
		if len(data) < 3 || int(data[0]) > len(last) || int(data[1]) > len(data)-3 || int(data[0])+int(data[1]) > mostBytes {
			return nil, fmt.Errorf("unpack words: word %d: %w", len(l.in), io.ErrUnexpectedEOF)
		}
		shared, more := int(data[0]), int(data[1])
		word := append(slices.Clone(last[:shared]), data[2:2+more]...)
		if bytes.Compare(word, last) <= 0 {
			return nil, fmt.Errorf("unpack words: %q stands behind %q", word, last)
		}
		l.starts = append(l.starts, int32(text.Len()))
		text.Write(word)
		l.in = append(l.in, Languages(data[2+more])&All)
		data, last = data[3+more:], word
	}
	l.text, l.starts = text.String(), append(l.starts, int32(text.Len()))
	return l, nil
}
