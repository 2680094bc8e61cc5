// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/internal/node"
	"tocsin/wire"
)

// Found makes a party where its configuration says: keys and an empty node. It returns the party's entry
// for a directory, completed with keys and addresses.
func Found(ctx context.Context, o node.Options, entry tocsin.Party, at time.Time) (tocsin.Party, error) {
	if err := os.MkdirAll(filepath.Dir(o.Config.KeyDir), 0o700); err != nil {
		return entry, err
	}
	if err := node.Create(ctx, o); err != nil {
		return entry, err
	}
	keys, err := keyring.Open(o.Config.KeyDir)
	if err != nil {
		return entry, err
	}
	address, err := url.Parse(o.Config.PublicURL)
	if err != nil {
		return entry, err
	}
	entry.Keys, entry.Endpoint, entry.LogOrigin = keys.Public(), o.Config.PublicURL, address.Host
	entry.RelyingParty, entry.Origins = address.Hostname(), []string{o.Config.PublicURL}
	entry.CheckedAt = at
	return entry, nil
}

// ServiceKey makes a service key of a party's node, for a machine that may do some things.
func (m *Member) ServiceKey(name string, at time.Time, scopes ...flow.Action) (token string, err error) {
	keys, err := keyring.Open(m.Config.KeyDir)
	if err != nil {
		return "", err
	}
	var names []string
	for _, s := range scopes {
		names = append(names, string(s))
	}
	token, _, err = keys.NewServiceKey(name, names, at)
	return token, err
}

// Publish signs a directory with two of three publishers made for it, and gives all three to be pinned.
func Publish(dir tocsin.Directory) (signed []byte, pinned wire.Publishers, err error) {
	document, err := wire.NewSignedDirectory(dir)
	if err != nil {
		return nil, pinned, err
	}
	pinned.Threshold = 2
	for i := range 3 {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, pinned, err
		}
		key, err := wire.NewKey(public)
		if err != nil {
			return nil, pinned, err
		}
		key.ID, key.Uses = tocsin.KeyID(fmt.Sprintf("publisher-%d", i+1)), []tocsin.KeyUse{wire.UseDirectory}
		key.From = dir.IssuedAt.Add(-time.Hour)
		pinned.Keys = append(pinned.Keys, key)
		if i == 2 {
			continue // two of three are enough
		}
		signer := wire.Signer{Party: "publishers", Key: key.ID, Algorithm: key.Algorithm, Private: private}
		if err := document.Sign(signer, dir.IssuedAt); err != nil {
			return nil, pinned, err
		}
	}
	signed, err = document.Encode()
	return signed, pinned, err
}
