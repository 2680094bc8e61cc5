// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tocsin"
	"tocsin/match/list"
)

// stream answers with what a function writes, as it writes it. Whoever reads too slowly, or left, ends it.
func (s *service) stream(ctx context.Context, id, mediaType string, write func(io.Writer) error) (
	*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		r, w := humago.Unwrap(hctx)
		to := &lateWriter{w: w, deadlines: http.NewResponseController(w), mediaType: mediaType}
		err := write(to)
		switch {
		case err == nil:
			to.begin() // an empty list is a list
		case !to.begun:
			s.refuse(w, r, err)
		default: // the reader must not take a part for the whole
			s.report(ctx, id, err)
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

// Export asks for all records of a kind.
type Export struct {
	Format tocsin.ListFormat `query:"format" enum:"jsonl,csv" default:"jsonl"`
	After  tocsin.RecordID   `query:"after" maxLength:"40" doc:"the last id of a list that broke off: go on from there"`
}

// exportTypes are the media types of exports.
var exportTypes = map[tocsin.ListFormat]string{tocsin.FormatCSV: listTypes[tocsin.FormatCSV],
	tocsin.FormatJSONLines: listTypes[tocsin.FormatJSONLines]}

// rows writes an export, one record a line.
type rows struct {
	to    *bufio.Writer
	lines *json.Encoder // of JSON Lines
	cells *csv.Writer   // else
}

// exportBuffer is what an export gathers before it sends, in bytes.
const exportBuffer = 32 << 10

// exportRows writes the rows that a function gives: as JSON Lines, or as cells below a heading.
func exportRows(to io.Writer, in *Export, heading []string, each func(*rows) error) error {
	r := &rows{to: bufio.NewWriterSize(to, exportBuffer)}
	if in.Format == tocsin.FormatCSV {
		r.cells = csv.NewWriter(r.to)
		r.cells.UseCRLF = true // RFC 4180
		if in.After == "" {    // what goes on has its heading
			if err := r.cells.Write(heading); err != nil {
				return err
			}
		}
	} else {
		r.lines = json.NewEncoder(r.to)
	}
	if err := each(r); err != nil {
		return err
	}
	if r.cells != nil {
		r.cells.Flush()
		if err := r.cells.Error(); err != nil {
			return err
		}
	}
	return r.to.Flush()
}

// row writes one record in the form that was asked for. No cell is a formula to a spreadsheet.
func (r *rows) row(document any, cells func() []string) error {
	if r.lines != nil {
		return r.lines.Encode(document)
	}
	guarded := cells()
	for i, cell := range guarded {
		guarded[i] = list.Guard(cell)
	}
	return r.cells.Write(guarded)
}

// moment is a time in a cell; empty for none.
func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
