// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tocsin"
	"tocsin/match/batch"
	"tocsin/match/list"
	"tocsin/match/syntax"
)

// Import is a list of signals to be put into a bank at once.
type Import struct {
	Bank      string // id or name
	Format    tocsin.ListFormat
	FixedType string         // of rows that name no type
	Source    tocsin.PartyID // who vouches; this node's own party when empty
	Vouched   time.Time      // now when zero
	Until     *time.Time
	Marking   tocsin.Marking // the bank's when empty
	Reference string         // what the source calls the list
	Note      string
	Fetched   bool // from the source of the bank
	DryRun    bool // read and check, change nothing
	// Progress is told now and then how many signals were read; may be nil.
	Progress func(rows int64) `json:"-"`
	Body     io.Reader        `json:"-"`
}

// ImportReport is what came of an import.
type ImportReport struct {
	Batch     tocsin.RecordID // empty when there was no signal to keep, or on a dry run
	Rows      int64
	Counts    map[string]int64 // rows of each type
	Deleted   int64            // rows by which the source takes a signal back
	Retracted int64            // of those, the signals that were in the bank and that nobody else vouches for
	Withdrawn int64            // of those, the signals that others vouch for on
	BadCount  int64
	Reasons   map[string]int64 // why lines were bad
	Bad       []list.Bad       // the first of them
}

const (
	mostBad       = 100
	mostDeletions = 1 << 20
	// remembered signals of one list notice repeats; farther apart they do no harm, the index keeps one.
	remembered    = 1 << 20
	progressEvery = 10_000
)

// Import reads a list, keeps its rows as one immutable blob and records that in one event. A bad line is
// reported and stops nothing; a stream that ends too early changes nothing.
func (f *Flow) Import(ctx context.Context, actor Actor, key string, in Import) (ImportReport, error) {
	asked := in
	bank, err := f.importable(ctx, actor, &in)
	if err != nil {
		return ImportReport{}, err
	}
	r := &importReading{Import: in, report: ImportReport{Counts: map[string]int64{}}}
	digest, err := f.keepRows(ctx, r)
	if err != nil || in.DryRun {
		return r.report, err
	}
	if r.report.Rows > 0 {
		same := f.request(actor, ActionSignalAdd, key, "import", asked, digest)
		if r.report.Batch, err = f.importRows(ctx, actor, same, bank, digest, r); err != nil {
			return r.report, err
		}
	}
	back, err := f.takeBack(ctx, actor, bank, in, r.deleted)
	r.report.Retracted, r.report.Withdrawn = back.signals, back.words
	return r.report, err
}

// importable settles what the import leaves open and refuses early what would be refused at the end.
func (f *Flow) importable(ctx context.Context, actor Actor, in *Import) (tocsin.RecordID, error) {
	if f.Matcher == nil || f.Blobs == nil {
		return "", noMatcher()
	}
	if len(in.Reference) > 500 || len(in.Note) > 1000 {
		return "", tocsin.Invalid(tocsin.ReasonTooLong, "reference",
			"A reference takes at most 500 bytes, a note 1,000.")
	}
	var id tocsin.RecordID
	err := f.view(ctx, func(u *unit) error {
		bank, _, err := u.bankOf(actor, ActionSignalAdd, in.Bank)
		if err != nil {
			return err
		}
		id = bank.ID
		if in.Source == "" {
			in.Source = f.Identity.Party
		}
		if in.Vouched.IsZero() {
			in.Vouched = u.now
		}
		if in.Marking == "" {
			in.Marking = bank.Marking
		}
		_, _, err = tocsin.ImportBatch(u.by(actor.ID), tocsin.NewRecordID(tocsin.KindBatch), bank, in.imported(
			tocsin.DigestOf(nil), 1), nil)
		return err
	})
	return id, err
}

func (in *Import) imported(rows tocsin.Digest, count int64) tocsin.Imported {
	return tocsin.Imported{Blob: rows, Rows: count, Format: in.Format, Source: in.Source, Vouched: in.Vouched,
		Until: in.Until, Marking: in.Marking}
}

// importReading is an import being read.
type importReading struct {
	Import
	report  ImportReport
	deleted []batch.Row
}

// keepRows reads the list into a blob; on a dry run, into nothing.
func (f *Flow) keepRows(ctx context.Context, r *importReading) (tocsin.Digest, error) {
	if r.DryRun {
		return "", f.readRows(ctx, r, io.Discard)
	}
	from, to := io.Pipe()
	go func() { to.CloseWithError(f.readRows(ctx, r, to)) }()
	digest, _, err := f.Blobs.Put(ctx, from)
	from.CloseWithError(err) // the reader of the list must not wait for a blob that failed
	return digest, err
}

func (f *Flow) readRows(ctx context.Context, r *importReading, to io.Writer) error {
	reader, err := list.NewReader(r.Body, string(r.Format), list.Options{Canonical: f.canonicalOf, Type: r.FixedType,
		Remember: remembered})
	if err != nil {
		return tocsin.Invalid(tocsin.ReasonUnknownValue, "format", "A list is local_file, tat, csv or jsonl.")
	}
	writer := batch.NewWriter(to)
	for row, bad := range reader.All() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.take(writer, row, bad); err != nil {
			return err
		}
	}
	if err := reader.Err(); err != nil {
		return unreadable(err)
	}
	if _, err := writer.Close(); err != nil {
		return fmt.Errorf("keep rows: %w", err)
	}
	tally := reader.Tally()
	r.report.BadCount, r.report.Reasons, r.report.Deleted = tally.Bad, tally.Reasons, tally.Deletions
	r.report.Rows = writer.Rows()
	for _, c := range writer.Counts() {
		r.report.Counts[c.Type] = c.Rows
	}
	return nil
}

func (r *importReading) take(to *batch.Writer, row list.Row, bad *list.Bad) error {
	switch {
	case bad != nil:
		if len(r.report.Bad) < mostBad {
			r.report.Bad = append(r.report.Bad, *bad)
		}
		return nil
	case row.Deleted:
		if len(r.deleted) == mostDeletions {
			return tocsin.Invalid(tocsin.ReasonTooMany, "body", "The list takes back too many signals. Split it.")
		}
		r.deleted = append(r.deleted, row.Row)
		return nil
	}
	if err := to.Write(row.Row); err != nil {
		if errors.Is(err, batch.ErrFull) {
			return tocsin.Invalid(tocsin.ReasonTooMany, "body",
				"One import takes at most %d signals. Split the list.", tocsin.MostRows)
		}
		return fmt.Errorf("keep row: %w", err)
	}
	if n := to.Rows(); r.Progress != nil && n%progressEvery == 0 {
		r.Progress(n)
	}
	return nil
}

// canonicalOf validates a value of a list.
func (f *Flow) canonicalOf(signalType, value string) (string, error) {
	t, ok := f.Matcher.Type(signalType)
	if !ok {
		return "", syntax.Errorf("", list.ReasonUnknownType, "there is no such type of signal here")
	}
	return t.Parse(value)
}

func unreadable(err error) error {
	if e, ok := errors.AsType[*list.Error](err); ok {
		return tocsin.Invalid(tocsin.Reason(e.Reason), "body", "%s", e.Error())
	}
	return fmt.Errorf("read list: %w", err)
}

// importRows makes the rows findable under an id that nobody knows yet, then records the import: from its
// commit on, they match.
func (f *Flow) importRows(ctx context.Context, actor Actor, asked request, bank tocsin.RecordID,
	digest tocsin.Digest, r *importReading) (tocsin.RecordID, error) {
	arrived := f.arriving.expect(digest)
	id := tocsin.NewRecordID(tocsin.KindBatch)
	if err := f.Matcher.AddBatch(ctx, batchBase(id), digest); err != nil {
		arrived()
		return "", err
	}
	kept, err := f.once(ctx, asked, func(u *unit) (tocsin.RecordID, error) {
		b, _, err := u.bankOf(actor, ActionSignalAdd, string(bank))
		if err != nil {
			return "", err
		}
		file := BatchFile{Reference: r.Reference, Note: r.Note, Counts: r.report.Counts, Rejected: r.report.BadCount,
			Fetched: r.Fetched}
		batch, events, err := tocsin.ImportBatch(u.by(actor.ID), id, b, r.imported(digest, r.report.Rows), file)
		if err := u.did(batch, events, err); err != nil {
			return "", err
		}
		return id, u.write(batch, file)
	})
	if kept != id { // refused, or an import that was asked for before
		if remove := f.Matcher.RemoveBatch(context.WithoutCancel(ctx), batchBase(id), digest); remove != nil {
			f.Log.Error("rows of a refused import stay in the index until restart", "code", tocsin.CodeOf(remove))
		}
	}
	if arrived(); changedNothing(err) {
		f.dropRefused(context.WithoutCancel(ctx), digest)
	}
	return kept, err
}

// changedNothing reports whether a command certainly changed nothing.
func changedNothing(err error) bool {
	switch tocsin.CodeOf(err) {
	case tocsin.CodeInvalid, tocsin.CodeForbidden, tocsin.CodeNotFound, tocsin.CodeConflict:
		return true
	}
	return false
}

// dropRefused deletes the rows of a refused import: nobody is responsible for them, so nobody would erase them.
func (f *Flow) dropRefused(ctx context.Context, rows tocsin.Digest) {
	err := f.catchUp(ctx) // another import may name the same
	if err == nil {
		err = f.dropRows(ctx, rows)
	}
	if err != nil {
		f.Log.Error("rows of a refused import stay on the disk", "code", tocsin.CodeOf(err))
	}
}
