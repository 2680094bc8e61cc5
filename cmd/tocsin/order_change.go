// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/api"
)

func (p *program) orderWithdrawCommand() *cobra.Command {
	reasons := ""
	c := p.withRemote(task("withdraw ID", "Withdraw an order that was sent", `
Ends the effects of an order at the host and at the supervisor. It travels as fast as the order did; the
host reinstates what no other restriction holds.`,
		"  tocsin order withdraw ord_… --reasons 'The court annulled the order.'", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			return p.changeOrder(ctx, args[0], "withdrawal", api.ReasonsBody{Reasons: reasons}, "withdrawn")
		}))
	c.Flags().StringVar(&reasons, "reasons", "", "why; everyone who received the order reads it (required)")
	return c
}

func (p *program) orderClarifyCommand() *cobra.Command {
	text := ""
	c := p.withRemote(task("clarify ID", "Answer a host's question about an order", `
Sends the clarification a host asked for with Annex III. A full new hour starts when the host receives it
(Art. 3(8)).`,
		"  tocsin order clarify ord_… --text 'The second picture on the page.'", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			return p.changeOrder(ctx, args[0], "clarification", api.ClarificationBody{Clarification: text},
				"clarified")
		}))
	c.Flags().StringVar(&text, "text", "", "the clarification (required)")
	return c
}

func (p *program) changeOrder(ctx context.Context, id, change string, body any, done string) error {
	if !tocsin.RecordID(id).Valid() || !strings.HasPrefix(id, "ord_") {
		return usagef("%q is not the id of an order this authority issued", id)
	}
	client, err := p.remote()
	if err != nil {
		return err
	}
	var record api.Record
	if err := client.Call(ctx, http.MethodPost, "/orders/issued/"+id+"/"+change, nil, body,
		&record); err != nil {
		return err
	}
	return p.show(record, func(w io.Writer) { fmt.Fprintf(w, "%s\t%s\n", done, record.ID) })
}
