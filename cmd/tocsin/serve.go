// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/telemetry"
)

func (p *program) serveCommand() *cobra.Command {
	return task("serve", "Run the node", `
Runs the node until it is interrupted: peers reach its inbox, people its console, machines its API,
everybody its public log; work outside is done and legal clocks fire. On SIGINT or SIGTERM it finishes what
is under way and ends with code 0.

As long as nobody is enrolled, it prints a link by which the first administrator enrols her passkey. The
link works once, for a day; no password exists. Log lines go to the error stream and hold no address and no
text.`,
		"  tocsin serve\n  tocsin serve --config /etc/tocsin/tocsin.yaml --set log.format=json", cobra.NoArgs,
		func(ctx context.Context, _ []string) error { return p.serve(ctx) })
}

func (p *program) serve(ctx context.Context) (err error) {
	c, err := p.config()
	if err != nil {
		return err
	}
	log, err := telemetry.NewLogger(p.err, c.Log.Format, c.Log.Level)
	if err != nil {
		return usageError{err}
	}
	p.warn(c)
	n, err := node.New(ctx, node.Options{Config: c, Clock: p.clock, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if err := p.inviteFirst(ctx, n); err != nil {
		return err
	}
	return n.Run(ctx)
}

// inviteFirst prints an enrolment link while nobody is enrolled who could invite others.
func (p *program) inviteFirst(ctx context.Context, n *node.Node) error {
	var enrolled int64
	err := n.Flow.Store.View(ctx, func(tx flow.Tx) (err error) {
		enrolled, err = tx.Count(tocsin.KindPerson, 1, "enrolled")
		return err
	})
	if err != nil || enrolled > 0 {
		return err
	}
	if err := p.endOpenInvitations(ctx, n); err != nil {
		return err
	}
	invited, err := n.Flow.InvitePerson(ctx, node.Operator, "Administrator",
		[]tocsin.Duty{tocsin.DutyAdministrator})
	if err != nil {
		return err
	}
	link := n.PublicURL().JoinPath("/enrol")
	link.RawQuery = "token=" + invited.Token
	if p.global.json {
		return p.show(map[string]any{"enrolment": link.String(), "until": invited.Until}, nil)
	}
	fmt.Fprintf(p.out, "Nobody is enrolled yet. Open this link once, before %s, to enrol the first "+
		"administrator:\n  %s\n",
		at(&invited.Until), link)
	return nil
}

// endOpenInvitations makes the links of earlier starts useless: only the one printed last works.
func (p *program) endOpenInvitations(ctx context.Context, n *node.Node) error {
	people, err := n.Flow.People(ctx, node.Operator)
	if err != nil {
		return err
	}
	for _, person := range people {
		if person.Status != tocsin.PersonInvited || !slices.Contains(person.Duties, tocsin.DutyAdministrator) {
			continue
		}
		err := n.Flow.SuspendPerson(ctx, node.Operator, person.ID, "The node was started again before the link was used.")
		if err != nil {
			return err
		}
	}
	return nil
}
