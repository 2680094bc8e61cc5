// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// ByID names one record.
type ByID struct {
	ID tocsin.RecordID `path:"id"`
}

// PastEvent is one event of a record's history.
type PastEvent struct {
	tocsin.Header
	Log  *LogPlace `json:"log,omitempty" doc:"its leaf in the public log, where it has one"`
	Text string    `json:"text,omitempty" doc:"what somebody wrote with it"`
}

// LogPlace is where a leaf stands.
type LogPlace struct {
	Shard int64 `json:"shard" required:"true"`
	Index int64 `json:"index" required:"true"`
}

// Delivery is one document or callback offered to one target, and what became of it.
type Delivery struct {
	Event          tocsin.EventID `json:"event" required:"true"`
	Target         string         `json:"target" required:"true" doc:"a party, or platform"`
	Kind           string         `json:"kind" required:"true"`
	Attempts       int64          `json:"attempts" required:"true"`
	OfferedAt      *time.Time     `json:"offered_at,omitempty"`
	TriedAt        *time.Time     `json:"tried_at,omitempty"`
	AcknowledgedAt *time.Time     `json:"acknowledged_at,omitempty"`
	RefusedAt      *time.Time     `json:"refused_at,omitempty"`
	Code           string         `json:"code,omitempty" doc:"of the refusal or the last failure"`
}

func history(past []flow.Past) []PastEvent {
	events := make([]PastEvent, 0, len(past))
	for _, p := range past {
		e := PastEvent{Header: p.Header, Text: p.Text}
		if p.LeafIndex >= 0 {
			e.Log = &LogPlace{p.Shard, p.LeafIndex}
		}
		events = append(events, e)
	}
	return events
}

func deliveries(all []flow.Delivery) []Delivery {
	out := make([]Delivery, 0, len(all))
	for _, d := range all {
		out = append(out, Delivery{d.Event, d.Target, d.Kind, d.Attempts, d.OfferedAt, d.TriedAt, d.AckedAt,
			d.RefusedAt,
			d.Code})
	}
	return out
}

// IssuedOrderView is everything about an order of this authority.
type IssuedOrderView struct {
	Record     *tocsin.IssuedOrder `json:"record" required:"true"`
	Order      *tocsin.Order       `json:"order,omitempty" doc:"absent once erased"`
	Documents  IssuedDocuments     `json:"documents" required:"true"`
	History    []PastEvent         `json:"history" required:"true" nullable:"false"`
	Deliveries []Delivery          `json:"deliveries" required:"true" nullable:"false"`
	Allowed    []flow.Action       `json:"allowed" required:"true" nullable:"false" doc:"to this key, now"`
	Erased     bool                `json:"erased,omitempty"`
}

// IssuedDocuments are signed documents as they travelled, and what people wrote.
type IssuedDocuments struct {
	Order         string `json:"order,omitempty"`
	Receipt       string `json:"receipt,omitempty"`
	Refusal       string `json:"refusal,omitempty"`
	Feedback      string `json:"feedback,omitempty" doc:"Annex II"`
	Impossibility string `json:"impossibility,omitempty" doc:"Annex III, the last"`
	Clarification string `json:"clarification,omitempty"`
	Reasons       string `json:"reasons,omitempty" doc:"of the withdrawal, return or abandonment"`
}

func (s *service) readIssued(ctx context.Context, in *ByID) (*output[IssuedOrderView], error) {
	v, err := s.Flow.Issued(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	f := v.File
	view := IssuedOrderView{Record: v.IssuedOrder, History: history(v.History),
		Deliveries: deliveries(v.Deliveries),
		Allowed:    append([]flow.Action{}, v.Allowed...), Erased: v.Erased,
		Documents: IssuedDocuments{f.Signed, f.Receipt, f.Refusal, f.Feedback, f.Impossibility, f.Clarification,
			f.Reasons}}
	if !v.Erased {
		view.Order = &v.Order
	}
	return answer(view), nil
}

// ReceivedOrderView is everything about an order a host received.
type ReceivedOrderView struct {
	Record     *tocsin.ReceivedOrder `json:"record" required:"true"`
	Order      *tocsin.Order         `json:"order,omitempty" doc:"absent when it was refused, or erased"`
	Documents  ReceivedDocuments     `json:"documents" required:"true"`
	Located    []LocatedAddress      `json:"located" required:"true" nullable:"false"`
	History    []PastEvent           `json:"history" required:"true" nullable:"false"`
	Deliveries []Delivery            `json:"deliveries" required:"true" nullable:"false"`
	Erased     bool                  `json:"erased,omitempty"`
}

// ReceivedDocuments are signed documents as they travelled, and what people wrote.
type ReceivedDocuments struct {
	Order         string           `json:"order,omitempty"`
	Receipt       string           `json:"receipt,omitempty"`
	Impossibility *tocsin.AnnexIII `json:"impossibility,omitempty"`
	Clarification string           `json:"clarification,omitempty"`
	Withdrawal    string           `json:"withdrawal,omitempty" doc:"the reasons the issuer gave"`
	Note          string           `json:"note,omitempty"`
}

// LocatedAddress is what the platform said an address names.
type LocatedAddress struct {
	Address string          `json:"address" required:"true"`
	Kind    string          `json:"kind" required:"true"`
	Ref     string          `json:"ref,omitempty" doc:"the platform's own reference"`
	Item    tocsin.RecordID `json:"item,omitempty"`
}

func (s *service) readReceived(ctx context.Context, in *ByID) (*output[ReceivedOrderView], error) {
	v, err := s.Flow.Received(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	f := v.File
	view := ReceivedOrderView{Record: v.ReceivedOrder, Order: v.Order, Erased: v.Erased,
		Documents: ReceivedDocuments{f.Signed, f.Receipt, f.Impossibility, f.Clarification, f.Withdrawal, f.Note},
		Located:   make([]LocatedAddress, 0, len(f.Located)), History: history(v.History),
		Deliveries: deliveries(v.Deliveries)}
	for _, l := range f.Located {
		view.Located = append(view.Located, LocatedAddress(l))
	}
	return answer(view), nil
}

// OrderCopyView is everything about a supervisor's copy.
type OrderCopyView struct {
	Record  *tocsin.OrderCopy `json:"record" required:"true"`
	Order   *tocsin.Order     `json:"order,omitempty" doc:"absent once erased"`
	Signed  string            `json:"signed,omitempty" doc:"the order, byte for byte"`
	History []PastEvent       `json:"history" required:"true" nullable:"false"`
	Erased  bool              `json:"erased,omitempty"`
}

func (s *service) readCopy(ctx context.Context, in *ByID) (*output[OrderCopyView], error) {
	v, err := s.Flow.Copy(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return answer(OrderCopyView{v.OrderCopy, v.Order, v.File.Signed, history(v.History), v.Erased}), nil
}

// ItemView is an item with its restrictions.
type ItemView struct {
	Record     *tocsin.Item `json:"record" required:"true"`
	State      string       `json:"state" required:"true" enum:"restricted,visible"`
	Ref        string       `json:"ref,omitempty" doc:"the platform's own reference"`
	Address    string       `json:"address,omitempty"`
	History    []PastEvent  `json:"history" required:"true" nullable:"false"`
	Deliveries []Delivery   `json:"deliveries" required:"true" nullable:"false"`
	Erased     bool         `json:"erased,omitempty"`
}

func (s *service) readItem(ctx context.Context, in *ByID) (*output[ItemView], error) {
	v, err := s.Flow.Item(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return answer(ItemView{v.Item, v.State(), v.File.Ref, v.File.Address, history(v.History),
		deliveries(v.Deliveries), v.Erased}), nil
}
