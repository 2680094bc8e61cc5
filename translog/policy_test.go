// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"

	"tocsin/translog"
)

// newWitness gives a witness as another implementation makes it.
func newWitness(t testing.TB, seed byte) *torchwood.CosignatureSigner {
	t.Helper()
	w, err := torchwood.NewCosignatureSigner(fmt.Sprintf("witness.example/%d", seed),
		ed25519.NewKeyFromSeed(append(make([]byte, 31), seed)))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (l *testLog) vkey(t testing.TB, seed byte) string {
	t.Helper()
	key := ed25519.NewKeyFromSeed(append(make([]byte, 31), seed))
	vkey, err := note.NewEd25519VerifierKey(l.origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return vkey
}

// The shape of the specification's example: two of three, and one of two others.
func TestQuorumDecidesAsTheOtherImplementationDoes(t *testing.T) {
	t.Parallel()
	log := newTestLog(t, testOrigin, 1).fill(t, 5)
	text := "# who is trusted\nlog " + log.vkey(t, 1) + "\n"
	var witnesses []note.Signer
	for i := range byte(5) {
		w := newWitness(t, 10+i)
		witnesses = append(witnesses, w)
		text += fmt.Sprintf("\t witness w%d %s https://witness.example/ \n", i, w.Verifier())
	}
	text += "group x 2 w0 w1 w2\ngroup y any w3 w4\n\ngroup both all x y\nquorum both\n"
	policy, err := translog.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := torchwood.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for set := range 1 << len(witnesses) {
		var cosigners []note.Signer
		for i, w := range witnesses {
			if set&(1<<i) != 0 {
				cosigners = append(cosigners, w)
			}
		}
		signed := log.sign(t, cosigners...)
		x, y := set&1+set>>1&1+set>>2&1, set>>3&1+set>>4&1
		_, err := policy.Open(signed)
		if want := x >= 2 && y >= 1; (err == nil) != want {
			t.Errorf("witnesses %05b: got error %v, want accepted %v", set, err, want)
		}
		if err != nil && !errors.Is(err, translog.ErrUnverified) {
			t.Errorf("witnesses %05b: got error %v, want ErrUnverified", set, err)
		}
		if _, _, theirErr := torchwood.VerifyCheckpoint(signed, theirs); (err == nil) != (theirErr == nil) {
			t.Errorf("witnesses %05b: we say %v, they say %v", set, err, theirErr)
		}
	}
}

func requireWitness(t *testing.T, log *testLog, w *torchwood.CosignatureSigner) *translog.Policy {
	t.Helper()
	text := fmt.Appendf(nil, "log %s\nwitness w %s\nquorum w\n", log.vkey(t, 1), w.Verifier())
	policy, err := translog.ParsePolicy(text)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

func TestWitnessesCannotReplaceTheLog(t *testing.T) {
	t.Parallel()
	log, w := newTestLog(t, testOrigin, 1), newWitness(t, 10)
	policy := requireWitness(t, log, w)
	signed, err := note.Sign(&note.Note{Text: log.Checkpoint(testOrigin).Text()}, w)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Open(signed); !errors.Is(err, translog.ErrUnverified) {
		t.Errorf("got error %v, want ErrUnverified", err)
	}
}

// Signed properly, but for a time that the format excludes.
func TestCosignatureBeyondTimeIsRefused(t *testing.T) {
	t.Parallel()
	log, w := newTestLog(t, testOrigin, 1).fill(t, 2), newWitness(t, 10)
	key := ed25519.NewKeyFromSeed(append(make([]byte, 31), 10))
	const beyond = uint64(1) << 63
	msg := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", beyond, log.Checkpoint(testOrigin).Text())
	sig := append(binary.BigEndian.AppendUint64(nil, beyond), ed25519.Sign(key, msg)...)
	forged := forgingCosigner{w, func([]byte) []byte { return sig }}
	if _, err := requireWitness(t, log, w).Open(log.sign(t, forged)); !errors.Is(err, translog.ErrUnverified) {
		t.Errorf("got error %v, want ErrUnverified", err)
	}
}

func TestForgedCosignatureIsRefused(t *testing.T) {
	t.Parallel()
	log, w := newTestLog(t, testOrigin, 1).fill(t, 2), newWitness(t, 10)
	policy := requireWitness(t, log, w)
	for name, forge := range map[string]func([]byte) []byte{
		"altered":             func(sig []byte) []byte { sig[20] ^= 1; return sig },
		"another time":        func(sig []byte) []byte { sig[7] ^= 1; return sig },
		"time out of range":   func(sig []byte) []byte { sig[0] = 0x80; return sig },
		"cut short":           func(sig []byte) []byte { return sig[:71] },
		"without a timestamp": func(sig []byte) []byte { return sig[8:] },
	} {
		if _, err := policy.Open(log.sign(t, forgingCosigner{w, forge})); !errors.Is(err, translog.ErrUnverified) {
			t.Errorf("%s: got error %v, want ErrUnverified", name, err)
		}
	}
}

type forgingCosigner struct {
	*torchwood.CosignatureSigner
	forge func([]byte) []byte
}

func (f forgingCosigner) Sign(msg []byte) ([]byte, error) {
	sig, err := f.CosignatureSigner.Sign(msg)
	return f.forge(slices.Clone(sig)), err
}

func TestPolicyWithoutWitnesses(t *testing.T) {
	t.Parallel()
	a, b := newTestLog(t, testOrigin, 1).fill(t, 1), newTestLog(t, "host.example/log/1", 2).fill(t, 2)
	text := fmt.Appendf(nil, "quorum none\nlog %s https://authority.example/log\nlog %s",
		a.vkey(t, 1), b.vkey(t, 2))
	policy, err := translog.ParsePolicy(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, log := range []*testLog{a, b} {
		if got, err := policy.Open(log.sign(t)); err != nil || got.Origin != log.origin {
			t.Errorf("%s: got %+v, %v", log.origin, got, err)
		}
	}
}

func TestBadPolicyIsRefused(t *testing.T) {
	t.Parallel()
	log := newTestLog(t, testOrigin, 1)
	logKey, sameKey := log.vkey(t, 1), newTestLog(t, "host.example/log/1", 1).vkey(t, 1)
	w0, w1 := newWitness(t, 10).Verifier().String(), newWitness(t, 11).Verifier().String()
	witnesses := "witness w0 " + w0 + "\nwitness w1 " + w1 + "\n"
	id := strings.Split(logKey, "+")[1]
	for name, text := range map[string]string{
		"empty":                      "",
		"no quorum":                  "log " + logKey + "\n",
		"two quorums":                "quorum none\nquorum none\n",
		"unknown quorum":             "quorum w0\n",
		"quorum before its name":     "quorum w0\n" + witnesses,
		"unknown word":               "lag " + logKey + "\nquorum none\n",
		"log without key":            "log\nquorum none\n",
		"log with too much":          "log " + logKey + " a b\nquorum none\n",
		"log with a cosigner's key":  "log " + w0 + "\nquorum none\n",
		"witness with a log's key":   "witness w0 " + logKey + "\nquorum none\n",
		"key under another id":       "log " + strings.Replace(logKey, id, "01234567", 1) + "\nquorum none\n",
		"one log key twice":          "log " + logKey + "\nlog " + sameKey + "\nquorum none\n",
		"one witness key twice":      "witness a " + w0 + "\nwitness b " + w0 + "\nquorum none\n",
		"one name twice":             "witness a " + w0 + "\nwitness a " + w1 + "\nquorum none\n",
		"witness named none":         "witness none " + w0 + "\nquorum none\n",
		"group of none":              witnesses + "group g any none\nquorum g\n",
		"group without members":      witnesses + "group g any\nquorum g\n",
		"group of itself":            witnesses + "group g any g\nquorum g\n",
		"member twice":               witnesses + "group g 2 w0 w0\nquorum g\n",
		"member of two groups":       witnesses + "group g any w0\ngroup h any w0 g\nquorum h\n",
		"threshold zero":             witnesses + "group g 0 w0 w1\nquorum g\n",
		"threshold above members":    witnesses + "group g 3 w0 w1\nquorum g\n",
		"threshold with a zero":      witnesses + "group g 01 w0 w1\nquorum g\n",
		"a control character":        "quorum none\r\n",
		"over the size":              "quorum none\n" + strings.Repeat("#", 1<<16),
		"comment behind the keyword": "quorum none # really\n",
	} {
		if _, err := translog.ParsePolicy([]byte(text)); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%s: got error %v, want ErrMalformed", name, err)
		}
	}
}
