// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"

	"tocsin/translog"
)

const testOrigin = "authority.example/log/1"

// testLog is a log with its key and the verifier of that key.
type testLog struct {
	translog.Memory
	origin   string
	signer   note.Signer
	verifier note.Verifier
}

func newTestLog(t testing.TB, origin string, seed byte) *testLog {
	t.Helper()
	key := ed25519.NewKeyFromSeed(append(make([]byte, 31), seed))
	signer, err := translog.NewSigner(origin, key)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := translog.NewVerifier(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return &testLog{origin: origin, signer: signer, verifier: verifier}
}

func (l *testLog) sign(t testing.TB, more ...note.Signer) []byte {
	t.Helper()
	signed, err := l.Checkpoint(l.origin).Sign(l.signer, more...)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func (l *testLog) fill(t testing.TB, n int) *testLog {
	t.Helper()
	if _, err := l.AppendBytes(numbered(n)...); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestSignedCheckpointIsAcceptedByBothImplementations(t *testing.T) {
	t.Parallel()
	log := newTestLog(t, testOrigin, 1).fill(t, 300)
	signed := log.sign(t)
	got, err := translog.TrustLogs(log.verifier).Open(signed)
	if err != nil {
		t.Fatal(err)
	}
	if got != log.Checkpoint(testOrigin) {
		t.Errorf("opened %+v", got)
	}
	peeked, err := translog.PeekCheckpoint(signed)
	if err != nil || peeked != got {
		t.Errorf("peeked %+v, %v", peeked, err)
	}
	theirs, _, err := torchwood.VerifyCheckpoint(signed, torchwood.ThresholdPolicy(2,
		torchwood.OriginPolicy(testOrigin), torchwood.SingleVerifierPolicy(log.verifier)))
	if err != nil {
		t.Fatal(err)
	}
	if theirs.Origin != got.Origin || theirs.N != got.Size || theirs.Hash != got.Root {
		t.Errorf("the other implementation read %+v", theirs)
	}
}

func TestForeignOrAlteredCheckpointIsNotAccepted(t *testing.T) {
	t.Parallel()
	log := newTestLog(t, testOrigin, 1).fill(t, 9)
	sameName := newTestLog(t, testOrigin, 2)
	otherName := newTestLog(t, "host.example/log/1", 3).fill(t, 9)
	trust := translog.TrustLogs(log.verifier)
	signed := string(log.sign(t))
	borrowed, err := note.Sign(&note.Note{Text: otherName.Checkpoint("host.example/log/1").Text()}, log.signer)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		signed string
		want   error
	}{
		"wrong key":           {string(sameName.fill(t, 9).sign(t)), translog.ErrUnverified},
		"another log":         {string(otherName.sign(t)), translog.ErrUnverified},
		"another log's text":  {string(borrowed), translog.ErrUnverified},
		"another size":        {strings.Replace(signed, "\n9\n", "\n8\n", 1), translog.ErrUnverified},
		"no signature":        {signed[:strings.Index(signed, "\n\n")+2], translog.ErrMalformed},
		"not a note":          {"checkpoint", translog.ErrMalformed},
		"a signed other text": {signText(t, log, "only one line\n"), translog.ErrMalformed},
	} {
		if _, err := trust.Open([]byte(c.signed)); !errors.Is(err, c.want) {
			t.Errorf("%s: got error %v, want %v", name, err, c.want)
		}
	}
}

func signText(t testing.TB, log *testLog, text string) string {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, log.signer)
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

// A signature of a key the reader does not know is ignored, so both keys can sign while readers change over.
func TestKeyRotationKeepsOldReaders(t *testing.T) {
	t.Parallel()
	old, next := newTestLog(t, testOrigin, 1).fill(t, 4), newTestLog(t, testOrigin, 2)
	signed := old.sign(t, next.signer)
	for _, v := range []note.Verifier{old.verifier, next.verifier} {
		if _, err := translog.TrustLogs(v).Open(signed); err != nil {
			t.Errorf("key %08x: %v", v.KeyHash(), err)
		}
	}
}

func TestCheckpointTextIsReadStrictly(t *testing.T) {
	t.Parallel()
	good := newTestLog(t, testOrigin, 1).fill(t, 3).Checkpoint(testOrigin)
	root := good.Root.String()
	for _, text := range []string{good.Text(), good.Text() + "extension\n"} {
		if got, err := translog.ParseCheckpoint(text); err != nil || got != good {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	for name, text := range map[string]string{
		"empty":              "",
		"no origin":          "\n3\n" + root + "\n",
		"no final newline":   testOrigin + "\n3\n" + root,
		"negative size":      testOrigin + "\n-3\n" + root + "\n",
		"signed size":        testOrigin + "\n+3\n" + root + "\n",
		"leading zero":       testOrigin + "\n03\n" + root + "\n",
		"size out of range":  testOrigin + "\n9223372036854775807\n" + root + "\n",
		"short root":         testOrigin + "\n3\nAAAA\n",
		"sloppy base64":      testOrigin + "\n3\n" + root[:42] + "\r" + root[42:] + "\n",
		"an empty extension": testOrigin + "\n3\n" + root + "\n\n",
		"two lines":          testOrigin + "\n3\n",
	} {
		if got, err := translog.ParseCheckpoint(text); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%s: got %+v, %v; want ErrMalformed", name, got, err)
		}
	}
}

func TestLogSignsOnlyUnderItsOwnName(t *testing.T) {
	t.Parallel()
	log := newTestLog(t, testOrigin, 1).fill(t, 3)
	for name, c := range map[string]translog.Checkpoint{
		"another origin":       log.Checkpoint("host.example/log/1"),
		"an origin of 2 lines": log.Checkpoint(testOrigin + "\n7"),
		"no origin":            log.Checkpoint(""),
		"negative size":        {Origin: testOrigin, Size: -1},
	} {
		if _, err := c.Sign(log.signer); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%s: got error %v, want ErrMalformed", name, err)
		}
	}
	if got := translog.Origin("authority.example", 1); got != testOrigin {
		t.Errorf("Origin = %s", got)
	}
	for _, name := range []string{"", "two words", "a+b"} {
		_, err := translog.NewVerifier(name, make(ed25519.PublicKey, ed25519.PublicKeySize))
		if !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("key name %q: got error %v, want ErrMalformed", name, err)
		}
	}
}
