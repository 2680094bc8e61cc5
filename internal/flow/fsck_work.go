// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"tocsin"
	"tocsin/wire"
)

// expectedWork is what an event asks to be done outside.
type expectedWork struct {
	kind   JobKind
	event  tocsin.EventID
	target string
	record tocsin.RecordID
	at     time.Time
	letter string // type of the document, or "callback"; empty where nothing is delivered
	seen   bool
}

func (w *expectedWork) key() string { return string(w.kind) + " " + string(w.event) + "/" + w.target }

// farAhead is beyond every time to which a job is ever put off.
const farAhead = 24 * time.Hour

// expect notes under which keys an event's record must be found and which work it asks for.
func (x *examination) expect(on examined) {
	h := on.header
	found := func(kind, value string) { on.record.lookups = append(on.record.lookups, lookup{kind, value}) }
	switch h.Kind {
	case tocsin.EventOrderDrafted, tocsin.EventOrderRevised:
		var order tocsin.Order
		if on.plain != nil && json.Unmarshal(on.plain, &order) == nil {
			found(lookupReference, referenceValue(x.f.Identity.Party, order.Annex.Heading.Reference))
		}
	case tocsin.EventOrderIssued:
		found(lookupDocument, string(h.Facts.Digest))
	case tocsin.EventReceivedAuthenticated:
		found(lookupDocument, string(on.record.agg.(*tocsin.ReceivedOrder).Document))
	case tocsin.EventReceivedRefused:
		o := on.record.agg.(*tocsin.ReceivedOrder)
		found(lookupDocument, refusedValue(o.Issuer, o.Document))
	case tocsin.EventCopyReceived:
		found(lookupDocument, copyValue(h.Facts.Digest))
	case tocsin.EventContactInformed, tocsin.EventContactReceived:
		found(lookupContact, string(h.Facts.Party))
	case tocsin.EventPersonInvited, tocsin.EventPersonRecoveryOpened:
		found(lookupInvitation, string(h.Facts.Digest))
	case tocsin.EventPersonEnrolled, tocsin.EventPersonPasskeyAdded:
		found(lookupCredential, string(h.Facts.Digest))
	}
	x.expectWork(on)
}

func (x *examination) expectWork(on examined) {
	switch on.header.Kind {
	case tocsin.EventReceivedAuthenticated: // asked for under the event before, the arrival
		x.asks(on, JobLocate, on.record.arrival, platformTarget, "")
	case tocsin.EventOrderReceived:
		on.record.arrival = on.header.ID
	case tocsin.EventReceivedRearmed:
		x.asks(on, JobLocate, on.header.ID, platformTarget, "")
	case tocsin.EventCaseOpened, tocsin.EventCaseReopened: // only a node that had a platform then
		x.allows(on, JobIdentify, on.header.ID, platformTarget)
	case tocsin.EventPersonSuspended, tocsin.EventPersonDutiesChanged: // only when she loses something
		x.allows(on, JobRelease, on.header.ID, queueTarget)
	case tocsin.EventNoticeCompleted:
		n := on.record.agg.(*tocsin.Notice)
		if n.Channel != tocsin.ChannelAuthority && n.Channel != tocsin.ChannelReport {
			x.asks(on, JobResolve, on.header.ID, platformTarget, "")
		}
	case tocsin.EventNoticeReceipted, tocsin.EventNoticeIncomplete, tocsin.EventNoticeDecided,
		tocsin.EventComplaintUpheld, tocsin.EventComplaintRejected: // only for who asked for mail
		x.allows(on, JobMail, on.header.ID, notifierTarget)
	case tocsin.EventRestrictionImposed, tocsin.EventRestrictionEnded, tocsin.EventRestrictionResumed,
		tocsin.EventItemDisclosed:
		x.asks(on, JobApply, on.header.ID, platformTarget, callback)
	case tocsin.EventAlertOpened, tocsin.EventAlertRenewed, tocsin.EventAlertCalled, tocsin.EventAlertCleared:
		for _, way := range on.header.Facts.Codes {
			x.asks(on, JobNotify, on.header.ID, way, "")
		}
		x.alerts[on.header.ID] = true
	}
	letter, sends := letters[on.header.Kind]
	if !sends {
		return
	}
	var sent Sent
	if on.plain == nil || json.Unmarshal(on.plain, &sent) != nil {
		x.silent[on.header.ID] = &expectedWork{kind: JobDeliver, event: on.header.ID, record: on.header.Record,
			letter: string(letter)}
		return
	}
	for _, l := range sent.Letters {
		x.asks(on, JobDeliver, on.header.ID, string(l.To), string(l.Type))
	}
}

// letters are the events whose payload is what leaves, with the type of document that it is.
var letters = map[tocsin.EventKind]wire.Type{
	tocsin.EventContactInformed:   wire.TypePriorInformation,
	tocsin.EventOrderIssued:       wire.TypeOrder,
	tocsin.EventOrderCopySent:     wire.TypeCopy,
	tocsin.EventOrderClarified:    wire.TypeClarification,
	tocsin.EventOrderWithdrawn:    wire.TypeWithdrawal,
	tocsin.EventReceivedConfirmed: wire.TypeFeedback,
	tocsin.EventReceivedImpeded:   wire.TypeImpossibility,
	tocsin.EventReceivedRearmed:   wire.TypeGroundCeased,
	tocsin.EventEntryShared:       wire.TypeLexiconEntry,
	tocsin.EventEntryApproved:     wire.TypeLexiconEntry,
	tocsin.EventEntryRetracted:    wire.TypeLexiconEntry,
}

func (x *examination) asks(on examined, kind JobKind, event tocsin.EventID, target, letter string) {
	w := &expectedWork{kind: kind, event: event, target: target, record: on.header.Record, at: on.header.At,
		letter: letter}
	x.work[w.key()] = w
	x.ask = append(x.ask, w)
}

// allows is for work that not every node does.
func (x *examination) allows(on examined, kind JobKind, event tocsin.EventID, target string) {
	w := &expectedWork{kind: kind, event: event, target: target, record: on.header.Record, at: on.header.At}
	x.work[w.key()] = w
}

// works compares the jobs and deliveries with what the events ask for.
func (x *examination) works(u *unit) error {
	jobs, err := u.tx.Jobs(false, math.MaxInt32)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if err := x.job(u, j); err != nil {
			return err
		}
	}
	return x.unseen(u)
}

func (x *examination) job(u *unit, j JobRow) error {
	event, target, _ := strings.Cut(j.Key, "/")
	d := Difference{Event: tocsin.EventID(event), Kind: "job"}
	w := x.work[j.Kind+" "+j.Key]
	if erased, ok := x.silent[d.Event]; w == nil && ok && j.Kind == string(JobDeliver) {
		w = erased
		w.target = target // to whom it went, the erased text alone could tell
	}
	if w == nil && j.Kind == string(JobNotify) && x.alerts[d.Event] {
		return nil // it went out while the alert was cleared, and was brought up to date afterwards
	}
	if w == nil {
		d.Detail = "No event asks for this job."
		x.differ(d)
		return nil
	}
	switch {
	case j.Args["event"] != event || j.Args["target"] != target || len(j.Args) != 2:
		d.Detail = "The job does not do what its event asks for."
		x.differ(d)
	case j.FailedAt != nil && j.LastError == "":
		d.Detail = "The job was given up without a reason."
		x.differ(d)
	case j.FailedAt == nil && j.DoneAt == nil && j.RunAt.After(x.now.Add(farAhead)):
		d.Detail = "The job waits longer than any rule puts one off."
		x.differ(d)
	}
	w.seen = true
	return x.delivery(u, w, j.DoneAt != nil, j.DoneAt)
}

// unseen looks for work without a job: it was done, and removed after its period.
func (x *examination) unseen(u *unit) error {
	for _, w := range x.ask {
		if w.seen {
			continue
		}
		if x.now.Sub(w.at) < keepJobs {
			x.differ(Difference{Event: w.event, Record: w.record, Kind: "job",
				Detail: "The work that the event asks for is missing."})
			continue
		}
		if err := x.delivery(u, w, true, nil); err != nil {
			return err
		}
	}
	return nil
}

// delivery checks that what a job did is on record, and nothing else. A job ends at the moment of its
// acknowledgement; at is nil where the job is gone.
func (x *examination) delivery(u *unit, w *expectedWork, done bool, at *time.Time) error {
	if w.letter == "" {
		return nil
	}
	d, err := u.tx.Delivery(w.event, w.target)
	missing := tocsin.CodeOf(err) == tocsin.CodeNotFound
	if err != nil && !missing {
		return err
	}
	other := !missing && (d.Record != w.record || d.Kind != w.letter || done != (d.AckedAt != nil) ||
		done && at != nil && !d.AckedAt.Equal(*at))
	if other || done && missing {
		x.differ(Difference{Event: w.event, Record: w.record, Kind: "delivery",
			Detail: "The delivery is not on record as its job left it."})
	}
	return nil
}
