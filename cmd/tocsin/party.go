// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/config"
)

func (p *program) partyCommand() *cobra.Command {
	return family("party", "Show parties: this one and those of the directory", `
A party is an organisation with a node. Who the parties are, what they may do and which keys are theirs
stands in the directory, which publishers sign. A node starts by handing its own entry to them.`,
		"  tocsin party show --name 'Test authority' --country FR --role issuing_authority > entry.json\n"+
			"  tocsin party list", p.partyShowCommand(), p.partyListCommand(), p.partyGetCommand(),
		p.partyInformCommand())
}

// entryFlags are what an entry says beyond what the node knows of itself.
type entryFlags struct {
	name, country          string
	roles, acts, contacts  []string
	out, competentFromText string
}

func (p *program) partyShowCommand() *cobra.Command {
	var f entryFlags
	c := task("show", "Print this party's own directory entry, to hand to publishers", `
Prints the entry as JSON: id, addresses and public keys come from this node; name, country, roles,
competences and contact points from the flags. Publishers check it against an official register, fill in
where they looked, and compare the fingerprints of 'tocsin keys list' with you aloud before they sign.

Acts of a competence are eu-2021-784:3 (removal orders), eu-2021-784:4 (scrutiny), eu-2021-784:18
(penalties) and referral. A contact point is purpose:name:email:telephone.`,
		"  tocsin party show --name 'Test authority' --country FR --role issuing_authority \\\n"+
			"    --competence eu-2021-784:3 --competent-from 2026-01-01 --contact 'orders:Duty desk::+33 1 00 00 "+
			"00 00'",
		cobra.NoArgs, func(context.Context, []string) error { return p.partyShow(f) })
	c.Flags().StringVar(&f.name, "name", "", "the organisation's name")
	c.Flags().StringVar(&f.country, "country", "", "two capital letters (ISO 3166-1)")
	c.Flags().StringArrayVar(&f.roles, "role", nil,
		"issuing_authority, supervisor, court, host, …; repeat for more")
	c.Flags().StringArrayVar(&f.acts, "competence", nil, "an act the party may perform; repeat for more")
	c.Flags().StringVar(&f.competentFromText, "competent-from", "", "date from which it may (default: today)")
	c.Flags().StringArrayVar(&f.contacts, "contact", nil, "purpose:name:email:telephone; repeat for more")
	c.Flags().StringVar(&f.out, "out", "", "write to this new file")
	return c
}

func (p *program) partyShow(f entryFlags) error {
	ring, c, err := p.openKeys()
	if err != nil {
		return err
	}
	entry, err := p.entry(f, c, ring.Public())
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(entry, "", "  ")
	if err != nil {
		return fmt.Errorf("write entry: %w", err)
	}
	if f.out != "" {
		return writeNew(f.out, append(text, '\n'), 0o644)
	}
	_, err = fmt.Fprintf(p.out, "%s\n", text)
	return err
}

func (p *program) entry(f entryFlags, c config.Config, keys []tocsin.Key) (tocsin.Party, error) {
	base, err := url.Parse(c.PublicURL)
	if err != nil {
		return tocsin.Party{}, usagef("public_url cannot be read")
	}
	from := p.clock.Now().Truncate(24 * time.Hour)
	if f.competentFromText != "" {
		if from, err = time.Parse(time.DateOnly, f.competentFromText); err != nil {
			return tocsin.Party{}, usagef("--competent-from takes a date such as 2026-01-31")
		}
	}
	entry := tocsin.Party{ID: tocsin.PartyID(c.Party), Name: f.name, Country: tocsin.Country(f.country),
		Keys:  keys,
		Roles: []tocsin.Role{}, Endpoint: c.PublicURL, LogOrigin: base.Host, RelyingParty: base.Hostname(),
		Origins: []string{strings.TrimSuffix(c.PublicURL, "/")}}
	for _, r := range f.roles {
		entry.Roles = append(entry.Roles, tocsin.Role(r))
	}
	for _, a := range f.acts {
		entry.Competences = append(entry.Competences, tocsin.Competence{Act: tocsin.Act(a), From: from})
	}
	for _, text := range f.contacts {
		parts := append(strings.SplitN(text, ":", 4), "", "", "")
		entry.Contacts = append(entry.Contacts, tocsin.ContactPoint{Purpose: parts[0], Name: parts[1],
			Email:     parts[2],
			Telephone: parts[3]})
	}
	return entry, nil
}

func (p *program) partyListCommand() *cobra.Command {
	return p.withRemote(task("list", "List the parties of the directory in use", `
Asks the running node for the directory it uses, and prints each party with its State and roles.`,
		"  tocsin party list\n  tocsin party list --json", cobra.NoArgs,
		func(ctx context.Context, _ []string) error {
			d, err := p.directoryInUse(ctx)
			if err != nil {
				return err
			}
			return p.show(d, func(w io.Writer) { printDirectory(w, d) })
		}))
}

func printDirectory(w io.Writer, d api.DirectoryView) {
	fmt.Fprintf(w, "directory\tserial %d\t%s\n", d.Serial, at(d.IssuedAt))
	for _, party := range d.Parties {
		roles := make([]string, len(party.Roles))
		for i, r := range party.Roles {
			roles[i] = string(r)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", party.ID, party.Country, strings.Join(roles, " "), party.Name)
	}
}

func (p *program) directoryInUse(ctx context.Context) (api.DirectoryView, error) {
	var d api.DirectoryView
	client, err := p.remote()
	if err != nil {
		return d, err
	}
	return d, client.Call(ctx, http.MethodGet, "/directory", nil, nil, &d)
}

func (p *program) partyGetCommand() *cobra.Command {
	return p.withRemote(task("get PARTY", "Show one party of the directory", `
Prints the entry of a party in the directory in use, with its keys, competences and contact points.`,
		"  tocsin party get ie-host", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			d, err := p.directoryInUse(ctx)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(d.Parties, func(party tocsin.Party) bool { return string(party.ID) == args[0] })
			if i < 0 {
				return tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownParty,
					"The directory does not know this party.")
			}
			e := json.NewEncoder(p.out)
			e.SetIndent("", "  ")
			return e.Encode(d.Parties[i])
		}))
}

func (p *program) partyInformCommand() *cobra.Command {
	return p.withRemote(task("inform HOST", "Send a host the prior information of Art. 3(2)", `
Tells a host to which this authority never wrote how orders reach it and what its deadlines are. Twelve
hours must pass before the first order; sending it ahead saves them later. Doing it twice is harmless.`,
		"  tocsin party inform ie-host", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			if !tocsin.PartyID(args[0]).Valid() {
				return usagef("%q is not the id of a party", args[0])
			}
			client, err := p.remote()
			if err != nil {
				return err
			}
			var record api.Record
			err = client.Call(ctx, http.MethodPost, "/hosts/"+args[0]+"/information", nil, nil, &record)
			if err != nil {
				return err
			}
			return p.show(record, func(w io.Writer) { fmt.Fprintf(w, "on its way\t%s\n", record.ID) })
		}))
}
