// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"net/url"
	"strings"

	"tocsin"
)

// Triage is what an authority's officer makes of a public report.
type Triage struct {
	Result  tocsin.Result
	Order   tocsin.RecordID // that was drafted from it
	Host    tocsin.PartyID  // to which it was referred
	Reasons string
}

// TriageNotice answers a public report at an authority.
func (f *Flow) TriageNotice(ctx context.Context, actor Actor, id tocsin.RecordID, t Triage) error {
	return f.update(ctx, func(u *unit) error {
		n, err := authorised[*tocsin.Notice](u, actor, ActionNoticeTriage, id)
		if err != nil {
			return err
		}
		if t.Order != "" {
			if _, err := authorised[*tocsin.IssuedOrder](u, actor, ActionOrderDraft, t.Order); err != nil {
				return err
			}
		}
		if t.Host != "" {
			if p, err := f.Directory().Party(t.Host); err != nil || !p.Has(tocsin.RoleHost) {
				return tocsin.Invalid(tocsin.ReasonUnknownParty, "host", "The directory lists no such host.")
			}
		}
		events, err := n.Triage(u.by(actor.ID), t.Result, t.Order, t.Host, t.Reasons)
		return u.did(n, events, err)
	})
}

// OrderFromNotice begins an order with what a public report says: addresses, types and, where one host of the directory
// answers for all of them, the host. An officer writes the rest; nothing is saved.
func (f *Flow) OrderFromNotice(ctx context.Context, actor Actor, id tocsin.RecordID) (tocsin.Order, error) {
	var order tocsin.Order
	err := f.view(ctx, func(u *unit) error {
		n, err := authorised[*tocsin.Notice](u, actor, ActionNoticeTriage, id)
		if err != nil {
			return err
		}
		if n.Channel != tocsin.ChannelAuthority {
			return unknownRecord()
		}
		var file NoticeFile
		if err := u.read(n, &file); err != nil {
			return err
		}
		order.Annex.Content = tocsin.OrderContent{Addresses: file.Form.Addresses, Categories: file.Form.Categories}
		order.Annex.Heading.Addressee = f.hostOf(file.Form.Addresses)
		return nil
	})
	return order, err
}

// hostOf is the host of the directory under whose name every address lies; empty when there is none or more than one.
func (f *Flow) hostOf(addresses []tocsin.Address) tocsin.PartyID {
	var found tocsin.PartyID
	for i, a := range addresses {
		id := f.hostNamed(a.URL)
		if id == "" || i > 0 && id != found {
			return ""
		}
		found = id
	}
	return found
}

func (f *Flow) hostNamed(address string) tocsin.PartyID {
	at, err := url.Parse(address)
	if err != nil {
		return ""
	}
	for _, p := range f.Directory().Parties {
		node, err := url.Parse(p.Endpoint)
		if err != nil || !p.Has(tocsin.RoleHost) || node.Hostname() == "" {
			continue
		}
		if within(strings.ToLower(at.Hostname()), strings.ToLower(node.Hostname())) {
			return p.ID
		}
	}
	return ""
}

// within reports whether a node answers for a platform: under its very name, or under one below it, as
// tocsin.board.example is below board.example.
func within(platform, node string) bool {
	return platform == node || strings.HasSuffix(node, "."+platform)
}
