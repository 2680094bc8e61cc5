// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/wire"
)

// The parties of the test world.
const (
	authority  = tocsin.PartyID("fr-authority")
	neighbour  = tocsin.PartyID("be-authority") // another competent authority
	lapsed     = tocsin.PartyID("es-authority") // its mandate ended
	foreign    = tocsin.PartyID("ch-authority") // outside the Union: no competence
	host       = tocsin.PartyID("ie-host")
	otherHost  = tocsin.PartyID("nl-host")
	supervisor = tocsin.PartyID("ie-supervisor")
	otherState = tocsin.PartyID("nl-supervisor")
)

const (
	rpID   = "console.authority.example"
	origin = "https://console.authority.example"
)

// noon is when everything in the test world is signed; minute is when it is received.
var (
	noon   = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	minute = noon.Add(time.Minute)
	start  = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	ended  = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
)

// world is a directory and the private keys behind it.
type world struct {
	t         testing.TB
	directory tocsin.Directory
	signers   map[tocsin.KeyID]wire.Signer
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, signers: map[tocsin.KeyID]wire.Signer{}}
	revoked, compromised := ended, noon.Add(-24*time.Hour)
	w.party(authority, "FR", tocsin.RoleIssuingAuthority, competent(tocsin.ActRemovalOrder, nil),
		w.key(authority, "fr-doc", ed25519Key, tocsin.UseDocument),
		w.key(authority, "fr-doc-p256", p256Key, tocsin.UseDocument),
		w.key(authority, "fr-doc-rsa", rsaKey, tocsin.UseDocument),
		w.key(authority, "fr-officer", ed25519Key, tocsin.UseOfficer),
		w.key(authority, "fr-hop", ed25519Key, tocsin.UseHop),
		with(w.key(authority, "fr-revoked", ed25519Key, tocsin.UseDocument), func(k *tocsin.Key) {
			k.RevokedAt = &revoked
		}),
		with(w.key(authority, "fr-stolen", ed25519Key, tocsin.UseDocument), func(k *tocsin.Key) {
			k.RevokedAt, k.CompromisedSince = &minute, &compromised
		}),
		with(w.key(authority, "fr-next", ed25519Key, tocsin.UseDocument), func(k *tocsin.Key) {
			k.From = noon.Add(30 * 24 * time.Hour)
		}))
	w.party(neighbour, "BE", tocsin.RoleIssuingAuthority, competent(tocsin.ActRemovalOrder, nil),
		w.key(neighbour, "be-doc", ed25519Key, tocsin.UseDocument, tocsin.UseOfficer))
	w.party(lapsed, "ES", tocsin.RoleIssuingAuthority, competent(tocsin.ActRemovalOrder, &ended),
		w.key(lapsed, "es-doc", ed25519Key, tocsin.UseDocument, tocsin.UseOfficer))
	w.party(foreign, "CH", tocsin.RoleIssuingAuthority, competent(tocsin.ActReferral, nil),
		w.key(foreign, "ch-doc", ed25519Key, tocsin.UseDocument, tocsin.UseOfficer))
	w.party(host, "IE", tocsin.RoleHost, nil, w.key(host, "ie-host-doc", p256Key, tocsin.UseDocument))
	w.party(otherHost, "NL", tocsin.RoleHost, nil, w.key(otherHost, "nl-host-doc",
		ed25519Key, tocsin.UseDocument))
	w.party(supervisor, "IE", tocsin.RoleSupervisor, competent(tocsin.ActScrutiny, nil),
		w.key(supervisor, "ie-supervisor-doc", ed25519Key, tocsin.UseDocument))
	w.party(otherState, "NL", tocsin.RoleSupervisor, competent(tocsin.ActScrutiny, nil),
		w.key(otherState, "nl-supervisor-doc", ed25519Key, tocsin.UseDocument))
	w.directory.Serial, w.directory.IssuedAt = 7, noon.Add(-time.Hour)
	return w
}

func (w *world) party(id tocsin.PartyID, country tocsin.Country, role tocsin.Role, held []tocsin.Competence,
	keys ...tocsin.Key,
) {
	p := tocsin.Party{
		ID: id, Name: "Party " + string(id), Country: country, Roles: []tocsin.Role{role},
		Competences: held, Keys: keys, Source: "test world", Checker: "test world", CheckedAt: start,
	}
	if role == tocsin.RoleIssuingAuthority {
		p.RelyingParty, p.Origins = rpID, []string{origin}
	}
	w.directory.Parties = append(w.directory.Parties, p)
}

// key registers a key derived from its id, so that the world is the same in every run.
func (w *world) key(owner tocsin.PartyID, id tocsin.KeyID, make func(string) crypto.Signer,
	uses ...tocsin.KeyUse,
) tocsin.Key {
	private := make(string(id))
	k, err := wire.NewKey(private.Public())
	if err != nil {
		w.t.Fatal(err)
	}
	k.ID, k.Uses, k.From = id, uses, start
	w.signers[id] = wire.Signer{Party: owner, Key: id, Algorithm: k.Algorithm, Private: private}
	return k
}

func with(k tocsin.Key, change func(*tocsin.Key)) tocsin.Key {
	change(&k)
	return k
}

func competent(act tocsin.Act, until *time.Time) []tocsin.Competence {
	return []tocsin.Competence{{Act: act, From: start, Until: until}}
}

func seed(name string) []byte {
	sum := sha256.Sum256([]byte("tocsin test world: " + name))
	return sum[:]
}

func ed25519Key(name string) crypto.Signer { return ed25519.NewKeyFromSeed(seed(name)) }

func p256Key(name string) crypto.Signer {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed(name))
	if err != nil {
		panic(err)
	}
	return key
}

var oneRSA = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// rsaKey is one key for the whole run: making one takes longer than everything else here.
func rsaKey(string) crypto.Signer { return oneRSA() }

// token makes a fixed id of the right form from a name.
func token(prefix, name string) string {
	return prefix + "_" + strings.ToLower(base32.StdEncoding.EncodeToString(seed(name)))[:26]
}

func (w *world) context(audience tocsin.PartyID) wire.Context {
	return wire.Context{Directory: w.directory, Audience: audience, Now: minute}
}

func (w *world) signer(id tocsin.KeyID) wire.Signer {
	s, ok := w.signers[id]
	if !ok {
		w.t.Fatalf("the test world has no key %q", id)
	}
	return s
}

// sign makes a document signed at noon.
func (w *world) sign(key tocsin.KeyID, to tocsin.PartyID, body wire.Body) []byte {
	return w.signAt(key, to, noon, body)
}

func (w *world) signAt(key tocsin.KeyID, to tocsin.PartyID, at time.Time, body wire.Body) []byte {
	w.t.Helper()
	letter := wire.Letter{ID: token("doc", string(body.Type())), Audience: to, At: at}
	signed, err := wire.Sign(w.signer(key), letter, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return signed
}
