// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/api"
)

func (p *program) bankCommand() *cobra.Command {
	return family("bank", "Keep banks of signals: open, fill, change, close", `
A bank is a named set of signals with an owner and a policy, which everybody reads who gets a match from it.
Matches of a negative bank suppress those of the others: it holds what may stay.

These commands speak to the running node with a service key. They propose nothing by themselves and restrict
nothing, ever; 'tocsin match' asks what is known.`,
		"  tocsin bank open GARDENS --marking green --policy 'Pictures of gardens we removed.'\n"+
			"  tocsin bank import GARDENS list.csv --dry-run\n  tocsin bank list",
		p.bankListCommand(), p.bankShowCommand(), p.bankOpenCommand(), p.bankChangeCommand(), p.bankCloseCommand(),
		p.bankImportCommand(), p.bankImportsCommand(), p.bankWithdrawCommand(), p.bankExportCommand())
}

func bankPath(name string, more ...string) string {
	return "/banks/" + strings.Join(append([]string{url.PathEscape(name)}, more...), "/")
}

func (p *program) bankListCommand() *cobra.Command {
	closed := false
	c := p.withRemote(task("list", "List banks, by name", `
Lists the banks that the service key may read: which matches they propose, and in which share of queries they
take part.`, "  tocsin bank list\n  tocsin bank list --closed --json", cobra.NoArgs,
		func(ctx context.Context, _ []string) error {
			client, err := p.remote()
			if err != nil {
				return err
			}
			query := url.Values{}
			if closed {
				query.Set("closed", "true")
			}
			var view api.BanksView
			if err := client.Call(ctx, http.MethodGet, "/banks", query, nil, &view); err != nil {
				return err
			}
			return p.show(view, func(w io.Writer) {
				fmt.Fprintln(w, "NAME\tPOLARITY\tMARKING\tENABLED\tSTATUS\tID")
				for _, b := range view.Banks {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", b.Name, b.Polarity, b.Marking, ratio(b.Enabled), b.Status,
						b.ID)
				}
			})
		}))
	c.Flags().BoolVar(&closed, "closed", false, "closed banks too")
	return c
}

func ratio(share float64) string { return strconv.FormatFloat(share, 'g', -1, 64) }

func (p *program) bankShowCommand() *cobra.Command {
	return p.withRemote(task("show BANK", "Show a bank", `
Shows what the owner of a bank chose. BANK is its name or its id.`,
		"  tocsin bank show GARDENS\n  tocsin bank show GARDENS --json", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			client, err := p.remote()
			if err != nil {
				return err
			}
			var b api.BankView
			if err := client.Call(ctx, http.MethodGet, bankPath(args[0]), nil, nil, &b); err != nil {
				return err
			}
			return p.show(b, func(w io.Writer) { printBank(w, b) })
		}))
}

func printBank(w io.Writer, b api.BankView) {
	fmt.Fprintf(w, "%s\t%s, %s\n", b.Name, b.Status, b.Polarity)
	fmt.Fprintf(w, "id\t%s\n", b.ID)
	fmt.Fprintf(w, "marking\t%s\n", b.Marking)
	fmt.Fprintf(w, "enabled\t%s\n", ratio(b.Enabled))
	for _, t := range b.Thresholds {
		fmt.Fprintf(w, "threshold\t%s %d\n", t.Type, t.Distance)
	}
	if len(b.Labels) > 0 {
		fmt.Fprintf(w, "labels\t%s\n", strings.Join(b.Labels, ", "))
	}
	if b.Policy != "" {
		fmt.Fprintf(w, "policy\t%s\n", b.Policy)
	}
}

func (p *program) bankCloseCommand() *cobra.Command {
	reasons := ""
	c := p.withRemote(task("close BANK", "End a bank for good", `
Ends a bank: none of its signals matches from now on. Its history stays, and its name is free again.`,
		"  tocsin bank close GARDENS --reasons 'It is winter.'", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			return p.tell(ctx, http.MethodPost, bankPath(args[0], "closure"), api.ReasonsBody{Reasons: reasons},
				args[0]+" is closed")
		}))
	c.Flags().StringVar(&reasons, "reasons", "", "why; it stands in the history (required)")
	return c
}

// tell makes a request whose answer holds nothing, and says what was done.
func (p *program) tell(ctx context.Context, method, path string, body any, done string) error {
	client, err := p.remote()
	if err != nil {
		return err
	}
	if err := client.Call(ctx, method, path, nil, body, nil); err != nil {
		return err
	}
	return p.show(map[string]string{"done": done}, func(w io.Writer) { fmt.Fprintln(w, done) })
}

// bankFlags are what the owner of a bank chooses.
type bankFlags struct {
	policy, marking    string
	labels, thresholds []string
	enabled            float64
}

func (f *bankFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.policy, "policy", "", "what is in the bank and why; shown beside every match")
	c.Flags().StringVar(&f.marking, "marking", "",
		"to whom it may be passed on: red, amber-strict, amber, green, clear")
	c.Flags().StringArrayVar(&f.labels, "label", nil, "a label of the bank; repeat for more")
	c.Flags().StringArrayVar(&f.thresholds, "threshold", nil,
		"greatest distance of a type, such as pdq=20; repeat for more")
	c.Flags().Float64Var(&f.enabled, "enabled", 1, "share of queries the bank takes part in, 0 to 1")
}

// apply puts the flags that were given into a body.
func (f *bankFlags) apply(c *cobra.Command, body *api.BankBody) error {
	given := func(name string) bool { return c.Flags().Changed(name) }
	if given("policy") {
		body.Policy = f.policy
	}
	if given("marking") {
		body.Marking = tocsin.Marking(f.marking)
	}
	if given("label") {
		body.Labels = f.labels
	}
	if given("enabled") {
		body.Enabled = &f.enabled
	}
	if !given("threshold") {
		return nil
	}
	var err error
	body.Thresholds, err = thresholds(f.thresholds)
	return err
}
