// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/wire"
)

func (p *program) directoryCommand() *cobra.Command {
	return family("directory", "Draft, sign, verify, pin and import the directory of parties", `
The directory says who the parties are. Publishers draft an edition from the entries they checked, and each
signs it on a machine of her own. Each node pins the publishers it trusts in a ceremony, by fingerprint, and
takes only editions that enough of them signed. An edition replaces the one before; an older one is never
taken.`,
		"  tocsin directory draft --serial 1 --checker 'J. Clerk, by telephone' --out directory.json a.json "+
			"b.json\n"+
			"  tocsin directory sign directory.json --publisher publisher.pem\n"+
			"  tocsin directory pin publisher.json\n  tocsin directory import directory.json",
		p.directoryDraftCommand(), p.directorySignCommand(), p.directoryVerifyCommand(), p.directoryPinCommand(),
		p.directoryImportCommand(), p.directoryShowCommand())
}

// draftFlags say how an edition is made.
type draftFlags struct {
	serial                       int64
	source, checker, out, before string
	demonstration                bool
}

func (p *program) directoryDraftCommand() *cobra.Command {
	var f draftFlags
	c := task("draft ENTRY…", "Make an unsigned edition from entries", `
Puts entries, as 'tocsin party show' prints them, together to an edition that publishers can sign. With
--from it starts from an earlier edition: an entry replaces the one of the same party, and the serial is the
next one. To revoke a key, set revoked_at, and compromised_since where it applies, in the entry.`,
		"  tocsin directory draft --serial 1 --source 'Official Journal' --checker 'J. Clerk' entries/*.json\n"+
			"  tocsin directory draft --from directory.json --out directory-2.json revoked.json",
		cobra.ArbitraryArgs, func(_ context.Context, args []string) error { return p.directoryDraft(f, args) })
	c.Flags().Int64Var(&f.serial, "serial", 0,
		"number of the edition; grows with each (default: one more than --from)")
	c.Flags().StringVar(&f.source, "source", "", "where the entries were looked up, for those that do not say")
	c.Flags().StringVar(&f.checker, "checker", "", "who compared them and how, for those that do not say")
	c.Flags().StringVar(&f.before, "from", "", "edition to start from")
	c.Flags().BoolVar(&f.demonstration, "demonstration", false, "say that parties and passkeys are not real")
	c.Flags().StringVar(&f.out, "out", "directory.json", "new file to write")
	return c
}

func (p *program) directoryDraft(f draftFlags, entries []string) error {
	d := tocsin.Directory{Serial: f.serial, IssuedAt: p.clock.Now(), Demonstration: f.demonstration}
	if f.before != "" {
		_, earlier, err := readDirectory(f.before)
		if err != nil {
			return err
		}
		d.Parties, d.Demonstration = earlier.Parties, earlier.Demonstration || f.demonstration
		if d.Serial == 0 {
			d.Serial = earlier.Serial + 1
		}
	}
	if d.Serial == 0 {
		return usagef("draft needs --serial, or --from an edition")
	}
	for _, path := range entries {
		var entry tocsin.Party
		if err := readJSON(path, &entry); err != nil {
			return err
		}
		d.Parties = put(d.Parties, p.attest(entry, f))
	}
	signed, err := wire.NewSignedDirectory(d)
	if err != nil {
		return err
	}
	file := api.DirectoryFile{Directory: *signed, Publishers: []api.PublisherKey{}}
	if err := writeDirectory(f.out, file, true); err != nil {
		return err
	}
	return p.show(summarise(file, d), func(w io.Writer) { printSummary(w, f.out, file, d) })
}

// attest fills in where an entry was looked up and by whom.
func (p *program) attest(entry tocsin.Party, f draftFlags) tocsin.Party {
	if entry.Source == "" {
		entry.Source = f.source
	}
	if entry.Checker == "" {
		entry.Checker = f.checker
	}
	if entry.CheckedAt.IsZero() {
		entry.CheckedAt = p.clock.Now()
	}
	return entry
}

func put(parties []tocsin.Party, entry tocsin.Party) []tocsin.Party {
	i := slices.IndexFunc(parties, func(party tocsin.Party) bool { return party.ID == entry.ID })
	if i < 0 {
		return append(parties, entry)
	}
	parties[i] = entry
	return parties
}

// editionSummary is an edition in one line.
type editionSummary struct {
	Serial     int64          `json:"serial"`
	Parties    int            `json:"parties"`
	Signatures int            `json:"signatures"`
	Publishers []tocsin.KeyID `json:"publishers"`
}

func summarise(file api.DirectoryFile, d tocsin.Directory) editionSummary {
	s := editionSummary{d.Serial, len(d.Parties), len(file.Directory.Signatures), []tocsin.KeyID{}}
	for _, k := range file.Publishers {
		s.Publishers = append(s.Publishers, k.ID)
	}
	return s
}

func printSummary(w io.Writer, path string, file api.DirectoryFile, d tocsin.Directory) {
	fmt.Fprintf(w, "%s\tserial %d\t%d parties\t%d signatures\n", path, d.Serial, len(d.Parties),
		len(file.Directory.Signatures))
}

func (p *program) directorySignCommand() *cobra.Command {
	var key string
	c := task("sign FILE", "Add a publisher's signature to an edition", `
Adds the signature of a publisher and her public key to the file. Read the edition first ( 'tocsin directory
show FILE'): the signature says that you checked every entry. It needs no node and no network.`,
		"  tocsin directory sign directory.json --publisher publisher.pem", cobra.ExactArgs(1),
		func(_ context.Context, args []string) error {
			if key == "" {
				return usagef("sign needs --publisher")
			}
			file, d, err := readDirectory(args[0])
			if err != nil {
				return err
			}
			signer, public, err := readPublisherSigner(key)
			if err != nil {
				return err
			}
			known := func(k api.PublisherKey) bool { return k.ID == public.ID }
			if slices.ContainsFunc(file.Publishers, known) {
				return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonDuplicate,
					"This publisher has signed the edition already.")
			}
			if err := file.Directory.Sign(signer, p.clock.Now()); err != nil {
				return err
			}
			file.Publishers = append(file.Publishers, public.PublisherKey)
			if err := writeDirectory(args[0], file, false); err != nil {
				return err
			}
			return p.show(summarise(file, d), func(w io.Writer) { printSummary(w, args[0], file, d) })
		})
	c.Flags().StringVar(&key, "publisher", "", "file with the publisher's private key (required)")
	return c
}

// readDirectory reads an edition as it travels between people, and judges no signature.
func readDirectory(path string) (api.DirectoryFile, tocsin.Directory, error) {
	var file api.DirectoryFile
	if err := readJSON(path, &file); err != nil {
		return file, tocsin.Directory{}, err
	}
	signed, err := file.Directory.Encode()
	if err != nil {
		return file, tocsin.Directory{}, err
	}
	d, err := wire.OpenDirectory(signed)
	return file, d, err
}

// writeDirectory writes an edition whole or not at all; fresh refuses a file that exists.
func writeDirectory(path string, file api.DirectoryFile, fresh bool) error {
	text, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return fmt.Errorf("write directory: %w", err)
	}
	text = append(text, '\n')
	if fresh {
		return writeNew(path, text, 0o644)
	}
	return replaceFile(path, text)
}

// replaceFile puts new content in the place of a file, keeping its mode.
func replaceFile(path string, content []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("replace file: %w", err)
	}
	partial := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	if err := writeNew(partial, content, info.Mode().Perm()); err != nil {
		return err
	}
	if err := os.Rename(partial, path); err != nil {
		return fmt.Errorf("replace file: %w", err)
	}
	return nil
}
