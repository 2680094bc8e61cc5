// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"tocsin"
)

// lookupComplaint finds the complaint about one restriction, or about one answer to a notice: each can be complained
// of once.
const lookupComplaint = "complaint"

func providerComplaintKey(r tocsin.RestrictionID) string { return string(r) }

func noticeComplaintKey(notice, decision tocsin.RecordID) string {
	return string(notice) + "/" + string(decision)
}

// ComplaintFile is the readable document of a complaint.
type ComplaintFile struct {
	Form       tocsin.ComplaintForm
	Reasons    string // of the answer
	Settlement SettlementFile
}

// SettlementFile is what was written about a settlement out of court.
type SettlementFile struct {
	Body    string `json:",omitempty"` // that the complainant chose
	Found   string `json:",omitempty"` // by the body
	Reasons string `json:",omitempty"` // of the host, for what it does about it
}

// ComplaintView is a complaint for somebody who may read it.
type ComplaintView struct {
	tocsin.Complaint
	File    ComplaintFile
	History []Past
	Erased  bool
	// Of a single complaint, and of none in a list:
	Against DecisionView // without its choices where the reader may not read it
	Case    tocsin.RecordID
	Choices []Choice
	Effect  Reversal // of finding the decision wrong
}

// ComplaintStatus is what a complainant sees of a complaint.
type ComplaintStatus struct {
	ID         tocsin.RecordID
	State      tocsin.ComplaintState
	ReceivedAt time.Time
	AnswerBy   *time.Time
	AnsweredAt *time.Time
	TakenBack  *time.Time // an answer was taken back, and another one is to come
	Written    string     // by the complainant
	Reasons    string     // of the answer
	Settlement *SettlementStatus
}

// SettlementStatus is what a complainant sees of a settlement out of court.
type SettlementStatus struct {
	tocsin.Settlement
	SettlementFile
}

// ComplaintFilter chooses complaints.
type ComplaintFilter struct {
	States []string
	After  string
	Limit  int
}

// Complaints lists complaints, what must be answered soonest first.
func (f *Flow) Complaints(ctx context.Context, actor Actor, filter ComplaintFilter) (list []ComplaintView,
	next string, err error) {
	return pageOf(ctx, f, actor, ActionComplaintRead, Page{Kind: tocsin.KindComplaint, Statuses: filter.States, ByDue: true,
		After: filter.After, Limit: filter.Limit},
		func(u *unit, rec *record) (v ComplaintView, err error) {
			v.Complaint = *rec.agg.(*tocsin.Complaint)
			v.Erased, err = u.readUnlessErased(rec.agg, &v.File)
			return v, err
		})
}

// Complaint opens a complaint.
func (f *Flow) Complaint(ctx context.Context, actor Actor, id tocsin.RecordID) (ComplaintView, error) {
	var v ComplaintView
	err := f.view(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Complaint](u, actor, ActionComplaintRead, id)
		if err != nil {
			return err
		}
		v.Complaint = *c
		if v.Erased, v.History, _, err = u.about(c, &v.File); err != nil {
			return err
		}
		if v.Against, err = u.decisionView(actor, c.Decision); err != nil {
			return err
		}
		v.Case = contestedCase(c, v.Against.Decision)
		v.Choices = f.complaintChoices(actor, c, v.Against.Decision, u.now)
		v.Effect, err = u.reversal(actor, c, v.Against.Decision)
		return err
	})
	return v, err
}

// contestedCase is the case of the item that is complained of: of a notifier, the first that the decision covers.
func contestedCase(c *tocsin.Complaint, d *tocsin.Decision) tocsin.RecordID {
	for _, covered := range d.Items {
		if c.Item == "" || covered.Item == c.Item {
			return covered.Case
		}
	}
	return ""
}

// complaintStatus is the complaint under a key for its complainant; nil when there is none.
func (u *unit) complaintStatus(key string) (*ComplaintStatus, error) {
	id, err := u.tx.Lookup(lookupComplaint, u.f.Sealer.LookupKey(lookupComplaint, key))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := load[*tocsin.Complaint](u, id)
	if err != nil {
		return nil, err
	}
	s := &ComplaintStatus{ID: c.ID, State: c.Status, ReceivedAt: c.ReceivedAt, AnswerBy: c.AnswerBy,
		AnsweredAt: c.AnsweredAt, TakenBack: c.TakenBackAt}
	var file ComplaintFile
	if err := u.read(c, &file); err != nil {
		if tocsin.CodeOf(err) == tocsin.CodeErased {
			return s, nil
		}
		return nil, err
	}
	s.Written, s.Reasons = file.Form.Reasons, file.Reasons
	if c.Settlement != nil {
		s.Settlement = &SettlementStatus{*c.Settlement, file.Settlement}
	}
	return s, nil
}
