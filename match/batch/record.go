// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"
	"unicode/utf8"
)

// pdqType is the one type whose values are kept as bytes: lists of millions are lists of these.
const pdqType = "pdq"

const hashBytes = 32

// Bits of the byte that says which metadata follow.
const (
	hasReference = 1 << iota
	hasLabels
	hasConfidence
	hasUntil
	hasAll = hasReference | hasLabels | hasConfidence | hasUntil
)

func isHash(text string) bool {
	if len(text) != hex.EncodedLen(hashBytes) {
		return false
	}
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// appendRow appends a checked row whose type has the given place.
func appendRow(to []byte, place int, r *Row) []byte {
	which := r.which()
	tag := byte(1 + 2*place)
	if which != 0 {
		tag++
	}
	to = append(to, tag)
	if r.Type == pdqType {
		to, _ = hex.AppendDecode(to, []byte(r.Value)) // isHash holds
	} else {
		to = appendText(to, r.Value)
	}
	if which == 0 {
		return to
	}
	to = append(to, which)
	if which&hasReference != 0 {
		to = appendText(to, r.Reference)
	}
	if which&hasLabels != 0 {
		to = append(to, byte(len(r.Labels)))
		for _, label := range r.Labels {
			to = appendText(to, label)
		}
	}
	if which&hasConfidence != 0 {
		to = append(to, byte(r.Confidence))
	}
	if which&hasUntil != 0 {
		to = binary.AppendUvarint(to, uint64(r.Until.UnixMicro()))
	}
	return to
}

func (r *Row) which() (which byte) {
	if r.Reference != "" {
		which |= hasReference
	}
	if len(r.Labels) > 0 {
		which |= hasLabels
	}
	if r.Confidence > 0 {
		which |= hasConfidence
	}
	if r.Until != nil {
		which |= hasUntil
	}
	return which
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

// record is one record of a block. Its slices point into the block.
type record struct {
	name  []byte // of a type; nil for a row
	place int    // of the row's type
	value []byte // 32 bytes for pdq, text for others
	more  []byte // metadata, checked
}

// nextRecord reads the record at the beginning of data and gives its length.
func nextRecord(data []byte, types []string) (rec record, length int, err error) {
	c := cursor{data: data}
	tag := int(c.byte())
	if tag == 0 {
		rec.name = c.bytes(uint64(c.byte()))
		if c.bad || !isType(string(rec.name)) {
			return rec, 0, malformed("a type has no proper name")
		}
		return rec, c.at, nil
	}
	rec.place = (tag - 1) / 2
	if rec.place >= len(types) {
		return rec, 0, malformed("a row is of a type that was not named")
	}
	if types[rec.place] == pdqType {
		rec.value = c.bytes(hashBytes)
	} else if rec.value = c.text(MaxValue); len(rec.value) == 0 || !utf8.Valid(rec.value) {
		c.bad = true
	}
	if tag%2 == 0 {
		begin := c.at
		if !c.metadata(nil) {
			return rec, 0, malformed("the metadata of a row cannot be read")
		}
		rec.more = c.data[begin:c.at]
	}
	if c.bad {
		return rec, 0, malformed("a row cannot be read")
	}
	return rec, c.at, nil
}

// row gives a record its own memory.
func (rec record) row(types []string) Row {
	r := Row{Type: types[rec.place]}
	if r.Type == pdqType {
		r.Value = hex.EncodeToString(rec.value)
	} else {
		r.Value = string(rec.value)
	}
	if rec.more != nil {
		c := cursor{data: rec.more}
		c.metadata(&r)
	}
	return r
}

// cursor reads from a slice; bad once anything was missing or not in its shortest form.
type cursor struct {
	data []byte
	at   int
	bad  bool
}

func (c *cursor) byte() byte {
	if b := c.bytes(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (c *cursor) bytes(n uint64) []byte {
	if c.bad || n > uint64(len(c.data)-c.at) {
		c.bad = true
		return nil
	}
	b := c.data[c.at : c.at+int(n) : c.at+int(n)]
	c.at += int(n)
	return b
}

func (c *cursor) uvarint() uint64 {
	n, size := binary.Uvarint(c.data[c.at:])
	if c.bad || size <= 0 || size > 1 && c.data[c.at+size-1] == 0 {
		c.bad = true
		return 0
	}
	c.at += size
	return n
}

func (c *cursor) text(most uint64) []byte {
	n := c.uvarint()
	if n > most {
		c.bad = true
	}
	return c.bytes(n)
}

// metadata checks what follows a value, and fills in a row when there is one.
func (c *cursor) metadata(into *Row) bool {
	which := c.byte()
	if which == 0 || which&^hasAll != 0 {
		return false
	}
	if which&hasReference != 0 {
		reference := c.text(MaxReference)
		if len(reference) == 0 || !plain(reference) {
			return false
		}
		if into != nil {
			into.Reference = string(reference)
		}
	}
	if which&hasLabels != 0 && !c.labels(into) {
		return false
	}
	if which&hasConfidence != 0 {
		confidence := int(c.byte())
		if confidence < 1 || confidence > MaxConfidence {
			return false
		}
		if into != nil {
			into.Confidence = confidence
		}
	}
	if which&hasUntil != 0 {
		micro := c.uvarint()
		if micro > uint64(lastMicro) || !isUntil(int64(micro)) {
			return false
		}
		if into != nil {
			until := time.UnixMicro(int64(micro)).UTC()
			into.Until = &until
		}
	}
	return !c.bad
}

func (c *cursor) labels(into *Row) bool {
	count := int(c.byte())
	if count < 1 || count > MaxLabels {
		return false
	}
	if into != nil {
		into.Labels = slices.Grow(into.Labels, count)
	}
	for range count {
		label := c.text(MaxLabel)
		if !isLabel(label) {
			return false
		}
		if into != nil {
			into.Labels = append(into.Labels, string(label))
		}
	}
	return true
}
