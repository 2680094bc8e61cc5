// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/match/digest"
	"tocsin/match/pdq"
)

// hashed are the hashes of a content, by type. A value is empty when the content has too few features.
type hashed map[string]flow.Fingerprint

// QualityHeader tells why a hash is empty: the quality of the picture, from 0 to 100; below 50 it has none.
const QualityHeader = "X-Tocsin-Quality"

func (h hashed) values() map[string]string {
	values := map[string]string{}
	for name, p := range h {
		values[name] = p.Value
	}
	return values
}

func hashAddress(c *call) error {
	return c.holding(func() error {
		h, err := c.hashURL()
		if err != nil {
			return err
		}
		return c.ok(h.values())
	})
}

func hashUpload(c *call) error {
	return c.holding(func() error {
		f, err := c.readForm()
		if err != nil {
			return err
		}
		h, err := c.hash(f.contentType, f.content)
		if err != nil {
			return err
		}
		return c.ok(h.values())
	})
}

// hashURL hashes what stands at the address of the query.
func (c *call) hashURL() (hashed, error) {
	address := c.query.Get("url")
	if address == "" {
		return nil, badRequest("Parameter `url` is required")
	}
	explicit := c.query.Get("content_type")
	if explicit != "" && !slices.Contains(contentTypes, explicit) {
		return nil, badRequest("no such content_type: '%s'", explicit)
	}
	if _, err := c.selection(""); err != nil { // before anything is fetched
		return nil, err
	}
	got, err := c.fetch(address)
	if err != nil {
		return nil, err
	}
	if explicit == "" {
		if explicit = contentTypeOf(got.ContentType); explicit == "" {
			return nil, badRequest("The content type cannot be told from the answer: say content_type=photo or video")
		}
	}
	return c.hash(explicit, got.Body)
}

func contentTypeOf(header string) string {
	switch header = strings.ToLower(strings.TrimSpace(header)); {
	case strings.HasPrefix(header, "image"):
		return photo
	case strings.HasPrefix(header, "video"):
		return video
	}
	return ""
}

// fetch gets what an address holds.
func (c *call) fetch(address string) (Fetched, error) {
	got, err := c.s.Web.Fetch(c.r.Context(), address)
	failed, ok := errors.AsType[*Unfetched](err)
	switch {
	case err == nil && int64(len(got.Body)) > c.s.largest, ok && failed.TooLarge:
		return got, refusef(http.StatusRequestEntityTooLarge, "Content too large")
	case ok && failed.Unsafe:
		return got, badRequest("Invalid or unsafe URL provided")
	case ok:
		return got, badRequest("Failed to fetch URL: %s", failed.Why)
	}
	return got, err
}

// selection gives the types to compute of a content: those that are asked for, or all that are switched on.
// An empty content type only checks what is asked for.
func (c *call) selection(contentType string) ([]signalType, error) {
	if c.query.Has("types") {
		return c.selected(contentType)
	}
	var types []signalType
	for _, t := range signalTypes {
		if t.content == contentType && c.s.share(t) > 0 {
			types = append(types, t)
		}
	}
	return types, nil
}

func (c *call) selected(contentType string) (types []signalType, err error) {
	names := c.list("types")
	if len(names) == 0 {
		return nil, badRequest("empty signal type selection")
	}
	for _, name := range names {
		t, err := c.s.enabledType(name)
		if err != nil {
			return nil, err
		}
		if contentType != "" && t.content != contentType {
			return nil, badRequest("SignalType '%s' is not one of content_type '%s'", name, contentType)
		}
		types = append(types, t)
	}
	return types, nil
}

// hash computes the hashes of a content, from memory.
func (c *call) hash(contentType string, content []byte) (hashed, error) {
	types, err := c.selection(contentType)
	if err != nil {
		return nil, err
	}
	h := hashed{}
	for _, t := range types {
		if t.Name == videoMD5 {
			if len(content) == 0 {
				return nil, badRequest("The file is empty.")
			}
			h[t.Name] = flow.Fingerprint{Type: t.Name, Value: digest.Sum(digest.MD5, content).String()}
			continue
		}
		if h[t.Name], err = c.s.picture(c.r.Context(), content); err != nil {
			return nil, err
		}
		if p := h[t.Name]; p.Value == "" {
			c.w.Header().Set(QualityHeader, strconv.Itoa(p.Quality))
		}
	}
	return h, nil
}

// picture computes the hash of a picture, in the process that can reach nothing.
func (s *Service) picture(ctx context.Context, content []byte) (flow.Fingerprint, error) {
	if s.Flow.Media == nil {
		return flow.Fingerprint{}, refusef(http.StatusServiceUnavailable, "This node fingerprints no files.")
	}
	prints, err := s.Flow.Media.Fingerprint(ctx, content)
	if err != nil {
		return flow.Fingerprint{}, err
	}
	i := slices.IndexFunc(prints, func(p flow.Fingerprint) bool { return p.Type == pdq.Name })
	if i < 0 {
		return flow.Fingerprint{}, tocsin.Errorf(tocsin.CodeUnsupported, "media_unsupported",
			"The file is no picture.")
	}
	if p := prints[i]; p.Quality >= pdq.MinQuality {
		return p, nil
	}
	return flow.Fingerprint{Type: pdq.Name, Quality: prints[i].Quality}, nil
}
