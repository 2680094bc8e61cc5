// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"regexp"
	"slices"
	"time"
)

// ComplaintPeriod is how long a decision can be complained of, from when its reasons were given: at least six
// months from that day (DSA Art. 20(1), (2)). The longest six months have 184 days, and the last one counts whole.
const ComplaintPeriod = 185 * 24 * time.Hour

// DecisionDraft is what a person finds, in words.
type DecisionDraft struct {
	Outcome    Outcome             `json:"outcome"`
	Basis      Basis               `json:"basis"`     // [BasisHostTerms], or a law ("law:…")
	Provision  string              `json:"provision"` // the clause of the terms, or the article
	Facts      string              `json:"facts"`     // and circumstances, DSA Art. 17(3)(b); no personal data
	Reasons    string              `json:"reasons"`   // why they fall under the provision
	Exemptions ExemptionAssessment `json:"exemptions"`
	Territory  []Country           `json:"territory"`
	Until      *time.Time          `json:"until,omitempty"`
	Detection  Detection           `json:"detection"`
	Readings   []ReadingAnswer     `json:"readings,omitempty"` // what the decider answers about them; she need not
}

var lawForm = regexp.MustCompile(`^law:[a-z]{2}:[A-Za-z0-9._-]{1,60}$`)

// OfLaw reports whether the basis is a law that makes content illegal, "law:" + State + ":" + provision.
func (b Basis) OfLaw() bool { return lawForm.MatchString(string(b)) }

// Validate refuses a draft that lacks a basis, reasons, the assessment of every exempt purpose, or, for a
// restriction, a territory (design, refusal 3). Content with an exempt purpose is not restricted.
func (d DecisionDraft) Validate(at time.Time) error {
	if d.Outcome != OutcomeRestrict && d.Outcome != OutcomeKeep {
		return Invalid(ReasonUnknownValue, "outcome", "Decide to restrict or to keep.")
	}
	if d.Basis != BasisHostTerms && !d.Basis.OfLaw() {
		return Invalid(ReasonNoBasis, "basis", "Say on which terms or which law the decision rests.")
	}
	if d.Detection != DetectionMatch && d.Detection != DetectionNotice && d.Detection != DetectionOwn {
		return Invalid(ReasonUnknownValue, "detection", "Say how the content was found.")
	}
	if err := checkAnswers(d.Readings); err != nil {
		return err
	}
	if err := checkText("reasons", d.Reasons, 1, 5000); err != nil {
		return err
	}
	if d.Outcome == OutcomeKeep {
		if err := checkText("facts", d.Facts, 0, 5000); err != nil {
			return err
		}
		return d.Exemptions.complete("exemptions")
	}
	if err := checkText("provision", d.Provision, 1, 500); err != nil {
		return err
	}
	if err := checkText("facts", d.Facts, 1, 5000); err != nil {
		return err
	}
	if err := d.Exemptions.Validate("exemptions"); err != nil {
		return err
	}
	return d.extent(at)
}

func (d DecisionDraft) extent(at time.Time) error {
	if len(d.Territory) == 0 || len(d.Territory) > 60 {
		return Invalid(ReasonMissing, "territory", "Say where it is restricted.")
	}
	for _, c := range d.Territory {
		if !territoryForm.MatchString(string(c)) {
			return Invalid(ReasonUnknownValue, "territory", "A territory is EU, WW or the code of a State.")
		}
	}
	if d.Until != nil && !d.Until.After(at) {
		return Invalid(ReasonFormat, "until", "The end lies ahead.")
	}
	return nil
}

var territoryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// Decide is a person's decision on the case she holds. seen is the [Case.Content] she looked at; window is how
// long she may undo it; earlier are the decisions on the case before. The caller covers the item and its copies.
func (c *Case) Decide(by By, draft DecisionDraft, seen int64, window time.Duration, payload any,
	earlier ...*Decision) (*Decision, []Event, []Event, error) {
	if !by.Actor.isPerson() {
		return nil, nil, nil, personDecides()
	}
	if err := draft.Validate(by.At); err != nil {
		return nil, nil, nil, err
	}
	if err := c.holds(by); err != nil {
		return nil, nil, nil, err
	}
	if draft.Outcome == OutcomeRestrict && c.Item == "" {
		return nil, nil, nil, Errorf(CodeConflict, ReasonNoItem,
			"The platform has not said yet which public item this is. Try again in a moment.")
	}
	if err := c.unchanged(seen); err != nil {
		return nil, nil, nil, err
	}
	said, err := c.saying(draft.Readings, earlier)
	if err != nil {
		return nil, nil, nil, err
	}
	d := &Decision{Root: Root{ID: NewRecordID(KindDecision)}}
	taken, err := happened(d, by.event(EventDecisionTaken, Facts{Code: string(draft.Outcome), Basis: draft.Basis,
		Detection: draft.Detection, Territory: slices.Clone(draft.Territory), Until: draft.Until,
		When: in(by.At, window), Codes: codes(said)}, payload))
	if err != nil {
		return nil, nil, nil, err
	}
	decided, err := c.decide(by, d, seen)
	return d, taken, decided, err
}

// Follow records on a case what a standing decision made of it.
func (c *Case) Follow(by By, d *Decision) ([]Event, error) { return c.decide(by, d, c.Content) }

// Cover adds an item and draws its restriction, which the caller imposes in the same transaction.
func (d *Decision) Cover(by By, c *Case) ([]Event, error) {
	if d.Status != DecisionEffective || d.Covers(c.ID) {
		return nil, wrongState(d, "extended to another item")
	}
	facts := Facts{Record: c.Item, Records: []RecordID{c.ID}}
	if d.Outcome == OutcomeRestrict {
		if c.Item == "" {
			return nil, Errorf(CodeConflict, ReasonNoItem, "Nobody knows yet which item this is.")
		}
		facts.Restriction = NewRestrictionID()
	}
	return happened(d, by.event(EventDecisionCovered, facts, nil))
}

// Inform records that the platform took the statement of reasons of one item at a time, which starts the time for
// complaints about that item.
func (d *Decision) Inform(by By, item RecordID, at time.Time) ([]Event, error) {
	if !slices.ContainsFunc(d.Items, func(i DecidedItem) bool { return i.Item == item && i.InformedAt == nil }) {
		return nil, wrongState(d, "told a second time")
	}
	return happened(d, by.event(EventDecisionInformed, Facts{Record: item, When: &at,
		Due: in(at, ComplaintPeriod)}, nil))
}

// Undo takes the decision back within its window, for everything it covered.
func (d *Decision) Undo(by By) ([]Event, error) {
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	if !d.Undoable(by.At) {
		return nil, Errorf(CodeConflict, ReasonWrongState,
			"The time to undo this is over. Ask for a second look instead.")
	}
	return happened(d, append(d.standingEnds(by, EndUndone), by.event(EventDecisionUndone, Facts{}, nil))...)
}

// Contest records a complaint. A standing decision ends with it.
func (d *Decision) Contest(by By, complaint RecordID) ([]Event, error) {
	if d.Status != DecisionEffective || slices.Contains(d.Complaints, complaint) {
		return nil, wrongState(d, "complained of")
	}
	return happened(d, append([]Event{by.event(EventDecisionContested, Facts{Record: complaint}, nil)},
		d.standingEnds(by, EndContested)...)...)
}

// Reverse finds the decision wrong. Another person than the decider does, because of a complaint or of a second
// look of her own; an automatic decision is nobody's.
func (d *Decision) Reverse(by By, complaint RecordID, reasons string) ([]Event, error) {
	return d.reverse(by, Facts{Record: complaint}, reasons)
}

func (d *Decision) reverse(by By, facts Facts, reasons string) ([]Event, error) {
	switch {
	case !by.Actor.isPerson():
		return nil, personDecides()
	case d.Status != DecisionEffective:
		return nil, wrongState(d, "reversed")
	case by.Actor == d.DecidedBy || by.Actor == d.RatifiedBy:
		return nil, Errorf(CodeForbidden, ReasonSamePerson, "Another person than the decider looks at it again.")
	}
	if err := checkText("reasons", reasons, 1, 5000); err != nil {
		return nil, err
	}
	return happened(d, append(d.standingEnds(by, EndReversed),
		by.event(EventDecisionReversed, facts, Text{reasons}))...)
}

// Ratify confirms what a standing decision restricted.
func (d *Decision) Ratify(by By) ([]Event, error) {
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	if !d.Automatic || d.RatifiedBy != "" || d.Status != DecisionEffective {
		return nil, wrongState(d, "ratified")
	}
	if len(d.Complaints) > 0 {
		return nil, Errorf(CodeConflict, ReasonWrongState, "Somebody complained of this: the complaint is answered instead.")
	}
	return happened(d, by.event(EventDecisionRatified, Facts{}, nil))
}

// Tick ends a standing decision at its date, and tells when nobody ratified in time.
func (d *Decision) Tick(by By, _ Periods) ([]Event, error) {
	var events []Event
	if passed(d.RatifyBy, by.At) {
		events = append(events, by.event(EventDecisionRatificationLate, Facts{}, nil))
	}
	if d.Standing.Active() && passed(&d.Standing.Until, by.At) {
		events = append(events, d.standingEnds(by, EndExpired)...)
	}
	return happened(d, events...)
}
