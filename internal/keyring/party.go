// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base32"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"tocsin"
)

const (
	partyBlock = "PRIVATE KEY" // PKCS#8
	leastRSA   = 2048
)

// partyName is use-date[time]-name.pem; all but the ending is the key's id. The id thus says what the key
// may sign and from when, and a key placed by an operator needs no file beside it.
var partyName = regexp.MustCompile(
	`^((document|hop|officer|log)-([0-9]{8}(?:t[0-9]{6}z)?)-[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)\.pem$`)

var base32Lower = base32.StdEncoding.WithPadding(base32.NoPadding)

type partyKey struct {
	hidden
	public tocsin.Key
	signer *signer
}

// signer keeps a private key from printing itself.
type signer struct {
	hidden
	key crypto.Signer
}

// Public gives the public key.
func (s *signer) Public() crypto.PublicKey { return s.key.Public() }

// Sign signs as the key underneath does.
func (s *signer) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.key.Sign(random, digest, opts)
}

// Generate draws an Ed25519 key for a use, valid from at (to the second), and stores it under an id of
// use, time and fingerprint. Others accept it once a directory edition lists it.
func (r *Ring) Generate(use tocsin.KeyUse, at time.Time) (tocsin.Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return tocsin.Key{}, fmt.Errorf("generate key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return tocsin.Key{}, fmt.Errorf("generate key: %w", err)
	}
	name := fmt.Sprintf("%s-%s-%s.pem", use, at.UTC().Format("20060102t150405z"), fingerprint(private.Public()))
	key, err := parsePartyKey(name, der)
	if err != nil {
		return tocsin.Key{}, fmt.Errorf("generate key: %w", err)
	}
	err = underLock(r.dir, func() error {
		text := pem.EncodeToMemory(&pem.Block{Type: partyBlock, Bytes: der})
		return writeNew(filepath.Join(r.dir, partyFolder, name), text)
	})
	if err != nil {
		return tocsin.Key{}, fmt.Errorf("store key: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.party = append(r.party, key)
	slices.SortFunc(r.party, olderFirst)
	return key.public, nil
}

// fingerprint is the start of the SHA-256 of a public key, 40 bits: enough to tell a party's keys apart.
func fingerprint(public crypto.PublicKey) string {
	der, _ := x509.MarshalPKIXPublicKey(public) // of a key just made
	sum := sha256.Sum256(der)
	return strings.ToLower(base32Lower.EncodeToString(sum[:5]))
}

// Public lists the party's public keys as the directory carries them, by use and age.
func (r *Ring) Public() []tocsin.Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	keys := make([]tocsin.Key, len(r.party))
	for i, k := range r.party {
		keys[i] = k.public
	}
	return keys
}

// Signer gives the newest key for a use. A party that stands in a directory asks [Ring.SignerFor] instead:
// its newest key may not be listed yet.
func (r *Ring) Signer(use tocsin.KeyUse) (tocsin.Key, crypto.Signer, error) {
	return r.newest(use, func(tocsin.Key) bool { return true })
}

// SignerFor gives the newest key for a use that the party's directory entry lists and that is usable at
// a time.
func (r *Ring) SignerFor(entry tocsin.Party, use tocsin.KeyUse, at time.Time) (
	tocsin.Key, crypto.Signer, error,
) {
	return r.newest(use, func(own tocsin.Key) bool {
		listed, ok := entry.Key(own.ID)
		return ok && bytes.Equal(listed.Public, own.Public) && listed.Usable(use, at) == nil
	})
}

func (r *Ring) newest(use tocsin.KeyUse, accept func(tocsin.Key) bool) (tocsin.Key, crypto.Signer, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range slices.Backward(r.party) {
		if slices.Contains(k.public.Uses, use) && accept(k.public) {
			return k.public, k.signer, nil
		}
	}
	return tocsin.Key{}, nil, tocsin.Errorf(tocsin.CodeNotFound, tocsin.RefusedWrongKey,
		"The key folder holds no %s key that may be used now.", use)
}

func readPartyKeys(dir string) ([]partyKey, error) {
	names, err := list(filepath.Join(dir, partyFolder))
	if err != nil {
		return nil, fmt.Errorf("read party keys: %w", err)
	}
	var keys []partyKey
	for _, name := range names {
		path := filepath.Join(dir, partyFolder, name)
		text, err := readFile(path)
		if err != nil {
			return nil, fmt.Errorf("read party key: %w", err)
		}
		der, err := onlyBlock(path, text, partyBlock)
		if err != nil {
			return nil, fmt.Errorf("read party key: %w", err)
		}
		key, err := parsePartyKey(name, der)
		if err != nil {
			return nil, fmt.Errorf("read party key: %s: %w", path, err)
		}
		keys = append(keys, key)
	}
	slices.SortFunc(keys, olderFirst)
	return keys, nil
}

func olderFirst(a, b partyKey) int {
	return cmp.Or(cmp.Compare(a.public.Uses[0], b.public.Uses[0]), a.public.From.Compare(b.public.From),
		cmp.Compare(a.public.ID, b.public.ID))
}

// parsePartyKey makes a key of its file's name and content. Errors never quote the content.
func parsePartyKey(name string, der []byte) (partyKey, error) {
	m := partyName.FindStringSubmatch(name)
	if m == nil {
		return partyKey{}, errors.New(
			"is not named use-yyyymmdd-name.pem, with a use of document, hop, officer or log")
	}
	layout := "20060102"
	if len(m[3]) > len(layout) {
		layout = "20060102t150405z"
	}
	from, err := time.Parse(layout, m[3])
	if err != nil {
		return partyKey{}, errors.New("its name holds no date")
	}
	private, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return partyKey{}, errors.New("is not a private key in PKCS#8")
	}
	use := tocsin.KeyUse(m[2])
	key, algorithm, err := algorithmOf(private)
	if err != nil {
		return partyKey{}, err
	}
	if algorithm != tocsin.AlgEdDSA && (use == tocsin.UseHop || use == tocsin.UseLog) {
		return partyKey{}, fmt.Errorf("a %s key must be Ed25519, and this is for %s", use, algorithm)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return partyKey{}, errors.New("its public key cannot be encoded")
	}
	return partyKey{signer: &signer{key: key}, public: tocsin.Key{ID: tocsin.KeyID(m[1]), Algorithm: algorithm,
		Uses: []tocsin.KeyUse{use}, Public: public, From: from}}, nil
}

// algorithmOf holds the closed list: Ed25519, ECDSA on P-256, and RSA of at least 2048 bits for PSS.
func algorithmOf(private any) (crypto.Signer, tocsin.Algorithm, error) {
	switch k := private.(type) {
	case ed25519.PrivateKey:
		return k, tocsin.AlgEdDSA, nil
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P256() {
			return k, tocsin.AlgES256, nil
		}
	case *rsa.PrivateKey:
		if k.N.BitLen() >= leastRSA {
			return k, tocsin.AlgPS256, nil
		}
	}
	return nil, "", errors.New("is neither Ed25519, nor ECDSA on P-256, nor RSA of 2048 bits or more")
}
