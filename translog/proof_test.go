// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"errors"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"tocsin/translog"
)

func TestProofConvincesBothImplementations(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.IntRange(1, 700).Draw(rt, "size")
		index := rapid.Int64Range(0, int64(size)-1).Draw(rt, "index")
		log := newTestLog(t, testOrigin, 1).fill(t, size)
		policy := translog.TrustLogs(log.verifier)
		proof, err := translog.Prove(log.sign(t), index, log)
		if err != nil {
			rt.Fatal(err)
		}
		proof.Extra = rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(rt, "extra")
		got, err := translog.ParseProof(proof.Encode())
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(proof, got); size > 1 && diff != "" {
			rt.Fatalf("(-encoded +parsed)\n%s", diff)
		}
		entry := numbered(size)[index]
		c, err := got.Verify(entry, policy)
		if err != nil {
			rt.Fatal(err)
		}
		if c != log.Checkpoint(testOrigin) {
			rt.Fatalf("checkpoint %+v", c)
		}
		theirs := torchwood.ThresholdPolicy(2, torchwood.OriginPolicy(testOrigin),
			torchwood.SingleVerifierPolicy(log.verifier))
		if err := torchwood.VerifyProof(theirs, tlog.RecordHash(entry), proof.Encode()); err != nil {
			rt.Fatal(err)
		}
		if _, err := got.Verify([]byte("another entry"), policy); !errors.Is(err, translog.ErrUnverified) {
			rt.Fatalf("another entry: got error %v, want ErrUnverified", err)
		}
		got.Index = (got.Index + 1) % int64(size)
		if _, err := got.Verify(entry, policy); size > 1 && !errors.Is(err, translog.ErrUnverified) {
			rt.Fatalf("another index: got error %v, want ErrUnverified", err)
		}
	})
}

func TestProofUnderAnotherKeyIsNotAccepted(t *testing.T) {
	t.Parallel()
	log, other := newTestLog(t, testOrigin, 1).fill(t, 5), newTestLog(t, testOrigin, 2)
	proof, err := translog.Prove(log.sign(t), 2, log)
	if err != nil {
		t.Fatal(err)
	}
	_, err = proof.Verify(numbered(3)[2], translog.TrustLogs(other.verifier))
	if !errors.Is(err, translog.ErrUnverified) {
		t.Errorf("got error %v, want ErrUnverified", err)
	}
}

func TestOnlyWhatTheCheckpointCoversCanBeProved(t *testing.T) {
	t.Parallel()
	log := newTestLog(t, testOrigin, 1).fill(t, 5)
	signed := log.sign(t)
	log.fill(t, 5)
	for _, index := range []int64{-1, 5, 9} {
		if _, err := translog.Prove(signed, index, log); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("index %d: got error %v, want ErrMalformed", index, err)
		}
	}
	if _, err := translog.Prove([]byte("no checkpoint"), 0, log); !errors.Is(err, translog.ErrMalformed) {
		t.Errorf("got error %v, want ErrMalformed", err)
	}
}

func TestMalformedProofIsRefused(t *testing.T) {
	t.Parallel()
	log := newTestLog(t, testOrigin, 1).fill(t, 3)
	proof, err := translog.Prove(log.sign(t), 1, log)
	if err != nil {
		t.Fatal(err)
	}
	proof.Extra = []byte("kettle")
	good := string(proof.Encode())
	hash := proof.Path[0].String() + "\n"
	for name, text := range map[string]string{
		"empty":             "",
		"another header":    strings.Replace(good, "@v1", "@v2", 1),
		"no index":          strings.Replace(good, "index 1\n", "", 1),
		"negative index":    strings.Replace(good, "index 1", "index -1", 1),
		"leading zero":      strings.Replace(good, "index 1", "index 01", 1),
		"extra not base64":  strings.Replace(good, "extra ", "extra !", 1),
		"extra alone":       "c2sp.org/tlog-proof@v1\nextra AAAA\n\n" + string(proof.Checkpoint),
		"short hash":        strings.Replace(good, hash, "AAAA\n", 1),
		"sloppy hash":       strings.Replace(good, hash, " "+hash, 1),
		"endless path":      strings.Replace(good, hash, strings.Repeat(hash, 57), 1),
		"no checkpoint":     good[:strings.Index(good, "\n\n")+2],
		"unsigned":          good[:strings.Index(good, "\n— ")+1],
		"over the size":     strings.Replace(good, "extra ", "extra "+strings.Repeat("AAAA", 1<<15), 1),
		"header twice":      "c2sp.org/tlog-proof@v1\n" + good,
		"index before text": "index 1\n\n" + string(proof.Checkpoint),
	} {
		if got, err := translog.ParseProof([]byte(text)); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%s: got %+v, %v; want ErrMalformed", name, got, err)
		}
	}
}
