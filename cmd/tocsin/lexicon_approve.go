// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/wire"
)

func (p *program) lexiconApproveCommand() *cobra.Command {
	var role string
	var dry bool
	c := task("approve FILE ENTRY...", "Sign that entries may be read for, as they stand", `
Signs each entry with the document key of this node's party, and puts the approval into the file; an earlier
one of the same party gives way. Whatever is changed in an entry afterwards, but its state, ends its approvals.
A draft that an authority and a party of another kind approve becomes published.

Nothing that 'tocsin lexicon lint' finds fault with is signed. Read an entry first: --dry-run shows what would
be signed. Other nodes verify the approval with the directory, and do not read for an entry that lacks it.`,
		"  tocsin lexicon approve words.json lex:zorvian --as authority --dry-run\n"+
			"  tocsin lexicon approve words.json lex:zorvian lex:tarvole --as academia", cobra.MinimumNArgs(2),
		func(_ context.Context, args []string) error {
			return p.lexiconApprove(args[0], args[1:], lexicon.Role(role), dry)
		})
	c.Flags().StringVar(&role, "as", "", "what this party is: authority, civil_society or academia (required)")
	c.Flags().BoolVar(&dry, "dry-run", false, "show what would be signed, and sign nothing")
	return c
}

// approvedEntry is what became of an entry.
type approvedEntry struct {
	Entry   string         `json:"entry"`
	Version int            `json:"version"`
	Content string         `json:"content"` // digest that was signed
	Status  lexicon.Status `json:"status"`
	Parties []string       `json:"parties"`
	sense   string
}

func (p *program) lexiconApprove(file string, ids []string, role lexicon.Role, dry bool) error {
	if !slices.Contains(lexicon.Roles(), role) {
		return usagef("--as is authority, civil_society or academia")
	}
	s, err := node.ReadLexicon(file)
	if err != nil {
		return err
	}
	signer, err := p.documentSigner()
	if err != nil {
		return err
	}
	var done []approvedEntry
	for _, id := range ids {
		e := s.Entry(id)
		if e == nil {
			return tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord, "The lexicon has no entry of that name: %s",
				decode.VisibleLine(id))
		}
		if err := p.approve(e, signer, role); err != nil {
			return err
		}
		content, err := e.Content()
		if err != nil {
			return err
		}
		done = append(done, approvedEntry{e.ID, e.Version, content, e.Status, parties(e), e.Sense})
	}
	if !dry {
		if err := writeLexicon(file, s); err != nil {
			return err
		}
	}
	return p.show(done, func(w io.Writer) {
		for _, e := range done {
			fmt.Fprintf(w, "%s\tversion %d\t%s\n\t%s\n\tapproved by %d: %v, %s\n", decode.VisibleLine(e.Entry), e.Version, e.Content,
				decode.VisibleLine(e.sense), len(e.Parties), e.Parties, e.Status)
		}
		if dry {
			fmt.Fprintln(w, "nothing was signed")
		}
	})
}

// approve puts this party's approval in the place of an earlier one.
func (p *program) approve(e *lexicon.Entry, signer wire.Signer, role lexicon.Role) error {
	a, err := flow.ApproveEntry(signer, e, role, p.clock.Now())
	if err != nil {
		return err
	}
	e.Approvals = append(slices.DeleteFunc(slices.Clone(e.Approvals), func(was lexicon.Approval) bool {
		return was.Party == a.Party
	}), a)
	if e.Status == lexicon.StatusDraft && lexicon.Approved(e.Approvals) {
		e.Status = lexicon.StatusPublished
	}
	alone, err := lexicon.New([]lexicon.Entry{*e})
	if err != nil {
		return err
	}
	faults := alone.Lint()
	if len(faults) == 0 {
		faults = decode.Check(alone, fold.New())
	}
	if len(faults) > 0 {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonFormat, "Nothing was signed. Mend this first: %s",
			decode.VisibleLine(faults[0].Error()))
	}
	return nil
}

func parties(e *lexicon.Entry) (names []string) {
	for _, a := range e.Approvals {
		names = append(names, a.Party)
	}
	return names
}

// documentSigner signs as the party of this node.
func (p *program) documentSigner() (wire.Signer, error) {
	ring, c, err := p.openKeys()
	if err != nil {
		return wire.Signer{}, err
	}
	key, private, err := ring.Signer(tocsin.UseDocument)
	if err != nil {
		return wire.Signer{}, err
	}
	return wire.Signer{Party: tocsin.PartyID(c.Party), Key: key.ID, Algorithm: key.Algorithm, Private: private}, nil
}

func writeLexicon(file string, s *lexicon.Snapshot) error {
	var text bytes.Buffer
	if err := s.Write(&text); err != nil {
		return err
	}
	return replaceFile(file, text.Bytes())
}
