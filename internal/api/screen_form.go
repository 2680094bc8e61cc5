// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"

	"tocsin"
	"tocsin/internal/flow"
)

// Limits of the parts of a form that are no files.
const (
	maxField  = 4 << 10 // bytes
	maxFields = 250
)

// fileForm reads the parts of a form one after the other. Fields stand before the files they speak for, and
// an item before its file, so that no file need be kept until they are known.
type fileForm struct {
	parts  *multipart.Reader
	how    flow.Screening
	item   string // of the next file
	fields int
	files  int
}

// content is one file, or why it cannot be taken.
type content struct {
	bytes []byte
	item  string
	err   error
}

func newFileForm(body io.Reader, boundary string) *fileForm {
	return &fileForm{parts: multipart.NewReader(body, boundary)}
}

// next gives the next file; nil after the last.
func (f *fileForm) next() (*content, error) {
	for {
		part, err := f.parts.NextRawPart() // raw: no part is decoded
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, brokenForm(err)
		}
		if name := part.FormName(); name != "file" {
			if err := f.field(name, part); err != nil {
				return nil, err
			}
			continue
		}
		return f.file(part)
	}
}

func (f *fileForm) field(name string, part io.Reader) error {
	if f.files > 0 && name != "item" {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonFormat, "Fields stand before the first file.")
	}
	if f.fields++; f.fields > maxFields {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonTooMany, "The form has too many fields.")
	}
	text, err := io.ReadAll(io.LimitReader(part, maxField+1))
	if err != nil {
		return brokenForm(err)
	}
	value := string(text)
	switch {
	case len(text) > maxField:
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonTooLong, "A field of the form is too long.")
	case !utf8.Valid(text) || strings.ContainsFunc(value, isControl):
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonNotText, "A field of the form is no text.")
	}
	switch name {
	case "assertion":
		f.how.Assertion = flow.Assertion(value)
	case "banks":
		f.how.Banks = append(f.how.Banks, value)
	case "item":
		f.item = value
	case "seed":
		f.how.Seed = value
	case "every":
		if value != "true" && value != "false" {
			return tocsin.Invalid(tocsin.ReasonUnknownValue, "every", "Say true or false.")
		}
		f.how.Every = value == "true"
	default:
		return tocsin.Errorf(tocsin.CodeInvalid, reasonUnknownMember,
			"The form takes assertion, banks, seed, every, and then file, each perhaps after an item.")
	}
	return nil
}

func (f *fileForm) file(part *multipart.Part) (*content, error) {
	if a := f.how.Assertion; a != flow.AssertedPublic && a != flow.AssertedReported {
		return nil, tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonNotPublicItem,
			"Say before the first file, in a field assertion, that the content is public or reported. Nothing else "+
				"is screened.")
	}
	if f.files++; f.files > maxFiles {
		return nil, tocsin.Invalid(tocsin.ReasonTooMany, "file", "One call screens at most %d files.", maxFiles)
	}
	if f.how.Seed == "" {
		f.how.Seed = tocsin.NewToken("seed") // one choice of banks for the whole form
	}
	c := &content{item: f.item}
	f.item = ""
	var held bytes.Buffer
	switch n, err := io.Copy(&held, io.LimitReader(part, maxFile+1)); {
	case err != nil:
		return nil, brokenForm(err)
	case n > maxFile:
		c.err = tocsin.Errorf(tocsin.CodeTooLarge, tocsin.RefusedTooLarge, "A file takes at most %d MiB.",
			maxFile>>20)
	case n == 0:
		c.err = tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonMissing, "The file is empty.")
	default:
		c.bytes = held.Bytes()
	}
	return c, nil
}

// brokenForm says what became of a body that could not be read to its end.
func brokenForm(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tocsin.Errorf(tocsin.CodeTooLarge, tocsin.RefusedTooLarge,
			"The form is larger than %d MiB in all.", maxForm>>20)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return tocsin.Errorf(tocsin.CodeBusy, "too_slow", "The body did not arrive in time.")
	}
	return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedMalformed, "The body is not a whole multipart form.")
}

func writeJSON(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // the reader may be gone
}
