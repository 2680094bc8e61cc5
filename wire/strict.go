// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"tocsin"
)

// Limits on what is parsed at all. They are part of the format: a sender keeps within them.
const (
	MaxDocument = 256 << 10 // bytes of one signed document
	MaxDepth    = 16        // nesting of arrays and objects
)

// decodeStrict reads exactly one JSON value into out. Duplicate names, unknown names, names that differ in
// case, invalid UTF-8 (lone surrogates included), control characters, trailing bytes and deep nesting are
// refused, so that two readers of the same bytes cannot see two documents.
func decodeStrict(data []byte, out any) error {
	if err := checkSyntax(data); err != nil {
		return err
	}
	if err := json.Unmarshal(data, out, json.RejectUnknownMembers(true)); err != nil {
		return because(err, tocsin.RefusedMalformed, "This is not the strict JSON its version asks for.")
	}
	return nil
}

// decodeOpen is decodeStrict for objects that others may extend: unknown names are ignored.
func decodeOpen(data []byte, out any) error {
	if err := checkSyntax(data); err != nil {
		return err
	}
	if err := json.Unmarshal(data, out); err != nil {
		return because(err, tocsin.RefusedMalformed, "This is not valid JSON.")
	}
	return nil
}

// checkSyntax walks the tokens once, for what the decoder does not refuse by itself. Control characters
// pass it when they are escaped, but no two storage engines or readers handle them alike: only tab and line
// ends stay.
func checkSyntax(data []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return because(err, tocsin.RefusedMalformed, "This is not valid JSON.")
		}
		if d.StackDepth() > MaxDepth {
			return refuse(tocsin.RefusedMalformed, "This nests deeper than %d levels.", MaxDepth)
		}
		if token.Kind() == jsontext.KindString && strings.ContainsFunc(token.String(), isControl) {
			return refuse(tocsin.RefusedMalformed, "A text holds control characters.")
		}
	}
}

func isControl(r rune) bool {
	return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r'
}

// encode writes a value in the one form this package signs.
func encode(v any) ([]byte, error) {
	out, err := json.Marshal(v, json.Deterministic(true), json.FormatNilSliceAsNull(false))
	if err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	return out, nil
}

// Bytes travels as unpadded base64url (RFC 7515 §2), in its only canonical spelling.
type Bytes []byte

// strict64 refuses padding and stray trailing bits; line breaks, which Go would skip, are refused by
// decode64.
var strict64 = base64.RawURLEncoding.Strict()

// MarshalText encodes.
func (b Bytes) MarshalText() ([]byte, error) { return strict64.AppendEncode(nil, b), nil }

// UnmarshalText decodes and refuses any spelling but the canonical one.
func (b *Bytes) UnmarshalText(text []byte) error {
	raw, err := decode64(text)
	*b = raw
	return err
}

func decode64(text []byte) ([]byte, error) {
	if bytes.ContainsAny(text, "\r\n") {
		return nil, errors.New("line break in base64url")
	}
	raw, err := strict64.AppendDecode(nil, text)
	if err != nil {
		return nil, fmt.Errorf("decode base64url: %w", err)
	}
	return raw, nil
}
