// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"tocsin/internal/logaudit"
	"tocsin/translog"
)

func TestHonestLogOfAnySizeIsClean(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{1, 2, 255, 256, 257, 511, 1000, 3000} {
		n := newNode(t, "fr-authority", 1).start(t).fill(t, size)
		a := n.serve(t)
		var last logaudit.Progress
		steps := int64(0)
		a.Progress = func(p logaudit.Progress) { last, steps = p, steps+1 }
		report, err := a.Run(t.Context())
		if err != nil {
			t.Errorf("size %d: %v", size, err)
			continue
		}
		if report.Checkpoint != n.head() || report.Party != "fr-authority" || !report.Clean(start.Time()) {
			t.Errorf("size %d: report %+v", size, report)
		}
		if got := report.Sum(func(c logaudit.Tally) bool { return c.Type == translog.TypeOrder }); got != size-1 {
			t.Errorf("size %d: %d orders counted", size, got)
		}
		if last != (logaudit.Progress{Done: size, Total: size}) || steps != (size+255)/256 {
			t.Errorf("size %d: %d steps of progress, last %+v", size, steps, last)
		}
	}
}

func TestEmptyLogIsClean(t *testing.T) {
	t.Parallel()
	report := newNode(t, "fr-authority", 1).audit(t)
	if report.Checkpoint.Size != 0 || !report.Clean(start.Time()) {
		t.Errorf("report %+v", report)
	}
}

func TestTamperedLeafIsNamed(t *testing.T) {
	t.Parallel()
	for _, at := range []int64{0, 255, 256, 599} {
		n := newNode(t, "fr-authority", 1).start(t).fill(t, 600)
		n.onEntries = func(from int64, entries [][]byte) [][]byte {
			if i := at - from; 0 <= i && i < int64(len(entries)) {
				entries[i] = append(slices.Clone(entries[i]), ' ')
			}
			return entries
		}
		_, err := n.serve(t).Run(t.Context())
		leaf, ok := errors.AsType[*logaudit.LeafError](err)
		if !ok || leaf.Index != at || !errors.Is(err, translog.ErrUnverified) {
			t.Errorf("leaf %d: got error %v", at, err)
		}
	}
}

func TestForgedTileIsNamed(t *testing.T) {
	t.Parallel()
	const size = 256*256 + 256*3 + 5
	n := newNode(t, "fr-authority", 1)
	if _, err := n.AppendBytes(make([][]byte, size)...); err != nil { // what they say does not matter here
		t.Fatal(err)
	}
	a := n.serve(t)
	for path, at := range map[string]int{
		"tile/0/000": 7, "tile/0/259.p/5": 4, "tile/1/000": 255, "tile/1/001.p/3": 2, "tile/2/000.p/1": 0,
	} {
		n.onTile = func(tile tlog.Tile, b []byte) []byte {
			if translog.TilePath(tile) == path {
				b[at*tlog.HashSize] ^= 1
			}
			return b
		}
		_, err := a.Run(t.Context())
		if err == nil || !strings.Contains(err.Error(), path) || !errors.Is(err, translog.ErrUnverified) {
			t.Errorf("%s: got error %v", path, err)
		}
	}
}

// Leaf and tile are forged to fit each other; only the signed root tells.
func TestConsistentForgeryFailsAtTheRoot(t *testing.T) {
	t.Parallel()
	honest, forged := newNode(t, "fr-authority", 1).start(t), newNode(t, "fr-authority", 1).start(t)
	honest.log(t, order(t, "fr-authority", "ie-host", start))
	forged.log(t, order(t, "fr-authority", "de-host", start))
	honest.onEntries = func(from int64, e [][]byte) [][]byte {
		e, err := forged.Memory.Entries(from, len(e))
		if err != nil {
			t.Error(err)
		}
		return e
	}
	honest.onTile = func(tile tlog.Tile, _ []byte) []byte {
		b, err := translog.TileData(2, tile, forged)
		if err != nil {
			t.Error(err)
		}
		return b
	}
	if _, err := honest.serve(t).Run(t.Context()); !errors.Is(err, translog.ErrUnverified) {
		t.Errorf("got error %v, want ErrUnverified", err)
	}
}

func TestWrongKeyIsNotBelieved(t *testing.T) {
	t.Parallel()
	a := newNode(t, "fr-authority", 1).start(t).serve(t)
	a.Policy = translog.TrustLogs(newNode(t, "fr-authority", 2).verifier)
	if _, err := a.Run(t.Context()); !errors.Is(err, translog.ErrUnverified) {
		t.Errorf("got error %v, want ErrUnverified", err)
	}
}

func TestTruncatedLogIsRecognised(t *testing.T) {
	t.Parallel()
	n := newNode(t, "fr-authority", 1).start(t).fill(t, 300)
	kept := n.head()
	shorter := newNode(t, "fr-authority", 1).start(t).fill(t, 299)
	a := shorter.serve(t)
	a.Earlier = &kept
	if _, err := a.Run(t.Context()); !errors.Is(err, translog.ErrRewritten) {
		t.Errorf("shorter checkpoint: got error %v, want ErrRewritten", err)
	}
	a = n.serve(t)
	n.Memory = shorter.Memory // the signature stays, the last leaf is gone
	_, err := a.Run(t.Context())
	missing, ok := errors.AsType[*logaudit.FetchError](err)
	if !ok || missing.Path != "tile/entries/001.p/44" || missing.Status != http.StatusInternalServerError {
		t.Errorf("missing leaf: got error %v", err)
	}
}

func TestRewrittenHistoryIsRecognised(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{1, 2, 255, 256, 300, 600} { // of the kept checkpoint
		n := newNode(t, "fr-authority", 1).start(t).fill(t, size)
		kept := n.head()
		grown := n.fill(t, 600).serve(t)
		grown.Earlier = &kept
		if _, err := grown.Run(t.Context()); err != nil {
			t.Errorf("kept at %d, honest growth: %v", size, err)
		}
		rewritten := newNode(t, "fr-authority", 1)
		rewritten.log(t, translog.Leaf{
			Type: translog.TypeShardStart, Issuer: "fr-authority", Hour: start + 1, Shard: 1,
		})
		a := rewritten.fill(t, 600).serve(t)
		a.Earlier = &kept
		if _, err := a.Run(t.Context()); !errors.Is(err, translog.ErrRewritten) {
			t.Errorf("kept at %d, rewritten: got error %v, want ErrRewritten", size, err)
		}
	}
}

func TestEarlierCheckpointMustBeOfTheSameLog(t *testing.T) {
	t.Parallel()
	a := newNode(t, "fr-authority", 1).start(t).serve(t)
	other := newNode(t, "ie-host", 1).start(t).head()
	a.Earlier = &other
	if _, err := a.Run(t.Context()); !errors.Is(err, translog.ErrMalformed) {
		t.Errorf("got error %v, want ErrMalformed", err)
	}
}

// clientFunc is a client that answers by itself.
type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestHostileServerIsBounded(t *testing.T) {
	t.Parallel()
	honest := newNode(t, "fr-authority", 1).start(t).fill(t, 300).serve(t)
	for resource, body := range map[string]string{
		"checkpoint": "", "tile/entries/000": "", "tile/0/000": "", // endless
		"tile/0/001.p/44": "short", "tile/entries/001.p/44": "short", "tile/1/000.p/1": "gone",
	} {
		a := honest
		a.Client = clientFunc(func(r *http.Request) (*http.Response, error) {
			resp, err := honest.Client.Do(r)
			if err != nil || !strings.HasSuffix(r.URL.Path, "/"+resource) {
				return resp, err
			}
			switch body {
			case "":
				resp.Body = endless()
			case "gone":
				resp.StatusCode = http.StatusNotFound
			default:
				resp.Body = io.NopCloser(strings.NewReader(body))
			}
			return resp, nil
		})
		_, err := a.Run(t.Context())
		if err == nil || !strings.Contains(err.Error(), resource) {
			t.Errorf("%s: got error %v", resource, err)
		}
		if body == "" && !strings.Contains(err.Error(), "bytes") {
			t.Errorf("%s: got error %v, want the limit it passed", resource, err)
		}
	}
}

func endless() io.ReadCloser { return io.NopCloser(zeros{}) }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestErrorsHoldNoAddress(t *testing.T) {
	t.Parallel()
	a := newNode(t, "fr-authority", 1).start(t).serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := a.Run(ctx)
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("got error %v", err)
	}
	for _, base := range []string{
		"", "log", "ftp://canary.example/log", "http:///log", "http://canary.example/?x", "\x00",
	} {
		a.Base = base
		_, err := a.Run(t.Context())
		if !errors.Is(err, translog.ErrMalformed) || strings.Contains(err.Error(), "canary") {
			t.Errorf("address %q: got error %v", base, err)
		}
	}
}

func TestReportCountsByDayPartyAndType(t *testing.T) {
	t.Parallel()
	n := newNode(t, "ie-host", 1).start(t)
	re := n.log(t, receipt(t, "fr-authority", translog.CodeLogged, start))
	n.log(t,
		receipt(t, "fr-authority", translog.CodeLogged, start+20),
		receipt(t, "de-authority", translog.CodeUnlogged, start+5),
		translog.Leaf{Type: translog.TypeAction, Issuer: "fr-authority", Legal: "eu-2021-784:3", Code: "restricted",
			Hour: start + 1, Re: &re, SD: sealed(t)},
		translog.Leaf{Type: translog.TypeRefusal, Of: translog.TypeOrder, Code: "unknown_issuer", Hour: start + 2})
	report := n.audit(t)
	day := start.Day()
	want := []logaudit.Count{
		{Tally: logaudit.Tally{Day: day, Issuer: "fr-authority", Type: translog.TypeAction, Code: "restricted",
			Answers: true}, Leaves: 1},
		{Tally: logaudit.Tally{Day: day, Issuer: "de-authority", Type: translog.TypeReceipt, Of: translog.TypeOrder,
			Code: "unlogged"}, Leaves: 1},
		{Tally: logaudit.Tally{Day: day, Issuer: "fr-authority", Type: translog.TypeReceipt, Of: translog.TypeOrder,
			Code: "logged"}, Leaves: 1},
		{Tally: logaudit.Tally{Day: day, Type: translog.TypeRefusal, Of: translog.TypeOrder,
			Code: "unknown_issuer"}, Leaves: 1},
		{Tally: logaudit.Tally{Day: day, Issuer: "ie-host", Type: translog.TypeShardStart}, Leaves: 1},
		{Tally: logaudit.Tally{Day: day + 24, Issuer: "fr-authority", Type: translog.TypeReceipt,
			Of: translog.TypeOrder, Code: "logged"}, Leaves: 1},
	}
	if diff := cmp.Diff(want, report.Counts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if report.First != start || report.Last != start+2 {
		t.Errorf("first %v, last %v", report.First, report.Last)
	}
}

func BenchmarkAudit(b *testing.B) {
	const size = 20_000
	a := newNode(b, "fr-authority", 1).start(b).fill(b, size).serve(b)
	for b.Loop() {
		if _, err := a.Run(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(size*float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
}
