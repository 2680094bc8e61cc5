// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tocsin"
	"tocsin/internal/matcher"
	"tocsin/match"
	"tocsin/match/batch"
)

// world is a node's folder: blobs, and the files of a matcher.
type world struct {
	t   *testing.T
	dir string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	if err := os.Mkdir(filepath.Join(w.dir, "blobs"), 0o700); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) files() string { return filepath.Join(w.dir, "matcher") }

// start opens the matcher as a node does.
func (w *world) start() *matcher.Matcher {
	w.t.Helper()
	report := func(err error) { w.t.Log("reported:", err) }
	m, err := matcher.Open(w.files(), w.openBlob, matcher.Options{Report: report})
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) stop(m *matcher.Matcher) {
	w.t.Helper()
	if err := m.Close(); err != nil {
		w.t.Fatal(err)
	}
}

type file struct {
	*os.File
	size int64
}

func (f file) Size() int64 { return f.size }

func (w *world) blobName(d tocsin.Digest) string { return filepath.Join(w.dir, "blobs", string(d)) }

func (w *world) openBlob(_ context.Context, d tocsin.Digest) (matcher.Blob, error) {
	f, err := os.Open(w.blobName(d))
	if err != nil {
		return nil, tocsin.Errorf(tocsin.CodeNotFound, "unknown_blob", "There is no such blob.")
	}
	info, err := f.Stat()
	return file{f, info.Size()}, err
}

// put writes a batch and gives its digest.
func (w *world) put(rows ...batch.Row) tocsin.Digest {
	w.t.Helper()
	var b bytes.Buffer
	to := batch.NewWriter(&b)
	for _, r := range rows {
		if err := to.Write(r); err != nil {
			w.t.Fatal(err)
		}
	}
	if _, err := to.Close(); err != nil {
		w.t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	d := tocsin.Digest(hex.EncodeToString(sum[:]))
	if err := os.WriteFile(w.blobName(d), b.Bytes(), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) add(m *matcher.Matcher, base match.ID, blob tocsin.Digest) {
	w.t.Helper()
	if err := m.AddBatch(w.t.Context(), base, blob); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) remove(m *matcher.Matcher, base match.ID, blob tocsin.Digest) {
	w.t.Helper()
	if err := m.RemoveBatch(w.t.Context(), base, blob); err != nil {
		w.t.Fatal(err)
	}
}

// found wants exactly these ids for a value.
func (w *world) found(m *matcher.Matcher, typ, value string, ids ...match.ID) {
	w.t.Helper()
	a, err := m.Search(w.t.Context(), match.Query{Type: typ, Value: value, Radius: -1})
	if err != nil {
		w.t.Fatal(err)
	}
	var got []match.ID
	for _, h := range a.Hits {
		got = append(got, h.ID)
		if h.Value != value {
			w.t.Errorf("a hit has the value %s, not %s", h.Value, value)
		}
	}
	if !slices.Equal(got, ids) {
		w.t.Errorf("%s: found %v, want %v", typ, got, ids)
	}
	exact, err := m.Find(w.t.Context(), tocsin.SignalType(typ), value)
	if err != nil || !slices.Equal(exact, ids) {
		w.t.Errorf("%s: Find gives %v, %v; want %v", typ, exact, err, ids)
	}
}

const base1, base2, base3 = match.ID(1 << 24), match.ID(2 << 24), match.ID(3 << 24)

// hashes makes pictures that are far from each other.
func hashes(seed uint64, n int) []string {
	r := rand.New(rand.NewPCG(seed, 0))
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%016x%016x%016x%016x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
	}
	return all
}

func pictures(values []string) []batch.Row {
	rows := make([]batch.Row, len(values))
	for i, v := range values {
		rows[i] = batch.Row{Type: "pdq", Value: v}
	}
	return rows
}

// garden is a few signals of other types.
var garden = []batch.Row{
	{Type: "md5", Value: "0123456789abcdef0123456789abcdef", Reference: "kettle-1", Labels: []string{"kettle"}},
	{Type: "url", Value: "garden.example/bridge"},
}
