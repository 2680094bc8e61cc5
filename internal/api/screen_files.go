// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/match"
	"tocsin/match/pdq"
)

// Limits of the form of files.
const (
	maxFile  = 32 << 20  // bytes of one file
	maxForm  = 128 << 20 // bytes of the whole request
	maxFiles = 50

	// forms is how many requests hold a file in memory at the same time; others wait.
	forms = 8
	// formTime is how long a request may take for each file, received and fingerprinted.
	formTime = 90 * time.Second
)

// tooFewFeatures says of a picture that its hash would match by accident.
const tooFewFeatures = "too_few_features"

// FingerprintView is a signal value computed from a file.
type FingerprintView struct {
	Type    string `json:"type" required:"true"`
	Value   string `json:"value,omitempty"`
	Quality int    `json:"quality,omitempty" doc:"of a picture's hash, 0 to 100"`
	Width   int    `json:"width,omitempty" doc:"pixels"`
	Height  int    `json:"height,omitempty" doc:"pixels"`
	Skipped string `json:"skipped,omitempty" doc:"why it was not looked up: too_few_features"`
}

// filesMiddleware takes what arrives as multipart/form-data away from the JSON operation.
func (s *service) filesMiddleware() func(huma.Context, func(huma.Context)) {
	slots := make(chan struct{}, forms)
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "multipart/form-data" {
			next(ctx)
			return
		}
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-r.Context().Done():
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		s.screenFiles(w, r, params["boundary"])
	}
}

// screenFiles fingerprints each file in memory as it arrives, and forgets it. Nothing is written to disk, and
// nothing is computed of a file before the caller has said that it may be.
func (s *service) screenFiles(w http.ResponseWriter, r *http.Request, boundary string) {
	deadlines := http.NewResponseController(w)
	form := newFileForm(r.Body, boundary)
	answers := []ScreenAnswer{}
	for {
		_ = deadlines.SetReadDeadline(time.Now().Add(formTime)) // a server that cannot keeps its own
		_ = deadlines.SetWriteDeadline(time.Now().Add(2 * formTime))
		content, err := form.next()
		if err != nil {
			s.refuseForm(w, r, err)
			return
		}
		if content == nil {
			break
		}
		a, err := s.screenFile(r.Context(), form.how, *content, len(answers))
		if err != nil {
			s.refuseForm(w, r, err)
			return
		}
		answers = append(answers, a)
	}
	if len(answers) == 0 {
		s.refuseForm(w, r, tocsin.Invalid(tocsin.ReasonMissing, "file", "There is no file to screen."))
		return
	}
	writeJSON(w, Screened{answers})
}

// refuseForm answers with a problem whose fields are those of the form.
func (s *service) refuseForm(w http.ResponseWriter, r *http.Request, err error) {
	s.report(r.Context(), screenOperation, err)
	writeProblem(w, newProblem(err, "body."))
}

// screenFile fingerprints one file and looks the fingerprints up as one content. What cannot be decoded is an
// error beside the matches of its digests.
func (s *service) screenFile(ctx context.Context, how flow.Screening, f content, n int) (ScreenAnswer,
	error) {
	a := asked{where: "body.file[%d].", first: n}
	if f.err != nil {
		return ScreenAnswer{Matches: []Match{}, Error: s.unanswered(ctx, f.err, fmt.Sprintf(a.where, n))}, nil
	}
	if s.Flow.Media == nil {
		return ScreenAnswer{}, tocsin.Errorf(tocsin.CodeUnsupported, "files_off",
			"This node fingerprints no files. Send hashes.")
	}
	prints, failed := s.Flow.Media.Fingerprint(ctx, f.bytes)
	if err := ctx.Err(); err != nil {
		return ScreenAnswer{}, err
	}
	views, queries := toLookUp(prints)
	a.add(flow.Piece{Queries: queries, Item: f.item}, failed)
	answers, err := s.lookUp(ctx, how, a)
	if err != nil {
		return ScreenAnswer{}, err
	}
	answers[0].Fingerprints = views
	return answers[0], nil
}

// otherNames are types under which lists hold the same value.
var otherNames = map[string]string{"md5": "video_md5"}

// toLookUp gives the fingerprints as the caller sees them, and those that are worth a query.
func toLookUp(prints []flow.Fingerprint) (views []FingerprintView, queries []match.Query) {
	for _, p := range prints {
		v := FingerprintView{Type: p.Type, Value: p.Value, Quality: p.Quality, Width: p.Width, Height: p.Height}
		if p.Value == "" || p.Type == pdq.Name && p.Quality < pdq.MinQuality {
			v.Skipped = tooFewFeatures
		} else {
			queries = append(queries, p.Query())
		}
		if also := otherNames[p.Type]; also != "" {
			queries = append(queries, match.Query{Type: also, Value: p.Value})
		}
		views = append(views, v)
	}
	return views, queries
}
