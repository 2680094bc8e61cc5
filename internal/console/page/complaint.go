// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strconv"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// Listing is a page of records of one kind: where the reader is, and where else she can look.
type Listing struct {
	Kinds   []Tab // what else is listed beside it; none where there is nothing
	Filters []Tab // each with how many there are
	Empty   Blank
	Next    string // address of the next page
	First   string // address of the first one, when this is not it
}

// Complaints is a page of complaints.
type Complaints struct {
	Listing
	Lines []flow.ComplaintView
	Alarm time.Duration // policy: from receipt until somebody should have answered
}

// Complained is a complaint as a person answers it.
type Complained struct {
	flow.ComplaintView
	Acts   []Act
	Item   *flow.ItemView // that is complained of; nil where the reader may not see it, or none was named
	Found  []Found        // what matched, with the policy of its bank
	Should time.Time      // policy: by when somebody should have answered
	Sight  *Sight         // of the item; nil where there is nothing to see
}

func complaintName(ctx context.Context, id tocsin.RecordID) string {
	return T(ctx, "console.complaint.name", "Ref", ShortName(id))
}

// complaintMark tells a list that fetches itself anew whether a line changed.
func complaintMark(c flow.ComplaintView) string {
	return string(c.ID) + "/" + strconv.FormatInt(c.Version, 10)
}

func standpointWord(ctx context.Context, s tocsin.Standpoint) string {
	return T(ctx, "console.standpoint."+string(s))
}

// complaintLate reports whether the two weeks are over without an answer.
func complaintLate(ctx context.Context, c flow.ComplaintView) bool {
	return c.Open() && (c.Late || c.AnswerBy != nil && c.AnswerBy.Before(frame(ctx).Now))
}

// Reversing says in words what finding a decision wrong will do.
func Reversing(ctx context.Context, e flow.Reversal) []string {
	if !e.Stands {
		return []string{T(ctx, "console.reversal.fell")}
	}
	var all []string
	add := func(id string, n int) {
		if n > 0 {
			all = append(all, N(ctx, id, n))
		}
	}
	if e.Outcome == tocsin.OutcomeKeep {
		add("console.reversal.reopens", e.Reopened)
		all = append(all, T(ctx, "console.reversal.others_decide"))
	} else {
		if e.Ends == 0 {
			all = append(all, T(ctx, "console.reversal.ends_nothing"))
		}
		add("console.reversal.ends", e.Ends)
		add("console.reversal.visible", e.Visible)
		add("console.reversal.hidden", e.Hidden)
		for _, o := range e.Others {
			all = append(all, T(ctx, "console.reversal.stays", "Basis", basis(ctx, o.Basis)))
		}
		for _, s := range e.Signals {
			bank := s.Bank
			if bank == "" {
				bank = T(ctx, "console.case.bank_hidden")
			}
			all = append(all, T(ctx, "console.reversal.opinion", "Type", signalType(ctx, s.Type), "Bank", bank))
		}
	}
	if e.Standing {
		all = append(all, T(ctx, "console.reversal.standing"))
	}
	add("console.reversal.notifiers", e.Notices)
	return all
}

// TakingBack says in words what taking an answer back will do.
func TakingBack(ctx context.Context, c flow.ComplaintView) []string {
	all := []string{T(ctx, "console.taking_back.open")}
	switch {
	case c.Status != tocsin.ComplaintUpheld || c.Against.ReversedFor != c.ID:
		all = append(all, T(ctx, "console.taking_back.decision"))
	case c.Against.Outcome == tocsin.OutcomeKeep:
		all = append(all, T(ctx, "console.taking_back.kept"))
	default:
		all = append(all, T(ctx, "console.taking_back.restricted"), T(ctx, "console.taking_back.signals"))
	}
	return append(all, T(ctx, "console.taking_back.told"))
}

func settlementWord(ctx context.Context, s tocsin.SettlementState) string {
	return T(ctx, "console.settlement."+string(s))
}

func settledWord(ctx context.Context, o tocsin.SettlementOutcome) string {
	return T(ctx, "console.settled."+string(o))
}

func effectWord(ctx context.Context, e tocsin.SettlementEffect) string {
	return T(ctx, "console.settled_effect."+string(e))
}

// intakeParticulars says what an event of a complaint, a notice or a sender adds to its name.
func intakeParticulars(ctx context.Context, past flow.Past) string {
	f := past.Facts
	switch past.Kind {
	case tocsin.EventComplaintReceived:
		return standpointWord(ctx, tocsin.Standpoint(f.Code))
	case tocsin.EventComplaintAssigned:
		return who(ctx, tocsin.ActorID(f.Record))
	case tocsin.EventComplaintSettled:
		return settledWord(ctx, tocsin.SettlementOutcome(f.Code))
	case tocsin.EventComplaintEffect:
		return effectWord(ctx, tocsin.SettlementEffect(f.Code))
	case tocsin.EventNoticeReceived:
		return channelOf(ctx, tocsin.NoticeChannel(f.Code))
	case tocsin.EventNoticeIncomplete:
		return elements(ctx, f.Codes)
	case tocsin.EventNoticeDecided:
		return resultWord(ctx, tocsin.Result(f.Code))
	case tocsin.EventMisuseCounted:
		return T(ctx, "console.misuse.counted."+f.Code)
	case tocsin.EventMisuseSuspended:
		if f.Until != nil {
			return moment(ctx, *f.Until)
		}
	}
	return ""
}
