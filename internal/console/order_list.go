// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// pageSize is how many lines a page has. The first page is put in order of urgency as a whole.
const pageSize = 100

// shelf is a kind of record as a list shows it.
type shelf struct {
	name   string // in addresses
	kind   tocsin.RecordKind
	role   tocsin.Role // of the party that has such records
	read   flow.Action
	label  string
	groups map[string][]string // filter → states; "all" is every state
}

var shelves = []shelf{
	{
		name:  "issued",
		kind:  tocsin.KindIssuedOrder,
		role:  tocsin.RoleIssuingAuthority,
		read:  flow.ActionOrderRead,
		label: "console.kinds.issued",
		groups: map[string][]string{
			"open": {"draft", "submitted", "approved", "waiting", "sent", "running", "overdue", "impeded", "clarify"},
			"todo": {"draft", "submitted", "clarify", "overdue"},
			"done": {"complied", "complied_late", "refused", "withdrawn", "abandoned"},
		},
	},
	{name: "received", kind: tocsin.KindReceivedOrder, role: tocsin.RoleHost, read: flow.ActionOrderRead, label: "console.kinds.received",
		groups: map[string][]string{
			"open": {"authenticated", "executing", "impeded", "reopened"},
			"todo": {"authenticated", "reopened"},
			"done": {"confirmed", "refused", "withdrawn", "dismissed"},
		}},
	{name: "copies", kind: tocsin.KindOrderCopy, role: tocsin.RoleSupervisor, read: flow.ActionCopyRead, label: "console.kinds.copies",
		groups: map[string][]string{
			"open": {"received"}, "todo": {"received"}, "done": {"lapsed", "withdrawn"},
		}},
}

// filters in the order of the page.
var filters = []struct{ name, label string }{
	{"open", "console.filter.open"}, {"todo", "console.filter.todo"}, {"done", "console.filter.done"},
	{"all", "console.filter.all"},
}

// listOrders shows one kind of record, what is due first.
func (c *Console) listOrders(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	query := r.URL.Query()
	own := c.ownShelves()
	at := own[0]
	for _, s := range own {
		if s.name == query.Get("kind") {
			at = s
		}
	}
	show := query.Get("show")
	if !slices.ContainsFunc(filters, func(f struct{ name, label string }) bool { return f.name == show }) {
		show = "open"
	}
	after := query.Get("after")
	lines, next, err := c.Flow.Orders(
		ctx,
		who.Actor(),
		flow.Listing{Kind: at.kind, States: at.groups[show], After: after, Limit: pageSize},
	)
	if err != nil {
		return err
	}
	if after == "" && show != "done" && show != "all" {
		if lines, err = c.withRatifications(ctx, who, at, lines); err != nil {
			return err
		}
	}
	slices.SortStableFunc(lines, moreUrgent)
	list := page.List{Kind: at.kind, Lines: lines}
	for _, s := range own {
		list.Kinds = append(
			list.Kinds,
			page.Tab{Address: listAddress(s.name, show, ""), Label: page.T(ctx, s.label), Current: s.name == at.name},
		)
	}
	for _, f := range filters {
		list.Filters = append(
			list.Filters,
			page.Tab{Address: listAddress(at.name, f.name, ""), Label: page.T(ctx, f.label), Current: f.name == show},
		)
	}
	if next != "" {
		list.Next = listAddress(at.name, show, next)
	}
	if after != "" {
		list.First = listAddress(at.name, show, "")
	}
	if at.kind == tocsin.KindIssuedOrder {
		list.New = c.newOrderAddress(who)
	}
	return c.render(w, r, http.StatusOK, page.Orders(list))
}

// newOrderAddress is where an order is drafted; empty for whoever may not, and at a party that issues none.
func (c *Console) newOrderAddress(who flow.Individual) string {
	issues := func(s shelf) bool { return s.kind == tocsin.KindIssuedOrder }
	if !slices.ContainsFunc(c.ownShelves(), issues) || c.Flow.Policy.Decide(who.Actor(), flow.ActionOrderDraft, nil) != nil {
		return ""
	}
	return "/orders/new"
}

// withRatifications adds the confirmed orders that still wait for a person to ratify them: they are open,
// whatever the platform has done. They come first among the confirmed because they have a clock.
func (c *Console) withRatifications(
	ctx context.Context,
	who flow.Individual,
	at shelf,
	lines []flow.Listed,
) ([]flow.Listed, error) {
	if at.kind != tocsin.KindReceivedOrder {
		return lines, nil
	}
	confirmed, _, err := c.Flow.Orders(ctx, who.Actor(), flow.Listing{Kind: at.kind,
		States: []string{string(tocsin.ReceivedConfirmed)}, Limit: pageSize})
	for _, line := range confirmed {
		if line.Due != nil {
			lines = append(lines, line)
		}
	}
	return lines, err
}

// ownShelves are the kinds of record this party has by its roles in the directory.
func (c *Console) ownShelves() []shelf {
	self, err := c.Flow.Directory().Party(c.Flow.Identity.Party)
	if err != nil {
		return shelves
	}
	var own []shelf
	for _, s := range shelves {
		if self.Has(s.role) {
			own = append(own, s)
		}
	}
	if own == nil {
		return shelves
	}
	return own
}

// readsShelf reports whether somebody may read any of what this party has.
func (c *Console) readsShelf(who flow.Individual) bool {
	return slices.ContainsFunc(c.ownShelves(), func(s shelf) bool {
		return c.Flow.Policy.Decide(who.Actor(), s.read, nil) == nil
	})
}

// moreUrgent puts what is late first, then what is due soonest, then what has no clock.
func moreUrgent(a, b flow.Listed) int {
	switch {
	case a.Late != b.Late:
		return order(a.Late, b.Late)
	case (a.Due == nil) != (b.Due == nil):
		return order(a.Due != nil, b.Due != nil)
	case a.Due == nil:
		return 0
	}
	return time.Time.Compare(*a.Due, *b.Due)
}

func order(a, b bool) int {
	if a == b {
		return 0
	}
	if a {
		return -1
	}
	return 1
}

func listAddress(kind, show, after string) string {
	query := url.Values{"kind": {kind}, "show": {show}}
	if after != "" {
		query.Set("after", after)
	}
	return "/orders?" + query.Encode()
}
