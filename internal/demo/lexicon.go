// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"tocsin"
	"tocsin/decode/lexicon"
	"tocsin/internal/flow"
)

// proposeEntry lets authorities of two States approve an invented word, and the host try to read for it.
func (s *story) proposeEntry() (string, error) {
	authority, err := s.Authority.Hire(s.ctx, "Legal", tocsin.DutyLegal)
	if err != nil {
		return "", err
	}
	second, err := s.Superv.Hire(s.ctx, "Legal", tocsin.DutyLegal)
	if err != nil {
		return "", err
	}
	host, err := s.Host.Hire(s.ctx, "Legal", tocsin.DutyLegal)
	if err != nil {
		return "", err
	}
	id, err := s.approvedBy(s.Authority, authority)
	if err != nil {
		return "", err
	}
	for _, to := range []tocsin.PartyID{Supervisor, Host} {
		if err := s.Authority.Node.Flow.ShareEntry(s.ctx, authority.Actor, id, to); err != nil {
			return "", fmt.Errorf("send to %s: %w", to, err)
		}
	}
	there, err := s.entryAt(s.Superv, second, Authority)
	if err != nil {
		return "", err
	}
	if err := s.Superv.Node.Flow.ApproveEntry(s.ctx, second.Actor, there.ID, lexicon.RoleAuthority); err != nil {
		return "", fmt.Errorf("second approval: %w", err)
	}
	here, err := s.entryAt(s.Host, host, Authority, Supervisor)
	if err != nil {
		return "", err
	}
	if err := s.Host.Node.Flow.AdoptEntry(s.ctx, host.Actor, here.ID); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		return "", fmt.Errorf("two authorities alone put a word into the lexicon of the host: %v", err)
	}
	began := time.Now()
	if err := s.Authority.Node.Flow.RetractEntry(s.ctx, authority.Actor, id, "It is an invented word."); err != nil {
		return "", fmt.Errorf("retract: %w", err)
	}
	if _, err := s.entryAt(s.Host, host, Supervisor); err != nil {
		return "", err
	}
	return fmt.Sprintf("a party of civil society or academia is missing, so the host reads for it not at all; taken back, the host knows %s later",
		time.Since(began).Round(time.Millisecond)), nil
}

// approvedBy adds an invented word at a party and approves it there.
func (s *story) approvedBy(m *Member, who *Worker) (tocsin.RecordID, error) {
	draft := *lexicon.Demonstration().Entry("lex:zorvian")
	draft.Approvals, draft.Status = nil, lexicon.StatusDraft
	alone, err := lexicon.New([]lexicon.Entry{draft})
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	if err := alone.Write(&text); err != nil {
		return "", err
	}
	ids, _, err := m.Node.Flow.AddEntries(s.ctx, who.Actor, text.Bytes())
	if err != nil {
		return "", fmt.Errorf("add: %w", err)
	}
	return ids[0], m.Node.Flow.ApproveEntry(s.ctx, who.Actor, ids[0], lexicon.RoleAuthority)
}

// entryAt waits until a party knows of exactly some approvals of the entry.
func (s *story) entryAt(m *Member, who *Worker, approvedBy ...tocsin.PartyID) (e tocsin.SharedEntry, err error) {
	err = s.until("the entry is approved by "+fmt.Sprint(approvedBy), func() (bool, error) {
		list, _, err := m.Node.Flow.SharedEntries(s.ctx, who.Actor, flow.SharedEntryFilter{})
		if err != nil || len(list) == 0 {
			return false, err
		}
		if len(list) > 1 {
			return false, errors.New("more entries than one")
		}
		e = list[0].SharedEntry
		var holding []tocsin.PartyID
		for _, a := range e.Approvals {
			if a.Holds() {
				holding = append(holding, a.Party)
			}
		}
		slices.Sort(holding)
		return slices.Equal(holding, approvedBy), nil
	})
	return e, err
}
