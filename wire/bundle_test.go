// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/wire"
)

func TestNegotiationPicksTheHighestCommonVersion(t *testing.T) {
	t.Parallel()
	if v, err := wire.Negotiate([]int{3, 1, 0, -1}); err != nil || v != 1 {
		t.Errorf("got %d, %v", v, err)
	}
	for _, offered := range [][]int{nil, {2, 3}, {0}} {
		_, err := wire.Negotiate(offered)
		if tocsin.ReasonOf(err) != tocsin.RefusedVersion || tocsin.CodeOf(err) != tocsin.CodeUnsupported {
			t.Errorf("%v: got %v", offered, err)
		}
	}
}

func TestBundleIsReadStrictly(t *testing.T) {
	t.Parallel()
	b := wire.Bundle{Document: "a.b.c", Log: &wire.LogEvidence{
		Leaf: []byte("leaf"), Proof: "proof\n", Openings: []wire.Opening{{Salt: "s", Name: "n", Value: "v"}},
	}}
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	read, err := wire.ParseBundle(data)
	if diff := cmp.Diff(b, read); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := wire.ParseBundle([]byte(`{"document":"a.b.c"}`)); err != nil {
		t.Errorf("without log: %v", err)
	}
	for _, bad := range []string{
		``, `{}`, `[]`, `null`, `{"document":""}`, `{"document":"a","document":"b"}`, `{"Document":"a"}`,
		`{"document":"a","more":1}`, `{"document":"a"} {}`, `{"document":"a","log":{}}`,
		`{"document":"a","log":{"leaf":"@@","proof":"p"}}`, `{"document":"a","log":{"leaf":"YQ=="}}`,
	} {
		if _, err := wire.ParseBundle([]byte(bad)); tocsin.ReasonOf(err) != tocsin.RefusedMalformed {
			t.Errorf("%s: got %v", bad, err)
		}
	}
	large := bytes.Repeat([]byte(" "), wire.MaxBundle+1)
	if _, err := wire.ParseBundle(large); tocsin.ReasonOf(err) != tocsin.RefusedTooLarge {
		t.Errorf("too large: got %v", err)
	}
}
