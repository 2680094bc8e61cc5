// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin"
	"tocsin/internal/flow"
)

// CaseList asks for a page of cases.
type CaseList struct {
	State []tocsin.CaseState `query:"state" maxItems:"5" enum:"open,overdue,claimed,decided,closed" doc:"any of these; open and overdue when left out"`
	// What narrows the page. With more than one a page looks at a bounded number of cases.
	Priority string          `query:"priority" enum:"-1,0,1,2" doc:"only of this priority"`
	Category tocsin.Category `query:"category" maxLength:"10" doc:"only what is said to be of this category, such as 2(7)(a)"`
	Bank     tocsin.RecordID `query:"bank" maxLength:"40" doc:"only what a signal of this bank matches, by the bank's id"`
	After    string          `query:"after" maxLength:"200" doc:"next of the page before"`
	Limit    int             `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// CaseSummary is one line of the queue, and nothing of the content.
type CaseSummary struct {
	ID        tocsin.RecordID  `json:"id" required:"true"`
	State     tocsin.CaseState `json:"state" required:"true"`
	Priority  tocsin.Priority  `json:"priority" required:"true" doc:"-1 a reading that waits behind everything else, 0 a match, 1 a notice, 2 a trusted flagger's"`
	Matches   int64            `json:"matches" required:"true"`
	Notices   int              `json:"notices" required:"true"`
	Orders    int              `json:"orders" required:"true"`
	Escalated bool             `json:"escalated,omitempty"`
	Outcome   tocsin.Outcome   `json:"outcome,omitempty"`
	Due       *time.Time       `json:"due,omitempty" doc:"when a person should have looked"`
	UpdatedAt time.Time        `json:"updated_at" required:"true"`
}

// CasePage is one page, what is due first.
type CasePage struct {
	Cases []CaseSummary `json:"cases" required:"true" nullable:"false"`
	Next  string        `json:"next,omitempty" doc:"give it as after; absent at the end; a page that is narrowed may be empty and have one"`
}

func (s *service) listCases(ctx context.Context, in *CaseList) (*output[CasePage], error) {
	q := flow.CaseFilter{States: in.State, After: in.After, Limit: in.Limit,
		CaseFacets: flow.CaseFacets{Category: in.Category, Bank: in.Bank}}
	if in.Priority != "" {
		n, _ := strconv.Atoi(in.Priority) // one of the enumeration
		p := tocsin.Priority(n)
		q.Priority = &p
	}
	list, next, err := s.Flow.Cases(ctx, actorOf(ctx), q)
	if err != nil {
		return nil, err
	}
	page := CasePage{Cases: make([]CaseSummary, 0, len(list)), Next: next}
	for _, l := range list {
		page.Cases = append(page.Cases, caseSummary(l))
	}
	return answer(page), nil
}

func caseSummary(l flow.CaseLine) CaseSummary {
	return CaseSummary{l.ID, l.Standing, l.Priority, l.Matches, len(l.Notices), len(l.Orders),
		l.Escalated, l.Outcome, l.Clock, l.UpdatedAt}
}

// CaseRow is one line of an export.
type CaseRow struct {
	CaseSummary
	Item      string            `json:"item,omitempty" doc:"the platform's own reference; absent once erased"`
	Address   string            `json:"address,omitempty"`
	Decisions []tocsin.RecordID `json:"decisions,omitempty" doc:"oldest first"`
	Erased    bool              `json:"erased,omitempty"`
}

var caseColumns = []string{"id", "state", "priority", "matches", "notices", "orders", "escalated", "outcome", "due",
	"updated_at", "item", "address", "decisions", "erased"}

// exportCases writes one case a line as it reads them.
func (s *service) exportCases(ctx context.Context, in *Export) (*huma.StreamResponse, error) {
	return s.stream(ctx, "case-export", exportTypes[in.Format], func(to io.Writer) error {
		return exportRows(to, in, caseColumns, func(out *rows) error {
			return s.Flow.EachCase(ctx, actorOf(ctx), in.After, func(v flow.CaseRow) error {
				row := CaseRow{caseSummary(v.CaseLine), v.File.Item, v.File.Address, v.Decisions, v.Erased}
				return out.row(row, row.cells)
			})
		})
	})
}

func (r CaseRow) cells() []string {
	return []string{string(r.ID), string(r.State), strconv.FormatInt(int64(r.Priority), 10),
		strconv.FormatInt(r.Matches, 10), strconv.Itoa(r.Notices), strconv.Itoa(r.Orders),
		strconv.FormatBool(r.Escalated), string(r.Outcome), moment(r.Due), moment(&r.UpdatedAt), r.Item, r.Address,
		words(r.Decisions), strconv.FormatBool(r.Erased)}
}

// CaseView is everything about a case.
type CaseView struct {
	Record  *tocsin.Case `json:"record" required:"true"`
	State   string       `json:"state" required:"true"`
	Item    string       `json:"item,omitempty" doc:"the platform's own reference; absent once erased"`
	Address string       `json:"address,omitempty"`
	Matches []CaseMatch  `json:"matches" required:"true" nullable:"false"`
	// Readings are what texts of the item can be read as.
	Readings []CaseReading     `json:"readings" required:"true" nullable:"false" doc:"what texts of it can be read as; no finding of anything"`
	Copies   int               `json:"copies" required:"true" doc:"other items with the very same content"`
	More     bool              `json:"more_copies,omitempty" doc:"there may be more than one decision covers"`
	Near     []tocsin.RecordID `json:"near" required:"true" nullable:"false" doc:"cases of near-duplicates"`
	History  []PastEvent       `json:"history" required:"true" nullable:"false"`
	Erased   bool              `json:"erased,omitempty"`
}

// CaseMatch is one signal that matches the item.
type CaseMatch struct {
	Bank     tocsin.RecordID   `json:"bank" required:"true"`
	Type     tocsin.SignalType `json:"type" required:"true"`
	Value    string            `json:"value" required:"true"`
	Distance int               `json:"distance" required:"true"`
	At       time.Time         `json:"at" required:"true"`
}

// CaseReading is one way to read a text of the item, frozen when the text was screened, with what stood near it.
type CaseReading struct {
	Reading
	Around string    `json:"around" required:"true" doc:"the reading and at most 200 bytes on either side of it"`
	From   int       `json:"from" required:"true" doc:"byte of the text where around begins"`
	Asks   bool      `json:"asks" required:"true" doc:"false: it is shown beside what asks a person to look"`
	SeenAt time.Time `json:"seen_at" required:"true"`
	// Now is the precision up to now; that of the reading is what it was when the text was screened.
	Now *ReadingPrecision `json:"precision_now,omitempty" doc:"up to now; precision is what it was when the text was screened"`
	// Code is by what it is counted, and what answers of a decision name.
	Code  tocsin.ReadingCode `json:"code,omitempty" doc:"by what it is counted: a keyed mark of the entry, its version, the tier, the language; absent where the lexicon itself says that it means something else"`
	Meant tocsin.Meant       `json:"meant,omitempty" enum:"yes,no,unclear" doc:"whether this was the meaning, as a decision that stands says; absent where none does"`
	// ByOutcome is of an answer that nobody gave.
	ByOutcome bool              `json:"by_outcome,omitempty" doc:"nobody answered: readings alone pointed to the item, and the outcome is taken for the answer"`
	Since     []flow.EntrySince `json:"since,omitempty" enum:"gone,challenged,superseded,demoted,suspended,expired,withdrawn" doc:"what became of the entry after the text was screened"`
}

func caseReadings(c flow.CaseView) []CaseReading {
	views := make([]CaseReading, 0, len(c.File.Readings))
	for i, r := range c.File.Readings {
		said := c.Said[i]
		views = append(views, CaseReading{readingView(r.Decode), r.Around, r.From, r.Asks(), r.SeenAt,
			precisionView(c.Precisions[i]), said.Code, said.Meant, said.Meant != "" && !said.Outright, said.Since})
	}
	return views
}

func (s *service) readCase(ctx context.Context, in *ByID) (*output[CaseView], error) {
	c, err := s.Flow.Case(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	v := CaseView{Record: c.Case, State: c.State(), Item: c.File.Item, Address: c.File.Address,
		Matches: make([]CaseMatch, 0, len(c.File.Matches)), Readings: caseReadings(c), Copies: c.Copies, More: c.More,
		Near: make([]tocsin.RecordID, 0, len(c.Near)), History: history(c.History), Erased: c.Erased}
	for _, m := range c.File.Matches {
		v.Matches = append(v.Matches, CaseMatch{m.Bank, m.Type, m.Value, m.Distance, m.At})
	}
	for _, n := range c.Near {
		v.Near = append(v.Near, n.ID)
	}
	return answer(v), nil
}
