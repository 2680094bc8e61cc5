// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"
)

// Limits of an upload and of what an address gives.
const (
	MaxContent = 100 << 20 // bytes; HMA's own default

	maxField   = 64 << 10 // bytes of a field of a form that is no file
	maxFields  = 50
	uploadTime = 5 * time.Minute // to receive and answer one
)

// form is an upload: one file, and the fields beside it.
type form struct {
	contentType string // the name of the file's field
	content     []byte
	fields      map[string]string
}

// holding runs fn when there is memory for one more content, with the time that one may take.
func (c *call) holding(fn func() error) error {
	select {
	case c.s.uploads <- struct{}{}:
		defer func() { <-c.s.uploads }()
	case <-c.r.Context().Done():
		return c.r.Context().Err()
	}
	control := http.NewResponseController(c.w)
	_ = control.SetReadDeadline(time.Now().Add(uploadTime)) // a server that cannot keeps its own
	_ = control.SetWriteDeadline(time.Now().Add(2 * uploadTime))
	return fn()
}

func (c *call) isForm() bool {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// readForm reads an upload into memory; nothing is written to a disk.
func (c *call) readForm() (form, error) {
	f := form{fields: map[string]string{}}
	_, params, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if !c.isForm() || params["boundary"] == "" {
		return f, badRequest("Missing multipart/form-data file upload")
	}
	parts := multipart.NewReader(http.MaxBytesReader(c.w, c.r.Body, c.s.largest+(4<<20)), params["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return f, tooLarge(err)
		}
		if n == maxFields {
			return f, badRequest("The form has too many fields")
		}
		if err := f.take(part, c.s.largest); err != nil {
			return f, err
		}
	}
	if f.contentType == "" {
		return f, badRequest("Missing multipart/form-data file upload")
	}
	return f, nil
}

func (f *form) take(part *multipart.Part, largest int64) error {
	name, limit := part.FormName(), int64(maxField)
	isFile := part.FileName() != "" || part.Header.Get("Content-Type") != ""
	if isFile {
		if f.contentType != "" {
			return badRequest("Only one file allowed per request")
		}
		if name != photo && name != video {
			return badRequest("no such content_type: '%s'", name)
		}
		limit = largest
	}
	var held bytes.Buffer
	n, err := io.Copy(&held, io.LimitReader(part, limit+1))
	switch {
	case err != nil:
		return tooLarge(err)
	case n > limit && isFile:
		return refusef(http.StatusRequestEntityTooLarge, "Content too large")
	case n > limit:
		return badRequest("A field of the form is too long")
	case isFile:
		f.contentType, f.content = name, held.Bytes()
	default:
		if _, twice := f.fields[name]; !twice { // the first one counts, as in a query
			f.fields[name] = held.String()
		}
	}
	return nil
}
