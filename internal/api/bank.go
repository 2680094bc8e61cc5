// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"math"

	"tocsin"
	"tocsin/internal/flow"
)

// BankByName names a bank.
type BankByName struct {
	Bank string `path:"bank" maxLength:"255" doc:"its id, or its name while it is open"`
}

// BankList asks for banks.
type BankList struct {
	Closed bool `query:"closed" doc:"closed banks too"`
}

// BankThreshold is the distance up to which a bank proposes matches of a type.
type BankThreshold struct {
	Type     tocsin.SignalType `json:"type" required:"true"`
	Distance int64             `json:"distance" required:"true" minimum:"0"`
}

// BankBody is what the owner of a bank chooses. Matches of a negative bank suppress those of the others. The
// marking is that of the Traffic Light Protocol 2.0.
type BankBody struct {
	Name       string          `json:"name" required:"true" doc:"UPPER_CASE_WITH_UNDERSCORES, unique"`
	Policy     string          `json:"policy,omitempty" doc:"what is in it and why; shown beside every match"`
	Labels     []string        `json:"labels,omitempty"`
	Polarity   tocsin.Polarity `json:"polarity" required:"true" enum:"positive,negative"`
	Marking    tocsin.Marking  `json:"marking" required:"true" enum:"red,amber-strict,amber,green,clear"`
	Thresholds []BankThreshold `json:"thresholds,omitempty" doc:"by type, alphabetically"`
	Enabled    *float64        `json:"enabled,omitempty" minimum:"0" maximum:"1" doc:"share of queries; else 1"`
}

// BankView is a bank as it is read.
type BankView struct {
	ID         tocsin.RecordID  `json:"id" required:"true"`
	Version    int64            `json:"version" required:"true"`
	Status     tocsin.BankState `json:"status" required:"true" enum:"open,closed"`
	Name       string           `json:"name" required:"true"`
	Policy     string           `json:"policy,omitempty"`
	Labels     []string         `json:"labels,omitempty"`
	Polarity   tocsin.Polarity  `json:"polarity" required:"true" enum:"positive,negative"`
	Marking    tocsin.Marking   `json:"marking" required:"true"`
	Thresholds []BankThreshold  `json:"thresholds,omitempty"`
	Enabled    float64          `json:"enabled" required:"true" doc:"share of queries it takes part in, 0 to 1"`
}

// BanksView is every bank that the key may read.
type BanksView struct {
	Banks []BankView `json:"banks" required:"true" nullable:"false"`
}

func (b BankBody) terms() (tocsin.BankTerms, flow.BankFile) {
	terms := tocsin.BankTerms{Polarity: b.Polarity, Marking: b.Marking, Enabled: tocsin.Whole}
	for _, t := range b.Thresholds {
		terms.Thresholds = append(terms.Thresholds, tocsin.Threshold(t))
	}
	if b.Enabled != nil {
		terms.Enabled = int64(math.Round(*b.Enabled * tocsin.Whole))
	}
	return terms, flow.BankFile{Name: b.Name, Policy: b.Policy, Labels: b.Labels}
}

func bankView(b flow.BankView) BankView {
	v := BankView{ID: b.ID, Version: b.Version, Status: b.Status, Name: b.File.Name, Policy: b.File.Policy,
		Labels: b.File.Labels, Polarity: b.Polarity, Marking: b.Marking,
		Enabled: float64(b.Enabled) / tocsin.Whole}
	for _, t := range b.Thresholds {
		v.Thresholds = append(v.Thresholds, BankThreshold(t))
	}
	return v
}

func (s *service) listBanks(ctx context.Context, in *BankList) (*output[BanksView], error) {
	banks, err := s.Flow.Banks(ctx, actorOf(ctx), in.Closed)
	if err != nil {
		return nil, err
	}
	view := BanksView{Banks: make([]BankView, 0, len(banks))}
	for _, b := range banks {
		view.Banks = append(view.Banks, bankView(b))
	}
	return answer(view), nil
}

func (s *service) readBank(ctx context.Context, in *BankByName) (*output[BankView], error) {
	b, err := s.Flow.Bank(ctx, actorOf(ctx), in.Bank)
	if err != nil {
		return nil, err
	}
	return answer(bankView(b)), nil
}

// bankID is the id of a bank that was named by either.
func (s *service) bankID(ctx context.Context, name string) (tocsin.RecordID, error) {
	if id := tocsin.RecordID(name); id.Valid() {
		return id, nil
	}
	b, err := s.Flow.Bank(ctx, actorOf(ctx), name)
	return b.ID, err
}

// BankOpening opens a bank.
type BankOpening struct {
	Key  string   `header:"Idempotency-Key" maxLength:"80" pattern:"^[A-Za-z0-9._:-]{1,80}$"`
	Body BankBody `required:"true"`
}

func (s *service) openBank(ctx context.Context, in *BankOpening) (*output[Record], error) {
	terms, file := in.Body.terms()
	id, err := s.Flow.OpenBank(ctx, actorOf(ctx), in.Key, terms, file)
	if err != nil {
		return nil, err
	}
	return answer(Record{id}), nil
}

// BankChange replaces what the owner chose.
type BankChange struct {
	BankByName
	Body BankBody `required:"true"`
}

func (s *service) changeBank(ctx context.Context, in *BankChange) (*None, error) {
	id, err := s.bankID(ctx, in.Bank)
	if err != nil {
		return nil, err
	}
	terms, file := in.Body.terms()
	return nil, s.Flow.ChangeBank(ctx, actorOf(ctx), id, terms, file)
}

// BankClosing ends a bank.
type BankClosing struct {
	BankByName
	Body ReasonsBody `required:"true"`
}

func (s *service) closeBank(ctx context.Context, in *BankClosing) (*None, error) {
	id, err := s.bankID(ctx, in.Bank)
	if err != nil {
		return nil, err
	}
	return nil, s.Flow.CloseBank(ctx, actorOf(ctx), id, in.Body.Reasons)
}
