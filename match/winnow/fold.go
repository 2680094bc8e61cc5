// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"bytes"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxSize is the size in bytes of the largest text that is folded; the folded form may be no larger.
const MaxSize = 4 << 20

// ErrLong says that a text is larger than MaxSize, as it is or folded.
var ErrLong = errors.New("winnow: a text of more than 4 MiB has no fingerprint")

// Fold takes from a text what does not change how it reads: case, compatibility forms and the order of marks
// (Unicode NFKC), invisible characters, and how words are set apart, which becomes one space. Bytes that are
// not UTF-8 become U+FFFD. The only error is ErrLong.
func Fold(text string) (Folded, error) {
	if len(text) > MaxSize {
		return Folded{}, ErrLong
	}
	f := folder{text: text, gapFrom: -1}
	f.out.text = make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		i = f.plain(i)
		i = f.marked(i)
		if len(f.out.text) > MaxSize {
			return Folded{}, ErrLong
		}
	}
	return f.out.Folded(len(text)), nil
}

// folder is a fold under way. White space is held back until something visible follows.
type folder struct {
	text           string
	out            Builder
	gapFrom, gapTo int // the white space held back; gapFrom is -1 when there is none
	iter           norm.Iter
	parts          []byte
	lowered, again []byte
}

// plain folds ASCII from i on and returns where it ends. ASCII before a byte that is not is left over: a mark
// may follow that belongs to it.
func (f *folder) plain(i int) int {
	end := i
	for end < len(f.text) && f.text[end] < utf8.RuneSelf {
		end++
	}
	if end < len(f.text) && end > i {
		end--
	}
	for i < end {
		switch asciiFold[f.text[i]] {
		case ' ':
			f.gap(i, i+1)
			i++
		case 0:
			i++
		default:
			f.closeGap()
			f.out.run(i)
			i += f.words(f.text[i:end])
		}
	}
	return end
}

// words appends visible ASCII with single spaces between, and returns how much of it there was.
func (f *folder) words(text string) int {
	out := f.out.text
	for i := range len(text) {
		c := asciiFold[text[i]&(utf8.RuneSelf-1)]
		if c <= ' ' && (c == 0 || i+1 == len(text) || asciiFold[text[i+1]&(utf8.RuneSelf-1)] <= ' ') {
			f.out.text = out
			return i
		}
		out = append(out, c)
	}
	f.out.text = out
	return len(text)
}

// asciiFold is what a byte of ASCII folds to: 0 when to nothing.
var asciiFold = func() (table [utf8.RuneSelf]byte) {
	for c := range rune(utf8.RuneSelf) {
		switch {
		case unicode.IsSpace(c):
			table[c] = ' '
		case !unicode.IsControl(c):
			table[c] = byte(unicode.ToLower(c))
		}
	}
	return table
}()

// marked folds what is not plain from i on and returns where it ends.
func (f *folder) marked(i int) int {
	end := i
	for end < len(f.text) && (f.text[end] >= utf8.RuneSelf ||
		end+1 < len(f.text) && f.text[end+1] >= utf8.RuneSelf) {
		end++
	}
	for i < end && len(f.out.text) <= MaxSize {
		next := steadyEnd(f.text[:end], i)
		if next > i {
			f.normal(i, next)
		} else {
			next = unsteadyEnd(f.text[:end], i)
			f.unsteady(i, next)
		}
		i = next
	}
	return end
}

// unsteady folds source[i:end], which normalisation may change.
func (f *folder) unsteady(i, end int) {
	for i < end && len(f.out.text) <= MaxSize {
		valid := i + validPrefix(f.text[i:end])
		if valid == i {
			f.closeGap()
			f.out.Instead("\uFFFD", i, i+1)
			i++
			continue
		}
		normal := i + norm.NFKC.QuickSpanString(f.text[i:valid])
		f.normal(i, normal)
		if normal < valid {
			f.segments(normal, valid)
		}
		i = valid
	}
}

// validPrefix is how many bytes at the front are UTF-8.
func validPrefix(text string) int {
	if utf8.ValidString(text) {
		return len(text)
	}
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return i
		}
	}
	return len(text)
}

// segments folds source[i:end] character by character, each with its marks. A character that stands for
// several comes in parts, the last of which only takes the iterator further.
func (f *folder) segments(i, end int) {
	f.iter.InitString(norm.NFKC, f.text[i:end])
	from := i
	f.parts = f.parts[:0]
	for !f.iter.Done() && len(f.out.text) <= MaxSize {
		f.parts = append(f.parts, f.iter.Next()...)
		to := i + f.iter.Pos()
		if to == from {
			continue
		}
		if utf8.RuneCount(f.parts) == 1 && string(f.parts) == f.text[from:to] {
			f.normal(from, to)
		} else {
			f.segment(f.parts, from, to)
		}
		from, f.parts = to, f.parts[:0]
	}
}

// normal folds source[i:end], which NFKC leaves as it is, rune by rune.
func (f *folder) normal(i, end int) {
	for i < end {
		r, width := utf8.DecodeRuneInString(f.text[i:end])
		next := i + width
		switch {
		case space(r):
			f.gap(i, next)
		case !invisible(r):
			f.closeGap()
			if r = lower(r); utf8.RuneLen(r) == width {
				f.out.run(i)
			} else {
				f.out.whole(i, next)
			}
			f.out.text = utf8.AppendRune(f.out.text, r)
		}
		i = next
	}
}

// segment folds one character with its marks, normalised, as a whole. It is normalised again in lower case,
// because some letters have a composed form in lower case only.
func (f *folder) segment(segment []byte, from, to int) {
	f.lowered = f.lowered[:0]
	for rest := segment; len(rest) > 0; {
		r, width := utf8.DecodeRune(rest)
		rest = rest[width:]
		f.lowered = utf8.AppendRune(f.lowered, lower(r))
	}
	folded := f.lowered
	if !bytes.Equal(f.lowered, segment) {
		f.again = norm.NFKC.Append(f.again[:0], f.lowered...)
		folded = f.again
	}
	for len(folded) > 0 {
		r, width := utf8.DecodeRune(folded)
		folded = folded[width:]
		switch {
		case space(r):
			f.gap(from, to)
		case !invisible(r):
			f.closeGap()
			f.out.whole(from, to)
			f.out.text = utf8.AppendRune(f.out.text, r)
		}
	}
}

func (f *folder) gap(from, to int) {
	if f.gapFrom < 0 {
		f.gapFrom = from
	}
	f.gapTo = to
}

// closeGap writes one space for the white space held back, but none before the first word.
func (f *folder) closeGap() {
	if f.gapFrom >= 0 {
		f.writeGap()
	}
}

func (f *folder) writeGap() {
	switch from, to := f.gapFrom, f.gapTo; {
	case len(f.out.text) == 0:
	case to-from == 1:
		f.out.Same(" ", from)
	default:
		f.out.Instead(" ", from, to)
	}
	f.gapFrom = -1
}
