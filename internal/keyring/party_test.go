// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:debug rsa1024min=0

package keyring_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/keyring"
)

// place puts a private key into the folder the way an operator does.
func place(t *testing.T, dir, name string, private any) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(filepath.Join(dir, "party", name), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func p256(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestGeneratedKeysSurviveARestartAndFitTheDirectory(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	for _, use := range []tocsin.KeyUse{tocsin.UseDocument, tocsin.UseHop, tocsin.UseOfficer, tocsin.UseLog} {
		key, err := r.Generate(use, noon.Add(1500*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		if key.From != noon.Add(time.Second) || key.Algorithm != tocsin.AlgEdDSA {
			t.Errorf("%s key is valid from %v, for %s", use, key.From, key.Algorithm)
		}
	}
	directory := tocsin.Directory{Serial: 1, IssuedAt: noon, Parties: []tocsin.Party{{ID: "fr-authority",
		Name: "An authority", Country: "FR", Source: "register", Checker: "call-back", Keys: r.Public()}}}
	if err := directory.Validate(); err != nil {
		t.Errorf("the directory refuses the keys: %v", err)
	}
	again := open(t, dir)
	if diff := cmp.Diff(r.Public(), again.Public()); diff != "" {
		t.Errorf("keys changed by a restart (-before +after):\n%s", diff)
	}
	for _, key := range again.Public() {
		own, signer, err := again.Signer(key.Uses[0])
		if err != nil || own.ID != key.ID {
			t.Fatalf("signer for %s is %s, %v", key.ID, own.ID, err)
		}
		public, err := x509.ParsePKIXPublicKey(key.Public)
		if err != nil {
			t.Fatal(err)
		}
		sig, err := signer.Sign(rand.Reader, []byte("text"), crypto.Hash(0))
		if err != nil || !ed25519.Verify(public.(ed25519.PublicKey), []byte("text"), sig) {
			t.Errorf("%s does not sign: %v", key.ID, err)
		}
	}
}

func TestGenerateRefusesAnUnknownUse(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	for _, use := range []tocsin.KeyUse{"", "../../x", "lookup"} {
		if _, err := r.Generate(use, noon); err == nil {
			t.Errorf("made a key for %q", use)
		}
	}
	if n := len(files(t, filepath.Join(dir, "party"))); n != 0 {
		t.Errorf("%d files were left", n)
	}
}

func TestOperatorMayPlaceKeysOfTheClosedList(t *testing.T) {
	t.Parallel()
	dir, _ := newRing(t)
	ec, rs := p256(t), rsaKey(t, 2048)
	place(t, dir, "document-20270101-seal.pem", ec)
	place(t, dir, "officer-20270101t080000z-card.pem", rs)
	r := open(t, dir)
	digest := sha256.Sum256([]byte("text"))

	key, signer, err := r.Signer(tocsin.UseDocument)
	if err != nil || key.ID != "document-20270101-seal" || key.Algorithm != tocsin.AlgES256 {
		t.Fatalf("document key is %s for %s, %v", key.ID, key.Algorithm, err)
	}
	sig, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil || !ecdsa.VerifyASN1(&ec.PublicKey, digest[:], sig) {
		t.Errorf("the ES256 key does not sign: %v", err)
	}

	key, signer, err = r.Signer(tocsin.UseOfficer)
	morning := time.Date(2027, 1, 1, 8, 0, 0, 0, time.UTC)
	if err != nil || key.Algorithm != tocsin.AlgPS256 || !key.From.Equal(morning) {
		t.Fatalf("officer key is for %s from %v, %v", key.Algorithm, key.From, err)
	}
	pss := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	sig, err = signer.Sign(rand.Reader, digest[:], pss)
	if err != nil || rsa.VerifyPSS(&rs.PublicKey, crypto.SHA256, digest[:], sig, pss) != nil {
		t.Errorf("the PS256 key does not sign: %v", err)
	}
}

func TestKeysOutsideTheListAreRefusedByName(t *testing.T) {
	t.Parallel()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]any{
		"document-20270101-curve.pem": p384,
		"hop-20270101-ec.pem":         p256(t),
		"log-20270101-rsa.pem":        rsaKey(t, 2048),
		"document-20270101-short.pem": rsaKey(t, 1024),
	}
	for name, private := range cases {
		dir, _ := newRing(t)
		place(t, dir, name, private)
		if _, err := keyring.Open(dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir, _ := newRing(t)
	place(t, dir, "document-20270101-a.pem", p256(t))
	path := filepath.Join(dir, "party", "document-20270101-a.pem")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, text...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Open(dir); err == nil {
		t.Error("a file of two keys was read")
	}
}

func TestSignerForTakesTheNewestKeyTheDirectoryLists(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	first, err := r.Generate(tocsin.UseDocument, noon)
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.Generate(tocsin.UseDocument, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if newest, _, err := r.Signer(tocsin.UseDocument); err != nil || newest.ID != second.ID {
		t.Errorf("newest is %s, %v", newest.ID, err)
	}
	revoked, forged := second, second
	at := noon.Add(2 * time.Hour)
	revoked.RevokedAt = &noon
	forged.Public = first.Public
	for _, c := range []struct {
		name   string
		listed []tocsin.Key
		at     time.Time
		want   tocsin.KeyID
	}{
		{"both listed", []tocsin.Key{first, second}, at, second.ID},
		{"new one not listed yet", []tocsin.Key{first}, at, first.ID},
		{"new one not valid yet", []tocsin.Key{first, second}, noon, first.ID},
		{"new one revoked", []tocsin.Key{first, revoked}, at, first.ID},
		{"new one listed with other bytes", []tocsin.Key{first, forged}, at, first.ID},
		{"none listed", nil, at, ""},
	} {
		key, signer, err := r.SignerFor(tocsin.Party{Keys: c.listed}, tocsin.UseDocument, c.at)
		if key.ID != c.want || (err == nil) != (c.want != "") || (signer != nil) != (c.want != "") {
			t.Errorf("%s: %s, %v", c.name, key.ID, err)
		}
	}
	if _, _, err := r.Signer(tocsin.UseLog); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("a key for another use was given: %v", err)
	}
}

func TestKeysAreNeverOverwritten(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	for range 20 { // at one instant: only the fingerprint tells the names apart
		if _, err := r.Generate(tocsin.UseHop, noon); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Rotate(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(files(t, dir)); n != 20+21+2 { // and lookup.pem, lock
		t.Errorf("%d files", n)
	}
	path := filepath.Join(dir, "party", "document-20270101-x.pem")
	if err := keyring.WriteNew(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := keyring.WriteNew(path, []byte("second")); err == nil {
		t.Error("a file was written over another")
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, []byte("first")) {
		t.Errorf("the file holds %q, %v", b, err)
	}
}
