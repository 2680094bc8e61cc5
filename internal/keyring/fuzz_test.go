// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"path/filepath"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/keyring"
)

func FuzzPartyKey(f *testing.F) {
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{
		"hop-20261126-a.pem", "log-20261126t120000z-a-b.pem", "document-20269999-a.pem", "hop.pem",
		"document-20261126-.pem", "officer-20261126-" + strings.Repeat("a", 41) + ".pem",
	} {
		f.Add(name, der)
	}
	f.Add("document-20261126-a.pem", der[:20])
	f.Fuzz(func(t *testing.T, name string, der []byte) {
		key, err := keyring.ParsePartyKey(name, der)
		if err != nil {
			return
		}
		directory := tocsin.Directory{Serial: 1, IssuedAt: noon, Parties: []tocsin.Party{{ID: "fr-authority",
			Name: "An authority", Country: "FR", Source: "register", Checker: "call-back", Keys: []tocsin.Key{key}}}}
		if err := directory.Validate(); err != nil || string(key.ID)+".pem" != name || key.From.IsZero() {
			t.Fatalf("%q was read as %s from %v: %v", name, key.ID, key.From, err)
		}
	})
}

func FuzzWrappedKey(f *testing.F) {
	dir := filepath.Join(f.TempDir(), "keys")
	if err := keyring.Create(dir); err != nil {
		f.Fatal(err)
	}
	r, err := keyring.Open(dir)
	if err != nil {
		f.Fatal(err)
	}
	id := tocsin.NewRecordID(tocsin.KindItem)
	key, wrapped, err := r.NewKey(id)
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := key.Seal("document", []byte("a kettle"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wrapped)
	f.Add(sealed)
	f.Add([]byte{1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := r.OpenKey(id, b); err == nil && string(b) != string(wrapped) {
			t.Fatalf("%x was opened as a record key", b)
		}
		if _, err := key.Open("document", b); err == nil && string(b) != string(sealed) {
			t.Fatalf("%x was opened as a text", b)
		}
	})
}
