// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tocsin"
)

// ListExport asks for the signals of a bank as a list.
type ListExport struct {
	BankByName
	Format tocsin.ListFormat `query:"format" required:"true" enum:"local_file,csv,jsonl,tat"`
}

// listTypes are the media types of lists.
var listTypes = map[tocsin.ListFormat]string{tocsin.FormatLocalFile: "text/plain; charset=utf-8",
	tocsin.FormatCSV: "text/csv; charset=utf-8", tocsin.FormatJSONLines: "application/x-ndjson",
	tocsin.FormatTAT: "application/json"}

func (s *service) exportSignals(ctx context.Context, in *ListExport) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		r, w := humago.Unwrap(hctx)
		to := &lateWriter{w: w, deadlines: http.NewResponseController(w), mediaType: listTypes[in.Format]}
		_, err := s.Flow.Export(ctx, actorOf(ctx), in.Bank, in.Format, to)
		switch {
		case err == nil:
			to.begin() // an empty list is a list
		case !to.begun:
			s.refuse(w, r, err)
		default: // the reader must not take a part for the whole
			s.report(ctx, "signal-export", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// lateWriter begins an answer with its first byte, so that what fails before can still be a problem.
type lateWriter struct {
	w         http.ResponseWriter
	deadlines *http.ResponseController
	mediaType string
	begun     bool
}

func (l *lateWriter) begin() {
	if !l.begun {
		l.begun = true
		l.w.Header().Set("Content-Type", l.mediaType)
		l.w.WriteHeader(http.StatusOK)
	}
}

func (l *lateWriter) Write(b []byte) (int, error) {
	l.begin()
	_ = l.deadlines.SetWriteDeadline(time.Now().Add(listPause)) // a server that cannot keeps its own
	return l.w.Write(b)
}
