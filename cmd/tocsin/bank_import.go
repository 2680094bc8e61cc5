// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
)

// importFlags say what a list is and who stands behind it.
type importFlags struct {
	format, signalType, source, vouched, until, marking, reference, note, key string
	dryRun                                                                    bool
}

func (p *program) bankImportCommand() *cobra.Command {
	var f importFlags
	c := p.withRemote(task("import BANK FILE", "Import a list of signals", `
Sends a list to the node ( - for standard input), which reads it as it arrives. All its signals match together
or not at all, and the whole import can be withdrawn. A line that is no signal is reported and stops nothing;
one that repeats a signal counts as such. --dry-run only says what would happen.

Formats: local_file (a type and a signal on each line), csv (the first row names the columns: value, type,
reference, labels, confidence, until, deleted), jsonl (an object with those members on each line; also what
'tocsin hash --json' prints), tat (the hash list of Tech Against Terrorism).`,
		"  tocsin bank import GARDENS list.csv --dry-run\n"+
			"  tocsin bank import GARDENS list.csv --source ie-host --reference 'spring list' --until 2027-01-01\n"+
			"  tocsin bank import GARDENS hashes.txt --type pdq", cobra.ExactArgs(2),
		func(ctx context.Context, args []string) error { return p.bankImport(ctx, args[0], args[1], f) }))
	c.Flags().StringVar(&f.format, "format", "", formatHelp+" (default: by the name of the file)")
	c.Flags().StringVar(&f.signalType, "type", "", "type of signals that the list gives none for, such as pdq")
	c.Flags().StringVar(&f.source, "source", "", "party that vouches for the signals (default: this node's)")
	c.Flags().StringVar(&f.vouched, "vouched-at", "", "when it did: a date or RFC 3339 (default: now)")
	c.Flags().StringVar(&f.until, "until", "", "from when they no longer match: a date or RFC 3339")
	c.Flags().StringVar(&f.marking, "marking", "", "to whom they may be passed on (default: the bank's)")
	c.Flags().StringVar(&f.reference, "reference", "", "what the source calls the list")
	c.Flags().StringVar(&f.note, "note", "", "a note of your own")
	c.Flags().StringVar(&f.key, "idempotency-key", "", "name of this request, so that repeating it is harmless")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "read and check the list; change nothing")
	return c
}

const formatHelp = "local_file, csv, jsonl or tat"

// formatOf tells the format of a list by the name of its file.
func formatOf(given, path string) (string, error) {
	if given != "" {
		return given, nil
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv", ".tsv":
		return "csv", nil
	case ".jsonl", ".ndjson":
		return "jsonl", nil
	case ".json":
		return "tat", nil
	case ".txt":
		return "local_file", nil
	}
	return "", usagef("the name of the list does not tell its format; give --format %s", formatHelp)
}

func (f importFlags) query(path string) (url.Values, error) {
	format, err := formatOf(f.format, path)
	if err != nil {
		return nil, err
	}
	q := url.Values{"format": {format}}
	for name, value := range map[string]string{"type": f.signalType, "source": f.source, "marking": f.marking,
		"reference": f.reference, "note": f.note} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, text := range map[string]string{"vouched_at": f.vouched, "until": f.until} {
		t, err := moment(text)
		if err != nil {
			return nil, err
		}
		if t != nil {
			q.Set(name, t.Format("2006-01-02T15:04:05.999999Z07:00"))
		}
	}
	if f.dryRun {
		q.Set("dry_run", "true")
	}
	return q, nil
}

func (p *program) bankImport(ctx context.Context, bank, path string, f importFlags) error {
	query, err := f.query(path)
	if err != nil {
		return err
	}
	client, err := p.remote()
	if err != nil {
		return err
	}
	list, err := p.openInput(path)
	if err != nil {
		return err
	}
	defer list.Close()
	step, end := p.tally("import")
	defer end()
	var headers []string
	if f.key != "" {
		headers = []string{"Idempotency-Key", f.key}
	}
	var report api.ImportReport
	err = client.Send(ctx, bankPath(bank, "imports"), query, list, "application/octet-stream", &report,
		step, headers...)
	if err != nil {
		return err
	}
	end()
	for _, b := range report.Bad {
		p.note("line %d: %s (%s)", b.Line, b.Detail, b.Reason)
	}
	if more := report.BadCount - int64(len(report.Bad)); more > 0 {
		p.note("and %d lines more", more)
	}
	return p.show(report, func(w io.Writer) { printImport(w, report) })
}

func printImport(w io.Writer, r api.ImportReport) {
	switch {
	case r.DryRun:
		fmt.Fprintln(w, "nothing was changed; an import would take")
	case r.Import != "":
		fmt.Fprintf(w, "imported\t%s\n", r.Import)
	default:
		fmt.Fprintln(w, "nothing was imported")
	}
	fmt.Fprintf(w, "signals\t%d\n", r.Rows)
	for _, t := range slices.Sorted(maps.Keys(r.Counts)) {
		fmt.Fprintf(w, "  %s\t%d\n", t, r.Counts[t])
	}
	fmt.Fprintf(w, "not taken\t%d\n", r.BadCount)
	for _, reason := range slices.Sorted(maps.Keys(r.Reasons)) {
		fmt.Fprintf(w, "  %s\t%d\n", reason, r.Reasons[reason])
	}
	if r.Deleted > 0 {
		fmt.Fprintf(w, "taken back\t%d, of which %d were here and %d stay, as others vouch\n", r.Deleted,
			r.Retracted+r.Withdrawn, r.Withdrawn)
	}
}

// openInput opens a file, or standard input.
func (p *program) openInput(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(p.in), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	return f, nil
}

// openList opens a list and shows how much of it was read. end may be called twice.
func (p *program) openList(path, what string) (list io.Reader, end func(), err error) {
	if path == "-" {
		return p.in, func() {}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read list: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("read list: %w", err)
	}
	step, stop := p.progress(what)
	return &measured{r: f, total: info.Size(), step: step}, func() { stop(); f.Close() }, nil
}

// measured tells how many bytes were read.
type measured struct {
	r           io.Reader
	done, total int64
	step        func(done, total int64)
}

func (m *measured) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	m.done += int64(n)
	m.step(m.done, m.total)
	return n, err
}

func (p *program) bankExportCommand() *cobra.Command {
	format, out := "", ""
	c := p.withRemote(task("export BANK", "Export the signals of a bank that match now", `
Writes a list that 'bank import' and other programs take, each signal once. Signals marked red stay in the
node, and what a format has no place for is left out: csv and jsonl keep everything.`,
		"  tocsin bank export GARDENS > gardens.csv\n"+
			"  tocsin bank export GARDENS --format jsonl --out gardens.jsonl",
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			return p.bankExport(ctx, args[0], format, out)
		}))
	c.Flags().StringVar(&format, "format", "csv", formatHelp)
	c.Flags().StringVar(&out, "out", "", "write to this new file instead of standard output")
	return c
}

func (p *program) bankExport(ctx context.Context, bank, format, out string) error {
	client, err := p.remote()
	if err != nil {
		return err
	}
	query := url.Values{"format": {format}}
	if out == "" {
		_, err := client.Fetch(ctx, bankPath(bank, "signals"), query, p.out)
		return err
	}
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	size, err := client.Fetch(ctx, bankPath(bank, "signals"), query, f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(out) // not whole
		return err
	}
	return p.show(map[string]any{"file": out, "bytes": size}, func(w io.Writer) {
		fmt.Fprintf(w, "%s\t%d bytes\n", out, size)
	})
}

func (p *program) bankImportsCommand() *cobra.Command {
	limit, after := 50, ""
	c := p.withRemote(task("imports", "List imports, the latest first", `
Lists what was imported into all banks: how many signals, from whom, and whether they still match.`,
		"  tocsin bank imports\n  tocsin bank imports --limit 200 --json", cobra.NoArgs,
		func(ctx context.Context, _ []string) error {
			client, err := p.remote()
			if err != nil {
				return err
			}
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			if after != "" {
				query.Set("after", after)
			}
			var page api.ImportPage
			if err := client.Call(ctx, http.MethodGet, "/imports", query, nil, &page); err != nil {
				return err
			}
			return p.show(page, func(w io.Writer) {
				fmt.Fprintln(w, "ID\tSTATUS\tSIGNALS\tSOURCE\tVOUCHED\tBANK\tREFERENCE")
				for _, i := range page.Imports {
					fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n", i.ID, i.Status, i.Rows, i.Source, at(&i.Vouched), i.Bank,
						i.Reference)
				}
				if page.Next != "" {
					fmt.Fprintf(w, "There are more: --after %s\n", page.Next)
				}
			})
		}))
	c.Flags().IntVar(&limit, "limit", 50, "at most this many, up to 200")
	c.Flags().StringVar(&after, "after", "", "next of an earlier page")
	return c
}

func (p *program) bankWithdrawCommand() *cobra.Command {
	reasons := ""
	c := p.withRemote(task("withdraw IMPORT", "Undo an import", `
None of the signals of the import matches from now on, unless something else brought it too.`,
		"  tocsin bank withdraw bat_… --reasons 'The list was for another garden.'", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			return p.tell(ctx, http.MethodPost, "/imports/"+url.PathEscape(args[0])+"/withdrawal",
				api.ReasonsBody{Reasons: reasons}, args[0]+" is withdrawn")
		}))
	c.Flags().StringVar(&reasons, "reasons", "", "why; it stands in the history (required)")
	return c
}
