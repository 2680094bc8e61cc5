// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/match/list"
)

const (
	maxList = 4 << 30 // bytes of a list
	// listPause is how long either side of a list may let the other wait.
	listPause = time.Minute
)

// ListImport brings a list of signals into a bank. The list is the body, read as it arrives.
type ListImport struct {
	BankByName
	Key       string            `header:"Idempotency-Key" maxLength:"80" pattern:"^[A-Za-z0-9._:-]{1,80}$"`
	Format    tocsin.ListFormat `query:"format" required:"true" enum:"local_file,tat,csv,jsonl"`
	Type      string            `query:"type" maxLength:"32" doc:"of rows that name none"`
	Source    tocsin.PartyID    `query:"source" maxLength:"200" doc:"who vouches; this node when left out"`
	Vouched   time.Time         `query:"vouched_at" doc:"now when left out"`
	Until     time.Time         `query:"until" doc:"from when the rows no longer match"`
	Marking   tocsin.Marking    `query:"marking" doc:"the bank's when left out"`
	Reference string            `query:"reference" maxLength:"500" doc:"what the source calls the list"`
	Note      string            `query:"note" maxLength:"1000"`
	DryRun    bool              `query:"dry_run" doc:"read and check the list; change nothing"`

	list    io.Reader
	interim *interim
}

// Resolve keeps the body, which the framework does not read.
func (in *ListImport) Resolve(ctx huma.Context) []error {
	r, w := humago.Unwrap(ctx)
	in.interim = &interim{w: w, mute: r.Header.Get(HeaderProgress) != "rows"}
	in.list = &patientBody{http.MaxBytesReader(w, r.Body, maxList), http.NewResponseController(w)}
	return nil
}

// patientBody moves the deadlines of a request as long as its body arrives.
type patientBody struct {
	io.Reader
	deadlines *http.ResponseController
}

func (p *patientBody) Read(b []byte) (int, error) {
	_ = p.deadlines.SetReadDeadline(time.Now().Add(listPause)) // a server that cannot keeps its own
	_ = p.deadlines.SetWriteDeadline(time.Now().Add(2 * listPause))
	return p.Reader.Read(b)
}

// ImportReport is what came of an import.
type ImportReport struct {
	Import     tocsin.RecordID  `json:"import,omitempty" doc:"absent on a dry run, and when no signal was left"`
	DryRun     bool             `json:"dry_run,omitempty"`
	Rows       int64            `json:"rows" required:"true" doc:"signals that were taken"`
	Counts     map[string]int64 `json:"counts" required:"true" doc:"of each type"`
	Duplicates int64            `json:"duplicates" required:"true" doc:"bad lines that repeat a signal"`
	Deleted    int64            `json:"deleted" required:"true" doc:"lines that take a signal back"`
	Retracted  int64            `json:"retracted" required:"true" doc:"of those, signals that nobody else had"`
	Withdrawn  int64            `json:"withdrawn" required:"true" doc:"of those, signals that others vouch for on"`
	BadCount   int64            `json:"bad_count" required:"true" doc:"lines that are no signal"`
	Reasons    map[string]int64 `json:"reasons,omitempty" doc:"why, by code"`
	Bad        []BadLine        `json:"bad" required:"true" nullable:"false" doc:"the first hundred"`
}

// BadLine is a line that is no signal. It is never quoted.
type BadLine struct {
	Line   int64  `json:"line" required:"true" doc:"from 1; in a tat list the number of the record"`
	Reason string `json:"reason" required:"true" doc:"a code"`
	Detail string `json:"detail" required:"true"`
}

func (s *service) importList(ctx context.Context, in *ListImport) (*output[ImportReport], error) {
	defer in.interim.end()
	i := flow.Import{Progress: in.interim.rows, Bank: in.Bank, Format: in.Format, FixedType: in.Type, Source: in.Source,
		Vouched: in.Vouched, Marking: in.Marking, Reference: in.Reference, Note: in.Note,
		DryRun: in.DryRun, Body: in.list}
	if !in.Until.IsZero() {
		i.Until = &in.Until
	}
	r, err := s.Flow.Import(ctx, actorOf(ctx), in.Key, i)
	if err != nil {
		return nil, placed(brokenList(err))
	}
	report := ImportReport{Import: r.Batch, DryRun: in.DryRun, Rows: r.Rows, Counts: r.Counts,
		Duplicates: r.Reasons[list.ReasonDuplicate], Deleted: r.Deleted, Retracted: r.Retracted,
		Withdrawn: r.Withdrawn, BadCount: r.BadCount, Reasons: r.Reasons, Bad: make([]BadLine, 0, len(r.Bad))}
	for _, b := range r.Bad {
		report.Bad = append(report.Bad, BadLine(b))
	}
	return answer(report), nil
}

// brokenList says what became of a list that did not arrive whole.
func brokenList(err error) error {
	switch _, tooLarge := errors.AsType[*http.MaxBytesError](err); {
	case tooLarge:
		return tocsin.Errorf(tocsin.CodeTooLarge, tocsin.RefusedTooLarge, "A list takes at most %d GiB. Split it.",
			maxList>>30)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return tocsin.Errorf(tocsin.CodeBusy, "too_slow", "The list did not arrive in time.")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedMalformed, "The list broke off.")
	}
	return err
}

// placed says of a wrong member whether it is a parameter or the list itself.
func placed(err error) error {
	e, ok := errors.AsType[*tocsin.Error](err)
	if !ok || e.Field == "" || e.Field == "body" {
		return err
	}
	at := *e
	at.Field = "query." + e.Field
	return &at
}

// ImportList asks for a page of imports.
type ImportList struct {
	After string `query:"after" maxLength:"200" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// ImportView is one import.
type ImportView struct {
	ID        tocsin.RecordID   `json:"id" required:"true"`
	Version   int64             `json:"version" required:"true"`
	Status    tocsin.BatchState `json:"status" required:"true" enum:"active,withdrawn,expired"`
	Bank      tocsin.RecordID   `json:"bank" required:"true"`
	Format    tocsin.ListFormat `json:"format" required:"true"`
	Rows      int64             `json:"rows" required:"true"`
	Counts    map[string]int64  `json:"counts,omitempty" doc:"rows of each type"`
	Rejected  int64             `json:"rejected,omitempty" doc:"lines that were no signals"`
	Source    tocsin.PartyID    `json:"source" required:"true" doc:"who vouches"`
	Vouched   time.Time         `json:"vouched_at" required:"true"`
	Until     *time.Time        `json:"until,omitempty"`
	Marking   tocsin.Marking    `json:"marking" required:"true"`
	Reference string            `json:"reference,omitempty"`
	Note      string            `json:"note,omitempty"`
	SHA256    tocsin.Digest     `json:"sha256" required:"true" doc:"of the rows as they are kept"`
}

// ImportPage is one page of imports, the latest first.
type ImportPage struct {
	Imports []ImportView `json:"imports" required:"true" nullable:"false"`
	Next    string       `json:"next,omitempty" doc:"give it as after; absent at the end"`
}

func (s *service) listImports(ctx context.Context, in *ImportList) (*output[ImportPage], error) {
	all, next, err := s.Flow.Batches(ctx, actorOf(ctx), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := ImportPage{Imports: make([]ImportView, 0, len(all)), Next: next}
	for _, b := range all {
		page.Imports = append(page.Imports, ImportView{ID: b.ID, Version: b.Version, Status: b.Status, Bank: b.Bank,
			Format: b.Format, Rows: b.Rows, Counts: b.File.Counts, Rejected: b.File.Rejected, Source: b.Source,
			Vouched: b.Vouched, Until: b.Until, Marking: b.Marking, Reference: b.File.Reference, Note: b.File.Note,
			SHA256: b.Blob})
	}
	return answer(page), nil
}

func (s *service) withdrawImport(ctx context.Context, in *Withdrawal) (*None, error) {
	return nil, s.Flow.WithdrawBatch(ctx, actorOf(ctx), in.ID, in.Body.Reasons)
}
