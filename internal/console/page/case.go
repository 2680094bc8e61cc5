// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"slices"
	"strconv"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// CasePage is a case as a person works on it.
type CasePage struct {
	flow.CaseView
	Acts    []Act
	Mine    bool    // the reader holds it
	Found   []Found // its matches, newest last
	Orders  []flow.Listed
	Notices []flow.NoticeView
	Sight   Sight
}

// Found is a match with what is known of where its signal comes from.
type Found struct {
	flow.CaseMatch
	Signal     tocsin.RecordID // where it has a record the reader may open
	Name       string          // of the bank; empty where the reader may not know it
	Policy     string          // what is in that bank and why
	State      tocsin.SignalState
	Provenance []flow.Provenance
	Opinions   []tocsin.Opinion
}

// ShortName tells cases and decisions apart in a list: their last characters are as random as the others.
func ShortName(id tocsin.RecordID) string {
	return id.Short()
}

func caseName(ctx context.Context, id tocsin.RecordID) string {
	return T(ctx, "console.case.name", "Ref", ShortName(id))
}

func decisionName(ctx context.Context, id tocsin.RecordID) string {
	return T(ctx, "console.decision.name", "Ref", ShortName(id))
}

func noticeName(ctx context.Context, id tocsin.RecordID) string {
	return T(ctx, "console.case.notice", "Ref", ShortName(id))
}

// caseMark tells a list that fetches itself anew whether a line changed.
func caseMark(line flow.CaseLine) string {
	return string(line.ID) + "/" + strconv.FormatInt(line.Changes(), 10) + string(line.Standing)
}

func caseLate(ctx context.Context, line flow.CaseLine) bool {
	return line.Status == tocsin.CaseOpen && (line.Late || line.Answer != nil && line.Answer.Before(frame(ctx).Now))
}

// pointing says what points to the item of a case, in numbers only.
func pointing(ctx context.Context, c *tocsin.Case) string {
	var parts []string
	add := func(id string, n int) {
		if n > 0 {
			parts = append(parts, N(ctx, id, n))
		}
	}
	add("console.case.matches", int(c.Matches))
	add("console.case.readings", len(c.Readings))
	add("console.case.notices", len(c.Notices))
	add("console.case.orders", len(c.Orders))
	if len(parts) == 0 {
		return T(ctx, "console.case.copy")
	}
	return locale.From(ctx).List(parts)
}

// handler names who works on a case, or who should.
func handler(ctx context.Context, c *tocsin.Case) string {
	if c.Held(frame(ctx).Now) {
		return who(ctx, c.Claim.Holder)
	}
	if c.Status == tocsin.CaseOpen && c.Assigned != "" {
		return T(ctx, "console.case.assigned", "Who", who(ctx, c.Assigned))
	}
	return ""
}

func priorityWord(ctx context.Context, p tocsin.Priority) string {
	return T(ctx, "console.priority."+strconv.FormatInt(int64(p), 10))
}

// root is the case as its page watches it for changes.
func (c CasePage) root() *tocsin.Root { return &tocsin.Root{ID: c.ID, Version: c.Changes()} }

// opened is when the case began.
func (c CasePage) opened() *time.Time {
	if len(c.History) == 0 {
		return nil
	}
	return &c.History[0].At
}

// notes are what colleagues wrote, the newest first.
func (c CasePage) notes() []flow.Past {
	var notes []flow.Past
	for _, past := range c.History {
		if past.Text != "" && (past.Kind == tocsin.EventCaseNoted || past.Kind == tocsin.EventCaseEscalated) {
			notes = append(notes, past)
		}
	}
	slices.Reverse(notes)
	return notes
}

// policies are the texts of the banks that know the item, each once.
func policies(found []Found) []Found {
	var all []Found
	for _, f := range found {
		same := func(other Found) bool { return other.Bank == f.Bank }
		if f.Policy != "" && !slices.ContainsFunc(all, same) {
			all = append(all, f)
		}
	}
	return all
}

func bankName(ctx context.Context, f Found) string {
	if f.Name == "" {
		return T(ctx, "console.case.bank_hidden")
	}
	return f.Name
}

// distance says how near a match is: identical, or by how much it differs.
func distance(ctx context.Context, m flow.CaseMatch) string {
	if m.Distance == 0 {
		return T(ctx, "console.case.exact")
	}
	return T(ctx, "console.case.distance", "Distance", m.Distance)
}

// vouched says who stands behind a signal.
func vouched(ctx context.Context, f Found) string {
	var names []string
	for _, p := range f.Provenance {
		if name := party(ctx, p.Party); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return T(ctx, "console.case.nobody_vouches")
	}
	return locale.From(ctx).List(names)
}

// disagree names the parties that hold a signal for wrong.
func disagree(ctx context.Context, f Found) string {
	var names []string
	for _, o := range f.Opinions {
		if o.View == tocsin.ViewNegative {
			names = append(names, party(ctx, o.Party))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return T(ctx, "console.case.disagree", "Parties", locale.From(ctx).List(names))
}

// deskParticulars says what an event of a case or a decision adds to its name.
func deskParticulars(ctx context.Context, past flow.Past) string {
	f := past.Facts
	switch past.Kind {
	case tocsin.EventOpinionGiven:
		return viewWord(ctx, tocsin.View(f.Code))
	case tocsin.EventCaseDecided, tocsin.EventDecisionTaken:
		return outcomeWord(ctx, tocsin.Outcome(f.Code))
	case tocsin.EventCaseReopened, tocsin.EventCaseClosed:
		return known(T(ctx, "console.case.why."+f.Code), f.Code)
	case tocsin.EventCaseAssigned:
		if f.Record == "" {
			return T(ctx, "console.case.assigned_nobody")
		}
		return who(ctx, tocsin.ActorID(f.Record))
	case tocsin.EventCaseCategorised:
		var said []string
		for _, code := range f.Codes {
			said = append(said, category(ctx, tocsin.Category(code)))
		}
		return locale.From(ctx).List(said)
	case tocsin.EventCaseEscalated:
		if f.Code == tocsin.EscalatedNobodyLeft {
			return T(ctx, "console.case.nobody_left")
		}
	case tocsin.EventStandingEnded:
		return known(T(ctx, "console.standing.ended."+f.Code), f.Code)
	}
	return intakeParticulars(ctx, past)
}
