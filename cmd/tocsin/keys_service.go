// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin/internal/flow"
	"tocsin/internal/keyring"
)

func scopeNames(actions []flow.Action) []string {
	names := make([]string, len(actions))
	for i, a := range actions {
		names[i] = string(a)
	}
	return names
}

func serviceScopes() []string { return scopeNames(flow.ServiceScopes()) }

func (p *program) keysServiceCommand() *cobra.Command {
	return family("service", "Make, list and revoke service keys", `
A service key lets a machine speak to the node's API, within the scopes it was given. Its token is shown
once, or written to a file for its owner alone; the node keeps a hash. A revoked key is refused at once. Two
weeks before a key ends, administrators are told.

A machine never decides: no scope lets it sign, approve, return or answer an order.`,
		"  tocsin keys service new ticketing --scope order.read --scope order.draft --out ticketing.token\n"+
			"  tocsin keys service rotate ticketing --overlap 24h --out ticketing.new\n"+
			"  tocsin keys service revoke ticketing",
		p.serviceNewCommand(), p.serviceListCommand(), p.serviceRotateCommand(), p.serviceRevokeCommand())
}

func (p *program) serviceNewCommand() *cobra.Command {
	var terms serviceFlags
	c := task("new NAME", "Make a service key", `
Makes a service key under a name that no other has. Scopes are:

  `+strings.Join(serviceScopes(), "\n  ")+`

--bank makes a key that knows these banks only: NAME, or BEGINNING* for every bank whose name begins so. All
others are for it as if they were not there, over both interfaces, and it opens banks of no other name. Such a
key takes the scopes
`+strings.Join(scopeNames(flow.ConfinedActions()), ", ")+`.`,
		"  tocsin keys service new ticketing --scope order.read --out ticketing.token\n"+
			"  tocsin keys service new feed --scope order.read --json\n"+
			"  tocsin keys service new coop --scope content.screen --scope bank.read --bank 'COOP_GARDEN_*'", cobra.ExactArgs(1),
		func(_ context.Context, args []string) error { return p.serviceNew(args[0], terms) })
	c.Flags().StringArrayVar(&terms.scopes, "scope", nil, "what the key may do; repeat for more (required)")
	c.Flags().StringArrayVar(&terms.banks, "bank", nil, "the only banks it knows; repeat for more (default: all)")
	c.Flags().StringVar(&terms.expires, "expires", "", "the day, YYYY-MM-DD, at whose end (UTC) it is refused (default: never)")
	c.Flags().IntVar(&terms.perMinute, "per-minute", flow.DefaultPerMinute, "requests it may make in a minute; 0 for no limit")
	c.Flags().StringVar(&terms.out, "out", "", "write the token to this new file instead of printing it")
	return c
}

// serviceFlags are what a key is made with, as flags say it.
type serviceFlags struct {
	scopes, banks []string
	expires, out  string
	perMinute     int
}

// terms reads them.
func (f serviceFlags) terms(name string) (keyring.ServiceTerms, error) {
	t := keyring.ServiceTerms{Name: name, Scopes: f.scopes, Banks: f.banks, PerMinute: f.perMinute}
	if f.expires == "" {
		return t, nil
	}
	day, err := time.Parse(time.DateOnly, f.expires)
	if err != nil {
		return t, usagef("--expires is a day: YYYY-MM-DD")
	}
	end := day.AddDate(0, 0, 1)
	t.Expires = &end
	return t, nil
}

func (p *program) serviceNew(name string, f serviceFlags) error {
	scopes, banks, out := f.scopes, f.banks, f.out
	if len(scopes) == 0 {
		return usagef("name at least one --scope")
	}
	for _, scope := range scopes {
		if !slices.Contains(serviceScopes(), scope) {
			return usagef("there is no scope %q for a service key; see: tocsin help keys service new", scope)
		}
		if len(banks) > 0 && !slices.Contains(scopeNames(flow.ConfinedActions()), scope) {
			return usagef("a key for some banks cannot have the scope %q, which is not about a bank", scope)
		}
	}
	ring, _, err := p.openKeys()
	if err != nil {
		return err
	}
	terms, err := f.terms(name)
	if err != nil {
		return err
	}
	return p.handOut(name, out, func() (string, keyring.ServiceKey, error) {
		return ring.IssueServiceKey(terms, p.clock.Now())
	})
}

// handOut shows a fresh token once, or keeps it in a new file.
func (p *program) handOut(name, out string, fresh func() (string, keyring.ServiceKey, error)) error {
	if out != "" {
		if err := keepToken(out, fresh); err != nil {
			return err
		}
		return p.show(map[string]string{"name": name, "file": out}, func(w io.Writer) {
			fmt.Fprintf(w, "%s\ttoken in %s\n", name, out)
		})
	}
	token, key, err := fresh()
	if err != nil {
		return err
	}
	p.note("This is the only time the token is shown.")
	return p.show(map[string]string{"name": key.Name, "id": string(key.ID), "token": token}, func(w io.Writer) {
		fmt.Fprintln(w, token)
	})
}

// newServiceKey makes a key that neither expires nor is limited, and puts its token into a new file.
func (p *program) newServiceKey(ring *keyring.Ring, name string, scopes []string, path string) error {
	return keepToken(path, func() (string, keyring.ServiceKey, error) {
		return ring.NewServiceKey(name, scopes, p.clock.Now())
	})
}

// keepToken puts a fresh token into a new file. The file comes first: a token that could not be kept would leave a key
// that nobody holds.
func keepToken(path string, fresh func() (string, keyring.ServiceKey, error)) error {
	if err := writeNew(path, nil, 0o600); err != nil {
		return err
	}
	token, _, err := fresh()
	if err != nil {
		_ = os.Remove(path) // empty
		return err
	}
	if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
		return fmt.Errorf("write token: %w", err)
	}
	return nil
}

func (p *program) serviceRotateCommand() *cobra.Command {
	var overlap time.Duration
	var out string
	c := task("rotate NAME", "Make a new token for a service key", `
Makes a new token for a key, with the same scopes, banks and limit, for as long as the key was first made for.
The tokens before it are refused once the overlap is over. Both count as the same key: in the journal, and
for its limit.`,
		"  tocsin keys service rotate ticketing --overlap 24h --out ticketing.new", cobra.ExactArgs(1),
		func(_ context.Context, args []string) error {
			ring, _, err := p.openKeys()
			if err != nil {
				return err
			}
			return p.handOut(args[0], out, func() (string, keyring.ServiceKey, error) {
				return ring.RotateServiceKey(args[0], overlap, p.clock.Now())
			})
		})
	c.Flags().DurationVar(&overlap, "overlap", 24*time.Hour, "how long the tokens before still work")
	c.Flags().StringVar(&out, "out", "", "write the token to this new file instead of printing it")
	return c
}

func (p *program) serviceListCommand() *cobra.Command {
	return task("list", "List service keys", `
Lists the service keys by name: when each was made, when it ends, in which hour it was last used, its scopes
and its banks. A key that is being rotated stands there twice. The tokens themselves are kept nowhere.`,
		"  tocsin keys service list --json", cobra.NoArgs, func(context.Context, []string) error {
			ring, _, err := p.openKeys()
			if err != nil {
				return err
			}
			found, err := ring.ServiceKeys()
			if err != nil {
				return err
			}
			return p.show(append([]keyring.ServiceKey{}, found...), func(w io.Writer) {
				for _, k := range found {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.Name, at(&k.Created), at(k.Expires), at(k.LastUsed),
						strings.Join(k.Scopes, " "), strings.Join(k.Banks, " "))
				}
			})
		})
}

func (p *program) serviceRevokeCommand() *cobra.Command {
	return task("revoke NAME", "End a service key", `
Ends a service key. Whoever holds its token is refused from the next request on, by a running node too.`,
		"  tocsin keys service revoke ticketing", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
			ring, _, err := p.openKeys()
			if err != nil {
				return err
			}
			if err := ring.RevokeServiceKey(args[0]); err != nil {
				return err
			}
			return p.show(map[string]string{"revoked": args[0]}, func(w io.Writer) {
				fmt.Fprintf(w, "%s is revoked\n", args[0])
			})
		})
}
