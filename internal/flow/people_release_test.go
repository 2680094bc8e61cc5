// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"strconv"
	"testing"

	"tocsin"
	"tocsin/internal/testkit"
)

func TestWhatSomebodyHadGoesBackWhenSheMayNoLonger(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		h := newHearing(t, on)
		f, ctx := h.Host.Flow(), t.Context()
		boss, err := h.Host.Hire(ctx, tocsin.DutyAdministrator)
		h.must(err)
		senior, err := h.Host.Hire(ctx, tocsin.DutySeniorModerator)
		h.must(err)
		someone, err := h.Host.Hire(ctx, tocsin.DutyModerator, tocsin.DutyComplaintHandler)
		h.must(err)
		_, token, _ := h.restricted("1", 1)
		complaint, err := f.Complain(ctx, token, "press-1", complaintForm())
		h.must(err)
		h.must(f.AssignComplaint(ctx, h.handler, complaint, tocsin.RecordID(someone.ID)))
		for post := 2; post <= 4; post++ {
			h.upload(strconv.Itoa(post), string(tocsin.DigestOf([]byte{byte(post)})), known)
		}
		claimed, given, others := h.caseOf("2").ID, h.caseOf("3").ID, h.caseOf("4").ID
		h.must(f.ClaimCase(ctx, someone.Actor, claimed))
		h.must(f.AssignCase(ctx, senior.Actor, given, tocsin.RecordID(someone.ID)))
		h.must(f.ClaimCase(ctx, h.Moderator.Actor, others))

		h.must(f.ChangeDuties(ctx, boss.Actor, tocsin.RecordID(someone.ID), []tocsin.Duty{tocsin.DutyModerator}, "Fewer duties."))
		h.Drain()
		if c := h.complaint(complaint); c.Handler != "" || c.Status != tocsin.ComplaintReceived {
			t.Errorf("the complaint of who handles none any more: %s, %q", c.Status, c.Handler)
		}
		if c := h.caseOf("3"); c.Assigned != tocsin.ActorID(someone.ID) {
			t.Error("who still moderates loses her cases")
		}
		h.must(f.SuspendPerson(ctx, boss.Actor, tocsin.RecordID(someone.ID), "Away for a season."))
		h.Drain()
		if c := h.caseOf("2"); c.Claim != nil {
			t.Error("a claim outlives its holder's access")
		}
		if c := h.caseOf("3"); c.Assigned != "" {
			t.Errorf("a case stays with %s", c.Assigned)
		}
		if c := h.caseOf("4"); c.Claim == nil || c.Claim.Holder != h.Moderator.ID {
			t.Error("somebody else lost hers")
		}
		h.must(f.ClaimCase(ctx, h.Moderator.Actor, given))
		h.must(f.AssignComplaint(ctx, h.handler, complaint, tocsin.RecordID(h.handler.ID)))
		examined, err := f.Fsck(ctx, nil)
		if err != nil || len(examined.Differences) > 0 {
			t.Errorf("%v: %+v", err, examined.Differences)
		}
	})
}
