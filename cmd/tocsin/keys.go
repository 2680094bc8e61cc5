// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/keyring"
	"tocsin/wire"
)

// keyRow is a public key as people compare it.
type keyRow struct {
	ID          tocsin.KeyID     `json:"id"`
	Use         tocsin.KeyUse    `json:"use"`
	Algorithm   tocsin.Algorithm `json:"algorithm"`
	From        string           `json:"from"`
	Fingerprint tocsin.Digest    `json:"fingerprint"`
	Public      []byte           `json:"public"` // PKIX DER
}

// wrappingRow names a key-encryption key.
type wrappingRow struct {
	Number int    `json:"number"`
	ID     string `json:"id"`
	Newest bool   `json:"newest,omitempty"`
}

// keyList is what stands in the key folder and may be shown.
type keyList struct {
	Party    []keyRow             `json:"party"`
	Wrapping []wrappingRow        `json:"wrapping"`
	Service  []keyring.ServiceKey `json:"service"`
}

func keyRows(keys []tocsin.Key) []keyRow {
	rows := make([]keyRow, 0, len(keys))
	for _, k := range keys {
		rows = append(rows, keyRow{k.ID, k.Uses[0], k.Algorithm, at(&k.From), wire.Fingerprint(k), k.Public})
	}
	return rows
}

func (p *program) keysCommand() *cobra.Command {
	return family("keys", "Look after the key folder", `
The key folder holds three kinds of keys: the party's signing keys, by use; the key-encryption keys that
wrap the key of each record; and the hashes of service keys, by which machines speak to the node. No command
prints a private key.`,
		"  tocsin keys list\n  tocsin keys rotate\n  tocsin keys service new crm --scope order.read",
		p.keysListCommand(), p.keysNewCommand(), p.keysRotateCommand(), p.keysServiceCommand(),
		p.keysPublisherCommand())
}

func (p *program) keysListCommand() *cobra.Command {
	return task("list", "List public keys with their fingerprints", `
Lists the party's public keys, the key-encryption keys by number and the service keys by name. The
fingerprint is the SHA-256 of the public key, as people compare it aloud before anybody trusts the key.`,
		"  tocsin keys list\n  tocsin keys list --json", cobra.NoArgs, func(context.Context, []string) error {
			ring, _, err := p.openKeys()
			if err != nil {
				return err
			}
			list := keyList{Party: keyRows(ring.Public()), Wrapping: wrappingRows(ring)}
			if list.Service, err = ring.ServiceKeys(); err != nil {
				return err
			}
			list.Service = append([]keyring.ServiceKey{}, list.Service...)
			return p.show(list, func(w io.Writer) { printKeys(w, list) })
		})
}

func wrappingRows(ring *keyring.Ring) []wrappingRow {
	keys := ring.WrappingKeys()
	rows := make([]wrappingRow, len(keys))
	for i, k := range keys {
		rows[i] = wrappingRow{k.Number, k.ID, i == len(keys)-1}
	}
	return rows
}

func printKeys(w io.Writer, list keyList) {
	for _, k := range list.Party {
		fmt.Fprintf(w, "%s\t%s\t%s\n\t%s\n", k.Use, k.ID, k.Algorithm, grouped(string(k.Fingerprint)))
	}
	for _, k := range list.Wrapping {
		fmt.Fprintf(w, "wrapping\t%d\t%s%s\n", k.Number, k.ID,
			map[bool]string{true: "  (wraps new records)"}[k.Newest])
	}
	for _, k := range list.Service {
		fmt.Fprintf(w, "service\t%s\t%s\n", k.Name, strings.Join(k.Scopes, " "))
	}
}

// grouped writes a fingerprint in groups of four, as it is read out.
func grouped(fingerprint string) string {
	return strings.Join(groups(fingerprint), " ")
}

func groups(fingerprint string) []string {
	var parts []string
	for part := range slices.Chunk([]byte(fingerprint), 4) {
		parts = append(parts, string(part))
	}
	return parts
}

func (p *program) keysNewCommand() *cobra.Command {
	return task("new USE", "Make another signing key of the party", `
Makes an Ed25519 key for a use: document, hop, officer or log. Others accept it once a directory edition
lists it, so hand out 'tocsin party show' again. The node signs with the newest key of a use after its next
start.`,
		"  tocsin keys new document", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
			use := tocsin.KeyUse(args[0])
			if !slices.Contains([]tocsin.KeyUse{tocsin.UseDocument, tocsin.UseHop, tocsin.UseOfficer, tocsin.UseLog},
				use) {
				return usagef("a key is for one of document, hop, officer or log")
			}
			ring, _, err := p.openKeys()
			if err != nil {
				return err
			}
			key, err := ring.Generate(use, p.clock.Now())
			if err != nil {
				return err
			}
			row := keyRows([]tocsin.Key{key})[0]
			return p.show(row, func(w io.Writer) {
				fmt.Fprintf(w, "%s\t%s\n\t%s\n", row.Use, row.ID, grouped(string(row.Fingerprint)))
			})
		})
}

func (p *program) keysRotateCommand() *cobra.Command {
	return task("rotate", "Make a new key-encryption key", `
Makes a new key-encryption key, which wraps the keys of records from now on. The older ones stay and open
what they wrapped. A running node takes it up by itself.`,
		"  tocsin keys rotate", cobra.NoArgs, func(context.Context, []string) error {
			ring, _, err := p.openKeys()
			if err != nil {
				return err
			}
			key, err := ring.Rotate()
			if err != nil {
				return err
			}
			row := wrappingRow{key.Number, key.ID, true}
			return p.show(row, func(w io.Writer) {
				fmt.Fprintf(w, "wrapping\t%d\t%s\n", row.Number, row.ID)
			})
		})
}
