// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"tocsin"
	"tocsin/internal/node"
)

func (s *story) gate() (string, error) {
	root := s.Draft("FR-2026-0003", s.Board.URL+"/")
	if _, err := s.Authority.Node.Flow.DraftOrder(s.ctx, s.officer.Actor, "", root); tocsin.ReasonOf(err) != tocsin.ReasonGateStopped {
		return "", fmt.Errorf("the address of the whole site was not stopped at drafting: %w", err)
	}
	id, err := s.order(s.Draft("FR-2026-0004", s.Collection()))
	if err != nil {
		return "", err
	}
	view, err := s.received("FR-2026-0004", true)
	if err != nil {
		return "", err
	}
	if view.Status != tocsin.ReceivedAuthenticated || len(view.Findings) == 0 || view.Findings[0] != tocsin.FindingCollection {
		return "", fmt.Errorf("the gate did not stop the collection: %s %v", view.Status, view.Findings)
	}
	form := tocsin.AnnexIII{Grounds: []tocsin.Ground{tocsin.GroundInsufficient},
		Information: "The address names a collection of pictures.", ClarificationNeeded: "Which pictures exactly?"}
	if err := s.Host.Node.Flow.CannotExecute(s.ctx, s.moderator.Actor, view.ID, form); err != nil {
		return "", err
	}
	if err := s.state(id, tocsin.IssuedClarify); err != nil {
		return "", err
	}
	return "the whole site was stopped at drafting, the collection at the host; nothing was restricted, the clock stands still", nil
}

// gagged compares what the public sees under a gag with a removal under the board's own terms.
func (s *story) gagged() (string, error) {
	order := s.Draft("FR-2026-0005", s.Post("3"))
	order.Gag = gag(s.Clock.Now().Truncate(time.Second), 14*24*time.Hour)
	id, err := s.order(order)
	if err == nil {
		err = s.state(id, tocsin.IssuedComplied)
	}
	if err != nil {
		return "", err
	}
	if err := s.Board.removeByTerms(s.ctx, "4"); err != nil {
		return "", err
	}
	ordered, orderedPage, err := s.fetch(s.Post("3"))
	if err != nil {
		return "", err
	}
	own, ownPage, err := s.fetch(s.Post("4"))
	if err != nil {
		return "", err
	}
	if ordered.StatusCode != own.StatusCode || !bytes.Equal(orderedPage, ownPage) {
		return "", errors.New("the gagged page differs from one removed under the board's own terms")
	}
	issued, err := s.Authority.Node.Flow.Issued(s.ctx, s.officer.Actor, id)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d, the same page byte for byte; opaque in both logs until %s, when it opens by itself",
		ordered.StatusCode, issued.GagUntil.Format("2 Jan 2006")), nil
}

func (s *story) withdraw() (string, error) {
	began := time.Now()
	if err := s.Authority.Node.Flow.WithdrawOrder(s.ctx, s.officer.Actor, s.first, "Demonstration only: the order was a mistake."); err != nil {
		return "", err
	}
	var picture []byte
	err := s.until("the picture is back", func() (bool, error) {
		resp, body, err := s.fetch(s.Board.URL + "/media/1.png")
		picture = body
		return err == nil && resp.StatusCode == http.StatusOK, err
	})
	if err != nil {
		return "", err
	}
	if !bytes.Equal(picture, s.picture) {
		return "", errors.New("the picture is not the one that was restricted")
	}
	took := time.Since(began)
	if resp, _, err := s.fetch(s.Post("2")); err != nil || resp.StatusCode != http.StatusUnavailableForLegalReasons {
		return "", errors.New("the item of another order did not stay restricted")
	}
	return fmt.Sprintf("visible again %s after the withdrawal; the other order's item stays restricted", took.Round(time.Millisecond)), nil
}

// invite prints one console link for each node, for --serve.
func (s *story) invite(ctx context.Context, n *narrator) error {
	n.line("")
	n.line("Everything stays up. Open a link in a browser to enrol a passkey of your own; press Ctrl-C to end.")
	for _, seat := range []struct {
		m      *Member
		duties []tocsin.Duty
	}{
		{s.Authority, []tocsin.Duty{tocsin.DutyOfficer}}, {s.Authority, []tocsin.Duty{tocsin.DutyApprover}},
		{s.Host, []tocsin.Duty{tocsin.DutyModerator}}, {s.Host, []tocsin.Duty{tocsin.DutyComplaintHandler}},
		{s.Superv, []tocsin.Duty{tocsin.DutyReviewer}},
	} {
		invited, err := seat.m.Node.Flow.InvitePerson(ctx, node.Operator, "", seat.duties)
		if err != nil {
			return err
		}
		n.line("  %-17s %s", seat.duties[0], seat.m.Node.EnrolmentLink(invited.Token))
	}
	n.line("  %-17s %s", "board", s.Board.URL)
	return nil
}
