// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"encoding/hex"
	"math"
	"slices"
	"strings"

	"tocsin"
)

// An order and a case that are about the same item are shown together. Each keeps its own track and clock: an order
// opens no case, since it is decided where it stands.

// ordered shows an order in the case of an item it names, where there is one.
func (u *unit) ordered(item string, order tocsin.RecordID) error {
	id, err := u.tx.Lookup(lookupCase, u.f.Sealer.LookupKey(lookupCase, item))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := load[*tocsin.Case](u, id)
	if err != nil || slices.Contains(c.Orders, order) {
		return err
	}
	return u.joinOrder(c, order)
}

// joinOrder shows one order in a case, with what it says that the item is.
func (u *unit) joinOrder(c *tocsin.Case, order tocsin.RecordID) error {
	events, err := c.Order(u.clock(), order)
	if err := u.did(c, events, err); err != nil {
		return err
	}
	o, err := load[*tocsin.ReceivedOrder](u, order)
	if err != nil {
		return err
	}
	return u.categorise(c, o.Categories)
}

// categorise records which categories are among some words.
func (u *unit) categorise(c *tocsin.Case, words []string) error {
	var said []tocsin.Category
	for _, w := range words {
		said = append(said, tocsin.Category(w))
	}
	events, err := c.Categorise(u.clock(), said)
	return u.did(c, events, err)
}

// joinOrders shows in a case the orders that named its item before there was one.
func (u *unit) joinOrders(c *tocsin.Case, item string) error {
	ids, err := u.tx.Search([]string{u.itemMark(item)}, math.MaxInt32)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !id.Is(tocsin.KindReceivedOrder) || slices.Contains(c.Orders, id) {
			continue
		}
		if err := u.joinOrder(c, id); err != nil {
			return err
		}
	}
	return nil
}

// receivedText is what a received order is found by: its own words, and a keyed mark of each item it names, which
// tells nothing to whoever lacks the key.
func (u *unit) receivedText(order tocsin.Order, located []LocatedText) string {
	words := []string{searchText(order)}
	for _, l := range located {
		if l.Item != "" {
			words = append(words, u.itemMark(l.Ref))
		}
	}
	return strings.Join(words, " ")
}

func (u *unit) itemMark(ref string) string {
	return "i" + hex.EncodeToString(u.f.Sealer.LookupKey("mark", "item/"+ref))
}
