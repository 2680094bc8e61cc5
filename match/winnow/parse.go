// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"encoding/binary"
	"strings"

	"tocsin/match/minhash"
	"tocsin/match/syntax"
)

// Parse reads the text form of a fingerprint. Every error is a *syntax.Error.
func Parse(text string) (Fingerprint, error) {
	text = strings.TrimSpace(text)
	form, ours := strings.CutPrefix(text, formPrefix)
	switch {
	case text == "":
		return Fingerprint{}, syntax.Errorf(Type, syntax.Empty, "no fingerprint given")
	case !ours:
		return Fingerprint{}, syntax.Errorf(Type, syntax.Structure, "it begins with %s", formPrefix)
	case len(text) > MaxForm:
		return Fingerprint{}, syntax.Errorf(Type, syntax.Length, "it has more than %d characters", MaxForm)
	case strings.ContainsAny(form, "\r\n"): // which the decoder would pass over
		return Fingerprint{}, syntax.Errorf(Type, syntax.Alphabet, "a fingerprint is one line")
	}
	data, err := formEncoding.DecodeString(form)
	if err != nil {
		return Fingerprint{}, syntax.Errorf(Type, syntax.Alphabet, "what follows %s is base64url", formPrefix)
	}
	return Read(data)
}

// Read reads the bytes of the text form, all of them. Every error is a *syntax.Error.
func Read(data []byte) (Fingerprint, error) {
	r := reader{data: data}
	var f Fingerprint
	copy(f.Key[:], r.bytes(len(f.Key)))
	copy(f.Digest[:], r.bytes(len(f.Digest)))
	f.Size, f.Runes = r.number(MaxSize), r.number(MaxSize)
	count := int(r.number(MaxSize))
	const least = 4 + 3 // bytes of a shingle
	if r.problem == "" && count > len(r.data)/least {
		return Fingerprint{}, syntax.Errorf(Type, syntax.Length, "it holds fewer shingles than it says")
	}
	if count > 0 && r.problem == "" {
		f.Shingles = make([]Shingle, count)
		r.shingles(&f)
		if sketch := r.bytes(minhash.Size); r.problem == "" {
			f.Sketch = minhash.Read(sketch)
		}
	}
	if r.problem == "" && len(r.data) > 0 {
		return Fingerprint{}, syntax.Errorf(Type, syntax.Length, "something follows the fingerprint")
	}
	if r.problem != "" {
		return Fingerprint{}, syntax.Errorf(Type, r.problem, "a fingerprint is cut short or not in order")
	}
	return f, nil
}

// reader takes parts off the front until there is a problem, and zeros from then on.
type reader struct {
	data    []byte
	problem string // a reason of syntax
}

func (r *reader) bytes(n int) []byte {
	if r.problem != "" || len(r.data) < n {
		r.fail(syntax.Length)
		return nil
	}
	part := r.data[:n]
	r.data = r.data[n:]
	return part
}

func (r *reader) fail(reason string) {
	if r.problem == "" {
		r.problem = reason
	}
}

// number takes an integer in its shortest form.
func (r *reader) number(most uint32) uint32 {
	if r.problem != "" {
		return 0
	}
	n, width := binary.Uvarint(r.data)
	switch {
	case width <= 0:
		r.fail(syntax.Length)
	case width > 1 && r.data[width-1] == 0:
		r.fail(syntax.Structure)
	case n > uint64(most):
		r.fail(syntax.Range)
	default:
		r.data = r.data[width:]
		return uint32(n)
	}
	return 0
}

// shingles fills the shingles. They must be in order and lie within the text.
func (r *reader) shingles(f *Fingerprint) {
	hashes := r.bytes(4 * len(f.Shingles))
	if hashes == nil {
		return
	}
	var before Shingle
	for i := range f.Shingles {
		s := &f.Shingles[i]
		s.Hash = binary.LittleEndian.Uint32(hashes[4*i:])
		s.Rune = before.Rune + r.number(MaxSize)
		s.Start = before.Start + r.number(MaxSize)
		s.End = s.Start + r.number(MaxSize)
		switch {
		case r.problem != "":
			return
		case i > 0 && s.Rune == before.Rune, s.Start == s.End, s.End < before.End:
			r.fail(syntax.Structure)
		case s.Rune+ShingleRunes > f.Runes, s.End > f.Size:
			r.fail(syntax.Range)
		}
		before = *s
	}
}
