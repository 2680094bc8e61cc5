// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"bytes"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/node"
)

// TestErasedSignalsAreNowhereInTheData: not in the database, the index or the blobs, neither as text nor as bytes,
// after the procedure of docs/erasure.md.
func TestErasedSignalsAreNowhereInTheData(t *testing.T) {
	t.Parallel()
	o := gardenNode(t.TempDir())
	if err := node.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	const address, text = "https://garden.example/kettle-4711", "kettle-4711"
	byHand, listed := strings.Repeat("0f1e", 16), strings.Repeat("2d3c", 16)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	start(t, o, func(n *node.Node) {
		f, who := n.Flow, node.Operator
		terms := tocsin.BankTerms{Polarity: tocsin.PolarityPositive, Marking: tocsin.MarkingGreen,
			Enabled: tocsin.Whole}
		_, err := f.OpenBank(t.Context(), who, "", terms, flow.BankFile{Name: "GARDENS"})
		must(err)
		var ids []tocsin.RecordID
		for signalType, value := range map[tocsin.SignalType]string{"url": address, "pdq": byHand} {
			id, err := f.AddSignal(t.Context(), who, "key-"+string(signalType), flow.NewSignal{Reference: text, Note: text,
				SignalRef: flow.SignalRef{Bank: "GARDENS", Type: signalType, Value: value}})
			must(err)
			ids = append(ids, id)
		}
		r, err := f.Import(t.Context(), who, "key-list", flow.Import{Bank: "GARDENS", Reference: text,
			Format: tocsin.FormatLocalFile, Body: strings.NewReader("pdq " + listed)})
		must(err)
		for _, query := range []flow.SignalRef{{Type: "url", Value: address}, {Type: "pdq", Value: byHand},
			{Type: "pdq", Value: listed}} {
			known, err := f.Known(t.Context(), who, query)
			if must(err); len(known) != 1 {
				t.Fatalf("%s is not known", query.Type)
			}
		}
		for _, id := range ids {
			must(f.RetractSignal(t.Context(), who, flow.SignalRef{ID: id}, text))
			must(f.EraseRecord(t.Context(), who, id, "retention_ended"))
		}
		must(f.WithdrawBatch(t.Context(), who, r.Batch, text))
		must(f.EraseRecord(t.Context(), who, r.Batch, "retention_ended"))
	})
	for _, secret := range []string{address, text, byHand, listed, raw(t, byHand)} { // before the procedure
		for _, file := range holding(t, o.Config.DataDir, secret) {
			t.Errorf("%s holds an erased value of %d bytes", file, len(secret))
		}
	}
	must(os.RemoveAll(filepath.Join(o.Config.DataDir, "index")))
	start(t, o, func(*node.Node) {})
	for _, secret := range []string{address, text, byHand, listed, raw(t, byHand), raw(t, listed)} {
		for _, file := range holding(t, o.Config.DataDir, secret) {
			t.Errorf("%s still holds an erased value of %d bytes", file, len(secret))
		}
	}
}

func raw(t *testing.T, text string) string {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// holding gives the files below a folder that hold some bytes.
func holding(t *testing.T, dir, secret string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(secret)) {
			files = append(files, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
