// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/match"
)

// ItemIntake is an item that the platform hands over.
type ItemIntake struct {
	Body struct {
		External  string         `json:"external_id" required:"true" doc:"your own opaque reference of the item"`
		Assertion flow.Assertion `json:"assertion,omitempty" doc:"public or reported; anything else is refused"`
		Hashes    []ItemHash     `json:"hashes,omitempty" maxItems:"20"`
		Text      string         `json:"text,omitempty"`
		Address   string         `json:"address,omitempty"`
	} `required:"true"`
}

// ItemHash is a hash of the item, or of a file that belongs to it.
type ItemHash struct {
	Type    string   `json:"type" required:"true" doc:"such as pdq or sha256"`
	Value   string   `json:"value" required:"true"`
	Rotated []string `json:"rotated,omitempty" doc:"of a picture: its seven other dihedral hashes"`
}

// ItemTaken is what an item came upon.
type ItemTaken struct {
	External string          `json:"external_id" required:"true"`
	Case     tocsin.RecordID `json:"case,omitempty" doc:"where a person will look, or did"`
	Matches  []ItemMatch     `json:"matches" required:"true" nullable:"false" doc:"at most 50, the nearest first"`
	More     bool            `json:"more,omitempty"`
}

// ItemMatch is one match, in short.
type ItemMatch struct {
	Bank     tocsin.RecordID   `json:"bank" required:"true"`
	Type     tocsin.SignalType `json:"type" required:"true"`
	Distance int               `json:"distance" required:"true"`
	Proposal flow.Proposal     `json:"proposal" required:"true" doc:"review, or why there is nothing to do"`
}

func (s *service) submitItem(ctx context.Context, in *ItemIntake) (*created[ItemTaken], error) {
	actor := actorOf(ctx)
	if err := hasScope(actor, flow.ActionBankRead); err != nil {
		return nil, err // every answer would be a silent non-match
	}
	b := in.Body
	intake := flow.ItemIntake{External: b.External, Assertion: b.Assertion}
	for i, h := range b.Hashes {
		queries, err := ScreenQuery{Type: h.Type, Value: h.Value, Rotated: h.Rotated}.queries()
		if err != nil {
			return nil, tocsin.Invalid(tocsin.ReasonOf(err), fmt.Sprintf("hashes[%d]", i), "%s", err.Error())
		}
		intake.Queries = append(intake.Queries, queries...)
	}
	intake.Queries = append(intake.Queries, written(b.Text, b.Address)...)
	taken, err := s.Flow.TakeItem(ctx, actor, intake)
	if err != nil {
		return nil, err
	}
	return createdOrAgain(taken.Again, itemTaken(b.External, taken)), nil
}

// written is what a text and an address are looked up as.
func written(text, address string) []match.Query {
	var queries []match.Query
	if text != "" {
		queries = append(queries, each(textTypes, text)...)
	}
	if address != "" {
		queries = append(queries, each(addressTypes, address)...)
	}
	return queries
}

func itemTaken(external string, t flow.ItemTaken) ItemTaken {
	view := ItemTaken{External: external, Case: t.Case, Matches: make([]ItemMatch, 0, len(t.Matches)), More: t.More}
	for _, m := range t.Matches {
		view.Matches = append(view.Matches, ItemMatch(m))
	}
	return view
}
