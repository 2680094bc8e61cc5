// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// startsAgo is how far back the nodes' clocks start: long enough for the twelve hours of Art. 3(2).
const startsAgo = 12*time.Hour + time.Minute

// chapter is one thing the demonstration shows.
type chapter struct {
	name  string // stable, for --json
	title string
	show  func() (detail string, err error)
}

// story carries what one chapter leaves for the next.
type story struct {
	*World
	ctx                          context.Context
	officer, approver, moderator *Worker
	supervisor, handler          *Worker
	picture                      []byte // of the first post, before anything happened
	first                        tocsin.RecordID
	desk                         desk
}

func (s *story) chapters() []chapter {
	return []chapter{
		{"people.enrolled", "Officers, an approver, a moderator, a handler of complaints and a supervisor enrol their passkeys", s.enrol},
		{"prior.information", "The authority tells the host about procedures and deadlines, twelve hours ahead (Art. 3(2))", s.inform},
		{"order.approved", "One officer drafts and signs an order, another approves it with her own key", s.approve},
		{"copy.supervisor", "The supervisor of the host's State has its copy (Art. 4(1))", s.copied},
		{"order.executed", "The moderator on duty executes the order; the board confirms; Annex II is back at the authority", s.execute},
		{"url.451", "Anyone who opens the address learns who ordered it and where to challenge it (HTTP 451)", s.unavailable},
		{"order.automatic", "A second order of a known issuer is executed automatically and ratified by a person", s.automatic},
		{"refused.altered", "An altered order is refused", s.refuseAltered},
		{"refused.replayed", "A captured delivery sent again is refused", s.refuseReplayed},
		{"refused.wrong-key", "An order signed with a key that is not for orders is refused", s.refuseWrongKey},
		{"refused.not-competent", "An order of an authority outside the Union is refused", s.refuseNotCompetent},
		{"refused.single-approver", "An order with one signature instead of two is refused", s.refuseSingleApprover},
		{"gate.collection", "An order for a whole collection stops at the plausibility gate; the host asks back (Annex III)", s.gate},
		{"gag.neutral", "Under a non-disclosure decision the page is that of any removal, and the log shows nothing", s.gagged},
		{"withdrawn.reinstated", "The authority withdraws its order; the picture is back, byte for byte", s.withdraw},
		{"match.proposed", "A member posts a picture that resembles one of a shared list; the match waits for a person", s.propose},
		{"case.decided", "The moderator takes it from the queue and decides under the host's terms (HTTP 410)", s.decide},
		{"reasons.sent", "The author reads why, and where to complain; nobody else does (DSA Art. 17)", s.explain},
		{"complaint.upheld", "The author complains; another person finds the decision wrong (DSA Art. 20)", s.complain},
		{"item.reinstated", "The picture is back, byte for byte, and the author's page is what it was", s.reinstate},
		{"signal.disputed", "The signal that led to the mistake says so to whoever it matches from now on", s.dispute},
		{"entry.two-kinds", "Authorities of two States approve a coded word; the host cannot read for it, and learns when one takes it back", s.proposeEntry},
		{"logs.verified", "An outsider verifies both public logs and compares what was issued with what was received", s.verifyLogs},
		{"tamper.found", "A row altered behind the program's back is found", s.tamper},
	}
}

func (s *story) enrol() (string, error) {
	var err error
	hire := func(m *Member, name string, duties ...tocsin.Duty) *Worker {
		if err != nil {
			return nil
		}
		var w *Worker
		w, err = m.Hire(s.ctx, name, duties...)
		return w
	}
	s.officer = hire(s.Authority, "Officer", tocsin.DutyOfficer)
	s.approver = hire(s.Authority, "Approver", tocsin.DutyApprover)
	s.moderator = hire(s.Host, "Moderator", tocsin.DutyModerator)
	s.handler = hire(s.Host, "Complaint handler", tocsin.DutyComplaintHandler)
	s.supervisor = hire(s.Superv, "Supervisor", tocsin.DutyReviewer)
	if err != nil {
		return "", err
	}
	s.picture, err = s.fetchPicture("1")
	return "five people, each with a passkey marked as a demonstration", err
}

func (s *story) inform() (string, error) {
	contact, err := s.Authority.Node.Flow.InformHost(s.ctx, s.officer.Actor, Host)
	if err != nil {
		return "", err
	}
	delivered, err := s.delivered(s.Authority, s.officer, contact)
	if err != nil {
		return "", err
	}
	before := s.Clock.Now()
	s.Clock.Step(0)
	return fmt.Sprintf("acknowledged by the host at %s; the clocks now jump %s to the present",
		delivered.Format("15:04 MST"), s.Clock.Now().Sub(before).Round(time.Minute)), nil
}

// delivered waits until everything an event sent was acknowledged, and gives the time of the last.
func (s *story) delivered(m *Member, who *Worker, id tocsin.RecordID) (time.Time, error) {
	var last time.Time
	err := s.until("the document is acknowledged", func() (bool, error) {
		list, err := m.Node.Flow.Deliveries(s.ctx, who.Actor, id)
		if err != nil || len(list) == 0 {
			return false, err
		}
		for _, d := range list {
			if d.AckedAt == nil {
				return false, nil
			}
			if d.AckedAt.After(last) {
				last = *d.AckedAt
			}
		}
		return true, nil
	})
	return last, err
}

// order drafts, signs and approves, and returns when the host has acknowledged.
func (s *story) order(o tocsin.Order) (tocsin.RecordID, error) {
	drafted, err := s.Authority.Node.Flow.DraftOrder(s.ctx, s.officer.Actor, "", o)
	if err != nil {
		return "", err
	}
	if err := s.officer.Sign(s.ctx, drafted.ID); err != nil {
		return "", fmt.Errorf("first signature: %w", err)
	}
	if err := s.approver.Sign(s.ctx, drafted.ID); err != nil {
		return "", fmt.Errorf("second signature: %w", err)
	}
	return drafted.ID, s.state(drafted.ID, tocsin.IssuedRunning, tocsin.IssuedComplied)
}

// state waits until an issued order stands in one of some states.
func (s *story) state(id tocsin.RecordID, wanted ...tocsin.IssuedState) error {
	return s.until(fmt.Sprintf("the order is %v", wanted), func() (bool, error) {
		v, err := s.Authority.Node.Flow.Issued(s.ctx, s.officer.Actor, id)
		if err != nil {
			return false, err
		}
		for _, w := range wanted {
			if v.Status == w {
				return true, nil
			}
		}
		return false, nil
	})
}

// received waits until the host has an order in a state and returns it.
func (s *story) received(reference string, located bool) (flow.ReceivedView, error) {
	var view flow.ReceivedView
	err := s.until("the host has the order", func() (bool, error) {
		f := s.Host.Node.Flow
		list, _, err := f.Orders(s.ctx, s.moderator.Actor, flow.Listing{Kind: tocsin.KindReceivedOrder})
		if err != nil {
			return false, err
		}
		for _, l := range list {
			if l.Reference != reference {
				continue
			}
			view, err = f.Received(s.ctx, s.moderator.Actor, l.ID)
			return err == nil && view.Located == located, err
		}
		return false, nil
	})
	return view, err
}

// until asks again and again, a few milliseconds apart, until the step's time is over.
func (s *story) until(what string, done func() (bool, error)) error {
	for {
		ok, err := done()
		if err != nil || ok {
			return err
		}
		select {
		case <-s.ctx.Done():
			return fmt.Errorf("waited too long until %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// fetch is somebody outside who opens an address.
func (s *story) fetch(address string) (*http.Response, []byte, error) {
	r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, local(address), nil)
	if err != nil {
		return nil, nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

func (s *story) fetchPicture(post string) ([]byte, error) {
	resp, body, err := s.fetch(s.Board.URL + "/media/" + post + ".png")
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the picture answers %d", resp.StatusCode)
	}
	return body, err
}

func (s *story) approve() (string, error) {
	began := time.Now()
	var err error
	s.first, err = s.order(s.Draft("FR-2026-0001", s.Post("1")))
	return fmt.Sprintf("two signatures, logged, sent and received in %s", time.Since(began).Round(time.Millisecond)), err
}

func (s *story) copied() (string, error) {
	var due time.Time
	err := s.until("the supervisor has its copy", func() (bool, error) {
		list, _, err := s.Superv.Node.Flow.Orders(s.ctx, s.supervisor.Actor, flow.Listing{Kind: tocsin.KindOrderCopy})
		if err != nil || len(list) == 0 {
			return false, err
		}
		due = *list[0].Due
		return list[0].Reference == "FR-2026-0001", nil
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("72 hours of own-initiative scrutiny run until %s (Art. 4(3))", due.Format("2 Jan 15:04 MST")), nil
}

func (s *story) execute() (string, error) {
	view, err := s.received("FR-2026-0001", true)
	if err != nil {
		return "", err
	}
	if err := s.Host.Node.Flow.ExecuteOrder(s.ctx, s.moderator.Actor, view.ID, "Form and address checked."); err != nil {
		return "", err
	}
	began := time.Now()
	if err := s.state(s.first, tocsin.IssuedComplied); err != nil {
		return "", err
	}
	took := time.Since(began)
	issued, err := s.Authority.Node.Flow.Issued(s.ctx, s.officer.Actor, s.first)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("decision to feedback in %s; measure at %s, %s before the deadline", took.Round(time.Millisecond),
		issued.MeasureAt.Format("15:04:05 MST"), issued.Deadline.Sub(*issued.MeasureAt).Round(time.Second)), nil
}

func (s *story) unavailable() (string, error) {
	resp, body, err := s.fetch(s.Post("1"))
	if err != nil {
		return "", err
	}
	link := resp.Header.Get("Link")
	if resp.StatusCode != http.StatusUnavailableForLegalReasons || !strings.Contains(link, `rel="blocked-by"`) {
		return "", fmt.Errorf("the address answers %d", resp.StatusCode)
	}
	for _, told := range []string{s.Authority.Entry.Name, tocsin.BasisRemovalOrder.Title(), "Administrative court"} {
		if !bytes.Contains(body, []byte(told)) {
			return "", fmt.Errorf("the page does not name %q", told)
		}
	}
	return "451, naming the authority, the legal basis and the court", nil
}

func (s *story) automatic() (string, error) {
	began := time.Now()
	id, err := s.order(s.Draft("FR-2026-0002", s.Post("2")))
	if err == nil {
		err = s.state(id, tocsin.IssuedComplied)
	}
	if err != nil {
		return "", err
	}
	took := time.Since(began)
	view, err := s.received("FR-2026-0002", true)
	if err != nil {
		return "", err
	}
	if !view.Automatic {
		return "", fmt.Errorf("the order was not executed automatically")
	}
	if err := s.Host.Node.Flow.RatifyOrder(s.ctx, s.moderator.Actor, view.ID); err != nil {
		return "", err
	}
	return fmt.Sprintf("draft to confirmed measure in %s; marked automatic, ratified by the moderator", took.Round(time.Millisecond)), nil
}
