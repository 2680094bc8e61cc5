// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// clockTolerance is how far the clocks of two parties may differ.
const clockTolerance = 5 * time.Minute

// Arrival is what the inbox established about an order before anyone reads it.
type Arrival struct {
	Issuer     PartyID
	Document   Digest
	Key        KeyID
	SignedAt   time.Time
	Categories []Category
	Addresses  int
	GagUntil   *time.Time
	Unlogged   bool   // no valid inclusion proof came with it
	Refusal    Reason // empty when it authenticated
}

// ReceiveOrder records the arrival of an order. by.At becomes its time of receipt, for ever. An order
// that authenticates starts the hour and calls the person on duty; one that does not is kept with the
// reason: it counts as a request, not a valid order. payload is the document, sealed.
func ReceiveOrder(by By, id RecordID, a Arrival, payload any, p Periods) (*ReceivedOrder, []Event, error) {
	o := &ReceivedOrder{Root: Root{ID: id}}
	if a.GagUntil != nil && a.GagUntil.Sub(by.At) > p.GagLimit+clockTolerance {
		return nil, nil, gagTooLong() // an order carries a decision taken before it arrived (Art. 3(4)(g))
	}
	for _, c := range a.Categories {
		if !slices.Contains(Categories(), c) { // a header takes no text from a document
			return nil, nil, Invalid(ReasonUnknownValue, "annex_i.b.categories", "Each type must be one of Art. 2(7).")
		}
	}
	events := []Event{by.event(EventOrderReceived,
		Facts{Party: a.Issuer, Digest: a.Document, Key: a.Key, When: &a.SignedAt,
			Number: int64(a.Addresses), Codes: codes(a.Categories), Unlogged: a.Unlogged}, payload)}
	if a.Refusal != "" {
		events = append(events, by.event(EventReceivedRefused, Facts{Code: string(a.Refusal), Party: a.Issuer},
			nil))
	} else {
		events = append(events, by.event(EventReceivedAuthenticated,
			Facts{Party: a.Issuer, Due: in(by.At, p.Execution), Until: a.GagUntil, When: nextAlarm(by.At, 0, p)}, nil))
	}
	events, err := happened(o, events...)
	return o, events, err
}

// nextAlarm is the duty alarm after the first n, counted from the start of the hour.
func nextAlarm(start time.Time, n int, p Periods) *time.Time {
	if n >= len(p.DutyAlarms) {
		return nil
	}
	return in(start, p.DutyAlarms[n])
}

// LocatedAddress is what the platform says an address names: an item, or findings against it.
type LocatedAddress struct {
	Item     RecordID
	Findings []Finding
}

// Locate records which items the addresses name, one answer for each address of the order. Any finding
// stops automatic execution and waits for a person; an address that names nothing is a finding. Two
// addresses of one item count once.
func (o *ReceivedOrder) Locate(by By, located []LocatedAddress) ([]Event, error) {
	if o.Status != ReceivedAuthenticated {
		return nil, wrongState(o, "located")
	}
	if len(located) != o.Addresses {
		return nil, Errorf(CodeInvalid, ReasonMissing,
			"Every address of the order must be answered for, and no other.")
	}
	facts := Facts{Number: int64(len(located))}
	for _, l := range located {
		if l.Item == "" && len(l.Findings) == 0 {
			l.Findings = []Finding{FindingUnresolved}
		}
		for _, f := range l.Findings {
			if !slices.Contains(facts.Codes, string(f)) {
				facts.Codes = append(facts.Codes, string(f))
			}
		}
		if l.Item != "" && !slices.Contains(facts.Records, l.Item) {
			facts.Records = append(facts.Records, l.Item)
		}
	}
	return happened(o, by.event(EventReceivedLocated, facts, nil))
}

// AutomaticLimits bound automatic execution: design, refusal 2. It is off unless the host enables it.
type AutomaticLimits struct {
	Enabled       bool
	RecentOrders  int // orders of this issuer in the last hour, this one included
	MaxPerHour    int
	KnownIssuer   bool // an earlier order of this issuer was executed or decided by a person
	RatifyWithin  time.Duration
	ReviewPending bool // a ratification of this issuer's orders is overdue
}

// MayExecuteAutomatically says whether the order may be executed without waiting for a person.
func (o *ReceivedOrder) MayExecuteAutomatically(l AutomaticLimits) bool {
	return l.Enabled && l.RatifyWithin > 0 && o.Status == ReceivedAuthenticated && o.Located &&
		len(o.Findings) == 0 &&
		len(o.Items) > 0 && !o.Unlogged && l.KnownIssuer && l.RecentOrders <= l.MaxPerHour && !l.ReviewPending
}

// Execute records the decision to restrict the items the order names. A person takes it, or, with
// ratifyWithin > 0, it is an automatic execution that a person must ratify in that time. The caller imposes
// each restriction returned in o.Items on its item in the same transaction.
func (o *ReceivedOrder) Execute(by By, ratifyWithin time.Duration, note string) ([]Event, error) {
	if o.Status != ReceivedAuthenticated || !o.Located {
		return nil, wrongState(o, "executed")
	}
	if ratifyWithin <= 0 && !by.Actor.isPerson() {
		return nil, personDecides()
	}
	if len(o.Items) == 0 {
		return nil, Errorf(CodeConflict, ReasonGateStopped,
			"None of the addresses names an item here. Answer with the impossibility form (Annex III).")
	}
	if slices.Contains(o.Findings, FindingCollection) || slices.Contains(o.Findings, FindingRootDomain) {
		return nil, Errorf(CodeConflict, ReasonGateStopped,
			"An address names a collection. Ask the authority for the exact items (Annex III).")
	}
	facts := Facts{Party: o.Issuer, Automatic: ratifyWithin > 0}
	for range o.Items {
		facts.Codes = append(facts.Codes, string(NewRestrictionID()))
	}
	if facts.Automatic {
		if len(o.Findings) > 0 {
			return nil, Errorf(CodeConflict, ReasonGateStopped,
				"The plausibility gate stopped this order: a person decides.")
		}
		facts.Due = in(by.At, ratifyWithin)
	}
	var payload any
	if note != "" {
		payload = Text{note}
	}
	return happened(o, by.event(EventReceivedDecided, facts, payload))
}

func personDecides() error {
	return Errorf(CodeForbidden, ReasonRole, "A person decides this, not a machine.")
}

// Measured records that the platform confirmed the measure on one item, and the order as confirmed
// once every item has one. The time of the order's measure is that of its last item. A platform that was
// slow may answer while an impediment or a doubt stands; in doubt, the order is confirmed once upheld.
func (o *ReceivedOrder) Measured(by By, item RecordID, at time.Time) ([]Event, error) {
	if o.DecidedBy == "" || !stateIn(o.Status, ReceivedExecuting, ReceivedImpeded, ReceivedReopened) {
		return nil, wrongState(o, "confirmed")
	}
	if !slices.ContainsFunc(o.Items, func(i OrderedItem) bool {
		return i.Item == item && i.ConfirmedAt == nil
	}) {
		return nil, wrongState(o, "confirmed for this item")
	}
	events, err := happened(o, by.event(EventReceivedMeasure, Facts{Record: item, When: &at}, nil))
	if err != nil || o.Status == ReceivedReopened {
		return events, err
	}
	return o.confirmed(by, events)
}

// confirmed adds the confirmation of the order to events, if every item has its measure.
func (o *ReceivedOrder) confirmed(by By, events []Event) ([]Event, error) {
	if !o.Confirmed() || o.MeasureAt != nil {
		return events, nil
	}
	last := o.Items[0].ConfirmedAt
	for _, i := range o.Items {
		if i.ConfirmedAt.After(*last) {
			last = i.ConfirmedAt
		}
	}
	done, err := happened(o, by.event(EventReceivedConfirmed, Facts{Party: o.Issuer, When: last}, nil))
	return append(events, done...), err
}

// Impede records that the order cannot be executed now and why (Annex III). A decision already taken
// stands: what the platform still does counts.
func (o *ReceivedOrder) Impede(by By, form AnnexIII) ([]Event, error) {
	if !stateIn(o.Status, ReceivedAuthenticated, ReceivedExecuting) {
		return nil, wrongState(o, "answered with Annex III")
	}
	if err := form.Validate(); err != nil {
		return nil, err
	}
	return happened(o, by.event(EventReceivedImpeded, Facts{Party: o.Issuer, Code: string(form.Ground()),
		Codes: codes(form.Grounds)}, form))
}

// Rearm starts a full new hour from the end of the ground (Art. 3(7)) or from the receipt of the
// clarification (Art. 3(8)).
func (o *ReceivedOrder) Rearm(by By, why any, p Periods) ([]Event, error) {
	if o.Status != ReceivedImpeded {
		return nil, wrongState(o, "re-armed")
	}
	return happened(o, by.event(EventReceivedRearmed,
		Facts{Party: o.Issuer, Code: o.Ground, Due: in(by.At, p.Execution), When: nextAlarm(by.At, 0, p)}, why))
}

// WithdrawnByIssuer ends the order. The caller ends its restrictions, and only its own, in the same
// transaction.
func (o *ReceivedOrder) WithdrawnByIssuer(by By, payload any) ([]Event, error) {
	if stateIn(o.Status, ReceivedRefused, ReceivedWithdrawn, ReceivedDismissed) {
		return nil, wrongState(o, "withdrawn")
	}
	return happened(o, by.event(EventReceivedWithdrawn, Facts{Party: o.Issuer}, payload))
}

// Reinstated records that the platform shows an item again after this order's restriction, the last
// one, ended.
func (o *ReceivedOrder) Reinstated(by By, item RecordID, at time.Time, payload any) ([]Event, error) {
	named := slices.ContainsFunc(o.Items, func(i OrderedItem) bool { return i.Item == item })
	if !named || !stateIn(o.Status, ReceivedWithdrawn, ReceivedDismissed) {
		return nil, wrongState(o, "reinstated")
	}
	return happened(o, by.event(EventReceivedReinstated, Facts{Party: o.Issuer, Record: item, When: &at},
		payload))
}

// Ratify records that a person confirmed an automatic execution.
func (o *ReceivedOrder) Ratify(by By) ([]Event, error) {
	if !o.Automatic || o.RatifiedBy != "" ||
		!stateIn(o.Status, ReceivedExecuting, ReceivedConfirmed, ReceivedImpeded) {
		return nil, wrongState(o, "ratified")
	}
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	return happened(o, by.event(EventReceivedRatified, Facts{Party: o.Issuer}, nil))
}

// Reopen puts an order in doubt because of what became known about its issuer or key.
func (o *ReceivedOrder) Reopen(by By, reason Reason) ([]Event, error) {
	if !stateIn(o.Status, ReceivedAuthenticated, ReceivedExecuting, ReceivedConfirmed, ReceivedImpeded) {
		return nil, wrongState(o, "reopened")
	}
	return happened(o, by.event(EventReceivedReopened, Facts{Party: o.Issuer, Code: string(reason), Key: o.Key},
		nil))
}

// Uphold records that a person checked a reopened order and it stands. It is confirmed at once if the
// platform did the last measure meanwhile.
func (o *ReceivedOrder) Uphold(by By, reasons string) ([]Event, error) {
	if o.Status != ReceivedReopened {
		return nil, wrongState(o, "upheld")
	}
	if err := checkText("reasons", reasons, 1, 4000); err != nil {
		return nil, err
	}
	events, err := happened(o, by.event(EventReceivedUpheld, Facts{Party: o.Issuer}, Text{reasons}))
	if err != nil {
		return nil, err
	}
	return o.confirmed(by, events)
}

// Dismiss records that a reopened order is not authentic. The caller ends its restrictions in the same
// transaction.
func (o *ReceivedOrder) Dismiss(by By, reasons string) ([]Event, error) {
	if o.Status != ReceivedReopened {
		return nil, wrongState(o, "dismissed")
	}
	if err := checkText("reasons", reasons, 1, 4000); err != nil {
		return nil, err
	}
	return happened(o, by.event(EventReceivedDismissed, Facts{Party: o.Issuer}, Text{reasons}))
}

// Tick fires the clocks that ran out: duty alarms, the hour, a missing ratification, the gag.
func (o *ReceivedOrder) Tick(by By, p Periods) ([]Event, error) {
	var events []Event
	if o.Status == ReceivedAuthenticated && passed(o.NextAlarm, by.At) {
		events = append(events, o.alarm(by, p))
	}
	if !o.Late && stateIn(o.Status, ReceivedAuthenticated, ReceivedExecuting) && passed(o.Deadline, by.At) {
		events = append(events, by.event(EventReceivedDeadlinePassed, Facts{Party: o.Issuer}, nil))
	}
	if passed(o.RatifyBy, by.At) {
		events = append(events, by.event(EventReceivedRatificationLate, Facts{Party: o.Issuer}, nil))
	}
	if passed(o.GagUntil, by.At) {
		events = append(events, by.event(EventReceivedGagEnded, Facts{}, nil))
	}
	return happened(o, events...)
}

// alarm skips the alarms a stopped node missed: one call says as much as three.
func (o *ReceivedOrder) alarm(by By, p Periods) Event {
	start := o.Deadline.Add(-p.Execution)
	n := o.Alarms + 1
	for next := nextAlarm(start, n, p); passed(next, by.At); next = nextAlarm(start, n, p) {
		n++
	}
	return by.event(EventReceivedAlarm, Facts{Party: o.Issuer, Number: int64(n), When: nextAlarm(start, n, p)},
		nil)
}
