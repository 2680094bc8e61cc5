// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/api"
)

//go:embed order.yaml
var exampleOrder string

// maxOrderFile is the limit of the API.
const maxOrderFile = 1 << 20

func (p *program) orderCommand() *cobra.Command {
	return family("order", "Draft, list, show, withdraw and clarify orders", `
Speaks to the running node with a service key. A draft waits for two officers, who sign it in the console
with their passkeys; a host's answer is given in the console too. No command signs, approves or answers an
order.`,
		"  tocsin order draft --example > order.yaml\n  tocsin order draft order.yaml\n"+
			"  tocsin order list --kind received",
		p.orderDraftCommand(), p.orderListCommand(), p.orderShowCommand(), p.orderWithdrawCommand(),
		p.orderClarifyCommand())
}

func (p *program) orderDraftCommand() *cobra.Command {
	example, key := false, ""
	c := p.withRemote(task("draft FILE", "Hand a draft to the node, from YAML or JSON", `
Reads an order from a file ( - for standard input) and opens it as a draft. An unknown or misspelt name in
it is an error. Sending the same file again gives the first draft again, unless --idempotency-key says
otherwise.`,
		"  tocsin order draft --example > order.yaml\n  tocsin order draft order.yaml\n"+
			"  generate-order | tocsin order draft - --json", cobra.MaximumNArgs(1),
		func(ctx context.Context, args []string) error {
			if example {
				_, err := io.WriteString(p.out, exampleOrder)
				return err
			}
			if len(args) == 0 {
				return usagef("draft needs a file, or --example")
			}
			return p.orderDraft(ctx, args[0], key)
		}))
	c.Flags().BoolVar(&example, "example", false, "print a complete order with every field explained, and stop")
	c.Flags().StringVar(&key, "idempotency-key", "", "name of this request (default: from the file's content)")
	return c
}

func (p *program) orderDraft(ctx context.Context, path, key string) error {
	text, err := p.readInput(path)
	if err != nil {
		return err
	}
	order, err := orderFromFile(text)
	if err != nil {
		return err
	}
	if key == "" {
		key = "file-" + string(tocsin.DigestOf(order))[:32]
	}
	client, err := p.remote()
	if err != nil {
		return err
	}
	var drafted api.Drafted
	err = client.Call(ctx, http.MethodPost, "/orders", nil, json.RawMessage(order), &drafted, "Idempotency-Key",
		key)
	if err != nil {
		return err
	}
	p.note("Two officers sign it now, in the console.")
	return p.show(drafted, func(w io.Writer) {
		fmt.Fprintf(w, "draft\t%s\tversion %d\n", drafted.ID,
			drafted.Version)
	})
}

func (p *program) readInput(path string) ([]byte, error) {
	source := p.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read order: %w", err)
		}
		defer f.Close()
		source = f
	}
	text, err := io.ReadAll(io.LimitReader(source, maxOrderFile+1))
	if err != nil {
		return nil, fmt.Errorf("read order: %w", err)
	}
	if len(text) > maxOrderFile {
		return nil, tocsin.Errorf(tocsin.CodeTooLarge, tocsin.RefusedTooLarge, "The file is larger than 1 MiB.")
	}
	return text, nil
}

// orderFromFile turns YAML, of which JSON is a part, into the JSON of the API. What it says the node judges.
func orderFromFile(text []byte) ([]byte, error) {
	malformed := func(err error) error {
		return &tocsin.Error{Code: tocsin.CodeInvalid, Reason: tocsin.RefusedMalformed, Err: err,
			Public: "The file is neither YAML nor JSON of an order"}
	}
	values, err := yaml.Parser().Unmarshal(text)
	if err != nil {
		return nil, malformed(err)
	}
	order, err := json.Marshal(values)
	if err != nil {
		return nil, malformed(err)
	}
	return order, nil
}

// kinds are what --kind takes.
var kinds = map[string]tocsin.RecordKind{"issued": tocsin.KindIssuedOrder,
	"received": tocsin.KindReceivedOrder,
	"copies":   tocsin.KindOrderCopy}

// listFlags choose a page.
type listFlags struct {
	kind   string
	states []string
	limit  int
	after  string
}

func (p *program) orderListCommand() *cobra.Command {
	var f listFlags
	c := p.withRemote(task("list", "List orders, by what is due first", `
Lists the orders this authority issued, those this host received, or the copies this supervisor holds. Each
line is what somebody needs to choose, and nothing of the content.`,
		"  tocsin order list\n  tocsin order list --kind received --state authenticated\n"+
			"  tocsin order list --limit 200 --json", cobra.NoArgs,
		func(ctx context.Context, _ []string) error { return p.orderList(ctx, f) }))
	c.Flags().StringVar(&f.kind, "kind", "issued", "issued, received or copies")
	c.Flags().StringArrayVar(&f.states, "state", nil, "only orders in this state; repeat for more")
	c.Flags().IntVar(&f.limit, "limit", 50, "at most this many, up to 200")
	c.Flags().StringVar(&f.after, "after", "", "next of an earlier page")
	return c
}

func (p *program) orderList(ctx context.Context, f listFlags) error {
	kind, known := kinds[f.kind]
	if !known {
		return usagef("--kind takes issued, received or copies")
	}
	client, err := p.remote()
	if err != nil {
		return err
	}
	query := url.Values{"kind": {string(kind)}, "limit": {strconv.Itoa(f.limit)}}
	if len(f.states) > 0 {
		query.Set("state", strings.Join(f.states, ","))
	}
	if f.after != "" {
		query.Set("after", f.after)
	}
	var page api.OrderPage
	if err := client.Call(ctx, http.MethodGet, "/orders", query, nil, &page); err != nil {
		return err
	}
	return p.show(page, func(w io.Writer) {
		fmt.Fprintln(w, "ID\tSTATE\tPARTY\tDUE\tREFERENCE")
		for _, o := range page.Orders {
			late := ""
			if o.Late {
				late = " late"
			}
			fmt.Fprintf(w, "%s\t%s%s\t%s\t%s\t%s\n", o.ID, o.State, late, o.Party, at(o.Due), o.Reference)
		}
		if page.Next != "" {
			fmt.Fprintf(w, "There are more: --after %s\n", page.Next)
		}
	})
}

// places are where records are read, by the prefix of their ids.
var places = map[string]string{"ord": "/orders/issued/", "rcv": "/orders/received/", "cpy": "/orders/copies/",
	"itm": "/items/"}

func (p *program) orderShowCommand() *cobra.Command {
	return p.withRemote(task("show ID", "Show an order, a copy or an item with its history", `
Shows a record by its id: ord_… an order this authority issued, rcv_… one this host received, cpy_… a
supervisor's copy, itm_… an item. With --json everything the node tells; else its state and its history.`,
		"  tocsin order show ord_…\n  tocsin order show rcv_… --json", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			prefix, _, _ := strings.Cut(args[0], "_")
			place, known := places[prefix]
			if !known || !tocsin.RecordID(args[0]).Valid() {
				return usagef("%q is not the id of an order, a copy or an item", args[0])
			}
			client, err := p.remote()
			if err != nil {
				return err
			}
			var record json.RawMessage
			if err := client.Call(ctx, http.MethodGet, place+args[0], nil, nil, &record); err != nil {
				return err
			}
			return p.showRecord(record)
		}))
}

// shown is what every record has.
type shown struct {
	Record struct {
		ID       tocsin.RecordID `json:"id"`
		Version  int64           `json:"version"`
		Status   string          `json:"status"`
		Deadline *string         `json:"deadline"`
	} `json:"record"`
	State   string          `json:"state"`
	Order   *tocsin.Order   `json:"order"`
	History []api.PastEvent `json:"history"`
	Allowed []string        `json:"allowed"`
	Erased  bool            `json:"erased"`
}

func (p *program) showRecord(record json.RawMessage) error {
	var s shown
	if err := json.Unmarshal(record, &s); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return p.show(record, func(w io.Writer) {
		fmt.Fprintf(w, "%s\t%s%s\tversion %d\n", s.Record.ID, s.Record.Status, s.State, s.Record.Version)
		if s.Record.Deadline != nil {
			fmt.Fprintf(w, "deadline\t%s\n", *s.Record.Deadline)
		}
		if s.Erased {
			fmt.Fprintln(w, "its text was erased")
		}
		if s.Order != nil {
			fmt.Fprintf(w, "reference\t%s\n", s.Order.Annex.Heading.Reference)
			fmt.Fprintf(w, "addressee\t%s\n", s.Order.Annex.Heading.Addressee)
			for _, a := range s.Order.Annex.Content.Addresses {
				fmt.Fprintf(w, "address\t%s\n", a.URL)
			}
		}
		for _, e := range s.History {
			logged := ""
			if e.Log != nil {
				logged = fmt.Sprintf("log %d/%d", e.Log.Shard, e.Log.Index)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", at(&e.At), e.Kind, e.Actor, logged)
		}
	})
}
