// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"tocsin"
)

// maxDepth bounds the nesting of arrays and objects; an order nests six deep.
const maxDepth = 16

// Errors of decode. They reach the client, so they quote nothing.
var (
	errNotJSON  = errors.New("this is not exactly one JSON value in UTF-8, each name given once")
	errTooDeep  = errors.New("this nests deeper than 16 levels")
	errNotText  = errors.New("a text holds control characters")
	errNoFit    = errors.New("a value does not fit its member, or a member is unknown")
	errTrailing = errors.New("something follows the JSON value")
)

// decode reads exactly one JSON value into out. Duplicate and unknown names, names in another case, invalid
// UTF-8, control characters, trailing bytes and deep nesting are refused.
func decode(data []byte, out any) error {
	if err := checkSyntax(data); err != nil {
		return err
	}
	if err := json.Unmarshal(data, out, json.RejectUnknownMembers(true)); err != nil {
		return errNoFit
	}
	return nil
}

// checkSyntax walks the tokens once, before anything is built from them.
func checkSyntax(data []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(data))
	for values := 0; ; {
		token, err := d.ReadToken()
		if errors.Is(err, io.EOF) && values == 1 {
			return nil
		}
		if err != nil {
			return errNotJSON
		}
		if values == 1 {
			return errTrailing
		}
		if d.StackDepth() > maxDepth {
			return errTooDeep
		}
		if d.StackDepth() == 0 {
			values++
		}
		if token.Kind() == jsontext.KindString && strings.ContainsFunc(token.String(), isControl) {
			return errNotText
		}
	}
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
