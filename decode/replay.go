// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"errors"
	"fmt"
	"strings"
)

// ErrReplay says that the steps of a record do not lead from its text to its reading.
var ErrReplay = errors.New("decode: the steps do not lead there")

// Replay goes through the steps of a record again, over the text it was made from, and fails with [ErrReplay] where
// they do not follow from each other or do not lead to the reading. It needs neither tables nor lexicon: steps carry
// what they turn into what.
func (d *Decode) Replay(text string) (string, error) {
	if d.Span.Start < 0 || d.Span.Start > d.Span.End || d.Span.End > len(text) || text[d.Span.Start:d.Span.End] != d.Original {
		return "", fmt.Errorf("%w: another text", ErrReplay)
	}
	read, err := apply(text, d.Span, d.Path)
	if err == nil && read != d.Normalised {
		err = fmt.Errorf("%w: they lead to %q", ErrReplay, read)
	}
	return read, err
}

// apply takes steps over a stretch of a text.
func apply(text string, span Span, path []Step) (string, error) {
	var b strings.Builder
	at := span.Start
	for n := 0; n < len(path); {
		from, to := path[n].At, path[n].End
		if from < at || to < from || to > span.End {
			return "", fmt.Errorf("%w: step %d is out of place", ErrReplay, n)
		}
		b.WriteString(text[at:from])
		piece := text[from:to]
		for ; n < len(path) && path[n].At == from && path[n].End == to; n++ {
			if path[n].From != piece {
				return "", fmt.Errorf("%w: step %d begins with %q, there is %q", ErrReplay, n, path[n].From, piece)
			}
			piece = path[n].To
		}
		b.WriteString(piece)
		at = to
	}
	b.WriteString(text[at:span.End])
	return b.String(), nil
}
