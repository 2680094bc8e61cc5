// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/node"
)

// resembled is the post whose picture is on the shared list. Nobody decides on it.
const resembled = "6"

// desk is what one chapter of the second act leaves for the next.
type desk struct {
	key       string // by which somebody outside reads the node
	known     string // the shared signal
	upload    []byte // as the member sent it
	picture   []byte // as the board showed it first
	post      string // its number
	link      string // by which its author opens it
	inCase    tocsin.RecordID
	decision  tocsin.RecordID
	complaint string // the address at which the author complains
}

// caseSeen is what the demonstration reads of a case over the API.
type caseSeen struct {
	Record struct {
		ID      tocsin.RecordID
		Item    tocsin.RecordID
		Content int64
	}
	State   string
	Item    string
	Matches []struct {
		Value    string
		Distance int
	}
}

func (s *story) propose() (string, error) {
	if err := s.share(); err != nil {
		return "", err
	}
	began := time.Now()
	var err error
	if s.desk.post, s.desk.link, err = s.upload(s.desk.upload); err != nil {
		return "", err
	}
	if s.desk.picture, err = s.fetchPicture(s.desk.post); err != nil {
		return "", err
	}
	var seen caseSeen
	err = s.until("the match waits in the queue", func() (bool, error) {
		var queue struct{ Cases []struct{ ID string } }
		if err := s.read("/cases", &queue); err != nil || len(queue.Cases) == 0 {
			return false, err
		}
		err := s.read("/cases/"+queue.Cases[0].ID, &seen)
		return seen.Record.Item != "" && len(seen.Matches) > 0, err
	})
	if err != nil {
		return "", err
	}
	took := time.Since(began)
	m := seen.Matches[0]
	if seen.Item != s.desk.post || m.Value != s.desk.known || m.Distance == 0 {
		return "", fmt.Errorf("the case is of item %s and another signal", seen.Item)
	}
	if s.desk.inCase = seen.Record.ID; s.status(s.Post(s.desk.post)) != http.StatusOK {
		return "", errors.New("the match alone hid the post")
	}
	return fmt.Sprintf("%d bits of 256 away, in the queue %s after the upload; the post stays visible until somebody decides",
		m.Distance, took.Round(time.Millisecond)), nil
}

// share opens a bank at the host and puts into it the picture of a post, for which another party vouches.
func (s *story) share() (err error) {
	original, err := s.fetchPicture(resembled)
	if err != nil {
		return err
	}
	if s.desk.known, s.desk.upload, err = lookalike(original); err != nil {
		return err
	}
	if s.desk.key, err = s.Host.ServiceKey("demonstration", s.Clock.Now(), flow.ActionScreen, flow.ActionBankRead,
		flow.ActionCaseRead, flow.ActionDecisionRead, flow.ActionComplaintRead); err != nil {
		return err
	}
	f := s.Host.Node.Flow
	bank, err := f.OpenBank(s.ctx, node.Operator, "", tocsin.BankTerms{Polarity: tocsin.PolarityPositive,
		Marking: tocsin.MarkingGreen, Enabled: tocsin.Whole}, flow.BankFile{Name: "SHARED_PICTURES",
		Policy: "Demonstration only: pictures that somebody else took down under other terms."})
	if err != nil {
		return err
	}
	_, err = f.AddSignal(s.ctx, node.Operator, "", flow.NewSignal{Source: Authority, Confidence: 80,
		SignalRef: flow.SignalRef{Bank: string(bank), Type: "pdq", Value: s.desk.known}})
	return err
}

// finding is what the moderator writes. It turns out to be wrong.
func finding() tocsin.DecisionDraft {
	return tocsin.DecisionDraft{Outcome: tocsin.OutcomeRestrict, Basis: tocsin.BasisHostTerms,
		Provision: "Rule 4: pictures of other people's work", Facts: "The picture shows a pattern of paper tiles.",
		Reasons: "Demonstration only: the pattern was taken for somebody else's.",
		Exemptions: tocsin.ExemptionAssessment{Considered: tocsin.Exemptions(),
			Rationale: "Demonstration only: none of the purposes was found."},
		Territory: []tocsin.Country{tocsin.TerritoryUnion}, Detection: tocsin.DetectionMatch}
}

func (s *story) decide() (string, error) {
	f := s.Host.Node.Flow
	if err := f.ClaimCase(s.ctx, s.moderator.Actor, s.desk.inCase); err != nil {
		return "", fmt.Errorf("claim the case: %w", err)
	}
	var seen caseSeen
	if err := s.read("/cases/"+string(s.desk.inCase), &seen); err != nil {
		return "", err
	}
	if seen.State != string(tocsin.CaseClaimed) {
		return "", fmt.Errorf("the claimed case is %s", seen.State)
	}
	began := time.Now()
	var err error
	s.desk.decision, err = f.Decide(s.ctx, s.moderator.Actor, s.desk.inCase, finding(), seen.Record.Content, "")
	if err != nil {
		return "", fmt.Errorf("decide the case: %w", err)
	}
	if err := s.answers(s.Post(s.desk.post), http.StatusGone); err != nil {
		return "", err
	}
	took := time.Since(began)
	_, decided, err := s.fetch(s.Post(s.desk.post))
	if err != nil {
		return "", err
	}
	_, removed, err := s.fetch(s.Post("4"))
	if err != nil {
		return "", err
	}
	switch {
	case !bytes.Equal(decided, removed):
		return "", errors.New("the public page differs from that of any removed post")
	case s.status(s.Board.URL+"/media/"+s.desk.post+".png") != http.StatusGone:
		return "", errors.New("the picture is still there")
	case s.status(s.Post(resembled)) != http.StatusOK:
		return "", errors.New("the picture it resembles is gone too")
	}
	return fmt.Sprintf("410 on the board %s after the decision, the page of any removed post; the picture it resembles stays",
		took.Round(time.Millisecond)), nil
}

var complaintLink = regexp.MustCompile(`href="([^"]+/complain/[^"]+)"`)

func (s *story) explain() (string, error) {
	resp, page, err := s.fetch(s.Board.URL + s.desk.link)
	if err != nil {
		return "", err
	}
	told := finding()
	for _, words := range []string{told.Provision, told.Facts, told.Reasons} {
		if !strings.Contains(html.UnescapeString(string(page)), words) {
			return "", fmt.Errorf("the author's page, which answers %d, does not say %q", resp.StatusCode, words)
		}
	}
	link := complaintLink.FindSubmatch(page)
	if link == nil || !bytes.HasPrefix(link[1], []byte(s.Host.Config.PublicURL)) {
		return "", errors.New("the author's page does not say where to complain")
	}
	s.desk.complaint = html.UnescapeString(string(link[1]))
	_, public, err := s.fetch(s.Post(s.desk.post))
	if err != nil || bytes.Contains(public, []byte("Rule 4")) || complaintLink.Match(public) {
		return "", errors.Join(err, errors.New("the public page tells the reasons"))
	}
	var d struct {
		Record struct {
			ComplainUntil *time.Time `json:"complain_until"`
		}
	}
	// The node notes that the board was told a moment after the board shows it.
	err = s.until("the node knows that the author was told", func() (bool, error) {
		err := s.read("/decisions/"+string(s.desk.decision), &d)
		return d.Record.ComplainUntil != nil, err
	})
	if err != nil {
		return "", err
	}
	if d.Record.ComplainUntil.Before(s.Clock.Now().AddDate(0, 6, 0)) {
		return "", errors.New("the author has less than six months to complain")
	}
	return "provision, facts, reasons and a link to complain, on the author's page alone; she can until " +
		d.Record.ComplainUntil.Format("2 Jan 2006"), nil
}

func (s *story) complain() (string, error) {
	if err := s.object("Demonstration only: the pattern is my own, and I can show how I made it."); err != nil {
		return "", err
	}
	var list struct {
		Complaints []struct{ Record struct{ ID tocsin.RecordID } }
	}
	if err := s.read("/complaints", &list); err != nil {
		return "", err
	}
	if len(list.Complaints) != 1 {
		return "", fmt.Errorf("%d complaints wait", len(list.Complaints))
	}
	f, id := s.Host.Node.Flow, list.Complaints[0].Record.ID
	reasons := "Demonstration only: the pattern only resembles the other one."
	if err := f.UpholdComplaint(s.ctx, s.moderator.Actor, id, reasons); err == nil {
		return "", errors.New("the person who decided answered the complaint too")
	}
	if err := f.UpholdComplaint(s.ctx, s.handler.Actor, id, reasons); err != nil {
		return "", fmt.Errorf("uphold the complaint: %w", err)
	}
	var d struct{ State string }
	if err := s.read("/decisions/"+string(s.desk.decision), &d); err != nil {
		return "", err
	}
	if d.State != string(tocsin.DecisionReversed) {
		return "", fmt.Errorf("the decision is %s", d.State)
	}
	_, page, err := s.fetch(s.desk.complaint)
	if err != nil || !strings.Contains(html.UnescapeString(string(page)), reasons) {
		return "", errors.Join(err, errors.New("the page of the complaint does not show the answer"))
	}
	return "no account asked for; whoever decided may not answer; the decision is reversed, and the page says why", nil
}

func (s *story) reinstate() (string, error) {
	began := time.Now()
	if err := s.answers(s.Post(s.desk.post), http.StatusOK); err != nil {
		return "", err
	}
	took := time.Since(began)
	picture, err := s.fetchPicture(s.desk.post)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(picture, s.desk.picture) {
		return "", errors.New("the picture is not the one that was restricted")
	}
	_, list, err := s.fetch(s.Board.URL + "/")
	if err != nil || !bytes.Contains(list, []byte(`href="/post/`+s.desk.post+`"`)) {
		return "", errors.Join(err, errors.New("the post is in no list"))
	}
	_, page, err := s.fetch(s.Board.URL + s.desk.link)
	if err != nil || complaintLink.Match(page) {
		return "", errors.Join(err, errors.New("the author's page still tells of a restriction"))
	}
	return fmt.Sprintf("the same %d bytes, in the lists again, %s after the answer", len(picture),
		took.Round(time.Millisecond)), nil
}

func (s *story) dispute() (string, error) {
	var answer struct {
		Answers []struct {
			Matches []struct {
				Value    string
				State    string
				Disputed bool
				Opinions []struct{ Party tocsin.PartyID }
			}
		}
	}
	if err := s.screen(s.desk.upload, &answer); err != nil {
		return "", err
	}
	if len(answer.Answers) != 1 || len(answer.Answers[0].Matches) != 1 {
		return "", errors.New("the same picture does not match any more")
	}
	m := answer.Answers[0].Matches[0]
	if m.Value != s.desk.known || !m.Disputed || len(m.Opinions) != 1 || m.Opinions[0].Party != Host {
		return "", fmt.Errorf("the match is %s, and no opinion of the host stands beside it", m.State)
	}
	return "the match of the same picture is " + m.State + ": " + string(Host) + " disagrees with " + string(Authority) +
		", and both are named", nil
}
