// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// names are the choices of a list, with a sign where it is refused.
func names(list []flow.Choice) (all []string) {
	for _, c := range list {
		name := string(c.Name)
		if c.Refused != nil {
			name += "!"
		}
		all = append(all, name)
	}
	return all
}

func (h hearing) offers(actor flow.Actor, id tocsin.RecordID, want ...string) {
	h.Helper()
	v, err := h.Host.Flow().Complaint(h.Context(), actor, id)
	h.must(err)
	if got := names(v.Choices); !slices.Equal(got, want) {
		h.Errorf("in %s it offers %v, not %v", v.Status, got, want)
	}
}

// TestReversalIsSaidBeforeItIsDone: what the page says before is what happens then.
func TestReversalIsSaidBeforeItIsDone(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	f := h.Host.Flow()
	h.upload("2", string(tocsin.DigestOf([]byte("1"))), known) // the same bytes as post 1
	_, token, _ := h.restricted("1", 1)
	id, err := f.Complain(h.Context(), token, "", complaintForm())
	h.must(err)
	senior, err := h.Host.Hire(h.Context(), tocsin.DutySeniorModerator)
	h.must(err)
	h.offers(h.handler, id, "take", "uphold", "reject", "give")
	h.offers(senior.Actor, id, "take!", "uphold!", "reject!", "give!")
	v := h.complaint(id)
	if v.Against.File.Draft.Facts == "" || v.Case == "" || v.From != tocsin.FromProvider {
		t.Errorf("it is against %+v in case %q", v.Against.File, v.Case)
	}
	e := v.Effect
	if !e.Stands || e.Ends != 2 || e.Visible != 2 || e.Hidden != 0 || len(e.Signals) != 1 || e.Signals[0].Bank != "SHARED" ||
		e.Notices != 1 {
		t.Errorf("it says %+v", e)
	}
	h.must(f.UpholdComplaint(h.Context(), h.handler, id, grounds))
	h.Drain()
	h.shows(http.StatusOK, 1, 2)
	if e := h.complaint(id).Effect; e.Stands || e.Ends != 0 {
		t.Errorf("afterwards it says %+v", e)
	}
	h.offers(h.handler, id, "take_back")
}

// TestWhoeverHadAHandIsNamedWithTheReason, in the list from which somebody is chosen.
func TestWhoeverHadAHandIsNamedWithTheReason(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	_, token, _ := h.restricted("1", 1)
	id, err := h.Host.Flow().Complain(h.Context(), token, "", complaintForm())
	h.must(err)
	list, err := h.Host.Flow().Handlers(h.Context(), h.handler, id)
	h.must(err)
	if len(list) != 1 || list[0].Refused != nil || list[0].ID != tocsin.RecordID(h.handler.ID) {
		t.Errorf("handlers %+v", list)
	}
	if _, err := h.Host.Flow().Handlers(h.Context(), h.Moderator.Actor, id); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("a moderator learns who handles complaints: %v", err)
	}
}

// TestSettlementOutOfCourtMayReverseTheDecision, and everybody is told as of a complaint that is upheld.
func TestSettlementOutOfCourtMayReverseTheDecision(t *testing.T) {
	t.Parallel()
	h := newHearing(t, testkit.SQLite)
	f, ctx := h.Host.Flow(), h.Context()
	legal, err := h.Host.Hire(ctx, tocsin.DutyLegal)
	h.must(err)
	_, token, _ := h.restricted("1", 1)
	id, err := f.Complain(ctx, token, "", complaintForm())
	h.must(err)
	if err := f.NameSettlementBody(ctx, legal.Actor, id, "The settlement board"); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("before there is an answer: %v", err)
	}
	h.must(f.RejectComplaint(ctx, h.handler, id, grounds))
	h.offers(legal.Actor, id, "take_back", "name_body")
	if err := f.NameSettlementBody(ctx, h.Moderator.Actor, id, "Any"); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("by a moderator: %v", err)
	}
	h.must(f.NameSettlementBody(ctx, legal.Actor, id, "The settlement board"))
	h.offers(legal.Actor, id, "refer", "name_body", "settle")
	h.must(f.ReferSettlement(ctx, legal.Actor, id, h.Clock.Now()))
	h.offers(legal.Actor, id, "settle", "prolong")
	h.must(f.ProlongSettlement(ctx, legal.Actor, id))
	if due := h.complaint(id).Settlement.DueAt; !due.Equal(h.Clock.Now().Add(2 * tocsin.SettlementPeriod).Truncate(time.Microsecond)) {
		t.Errorf("the body has until %v", due)
	}
	h.must(f.SettleComplaint(ctx, legal.Actor, id, tocsin.SettledForComplainant, "The kettle stands beside the bridge."))
	h.offers(h.handler, id, "implement", "decline")
	h.shows(http.StatusGone, 1)
	h.must(f.ConcludeSettlement(ctx, h.handler, id, tocsin.EffectImplemented, "The board is right about the kettle."))
	h.Drain()
	h.shows(http.StatusOK, 1)
	page, err := f.ContestedByToken(ctx, token, "en")
	h.must(err)
	if s := page.Complaint.Settlement; s == nil || s.Body != "The settlement board" || s.Effect != tocsin.EffectImplemented ||
		s.Found == "" || page.Restriction.EndedAt == nil {
		t.Errorf("the complainant sees %+v", s)
	}
	h.MustBeIntact(h.Host)
}
