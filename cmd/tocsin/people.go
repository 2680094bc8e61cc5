// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tocsin/internal/node"
)

func (p *program) peopleCommand() *cobra.Command {
	return family("people", "Give access back when no administrator has it any more", `
Who works at a node is kept in the console. This is for the one case in which nobody can: every administrator
lost her key or left.`,
		"  tocsin people regain --name 'Duty administrator'", p.peopleRegainCommand())
}

func (p *program) peopleRegainCommand() *cobra.Command {
	name := "Administrator"
	c := task("regain", "Invite an administrator from the machine itself", `
Prints a link by which one administrator enrols a passkey, once, within a day. The node must not be running.

It is as loud as it can be: the journal says that the operator of the machine did it, and every administrator,
supervisor and reviewer is alerted, over her own channels as soon as the node runs again. It takes nothing from
anybody: whoever was enrolled stays so, and the new administrator suspends in the console who should not be.

While another administrator has her key, use that: two people recover a lost key in the console.`,
		"  tocsin people regain\n  tocsin people regain --name 'Duty administrator' --json", cobra.NoArgs,
		func(ctx context.Context, _ []string) error { return p.regain(ctx, name) })
	c.Flags().StringVar(&name, "name", name, "what colleagues call her")
	return c
}

func (p *program) regain(ctx context.Context, name string) (err error) {
	n, err := p.openNode(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	invited, err := n.Flow.RegainAccess(ctx, node.Operator, name)
	if err != nil {
		return err
	}
	link := n.PublicURL().JoinPath("/enrol")
	link.RawQuery = "token=" + invited.Token
	p.note("The journal says that this was done on the machine. Administrators, supervisors and reviewers are told.")
	return p.show(map[string]any{"enrolment": link.String(), "until": invited.Until, "person": invited.Person}, func(w io.Writer) {
		fmt.Fprintf(w, "Start the node, and open this link once, before %s, to enrol an administrator:\n  %s\n", at(&invited.Until), link)
	})
}
