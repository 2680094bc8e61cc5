// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// OrderList asks for a page of orders or copies.
type OrderList struct {
	Kind  tocsin.RecordKind `query:"kind" required:"true" enum:"issued_order,received_order,order_copy"`
	State []string          `query:"state" maxItems:"20" doc:"any of these states; all when left out"`
	After string            `query:"after" maxLength:"200" doc:"next of the page before"`
	Limit int               `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// OrderSummary is one line: what somebody needs to choose, and nothing of the content.
type OrderSummary struct {
	ID        tocsin.RecordID   `json:"id" required:"true"`
	Kind      tocsin.RecordKind `json:"kind" required:"true"`
	State     string            `json:"state" required:"true"`
	Party     tocsin.PartyID    `json:"party" required:"true" doc:"the other side"`
	Reference string            `json:"reference,omitempty" doc:"absent once erased"`
	Due       *time.Time        `json:"due,omitempty" doc:"the deadline people work to"`
	Late      bool              `json:"late,omitempty" doc:"the hour passed without the measure"`
	UpdatedAt time.Time         `json:"updated_at" required:"true"`
	Version   int64             `json:"version" required:"true"`
}

// OrderPage is one page.
type OrderPage struct {
	Orders []OrderSummary `json:"orders" required:"true" nullable:"false"`
	Next   string         `json:"next,omitempty" doc:"give it as after; absent at the end"`
}

func (s *service) listOrders(ctx context.Context, in *OrderList) (*output[OrderPage], error) {
	actor, scope := actorOf(ctx), flow.ActionOrderRead
	if in.Kind == tocsin.KindOrderCopy {
		scope = flow.ActionCopyRead
	}
	if err := hasScope(actor, scope); err != nil {
		return nil, err
	}
	list, next, err := s.Flow.Orders(ctx, actor, flow.Listing{Kind: in.Kind, States: in.State, After: in.After,
		Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	page := OrderPage{Orders: make([]OrderSummary, 0, len(list)), Next: next}
	for _, l := range list {
		page.Orders = append(page.Orders, OrderSummary(l))
	}
	return answer(page), nil
}

// output is an answer with a body.
type output[T any] struct{ Body T }

func answer[T any](body T) *output[T] { return &output[T]{body} }

// OrderDraft is a draft with its idempotency key.
type OrderDraft struct {
	Key  string       `header:"Idempotency-Key" maxLength:"80" pattern:"^[A-Za-z0-9._:-]{1,80}$"`
	Body tocsin.Order `required:"true"`
}

// Drafted names a draft and its version.
type Drafted struct {
	ID      tocsin.RecordID `json:"id" required:"true"`
	Version int64           `json:"version" required:"true"`
}

func (s *service) draftOrder(ctx context.Context, in *OrderDraft) (*output[Drafted], error) {
	d, err := s.Flow.DraftOrder(ctx, actorOf(ctx), in.Key, in.Body)
	if err != nil {
		return nil, err
	}
	return answer(Drafted(d)), nil
}

// OrderRevision replaces a draft.
type OrderRevision struct {
	ID   tocsin.RecordID `path:"id"`
	Body RevisionBody    `required:"true"`
}

// RevisionBody is the new draft and the version it was written over.
type RevisionBody struct {
	Version int64        `json:"version" required:"true" minimum:"1"`
	Order   tocsin.Order `json:"order" required:"true"`
}

func (s *service) reviseOrder(ctx context.Context, in *OrderRevision) (*output[Drafted], error) {
	d, err := s.Flow.ReviseOrder(ctx, actorOf(ctx), in.ID, in.Body.Version, in.Body.Order)
	if err != nil {
		return nil, err
	}
	return answer(Drafted(d)), nil
}

// Withdrawal ends an order.
type Withdrawal struct {
	ID   tocsin.RecordID `path:"id"`
	Body ReasonsBody     `required:"true"`
}

// ReasonsBody says why.
type ReasonsBody struct {
	Reasons string `json:"reasons" required:"true"`
}

// Record names the record an operation was about.
type Record struct {
	ID tocsin.RecordID `json:"id" required:"true"`
}

func (s *service) withdrawOrder(ctx context.Context, in *Withdrawal) (*output[Record], error) {
	if err := s.Flow.WithdrawOrder(ctx, actorOf(ctx), in.ID, in.Body.Reasons); err != nil {
		return nil, err
	}
	return answer(Record{in.ID}), nil
}

// Clarification answers a host's question.
type Clarification struct {
	ID   tocsin.RecordID   `path:"id"`
	Body ClarificationBody `required:"true"`
}

// ClarificationBody is its text.
type ClarificationBody struct {
	Clarification string `json:"clarification" required:"true"`
}

func (s *service) clarifyOrder(ctx context.Context, in *Clarification) (*output[Record], error) {
	if err := s.Flow.ClarifyOrder(ctx, actorOf(ctx), in.ID, in.Body.Clarification); err != nil {
		return nil, err
	}
	return answer(Record{in.ID}), nil
}
