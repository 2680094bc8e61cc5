// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

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
		return u.triage(actor, n, t)
	})
}

func (u *unit) triage(actor Actor, n *tocsin.Notice, t Triage) error {
	events, err := n.Triage(u.by(actor.ID), t.Result, t.Order, t.Host, t.Reasons)
	if err := u.did(n, events, err); err != nil {
		return err
	}
	return u.mailed(n, events)
}

// AskNotifier sends a public report back: it does not say enough to act on.
func (f *Flow) AskNotifier(ctx context.Context, actor Actor, id tocsin.RecordID, missing []tocsin.NoticeElement) error {
	return f.update(ctx, func(u *unit) error {
		n, err := authorised[*tocsin.Notice](u, actor, ActionNoticeTriage, id)
		if err != nil {
			return err
		}
		events, err := n.Ask(u.by(actor.ID), missing, f.Settings.Periods)
		if err := u.did(n, events, err); err != nil {
			return err
		}
		return u.mailed(n, events)
	})
}

// DraftOrderFrom drafts an order and answers the public report from which it was begun, in one go.
func (f *Flow) DraftOrderFrom(ctx context.Context, actor Actor, key string, notice tocsin.RecordID,
	order tocsin.Order) (Drafted, error) {
	return command(f, ctx, commandKey(actor, ActionOrderDraft, key), func(u *unit) (Drafted, error) {
		n, err := authorised[*tocsin.Notice](u, actor, ActionNoticeTriage, notice)
		if err != nil {
			return Drafted{}, err
		}
		drafted, err := u.draft(actor, order)
		if err != nil {
			return Drafted{}, err
		}
		return drafted, u.triage(actor, n, Triage{Result: tocsin.ResultDrafted, Order: drafted.ID})
	})
}

// OrderFromNotice begins an order with what a public report says: addresses, types, reasons and, where one host of the
// directory answers for all of them, the host. Nothing tells who reported it: where she wrote her own name or mail
// address into the reasons, they are taken out. An officer writes the rest; nothing is saved.
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
		order.Reasons = nameless(file.Form)
		order.Annex.Heading.Addressee = f.hostOf(file.Form.Addresses)
		return nil
	})
	return order, err
}

// gap stands where something was taken out of a text.
const gap = "[…]"

// nameless is what a notifier wrote without her name and mail address.
func nameless(form tocsin.NoticeForm) string {
	words := append([]string{form.Email, form.Name}, strings.Fields(form.Name)...)
	text := form.Reasons
	for _, w := range words {
		if w = strings.Trim(w, ".,;:"); utf8.RuneCountInString(w) < 3 {
			continue
		}
		own := regexp.MustCompile(`(?i)(^|[^\p{L}\p{N}])` + regexp.QuoteMeta(w) + `($|[^\p{L}\p{N}])`)
		for range 2 { // two in a row share the sign between them, so that every other one waits for the second time
			text = own.ReplaceAllString(text, "${1}"+gap+"${2}")
		}
	}
	return text
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
