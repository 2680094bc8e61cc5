// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"tocsin"
)

// maxDepth bounds the nesting of arrays and objects; an order nests six deep.
const maxDepth = 16

// Errors of decodeBody. They reach the client, so they quote nothing.
var (
	errNotJSON = errors.New("this is not exactly one JSON value in UTF-8, each name given once")
	errTooDeep = errors.New("this nests deeper than 16 levels")
	errNotText = errors.New("a text holds control characters")
	errNoFit   = errors.New("a value does not fit its member, or a member is unknown")
)

// decodeBody reads exactly one JSON value into out. Duplicate and unknown names, names in another case, invalid
// UTF-8, control characters, trailing bytes and deep nesting are refused. The framework calls it twice for each
// body, so what the decoder does not refuse by itself is looked for without building anything.
func decodeBody(data []byte, out any) error {
	if err := checkTexts(data); err != nil {
		return err
	}
	err := json.Unmarshal(data, out, json.RejectUnknownMembers(true))
	if _, broken := errors.AsType[*jsontext.SyntacticError](err); broken {
		return errNotJSON
	}
	if err != nil {
		return errNoFit
	}
	return nil
}

// checkTexts refuses deep nesting, and control characters in texts, of what is JSON; whether it is, the decoder
// says. Those below U+0020 stand in JSON only as escapes.
func checkTexts(data []byte) error {
	depth, inside := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			inside = !inside
		case inside && c == '\\':
			if isControl(escaped(data[i+1:])) {
				return errNotText
			}
			i++ // also a quotation mark that does not end the text
		case inside && (c == 0x7f || c == 0xc2 && i+1 < len(data) && data[i+1] < 0xa0): // U+007F, U+0080 to U+009F
			return errNotText
		case inside: // the most frequent
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return errTooDeep
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// escaped is the character that an escape stands for, without its backslash; a space where it cannot be a
// control character that we refuse.
func escaped(escape []byte) rune {
	switch {
	case bytes.HasPrefix(escape, []byte("b")):
		return '\b'
	case bytes.HasPrefix(escape, []byte("f")):
		return '\f'
	case bytes.HasPrefix(escape, []byte("u")) && len(escape) >= 5:
		if code, err := strconv.ParseUint(string(escape[1:5]), 16, 16); err == nil {
			return rune(code)
		}
	}
	return ' '
}

// isControl is true of what no two storage engines or readers handle alike. Tab and line ends stay.
func isControl(r rune) bool {
	return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r'
}

// checkRequest refuses text in the path, the query and the headers we read that is no text, and a parameter
// that is given twice.
func checkRequest(r *http.Request) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonFormat, "The query cannot be read.")
	}
	texts := append([]string{r.URL.Path}, r.Header.Values(idempotencyHeader)...)
	for name, values := range query {
		if len(values) > 1 {
			return tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonDuplicate, "Give each parameter once.")
		}
		texts = append(texts, name, values[0])
	}
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonNotText,
				"The path and the query must be text without control characters.")
		}
	}
	return nil
}
