// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch

import (
	"time"
	"unicode/utf8"

	"tocsin/match/syntax"
)

// Limits of a blob. They are part of the format: Writer keeps them and readers refuse what exceeds them.
const (
	MaxRows       = 1 << 24 // rows
	MaxBytes      = 1 << 34 // bytes of a blob
	MaxTypes      = 127     // types of signals
	MaxValue      = 1 << 20 // bytes of a value
	MaxReference  = 512     // bytes of a reference
	MaxLabels     = 32      // labels of a row
	MaxLabel      = 64      // bytes of a label
	MaxConfidence = 100
)

// Reasons why a row is refused, beside those of package syntax.
const (
	ReasonType       = "type" // not the form of a name of a type
	ReasonReference  = "reference"
	ReasonLabels     = "labels"
	ReasonConfidence = "confidence"
	ReasonUntil      = "until"
)

// Row is one signal as somebody vouches for it.
type Row struct {
	Type       string     // such as "pdq"
	Value      string     // canonical
	Reference  string     // what whoever published the signal calls it
	Labels     []string   // in the order given
	Confidence int        // 0–100, the publisher's own estimate; 0 when there is none
	Until      *time.Time // from when the signal no longer matches; kept to the microsecond, UTC
}

// isType reports whether a text has the form of a type's name: a lower-case letter, then such letters, digits
// and _, 32 bytes at most.
func isType(name string) bool {
	for i, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != "" && len(name) <= 32
}

// Check says why a row cannot be kept, as a *syntax.Error. It does not know the types: the value is taken to
// be canonical but for "pdq", which must be 64 lower-case hexadecimal digits.
func (r Row) Check() error {
	if !isType(r.Type) {
		return syntax.Errorf("", ReasonType, "the name of a type has 1 to 32 lower-case letters, digits and _")
	}
	if err := r.checkValue(); err != nil {
		return err
	}
	if len(r.Reference) > MaxReference || !plain([]byte(r.Reference)) {
		return syntax.Errorf(r.Type, ReasonReference, "a reference is one line of at most %d bytes of UTF-8 "+
			"without spaces around", MaxReference)
	}
	if len(r.Labels) > MaxLabels {
		return syntax.Errorf(r.Type, ReasonLabels, "a signal has at most %d labels", MaxLabels)
	}
	for _, label := range r.Labels {
		if !isLabel([]byte(label)) {
			return errLabel(r.Type)
		}
	}
	if r.Confidence < 0 || r.Confidence > MaxConfidence {
		return syntax.Errorf(r.Type, ReasonConfidence, "confidence is a whole number from 0 to %d", MaxConfidence)
	}
	if r.Until != nil && !isUntil(r.Until.UnixMicro()) {
		return syntax.Errorf(r.Type, ReasonUntil, "an end lies after 1970 and before the year 10000")
	}
	return nil
}

func (r Row) checkValue() error {
	switch {
	case r.Value == "":
		return syntax.Errorf(r.Type, syntax.Empty, "no value was given")
	case r.Type == pdqType:
		if !isHash(r.Value) {
			return syntax.Errorf(r.Type, syntax.Structure, "a canonical hash has 64 lower-case hexadecimal digits")
		}
	case len(r.Value) > MaxValue:
		return syntax.Errorf(r.Type, syntax.Length, "a value has at most %d bytes", MaxValue)
	case !utf8.ValidString(r.Value):
		return syntax.Errorf(r.Type, syntax.Alphabet, "a value is UTF-8")
	}
	return nil
}

func errLabel(signalType string) error {
	return syntax.Errorf(signalType, ReasonLabels, "a label is one line of 1 to %d bytes of UTF-8 without "+
		"semicolon and without spaces around", MaxLabel)
}

// isLabel leaves out the semicolon, which separates labels where a list has one cell for all of them.
func isLabel(text []byte) bool {
	for _, b := range text {
		if b == ';' {
			return false
		}
	}
	return len(text) > 0 && len(text) <= MaxLabel && plain(text)
}

// plain reports whether a text is UTF-8 without control characters and without spaces around.
func plain(text []byte) bool {
	if len(text) > 0 && (text[0] == ' ' || text[len(text)-1] == ' ') || !utf8.Valid(text) {
		return false
	}
	for i, b := range text {
		if b < ' ' || b == 0x7f || b == 0xc2 && text[i+1] < 0xa0 {
			return false
		}
	}
	return true
}

// lastMicro is the last microsecond of the year 9999, the last that RFC 3339 can write.
var lastMicro = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC).UnixMicro()

func isUntil(micro int64) bool { return micro > 0 && micro <= lastMicro }
