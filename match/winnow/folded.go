// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import "sort"

// Span is a stretch of bytes of a text as it was given, its end exclusive.
type Span struct{ Start, End int }

// Folded is a text without the differences that do not matter, and where each part of it stood in the text it
// was made from. Fold makes one; any other way to fold can, with a Builder.
type Folded struct {
	Text   string // valid UTF-8
	Size   int    // of the text it was made from, in bytes
	pieces []piece
}

// piece is a part of a folded text. In a run every rune stands for one of the same length, so that places
// inside carry over; otherwise the piece stands for source[from:to] as a whole.
type piece struct {
	at       int // where it begins in the folded text
	from, to int // in the source
	run      bool
}

// Source is where the folded bytes from start to end, which must lie on rune boundaries and not be empty,
// come from. What was read as one, such as a letter with its accent, is never cut.
func (f *Folded) Source(start, end int) Span {
	c := cursor{pieces: f.pieces}
	c.next = sort.Search(len(f.pieces), func(i int) bool { return f.pieces[i].at > start })
	from := c.start(start)
	return Span{from, c.end(end)}
}

// cursor maps places of a folded text that only ever grow.
type cursor struct {
	pieces []piece
	next   int // the first piece that begins behind the last place asked for
}

func (c *cursor) seek(at int) piece {
	for c.next < len(c.pieces) && c.pieces[c.next].at <= at {
		c.next++
	}
	return c.pieces[c.next-1]
}

func (c *cursor) start(at int) int {
	p := c.seek(at)
	if p.run {
		return p.from + at - p.at
	}
	return p.from
}

func (c *cursor) end(at int) int {
	p := c.seek(at - 1)
	if p.run {
		return p.from + at - p.at
	}
	return p.to
}

// Builder puts a folded text together from left to right.
type Builder struct {
	text   []byte
	pieces []piece
}

// Same appends what source[from:from+len(text)] reads as when every rune keeps its length in bytes.
func (b *Builder) Same(text string, from int) {
	b.run(from)
	b.text = append(b.text, text...)
}

// run makes sure that what is appended next to the text continues a run at source[from:].
func (b *Builder) run(from int) {
	if n := len(b.pieces); n > 0 {
		if p := b.pieces[n-1]; p.run && from-p.from == len(b.text)-p.at {
			return
		}
	}
	b.pieces = append(b.pieces, piece{at: len(b.text), from: from, run: true})
}

// Instead appends what source[from:to] as a whole reads as.
func (b *Builder) Instead(text string, from, to int) {
	if text == "" {
		return
	}
	b.whole(from, to)
	b.text = append(b.text, text...)
}

func (b *Builder) whole(from, to int) {
	if n := len(b.pieces); n > 0 {
		if p := b.pieces[n-1]; !p.run && p.from == from && p.to == to {
			return
		}
	}
	b.pieces = append(b.pieces, piece{at: len(b.text), from: from, to: to})
}

// Folded is the finished text, made from one of the given size in bytes. Nothing may be appended afterwards.
func (b *Builder) Folded(size int) Folded {
	return Folded{Text: string(b.text), Size: size, pieces: b.pieces}
}
