// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"cmp"
	"slices"
	"time"
)

// TerritoryUnion is all Member States, the territory of a removal order.
const TerritoryUnion Country = "EU"

// Events of an item.
const (
	EventItemLocated        EventKind = "item.located"
	EventRestrictionImposed EventKind = "restriction.imposed"
	EventRestrictionEnded   EventKind = "restriction.ended"
	EventItemDisclosed      EventKind = "item.disclosed"
	EventMeasureConfirmed   EventKind = "measure.confirmed"
)

// Restriction is one reason why an item is not fully visible. Each has a basis and its own end.
type Restriction struct {
	ID        RestrictionID `json:"id"`
	Basis     Basis         `json:"basis"`
	Order     RecordID      `json:"order,omitempty"`    // the received order behind it, or
	Decision  RecordID      `json:"decision,omitempty"` // the host's own decision
	Territory []Country     `json:"territory"`
	From      time.Time     `json:"from"`
	Until     *time.Time    `json:"until,omitempty"`
	GagUntil  *time.Time    `json:"gag_until,omitempty"` // disclosed neutrally before, in full from then on
	EndedAt   *time.Time    `json:"ended_at,omitempty"`
	EndedWhy  string        `json:"ended_why,omitempty"`
}

// behind is the order or the decision it rests on.
func (r Restriction) behind() RecordID { return cmp.Or(r.Order, r.Decision) }

// Active reports whether the restriction is in force at a time.
func (r Restriction) Active(at time.Time) bool {
	return r.EndedAt == nil && (r.Until == nil || at.Before(*r.Until))
}

// Gagged reports whether the content provider and the public must not learn who ordered it, at a time
// (Art. 11(3)).
func (r Restriction) Gagged(at time.Time) bool { return r.GagUntil != nil && at.Before(*r.GagUntil) }

// Item is one piece of public content at this host. It holds no author. Its visibility is derived
// from its active restrictions: it is reinstated when none remains.
type Item struct {
	Root
	Restrictions []Restriction `json:"restrictions,omitempty"`
	Measure      *Measure      `json:"measure,omitempty"` // the platform's last confirmation
}

// Measure is what the platform did and when it confirmed it.
type Measure struct {
	Event  EventID   `json:"event"`  // the event whose callback it answers
	Action string    `json:"action"` // "restricted", "reinstated" or "unchanged"
	At     time.Time `json:"at"`
}

// Kind is [KindItem].
func (i *Item) Kind() RecordKind { return KindItem }

// State is "restricted" while any restriction is in the set, else "visible".
func (i *Item) State() string {
	if slices.ContainsFunc(i.Restrictions, func(r Restriction) bool { return r.EndedAt == nil }) {
		return "restricted"
	}
	return "visible"
}

// Due is the next end of a restriction.
func (i *Item) Due() *time.Time {
	var due *time.Time
	for _, r := range i.Restrictions {
		if r.EndedAt == nil {
			due = earliest(due, r.Until)
		}
	}
	return due
}

// Active gives the restrictions in force at a time.
func (i *Item) Active(at time.Time) []Restriction {
	var active []Restriction
	for _, r := range i.Restrictions {
		if r.Active(at) {
			active = append(active, r)
		}
	}
	return active
}

// Apply folds one event.
func (i *Item) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventItemLocated, EventItemDisclosed:
	case EventRestrictionImposed:
		r := Restriction{ID: f.Restriction, Basis: Basis(f.Code), Order: f.Record,
			Territory: f.Territory, From: h.At, Until: f.Due, GagUntil: f.Until}
		if f.Record.Is(KindDecision) {
			r.Order, r.Decision = "", f.Record
		}
		i.Restrictions = append(i.Restrictions, r)
	case EventRestrictionEnded, EventRestrictionResumed:
		n := slices.IndexFunc(i.Restrictions, func(r Restriction) bool { return r.ID == f.Restriction })
		if n < 0 {
			return malformedEvent(h)
		}
		i.Restrictions[n].EndedAt, i.Restrictions[n].EndedWhy = &h.At, f.Code
		if h.Kind == EventRestrictionResumed {
			i.Restrictions[n].EndedAt, i.Restrictions[n].EndedWhy = nil, ""
		}
	case EventMeasureConfirmed:
		if f.When == nil {
			return malformedEvent(h)
		}
		// The answer to an earlier callback may come in late; what the platform did last counts.
		if i.Measure == nil || !f.When.Before(i.Measure.At) {
			i.Measure = &Measure{Event: f.Event, Action: f.Code, At: *f.When}
		}
	default:
		return unknownEvent(i, h)
	}
	return nil
}

// LocateItem records an item the platform named. public is the platform's word that anyone can see
// it; an item that is not public is refused (design, refusal 1).
func LocateItem(by By, id RecordID, public bool, payload any) (*Item, []Event, error) {
	if !public {
		return nil, nil, Errorf(CodeForbidden, ReasonNotPublicItem,
			"Only content disseminated to the public can be an item here.")
	}
	i := &Item{Root: Root{ID: id}}
	events, err := happened(i, by.event(EventItemLocated, Facts{}, payload))
	return i, events, err
}

// Impose adds a restriction. It needs a known basis and a decision behind it: for a removal order that
// order, for the host's own terms or a law the decision of a person (design, refusal 2). It also needs a territory.
func (i *Item) Impose(by By, r Restriction) ([]Event, error) {
	ordered := r.Basis == BasisRemovalOrder && r.Order.Valid() && r.Decision == ""
	decided := (r.Basis == BasisHostTerms || r.Basis.OfLaw()) && r.Decision.Valid() && r.Decision.Is(KindDecision) &&
		r.Order == "" && r.GagUntil == nil
	if !ordered && !decided {
		return nil, Errorf(CodeInvalid, ReasonNoBasis,
			"A restriction rests on a law or on the terms, and on a decision behind it.")
	}
	if len(r.Territory) == 0 || r.ID == "" {
		return nil, Errorf(CodeInvalid, ReasonMissing, "A restriction needs an id and a territory.")
	}
	if slices.ContainsFunc(i.Restrictions, func(old Restriction) bool { return old.ID == r.ID }) {
		return nil, wrongState(i, "restricted twice by one decision")
	}
	return happened(i, by.event(EventRestrictionImposed,
		Facts{Restriction: r.ID, Code: string(r.Basis), Record: r.behind(),
			Territory: r.Territory, Due: r.Until, Until: r.GagUntil}, nil))
}

// End lifts one restriction; the others stand.
func (i *Item) End(by By, id RestrictionID, why string) ([]Event, error) {
	n := slices.IndexFunc(i.Restrictions, func(r Restriction) bool { return r.ID == id })
	if n < 0 || i.Restrictions[n].EndedAt != nil {
		return nil, wrongState(i, "lifted")
	}
	return happened(i, by.event(EventRestrictionEnded,
		Facts{Restriction: id, Code: why, Record: i.Restrictions[n].behind()}, nil))
}

// Disclose records that a gag on one of the item's restrictions ended, so that the platform is told in full.
func (i *Item) Disclose(by By, order RecordID) ([]Event, error) {
	return happened(i, by.event(EventItemDisclosed, Facts{Record: order}, nil))
}

// ConfirmMeasure records what the platform answered to the callback of an event.
func (i *Item) ConfirmMeasure(by By, m Measure) ([]Event, error) {
	if i.Measure != nil && i.Measure.Event == m.Event {
		return nil, wrongState(i, "confirmed twice")
	}
	return happened(i, by.event(EventMeasureConfirmed, Facts{Event: m.Event, Code: m.Action, When: &m.At}, nil))
}

// Tick ends the restrictions whose time is over.
func (i *Item) Tick(by By, _ Periods) ([]Event, error) {
	var events []Event
	for _, r := range i.Restrictions {
		if r.EndedAt == nil && passed(r.Until, by.At) {
			events = append(events, by.event(EventRestrictionEnded,
				Facts{Restriction: r.ID, Code: "expired", Record: r.behind()}, nil))
		}
	}
	return happened(i, events...)
}
