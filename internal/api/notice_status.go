// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// NoticeStatus is what became of a notice, for whoever gave it.
type NoticeStatus struct {
	ID            tocsin.RecordID        `json:"id" required:"true"`
	State         tocsin.NoticeState     `json:"state" required:"true"`
	ReceivedAt    time.Time              `json:"received_at" required:"true"`
	Missing       []tocsin.NoticeElement `json:"missing,omitempty"`
	CompleteBy    *time.Time             `json:"complete_by,omitempty"`
	Addresses     []AddressStatus        `json:"addresses" required:"true" nullable:"false"`
	Triage        []ToldAnswer           `json:"triage,omitempty" doc:"at an authority: what came of the report"`
	ComplainUntil *time.Time             `json:"complain_until,omitempty"`
	Redress       []string               `json:"redress,omitempty" doc:"complaint, out_of_court, court: the ways to contest a decision"`
	Warned        string                 `json:"warned,omitempty" doc:"why the sender is warned that its notices may not be handled for a time (Art. 23 DSA)"`
	Suspended     *time.Time             `json:"suspended_until,omitempty" doc:"until when notices of the sender are not handled"`
}

// AddressStatus is one address of a notice, and what came of it.
type AddressStatus struct {
	Address   string                `json:"address"`
	Found     bool                  `json:"found,omitempty" doc:"it names an item here"`
	Answer    *ToldAnswer           `json:"answer,omitempty" doc:"absent while nobody decided"`
	Reasons   string                `json:"reasons,omitempty" doc:"of a decision to keep the item"`
	Complaint tocsin.ComplaintState `json:"complaint,omitempty"`
}

// ToldAnswer is a decision, as far as a notifier is told of it.
type ToldAnswer struct {
	Result    tocsin.Result   `json:"result" required:"true" enum:"restrict,keep,order_drafted,referred,no_action"`
	Decision  tocsin.RecordID `json:"decision,omitempty"`
	At        time.Time       `json:"at" required:"true"`
	Automatic bool            `json:"automatic,omitempty" doc:"no person decided (Art. 16(6) DSA)"`
}

func toldAnswer(a tocsin.NoticeAnswer) ToldAnswer {
	return ToldAnswer{a.Result, a.Decision, a.At, a.Automatic}
}

func (s *service) noticeStatus(ctx context.Context, in *ByID) (*output[NoticeStatus], error) {
	v, err := s.Flow.SubmittedNotice(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return answer(noticeStatus(v)), nil
}

// redress are the ways that remain against a decision of the host (Art. 20, 21 DSA).
var redress = []string{"complaint", "out_of_court", "court"}

func noticeStatus(v flow.NoticeStatus) NoticeStatus {
	status := NoticeStatus{ID: v.ID, State: v.Status, ReceivedAt: v.ReceivedAt, Missing: v.Missing,
		CompleteBy: v.CompleteBy, Addresses: make([]AddressStatus, 0, len(v.Addresses)), ComplainUntil: v.ComplainUntil}
	for _, a := range v.Addresses {
		one := AddressStatus{Address: a.Address, Found: a.Found, Reasons: a.Reasons}
		if a.Answer != nil {
			told := toldAnswer(*a.Answer)
			one.Answer = &told
		}
		if a.Complaint != nil {
			one.Complaint = a.Complaint.State
		}
		status.Addresses = append(status.Addresses, one)
	}
	switch {
	case len(v.Answers) == 0:
	case v.Host:
		status.Redress = redress
	default:
		for _, a := range v.Answers {
			status.Triage = append(status.Triage, ToldAnswer{Result: a.Result, At: a.At})
		}
	}
	if v.Warned != nil {
		status.Warned = v.Warned.Reasons
	}
	if v.Suspended != nil {
		status.Suspended = &v.Suspended.Until
	}
	return status
}
