// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/match/list"
)

// fetch lets pytx read a local_file and gives the signals it finds, as type and value.
func fetch(t *testing.T, text, signalType string) [][2]string {
	t.Helper()
	installed := os.Getenv("TOCSIN_INTEROP")
	if installed == "" {
		t.Skip("NOT TESTED: PYTX IS NOT INSTALLED: run interop/run to let it read our lists")
	}
	input, err := json.Marshal(map[string]string{"list": text, "type": signalType})
	if err != nil {
		t.Fatal(err)
	}
	var trouble bytes.Buffer
	python := filepath.Join(installed, "venv", "bin", "python")
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("..", "..", "interop", "list", "peer.py"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &trouble
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("run peer: %v\n%s", err, trouble.String())
	}
	var answer struct {
		Peer    string
		Signals [][2]string
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatalf("read peer: %v", err)
	}
	t.Logf("peer: %s", answer.Peer)
	return answer.Signals
}

func pairs(rows []list.Row) (signals [][2]string) {
	for _, row := range rows {
		signals = append(signals, [2]string{row.Type, row.Value})
	}
	return signals
}

func TestInteropLocalFileIsReadByPytxAsWritten(t *testing.T) {
	t.Parallel()
	rows := []list.Row{row(1, "pdq", hashA), row(2, "text", "a kettle, größer  ✓"), row(3, "video_md5", video)}
	text, _ := write(t, rows, list.LocalFile)
	if diff := cmp.Diff(pairs(rows), fetch(t, text, "")); diff != "" {
		t.Error(diff)
	}
	var bare strings.Builder
	w, err := list.NewWriter(&bare, list.LocalFile, "text")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rows[1]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(pairs(rows[1:2]), fetch(t, bare.String(), "text")); diff != "" {
		t.Error(diff)
	}
}

func TestInteropLocalFileIsReadAsPytxReadsIt(t *testing.T) {
	t.Parallel()
	text := "pdq " + hashA + "\r\n\n  text   a kettle \t\npdq\n \t \ntext two  spaces\n" +
		"pdq " + hashA + "\ntext =1+1"
	keep := func(_, value string) (string, error) { return value, nil }
	for _, signalType := range []string{"", "text"} {
		options := list.Options{Canonical: keep, Type: signalType}
		r, err := list.NewReader(strings.NewReader(text), list.LocalFile, options)
		if err != nil {
			t.Fatal(err)
		}
		var rows []list.Row
		for row, bad := range r.All() {
			if bad == nil {
				rows = append(rows, row)
			}
		}
		want := fetch(t, text, signalType)
		for i := range want { // pytx keeps the spaces between type and signal
			want[i][1] = strings.TrimSpace(want[i][1])
		}
		if diff := cmp.Diff(want, pairs(rows)); diff != "" {
			t.Errorf("type %q: %s", signalType, diff)
		}
	}
}
