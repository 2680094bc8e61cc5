// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"filippo.io/torchwood"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/translog"
)

// Every parser either refuses with ErrMalformed or gives something that encodes to the same bytes.

func FuzzParseEntry(f *testing.F) {
	for _, l := range validLeaves(f) {
		if b, err := l.Encode(); err == nil {
			f.Add(b)
		}
	}
	o, _, err := translog.Conceal(gagged(f))
	if err != nil {
		f.Fatal(err)
	}
	b, err := o.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"v":1,"t":"order","_sd":[null]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := translog.ParseEntry(b)
		if err != nil {
			mustBeMalformed(t, err)
			return
		}
		again, err := e.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("parsed %q, encoded %q, %v", b, again, err)
		}
	})
}

func FuzzParseTilePath(f *testing.F) {
	for _, path := range []string{
		"tile/0/000", "tile/63/x001/234.p/7", "tile/entries/000", "tile/data/000", "tile/8/0/000",
	} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got, err := translog.ParseTilePath(path)
		if err != nil {
			mustBeMalformed(t, err)
			return
		}
		if again := translog.TilePath(got); again != path {
			t.Errorf("parsed %q, encoded %q", path, again)
		}
		if theirs, err := torchwood.ParseTilePath(path); err != nil || theirs != got {
			t.Errorf("%q: the other implementation reads %+v, %v", path, theirs, err)
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	f.Add([]byte{0, 0}, 1)
	f.Add([]byte{0, 1, 'x', 0, 0}, 2)
	f.Add([]byte{255, 255, 'x'}, 1)
	f.Fuzz(func(t *testing.T, b []byte, width int) {
		entries, err := translog.ParseBundle(b, width)
		if err != nil {
			mustBeMalformed(t, err)
			return
		}
		again, err := translog.EncodeBundle(entries)
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("parsed %x, encoded %x, %v", b, again, err)
		}
	})
}

func FuzzParseCheckpoint(f *testing.F) {
	c := newTestLog(f, testOrigin, 1).fill(f, 3).Checkpoint(testOrigin)
	f.Add(c.Text())
	f.Add(c.Text() + "extension\n")
	f.Add("a\n0\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := translog.ParseCheckpoint(text)
		if err != nil {
			mustBeMalformed(t, err)
			return
		}
		if again, err := translog.ParseCheckpoint(got.Text()); err != nil || again != got {
			t.Errorf("parsed %+v, then %+v, %v", got, again, err)
		}
		theirs, err := torchwood.ParseCheckpoint(text)
		if err != nil || theirs.N != got.Size || theirs.Hash != got.Root {
			t.Errorf("%q: the other implementation reads %+v, %v", text, theirs, err)
		}
	})
}

func FuzzParseProof(f *testing.F) {
	log := newTestLog(f, testOrigin, 1).fill(f, 5)
	proof, err := translog.Prove(log.sign(f), 3, log)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(proof.Encode())
	proof.Extra = []byte("kettle")
	f.Add(proof.Encode())
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := translog.ParseProof(text)
		if err != nil {
			mustBeMalformed(t, err)
			return
		}
		again, err := translog.ParseProof(got.Encode())
		if err != nil {
			t.Fatalf("parsed %q, then %v", text, err)
		}
		if diff := cmp.Diff(got, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-first +second)\n%s", diff)
		}
	})
}

func FuzzParsePolicy(f *testing.F) {
	log, witness := newTestLog(f, testOrigin, 1), newWitness(f, 10).Verifier()
	f.Add(fmt.Appendf(nil, "log %s https://authority.example/log\nquorum none\n", log.vkey(f, 1)))
	f.Add(fmt.Appendf(nil, "# a comment\nwitness w %s\ngroup g any w\nquorum g\n", witness))
	signed := log.sign(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		policy, err := translog.ParsePolicy(text)
		if err != nil {
			mustBeMalformed(t, err)
			return
		}
		if c, err := policy.Open(signed); err == nil && c.Origin != testOrigin {
			t.Errorf("opened %+v", c)
		}
	})
}

func mustBeMalformed(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, translog.ErrMalformed) {
		t.Errorf("got error %v, want ErrMalformed", err)
	}
}
