// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"testing"

	"tocsin"
	"tocsin/wire"
)

// FuzzVerify asks that no document makes the reader panic or answer without a class, and that nothing
// verifies but what the test world signed.
func FuzzVerify(f *testing.F) {
	w := newWorld(f)
	c := w.context(host)
	signed := map[string]bool{}
	for _, v := range cases() {
		vec := vector{Kind: kindDocument, Audience: host, Now: minute}
		document := v.make(w, &vec)
		if len(document) > 16<<10 {
			continue
		}
		f.Add(document)
		if v.expect == accepted && vec.Kind == kindDocument && vec.Audience == host {
			signed[string(wire.Digest(document))] = true
		}
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		d, err := wire.Verify(document, c)
		mustHaveClass(t, err)
		if err == nil && !signed[string(d.Digest)] {
			t.Error("a document verified that nobody signed")
		}
	})
}

// FuzzOrder asks that what is read as an order is written and read again as the same order.
func FuzzOrder(f *testing.F) {
	exact, err := wire.EncodeOrder(gardenOrder())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(exact)
	f.Add([]byte(`{"id":"x","id":"y"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := wire.DecodeOrder(data)
		mustHaveClass(t, err)
		if err != nil {
			return
		}
		once, err := wire.EncodeOrder(o)
		if err != nil {
			return // a year beyond 9999 can be read and not written
		}
		again, err := wire.DecodeOrder(once)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if twice, err := wire.EncodeOrder(again); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("the second writing differs: %v", err)
		}
	})
}

// FuzzDirectory asks for the same of directories.
func FuzzDirectory(f *testing.F) {
	w := newWorld(f)
	pinned := w.publishers()
	// The authority's RSA key is another in every process that fuzzes; without it, the edition is the same
	// in all.
	honest := w.edition(func(d *tocsin.Directory) { d.Parties = d.Parties[1:] }, "pub-1", "pub-2")
	f.Add(honest)
	f.Add([]byte(`{"payload":"e30","signatures":[{"protected":"e30","signature":""}]}`))
	s, err := wire.ParseSignedDirectory(honest)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := wire.VerifyDirectory(data, *pinned, minute, false)
		mustHaveClass(t, err)
		if err != nil {
			return
		}
		if read, err := wire.ParseSignedDirectory(data); err != nil || !bytes.Equal(read.Payload, s.Payload) {
			t.Error("a directory verified that nobody signed")
		}
	})
}

// FuzzBundle asks that a delivery is read in one way only.
func FuzzBundle(f *testing.F) {
	f.Add([]byte(`{"document":"a.b.c","log":{"leaf":"YQ==","proof":"p","openings":[]}}`))
	f.Add([]byte(`{"document":"a.b.c"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := wire.ParseBundle(data)
		mustHaveClass(t, err)
		if err != nil {
			return
		}
		once, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := wire.ParseBundle(once); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}
