// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/blob"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/node"
)

const importerVariable = "TOCSIN_TEST_IMPORTER"

// dying kills its process as soon as the rows of an import are on the disk, before anybody recorded them.
type dying struct{ flow.Blobs }

func (d dying) Put(ctx context.Context, r io.Reader) (tocsin.Digest, int64, error) {
	if _, _, err := d.Blobs.Put(ctx, r); err != nil {
		return "", 0, err
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return "", 0, err
	}
	_ = self.Kill()
	select {}
}

func gardenNode(dir string) node.Options {
	c := config.Default()
	c.Party, c.PublicURL = "garden-board", "https://node.board.example"
	c.DataDir, c.KeyDir = filepath.Join(dir, "data"), filepath.Join(dir, "keys")
	return node.Options{Config: c, Log: slog.New(slog.DiscardHandler)}
}

func importRows(ctx context.Context, n *node.Node, value string) (flow.ImportReport, error) {
	return n.Flow.Import(ctx, node.Operator, "", flow.Import{Bank: "GARDENS", Format: tocsin.FormatLocalFile,
		Body: strings.NewReader("sha256 " + value)})
}

// TestRowsOfAnImportThatWasKilledAreSweptAway, at the first start a day later, and nothing else is.
func TestRowsOfAnImportThatWasKilledAreSweptAway(t *testing.T) {
	if dir := os.Getenv(importerVariable); dir != "" {
		beImporter(t, dir)
	}
	t.Parallel()
	dir := t.TempDir()
	o := gardenNode(dir)
	if err := node.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	kept := strings.Repeat("ab", 32)
	start(t, o, func(n *node.Node) {
		terms := tocsin.BankTerms{Polarity: tocsin.PolarityPositive, Marking: tocsin.MarkingGreen,
			Enabled: tocsin.Whole}
		if _, err := n.Flow.OpenBank(t.Context(), node.Operator, "", terms, flow.BankFile{Name: "GARDENS"}); err != nil {
			t.Fatal(err)
		}
		if _, err := importRows(t.Context(), n, kept); err != nil {
			t.Fatal(err)
		}
	})
	importer := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$") //nolint:gosec // this test
	importer.Env = append(os.Environ(), importerVariable+"="+dir)
	if err := importer.Run(); err == nil {
		t.Fatal("the importer lives")
	}
	blobs, err := blob.New(node.BlobDir(o.Config), blob.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := blobs.Put(t.Context(), strings.NewReader("an exhibit, and no rows")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		later time.Duration
		left  int
	}{{23 * time.Hour, 3}, {25 * time.Hour, 2}, {26 * time.Hour, 2}} {
		var log bytes.Buffer
		o.Clock = tocsin.ClockFunc(func() time.Time { return time.Now().Add(c.later) })
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		start(t, o, func(n *node.Node) {
			found, err := n.Flow.Known(t.Context(), node.Operator, flow.SignalRef{Type: "sha256", Value: kept})
			if err != nil || len(found) != 1 {
				t.Errorf("after %s: %v, %v", c.later, found, err)
			}
		})
		left := 0
		for _, err := range blobs.List(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			left++
		}
		if said := strings.Contains(log.String(), "files=1"); left != c.left || said != (c.later == 25*time.Hour) {
			t.Errorf("after %s there are %d blobs, want %d; the log says\n%s", c.later, left, c.left, log.String())
		}
	}
}

func beImporter(t *testing.T, dir string) {
	start(t, gardenNode(dir), func(n *node.Node) {
		n.Flow.Blobs = dying{n.Flow.Blobs}
		_, err := importRows(t.Context(), n, strings.Repeat("cd", 32))
		t.Errorf("the import came to its end: %v", err)
	})
}

// start opens a node as it would be served, and closes it again.
func start(t *testing.T, o node.Options, use func(*node.Node)) {
	t.Helper()
	n, err := node.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	use(n)
	if err := n.Close(); err != nil {
		t.Error(err)
	}
}
