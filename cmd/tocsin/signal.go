// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/match"
)

func (p *program) signalCommand() *cobra.Command {
	return family("signal", "Add, show, disable, retract and judge signals", `
A signal is one fingerprint or identifier in a bank: what a picture looks like, the digest of a file, a text,
an address. The next query knows of every change.

These commands speak to the running node with a service key. A signal that hits far more often than it used to
goes into quarantine and proposes nothing more; a person releases it, in the console and in no other way.`,
		"  tocsin signal add GARDENS url https://board.example/post/12 --reference K-1\n"+
			"  tocsin signal show url https://board.example/post/12\n"+
			"  tocsin signal retract GARDENS url https://board.example/post/12 --reasons 'A mistake.'",
		p.signalAddCommand(), p.signalShowCommand(), p.signalDisableCommand(), p.signalEnableCommand(),
		p.signalWithdrawCommand(), p.signalRetractCommand(), p.signalOpinionCommand())
}

func typeNames() string {
	var names []string
	for _, t := range match.Types() {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

func (p *program) signalAddCommand() *cobra.Command {
	var n api.NewSignal
	source, marking, until, vouched, key := "", "", "", "", ""
	c := p.withRemote(task("add BANK TYPE VALUE", "Add a signal to a bank", `
Adds one signal; one that is there already gets another voucher. VALUE may be - for standard input, which
suits a text. What was retracted stays retracted.

Types: `+wrapped(typeNames(), 100)+`.`,
		"  tocsin signal add GARDENS url https://board.example/post/12 --reference K-1 --confidence 90\n"+
			"  cat leaflet.txt | tocsin signal add GARDENS text - --label leaflet", cobra.ExactArgs(3),
		func(ctx context.Context, args []string) error {
			value, err := p.valueOf(args[2])
			if err != nil {
				return err
			}
			if n.Until, err = moment(until); err != nil {
				return err
			}
			if n.Vouched, err = moment(vouched); err != nil {
				return err
			}
			n.Type, n.Value = tocsin.SignalType(args[1]), value
			n.Source, n.Marking = tocsin.PartyID(source), tocsin.Marking(marking)
			return p.create(ctx, bankPath(args[0], "signals"), n, key, "added")
		}))
	c.Flags().StringVar(&source, "source", "", "party that vouches for it (default: this node's)")
	c.Flags().StringVar(&vouched, "vouched-at", "", "when it vouched for it: a date or RFC 3339 (default: now)")
	c.Flags().StringVar(&until, "until", "", "from when it no longer does: a date or RFC 3339")
	c.Flags().Int64Var(&n.Confidence, "confidence", 0, "how sure it is, 0 to 100")
	c.Flags().StringVar(&marking, "marking", "", "to whom it may be passed on (default: the bank's)")
	c.Flags().StringVar(&n.Reference, "reference", "", "what the party calls it")
	c.Flags().StringArrayVar(&n.Labels, "label", nil, "a label; repeat for more")
	c.Flags().StringVar(&n.Note, "note", "", "a note of your own")
	c.Flags().StringVar(&key, "idempotency-key", "", "name of this request, so that repeating it is harmless")
	return c
}

// wrapped breaks a list of words into lines.
func wrapped(text string, width int) string {
	var b strings.Builder
	line := 0
	for word := range strings.FieldsSeq(text) {
		if line > 0 && line+1+len(word) > width {
			b.WriteString("\n")
			line = 0
		} else if line > 0 {
			b.WriteString(" ")
			line++
		}
		b.WriteString(word)
		line += len(word)
	}
	return b.String()
}

// valueOf is an argument, or standard input.
func (p *program) valueOf(arg string) (string, error) {
	if arg != "-" {
		return arg, nil
	}
	text, err := p.readInput("-")
	return string(text), err
}

// moment reads a date, which is its first moment in UTC, or a time of RFC 3339; nil when there is none.
func moment(text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if t, err = time.Parse(time.DateOnly, text); err != nil {
			return nil, usagef("a time is a date, such as 2027-01-01, or RFC 3339")
		}
	}
	t = t.UTC()
	return &t, nil
}

func (p *program) signalShowCommand() *cobra.Command {
	bank := ""
	c := p.withRemote(task("show (ID | TYPE VALUE)", "Show a signal, or where a value is known", `
With an id (sig_…): one signal with its history. With a type and a value: in which banks exactly this value
is, and who vouches for it. It screens nothing; 'tocsin match' does.`,
		"  tocsin signal show sig_…\n  tocsin signal show url https://board.example/post/12 --bank GARDENS",
		cobra.RangeArgs(1, 2), func(ctx context.Context, args []string) error {
			if len(args) == 1 {
				return p.signalShow(ctx, args[0])
			}
			return p.signalLookup(ctx, bank, args[0], args[1])
		}))
	c.Flags().StringVar(&bank, "bank", "", "only in this bank")
	return c
}

func (p *program) signalShow(ctx context.Context, id string) error {
	if !tocsin.RecordID(id).Valid() {
		return usagef("%q is not the id of a signal; or give a type and a value", id)
	}
	client, err := p.remote()
	if err != nil {
		return err
	}
	var s api.SignalView
	if err := client.Call(ctx, http.MethodGet, "/signals/"+url.PathEscape(id), nil, nil, &s); err != nil {
		return err
	}
	return p.show(s, func(w io.Writer) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Record.ID, s.State, s.Record.Type, s.Bank.Name)
		if s.Erased {
			fmt.Fprintln(w, "its text was erased")
		}
		if s.Value != "" {
			fmt.Fprintf(w, "value\t%s\n", shortened(s.Value))
		}
		for _, v := range s.Record.Vouchers {
			fmt.Fprintf(w, "vouched\t%s\t%s\t%s\n", v.Party, at(&v.At), s.References[v.Party])
		}
		for _, back := range s.Record.Withdrawals {
			fmt.Fprintf(w, "took back\t%s\t%s\n", back.Party, at(&back.At))
		}
		for _, o := range s.Record.Opinions {
			fmt.Fprintf(w, "opinion\t%s\t%s\t%s\n", o.Party, at(&o.At), o.View)
		}
		for _, e := range s.History {
			fmt.Fprintf(w, "%s\t%s\t%s\n", at(&e.At), e.Kind, e.Actor)
		}
	})
}

func (p *program) signalLookup(ctx context.Context, bank, signalType, value string) error {
	value, err := p.valueOf(value)
	if err != nil {
		return err
	}
	client, err := p.remote()
	if err != nil {
		return err
	}
	body := map[string]string{"type": signalType, "value": value}
	if bank != "" {
		body["bank"] = bank
	}
	var known api.SignalsKnown
	if err := client.Call(ctx, http.MethodPost, "/signals/lookup", nil, body, &known); err != nil {
		return err
	}
	return p.show(known, func(w io.Writer) {
		if len(known.Signals) == 0 {
			fmt.Fprintln(w, "In no bank.")
		}
		for _, s := range known.Signals {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Bank.Name, s.State, s.Type, s.Signal)
			printProvenance(w, s.Provenance)
		}
	})
}

func printProvenance(w io.Writer, all []api.Provenance) {
	for _, v := range all {
		fmt.Fprintf(w, "    vouched for by %s on %s %s\n", v.Party, at(&v.Vouched), v.Reference)
	}
}

// shortened keeps a value on a line.
func shortened(value string) string {
	if value = shownName(value); len(value) > 100 {
		return value[:100] + "…"
	}
	return value
}
