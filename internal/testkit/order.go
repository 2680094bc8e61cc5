// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"fmt"
	"slices"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// Draft is a complete order to the host.
func Draft(reference string, addresses ...string) tocsin.Order {
	o := tocsin.Order{
		Reasons: "Test only: the picture at this address stands in for content that an officer has assessed.",
		Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(),
			Rationale: "Test only: none of the purposes of Article 1(3) was found."},
	}
	a := &o.Annex
	a.Heading.Addressee, a.Heading.Reference = Host, reference
	a.Content.Categories = []tocsin.Category{tocsin.CategoryIncites}
	for _, address := range addresses {
		a.Content.Addresses = append(a.Content.Addresses, tocsin.Address{URL: address})
	}
	a.Authority = tocsin.AuthorityDetails{Type: tocsin.AuthorityOther, FileNumber: "FILE-" + reference}
	a.Contacts = tocsin.OrderContacts{Feedback: "Duty desk"}
	a.Redress = tocsin.RedressInformation{Body: "Administrative court", Deadline: "Two months from receipt"}
	return o
}

// Gag is a non-disclosure decision.
func Gag(from time.Time, d time.Duration) *tocsin.Gag {
	return &tocsin.Gag{Reasons: "Test only: disclosure would prejudice an investigation.", DecidedAt: from,
		Until: from.Add(d)}
}

// Approve drafts an order, signs it and has it approved: it leaves as soon as the law lets it.
func (w *World) Approve(o tocsin.Order) tocsin.RecordID {
	w.Helper()
	drafted, err := w.Authority.Flow().DraftOrder(w.Context(), w.Officer.Actor, "", o)
	if err != nil {
		w.Fatalf("draft: %v", err)
	}
	for _, p := range []*Person{w.Officer, w.Approver} {
		if err := p.Sign(w.Context(), drafted.ID); err != nil {
			w.Fatalf("signature of the %v: %v", p.duties, err)
		}
	}
	return drafted.ID
}

// Order approves an order and waits until both sides have it: the authority its receipt, the host its items.
func (w *World) Order(o tocsin.Order) (issued, received tocsin.RecordID) {
	w.Helper()
	issued = w.Approve(o)
	received = w.Arrived(o.Annex.Heading.Reference)
	w.Until("the host knows what the order names", func() bool { return w.Received(received).Located })
	w.Until("the authority has its receipt", func() bool { return w.Issued(issued).ReceivedAt != nil })
	return issued, received
}

// Executed orders, lets the moderator execute, and waits for the feedback.
func (w *World) Executed(o tocsin.Order) (issued, received tocsin.RecordID) {
	w.Helper()
	issued, received = w.Order(o)
	w.Execute(received)
	w.MustReach(issued, tocsin.IssuedComplied)
	return issued, received
}

// Execute is the moderator's decision.
func (w *World) Execute(received tocsin.RecordID) {
	w.Helper()
	if err := w.Host.Flow().ExecuteOrder(w.Context(), w.Moderator.Actor, received, "Checked."); err != nil {
		w.Fatalf("execute: %v", err)
	}
}

// Withdraw ends an order and waits until the host knows.
func (w *World) Withdraw(issued, received tocsin.RecordID) {
	w.Helper()
	if err := w.Authority.Flow().WithdrawOrder(w.Context(), w.Officer.Actor, issued, "A mistake."); err != nil {
		w.Fatalf("withdraw: %v", err)
	}
	w.Until("the host knows of the withdrawal", func() bool {
		return w.Received(received).Status == tocsin.ReceivedWithdrawn
	})
}

// Issued opens an order at the authority.
func (w *World) Issued(id tocsin.RecordID) flow.IssuedView {
	w.Helper()
	v, err := w.Authority.Flow().Issued(w.Context(), w.Officer.Actor, id)
	if err != nil {
		w.Fatalf("open issued order: %v", err)
	}
	return v
}

// Received opens an order at the host.
func (w *World) Received(id tocsin.RecordID) flow.ReceivedView {
	w.Helper()
	v, err := w.Host.Flow().Received(w.Context(), w.Moderator.Actor, id)
	if err != nil {
		w.Fatalf("open received order: %v", err)
	}
	return v
}

// Item opens the item of a received order's address, by its place.
func (w *World) Item(received tocsin.RecordID, n int) flow.ItemView {
	w.Helper()
	v, err := w.Host.Flow().Item(w.Context(), w.Moderator.Actor, w.Received(received).Items[n].Item)
	if err != nil {
		w.Fatalf("open item: %v", err)
	}
	return v
}

// Arrived waits until the host has an authenticated order of a reference.
func (w *World) Arrived(reference string) (id tocsin.RecordID) {
	w.Helper()
	w.Until(fmt.Sprintf("order %s is at the host", reference), func() bool {
		id = w.Find(reference)
		return id != ""
	})
	return id
}

// Copied waits until the supervisor has the copy of an order.
func (w *World) Copied(reference string) (id tocsin.RecordID) {
	w.Helper()
	w.Until(fmt.Sprintf("the copy of %s is at the supervisor", reference), func() bool {
		id = w.find(w.Supervisor, w.Inspector, tocsin.KindOrderCopy, reference)
		return id != ""
	})
	return id
}

// Find is the host's record of a reference, "" while there is none.
func (w *World) Find(reference string) tocsin.RecordID {
	w.Helper()
	return w.find(w.Host, w.Moderator, tocsin.KindReceivedOrder, reference)
}

func (w *World) find(n *Node, who *Person, kind tocsin.RecordKind, reference string) tocsin.RecordID {
	w.Helper()
	list, _, err := n.Flow().Orders(w.Context(), who.Actor, flow.Listing{Kind: kind, Limit: 200})
	if err != nil {
		w.Fatalf("list: %v", err)
	}
	for _, l := range list {
		if l.Reference == reference {
			return l.ID
		}
	}
	return ""
}

// MustReach waits until an issued order stands in one of some states.
func (w *World) MustReach(issued tocsin.RecordID, states ...tocsin.IssuedState) {
	w.Helper()
	w.Until(fmt.Sprintf("the order is %v", states), func() bool {
		return slices.Contains(states,
			w.Issued(issued).Status)
	})
}

// MustStand waits until a received order stands in one of some states.
func (w *World) MustStand(received tocsin.RecordID, states ...tocsin.ReceivedState) {
	w.Helper()
	w.Until(fmt.Sprintf("the order is %v", states), func() bool {
		return slices.Contains(states,
			w.Received(received).Status)
	})
}
