// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/api"
)

func (p *program) bankOpenCommand() *cobra.Command {
	var f bankFlags
	negative, key := false, ""
	var c *cobra.Command
	c = p.withRemote(task("open NAME", "Open an empty bank", `
Opens a bank under a name in UPPER_CASE_WITH_UNDERSCORES that no other open bank has. --negative makes it one
that holds what may stay: that never changes afterwards.

The marking says to whom its signals may be passed on (Traffic Light Protocol 2.0); those marked red are never
exported.`,
		"  tocsin bank open GARDENS --marking green --policy 'Pictures of gardens we removed.'\n"+
			"  tocsin bank open KNOWN_GOOD --negative --marking clear --threshold pdq=10", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			body := api.BankBody{Name: args[0], Polarity: tocsin.PolarityPositive}
			if negative {
				body.Polarity = tocsin.PolarityNegative
			}
			if err := f.apply(c, &body); err != nil {
				return err
			}
			return p.create(ctx, "/banks", body, key, "opened")
		}))
	f.add(c)
	c.Flags().BoolVar(&negative, "negative", false, "its matches suppress those of the other banks")
	c.Flags().StringVar(&key, "idempotency-key", "", "name of this request, so that repeating it is harmless")
	return c
}

// create makes a record and prints its id.
func (p *program) create(ctx context.Context, path string, body any, key, done string) error {
	client, err := p.remote()
	if err != nil {
		return err
	}
	var headers []string
	if key != "" {
		headers = []string{"Idempotency-Key", key}
	}
	var made api.Record
	if err := client.Call(ctx, http.MethodPost, path, nil, body, &made, headers...); err != nil {
		return err
	}
	return p.show(made, func(w io.Writer) { fmt.Fprintf(w, "%s\t%s\n", done, made.ID) })
}

func (p *program) bankChangeCommand() *cobra.Command {
	var f bankFlags
	name := ""
	var c *cobra.Command
	c = p.withRemote(task("change BANK", "Change the policy, thresholds or name of a bank", `
Changes what the flags name and leaves the rest. The next query sees it. Labels and thresholds replace those
that were there.`,
		"  tocsin bank change GARDENS --threshold pdq=20 --enabled 0.1\n"+
			"  tocsin bank change GARDENS --name ROSES", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			client, err := p.remote()
			if err != nil {
				return err
			}
			var now api.BankView
			if err := client.Call(ctx, http.MethodGet, bankPath(args[0]), nil, nil, &now); err != nil {
				return err
			}
			body := api.BankBody{Name: cmp.Or(name, now.Name), Policy: now.Policy, Labels: now.Labels,
				Polarity: now.Polarity, Marking: now.Marking, Thresholds: now.Thresholds, Enabled: &now.Enabled}
			if err := f.apply(c, &body); err != nil {
				return err
			}
			return p.tell(ctx, http.MethodPut, bankPath(string(now.ID)), body, body.Name+" is changed")
		}))
	f.add(c)
	c.Flags().StringVar(&name, "name", "", "another name")
	return c
}

// thresholds reads type=distance.
func thresholds(texts []string) ([]api.BankThreshold, error) {
	var all []api.BankThreshold
	for _, text := range texts {
		name, number, found := strings.Cut(text, "=")
		distance, err := strconv.ParseInt(number, 10, 64)
		if !found || err != nil {
			return nil, usagef("--threshold takes a type and a distance, such as pdq=20")
		}
		all = append(all, api.BankThreshold{Type: tocsin.SignalType(name), Distance: distance})
	}
	slices.SortFunc(all, func(a, b api.BankThreshold) int { return cmp.Compare(a.Type, b.Type) })
	return all, nil
}
