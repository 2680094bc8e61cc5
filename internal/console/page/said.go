// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"net/url"

	"tocsin"
	"tocsin/internal/flow"
)

// Questions are what somebody is asked about readings, beside what she finds of the item.
type Questions struct {
	Name    string // of the fields; that of a question ends with its code
	Asked   []flow.ReadingQuestion
	Explain string // what an answer does, and none
	Values  url.Values
	Problem string
}

func (q Questions) field(of flow.ReadingQuestion) string { return q.Name + "." + string(of.Code) }

func (q Questions) answer(of flow.ReadingQuestion) tocsin.Meant {
	return tocsin.Meant(q.Values.Get(q.field(of)))
}

// FieldFindingReadings and FieldReviewReadings are where the two forms ask about readings.
const (
	FieldFindingReadings = "decision.readings"
	FieldReviewReadings  = "review.readings"
)

func (f Finding) questions(ctx context.Context) Questions {
	explain := T(ctx, "reading.ask_beside")
	if f.Case.OnlyRead {
		explain = T(ctx, "reading.ask_alone")
	}
	return Questions{Name: FieldFindingReadings, Asked: f.Case.Questions, Explain: explain, Values: f.Values,
		Problem: f.problem(FieldFindingReadings)}
}

func (v BlindReview) questions(ctx context.Context) Questions {
	return Questions{Name: FieldReviewReadings, Asked: v.Asked, Explain: T(ctx, "reading.ask_second"), Values: v.Values,
		Problem: v.problem(FieldReviewReadings)}
}

// mostWordings bounds the ways of writing that a question shows; the case has all.
const mostWordings = 3

func wordings(q flow.ReadingQuestion) []flow.CaseReading {
	return q.Readings[:min(len(q.Readings), mostWordings)]
}

func senseOf(q flow.ReadingQuestion) string { return q.Readings[0].Entry.Sense }

func meantWord(ctx context.Context, m tocsin.Meant) string {
	if m == "" {
		return T(ctx, "reading.meant_nothing")
	}
	return known(T(ctx, "reading.meant."+string(m)), string(m))
}

// saidWord is what the decision says of a reading.
func saidWord(ctx context.Context, s flow.ReadingSaid) string {
	switch {
	case s.Meant == "":
		return T(ctx, "reading.said_nothing")
	case s.Outright:
		return known(T(ctx, "reading.said."+string(s.Meant)), string(s.Meant))
	}
	return known(T(ctx, "reading.outcome_says."+string(s.Meant)), string(s.Meant))
}

func sinceWord(ctx context.Context, s flow.EntrySince) string {
	return known(T(ctx, "reading.since."+string(s)), string(s))
}
