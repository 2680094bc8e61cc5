// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"strconv"
	"time"
)

// Events of a case that tell what was seen of its item, and what that is said to be.
const (
	EventCaseViewed      EventKind = "case.viewed"      // a person was shown a medium of the item
	EventCaseCategorised EventKind = "case.categorised" // what points to the item says what it is
)

// EscalatedNobodyLeft is why a case was escalated that no person escalated: whoever it could go to has seen as much
// as a day may hold, or asked for none of its kind, and its clock runs out.
const EscalatedNobodyLeft = "nobody_left"

// View records that a person is shown one medium of the item, and nothing of which. It is recorded before the first
// byte leaves, so that nobody ever saw what the journal does not know of.
func (c *Case) View(by By) ([]Event, error) {
	switch {
	case !by.Actor.isPerson():
		return nil, personDecides()
	case c.Item == "":
		return nil, Errorf(CodeConflict, ReasonNoItem, "The platform has not said yet which public item this is.")
	}
	return happened(c, by.event(EventCaseViewed, Facts{Record: c.Item, Number: 1}, nil))
}

// Changes counts the events that changed something for whoever works on the case: to be looked at is no change.
func (c *Case) Changes() int64 { return c.Version - c.Views }

// Categorise records what the item is said to be by what points to it. What is known already makes no event. It is
// nobody's finding: it warns whoever looks, and keeps a case from whoever asked for none of its kind.
func (c *Case) Categorise(by By, said []Category) ([]Event, error) {
	var more []string
	for _, s := range Categories() {
		if slices.Contains(said, s) && !slices.Contains(c.Categories, s) {
			more = append(more, string(s))
		}
	}
	if more == nil {
		return nil, nil
	}
	return happened(c, by.event(EventCaseCategorised, Facts{Codes: more}, nil))
}

// LeaveToSeniors escalates a case that nobody else is left for.
func (c *Case) LeaveToSeniors(by By) ([]Event, error) {
	if c.Status != CaseOpen || c.Escalated {
		return nil, wrongState(c, "escalated")
	}
	return happened(c, by.event(EventCaseEscalated, Facts{Code: EscalatedNobodyLeft, Automatic: true}, nil))
}

// What a queue is narrowed by: the beginnings of [Case.Facets].
const (
	FacetPriority = "priority/"
	FacetCategory = "category/"
	FacetBank     = "bank/"
)

// Facets names what a queue is narrowed by: how urgent the case is, what its item is said to be, and which banks point to
// it. None tells anything of the content.
func (c *Case) Facets() []string {
	all := []string{FacetPriority + strconv.FormatInt(int64(c.Priority), 10)}
	for _, category := range c.Categories {
		all = append(all, FacetCategory+string(category))
	}
	for _, bank := range c.Banks {
		all = append(all, FacetBank+string(bank))
	}
	return all
}

// Waits is since when a case waits for somebody's decision; nil where it waits for none.
func (c *Case) Waits() *time.Time {
	if c.Status != CaseOpen || c.Since.IsZero() {
		return nil
	}
	return &c.Since
}
