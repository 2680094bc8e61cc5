// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// SignalRef names a signal: by its record, or by what it is. Never in a path: a value can be an address.
type SignalRef struct {
	ID    tocsin.RecordID   `json:"id,omitempty" doc:"its record; instead of bank, type and value"`
	Bank  string            `json:"bank,omitempty" maxLength:"255" doc:"id or name"`
	Type  tocsin.SignalType `json:"type,omitempty" doc:"such as pdq, sha256 or url"`
	Value string            `json:"value,omitempty" doc:"in any form that the type takes"`
}

func (r SignalRef) ref() flow.SignalRef {
	return flow.SignalRef{ID: r.ID, Bank: r.Bank, Type: r.Type, Value: r.Value}
}

// SignalLookup asks in which banks a value is.
type SignalLookup struct {
	Body struct {
		Bank  string            `json:"bank,omitempty" maxLength:"255" doc:"only this one"`
		Type  tocsin.SignalType `json:"type" required:"true" doc:"such as pdq, sha256 or url"`
		Value string            `json:"value" required:"true" doc:"in any form that the type takes"`
	} `required:"true"`
}

// SignalsKnown is where a value is known.
type SignalsKnown struct {
	Signals []KnownSignal `json:"signals" required:"true" nullable:"false"`
}

func (s *service) lookUpSignal(ctx context.Context, in *SignalLookup) (*output[SignalsKnown], error) {
	b := in.Body
	if _, err := s.Flow.Bank(ctx, actorOf(ctx), b.Bank); b.Bank != "" && err != nil {
		return nil, err
	}
	found, err := s.Flow.Known(ctx, actorOf(ctx), flow.SignalRef{Bank: b.Bank, Type: b.Type, Value: b.Value})
	if err != nil {
		return nil, err
	}
	known := SignalsKnown{Signals: make([]KnownSignal, 0, len(found))}
	for _, m := range found {
		known.Signals = append(known.Signals, knownSignal(m))
	}
	return answer(known), nil
}

// SignalView is everything about a signal that has a record.
type SignalView struct {
	Record     *tocsin.Signal            `json:"record" required:"true"`
	State      string                    `json:"state" required:"true"`
	Bank       MatchBank                 `json:"bank" required:"true"`
	Value      string                    `json:"value,omitempty" doc:"absent once erased"`
	References map[tocsin.PartyID]string `json:"references,omitempty" doc:"what each party calls it"`
	Labels     []string                  `json:"labels,omitempty"`
	Note       string                    `json:"note,omitempty"`
	History    []PastEvent               `json:"history" required:"true" nullable:"false"`
	Erased     bool                      `json:"erased,omitempty"`
}

func (s *service) readSignal(ctx context.Context, in *ByID) (*output[SignalView], error) {
	v, err := s.Flow.Signal(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	f := v.File
	return answer(SignalView{&v.Signal, v.State(), matchBank(v.Bank), f.Value, f.References, f.Labels, f.Note,
		history(v.History), v.Erased}), nil
}

// SignalAdding puts a signal into a bank.
type SignalAdding struct {
	BankByName
	Key  string    `header:"Idempotency-Key" maxLength:"80" pattern:"^[A-Za-z0-9._:-]{1,80}$"`
	Body NewSignal `required:"true"`
}

// NewSignal is what a party vouches for.
type NewSignal struct {
	Type       tocsin.SignalType `json:"type" required:"true" doc:"such as pdq, sha256 or url"`
	Value      string            `json:"value" required:"true" doc:"in any form that the type takes"`
	Source     tocsin.PartyID    `json:"source,omitempty" doc:"who vouches; this node's party when left out"`
	Vouched    *time.Time        `json:"vouched_at,omitempty" doc:"now when left out"`
	Until      *time.Time        `json:"until,omitempty" doc:"from when the party no longer vouches"`
	Confidence int64             `json:"confidence,omitempty" doc:"0 to 100, the party's own estimate"`
	Marking    tocsin.Marking    `json:"marking,omitempty" doc:"the bank's when left out"`
	Reference  string            `json:"reference,omitempty" doc:"what the party calls it"`
	Labels     []string          `json:"labels,omitempty"`
	Note       string            `json:"note,omitempty"`
}

func (s *service) addSignal(ctx context.Context, in *SignalAdding) (*output[Record], error) {
	b := in.Body
	n := flow.NewSignal{SignalRef: flow.SignalRef{Bank: in.Bank, Type: b.Type, Value: b.Value}, Source: b.Source,
		Until: b.Until, Confidence: b.Confidence, Marking: b.Marking, Reference: b.Reference, Labels: b.Labels,
		Note: b.Note}
	if b.Vouched != nil {
		n.Vouched = *b.Vouched
	}
	id, err := s.Flow.AddSignal(ctx, actorOf(ctx), in.Key, n)
	if err != nil {
		return nil, err
	}
	return answer(Record{id}), nil
}

// SignalNamed names a signal.
type SignalNamed struct {
	Body SignalRef `required:"true"`
}

// SignalStopping names a signal and says why, and perhaps until when.
type SignalStopping struct {
	Body struct {
		SignalRef
		Until   *time.Time `json:"until,omitempty" doc:"from when it matches again by itself"`
		Reasons string     `json:"reasons,omitempty"`
	} `required:"true"`
}

// SignalRetraction takes a signal back.
type SignalRetraction struct {
	Body struct {
		SignalRef
		Reasons string `json:"reasons" required:"true"`
	} `required:"true"`
}

// SignalWithdrawal takes back the word of one party.
type SignalWithdrawal struct {
	Body struct {
		SignalRef
		Source  tocsin.PartyID `json:"source,omitempty" doc:"whose word; this node's party's when left out"`
		Reasons string         `json:"reasons" required:"true"`
	} `required:"true"`
}

// SignalOpinion is what this node's party thinks of a signal.
type SignalOpinion struct {
	Body struct {
		SignalRef
		View    tocsin.View `json:"view" required:"true" enum:"positive,negative,investigation"`
		Reasons string      `json:"reasons,omitempty"`
	} `required:"true"`
}

func (s *service) disableSignal(ctx context.Context, in *SignalStopping) (*None, error) {
	return nil, s.Flow.DisableSignal(ctx, actorOf(ctx), in.Body.ref(), in.Body.Until, in.Body.Reasons)
}

func (s *service) enableSignal(ctx context.Context, in *SignalNamed) (*None, error) {
	return nil, s.Flow.EnableSignal(ctx, actorOf(ctx), in.Body.ref())
}

func (s *service) retractSignal(ctx context.Context, in *SignalRetraction) (*None, error) {
	return nil, s.Flow.RetractSignal(ctx, actorOf(ctx), in.Body.ref(), in.Body.Reasons)
}

func (s *service) withdrawVoucher(ctx context.Context, in *SignalWithdrawal) (*None, error) {
	return nil, s.Flow.WithdrawVoucher(ctx, actorOf(ctx), in.Body.ref(), in.Body.Source, in.Body.Reasons)
}

func (s *service) giveOpinion(ctx context.Context, in *SignalOpinion) (*None, error) {
	return nil, s.Flow.Opine(ctx, actorOf(ctx), in.Body.ref(), in.Body.View, in.Body.Reasons)
}

func (s *service) retractOpinion(ctx context.Context, in *SignalNamed) (*None, error) {
	return nil, s.Flow.RetractOpinion(ctx, actorOf(ctx), in.Body.ref())
}
