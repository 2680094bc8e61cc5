// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"unicode/utf8"

	"tocsin/internal/flow"
)

// Limits of what is kept beside a content.
const (
	maxName     = 2048     // bytes of content_id and content_uri
	maxFree     = 16 << 10 // bytes of the client's own object
	maxNote     = 255      // characters
	badMetadata = "Invalid metadata: "
)

// details are what a client says about a content.
type details struct {
	flow.Origin
	note string
}

// note reads an optional note; an empty one is none.
func (o object) note() (string, error) {
	if !o.has("note") {
		return "", nil
	}
	note, err := o.text("note")
	if err != nil {
		return "", err
	}
	if utf8.RuneCountInString(note) > maxNote {
		return "", badRequest("Field `note` must be at most 255 characters")
	}
	return note, nil
}

// bodyDetails reads what stands beside a url: in the query, as Coop sends it, or in a JSON body, as HMA has
// it.
func (c *call) bodyDetails() (details, error) {
	d, err := formDetails(nil, c.query)
	if err != nil {
		return d, err
	}
	text, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxJSON))
	if err != nil {
		return d, tooLarge(err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return d, nil
	}
	body, err := objectOf(text, "body")
	if err != nil {
		return d, err
	}
	if note, err := body.note(); err != nil {
		return d, err
	} else if note != "" {
		d.note = note
	}
	if body.has("metadata") {
		return d, d.metadata(body["metadata"])
	}
	return d, nil
}

// formDetails reads the fields of a form, or of the query where the form lacks them.
func formDetails(fields map[string]string, query url.Values) (details, error) {
	field := func(name string) string {
		if v, ok := fields[name]; ok {
			return v
		}
		return query.Get(name)
	}
	var d details
	d.note = field("note")
	if utf8.RuneCountInString(d.note) > maxNote {
		return d, badRequest("Field `note` must be at most 255 characters")
	}
	if text := field("metadata"); text != "" {
		if err := d.metadata(json.RawMessage(text)); err != nil {
			return d, err
		}
	}
	if v := field("content_id"); v != "" {
		d.ID = v
	}
	if v := field("content_uri"); v != "" {
		d.Address = v
	}
	return d, d.check()
}

// metadata reads the object that HMA defines, or one of the client's own, which has none of its members.
func (d *details) metadata(raw json.RawMessage) error {
	o, err := objectOf(raw, "metadata")
	if err != nil {
		return badRequest(badMetadata + "it must be a JSON object")
	}
	delete(o, "collab") // what exchanges call it is theirs to say
	known := 0
	for _, name := range []string{"content_id", "content_uri", "json"} {
		if _, ok := o[name]; ok {
			known++
		}
	}
	switch {
	case known == 0 && len(o) > 0:
		own, err := json.Marshal(o)
		if err != nil {
			return err
		}
		return d.free(own)
	case known < len(o):
		return badRequest(badMetadata + "extra keys are not permitted")
	}
	for name, into := range map[string]*string{"content_id": &d.ID, "content_uri": &d.Address} {
		if o.has(name) {
			if *into, err = o.text(name); err != nil {
				return badRequest(badMetadata+"%s must be a string", name)
			}
		}
	}
	if o.has("json") {
		if err := d.free(o["json"]); err != nil {
			return err
		}
	}
	return d.check()
}

func (d *details) free(raw json.RawMessage) error {
	if _, err := objectOf(raw, "json"); err != nil {
		return badRequest(badMetadata + "json must be an object")
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return badRequest(badMetadata + "json must be an object")
	}
	d.Free = compact.Bytes()
	return d.check()
}

func (d *details) check() error {
	if len(d.ID) > maxName || len(d.Address) > maxName || len(d.Free) > maxFree {
		return badRequest(badMetadata + "it is too long")
	}
	if !utf8.ValidString(d.ID) || !utf8.ValidString(d.Address) || !utf8.ValidString(d.note) {
		return badRequest(badMetadata + "it is no text")
	}
	return nil
}
