// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"slices"
	"time"

	"tocsin"
)

// orderAtHost is an order at the host as the Regulation and the design have it, written from them and not
// from the code. Durations are written out.
type orderAtHost struct {
	state      string
	receivedAt time.Time
	deadline   *time.Time
	alarms     []time.Time // still to be rung in this hour
	late       bool
	gag        *time.Time
	addresses  int
	unlogged   bool
	located    bool
	findings   []tocsin.Finding
	items      []tocsin.RecordID
	decided    bool
	automatic  bool
	ratified   bool
	ratifyBy   *time.Time
	measured   map[tocsin.RecordID]time.Time
	measureAt  *time.Time
	before     string
}

func (m *orderAtHost) in(states ...string) bool { return slices.Contains(states, m.state) }

// startHour gives a full hour from an instant, with the calls to the person on duty.
func (m *orderAtHost) startHour(from time.Time) {
	m.deadline, m.late = pointer(from.Add(time.Hour)), false
	m.alarms = []time.Time{from.Add(10 * time.Minute), from.Add(30 * time.Minute), from.Add(45 * time.Minute)}
	if m.state = "authenticated"; m.decided {
		m.state = "executing"
	}
}

// due is the next instant at which something happens by itself.
func (m *orderAtHost) due() *time.Time {
	due := earlier(m.gag, m.ratifyBy)
	if m.in("authenticated", "executing") && !m.late {
		due = earlier(due, m.deadline)
	}
	if m.in("authenticated") && len(m.alarms) > 0 {
		due = earlier(due, &m.alarms[0])
	}
	return due
}

func (m *orderAtHost) tick(at time.Time) {
	reached := func(due *time.Time) bool { return due != nil && !at.Before(*due) }
	if m.in("authenticated") { // a call that was missed is not made up for: one says as much as three
		m.alarms = slices.DeleteFunc(m.alarms, func(a time.Time) bool { return reached(&a) })
	}
	if m.in("authenticated", "executing") && reached(m.deadline) {
		m.late = true
	}
	if reached(m.ratifyBy) {
		m.ratifyBy = nil
	}
	if reached(m.gag) {
		m.gag = nil
	}
}

// mayExecute is the gate of the design: nothing is restricted that nobody named exactly.
func (m *orderAtHost) mayExecute(byPerson, automatic bool) bool {
	plausible := !slices.Contains(m.findings, tocsin.FindingCollection) &&
		!slices.Contains(m.findings, tocsin.FindingRootDomain)
	return m.in("authenticated") && m.located && len(m.items) > 0 && plausible &&
		(automatic && len(m.findings) == 0 || !automatic && byPerson)
}

func (m *orderAtHost) mayMeasure(item tocsin.RecordID) bool {
	_, done := m.measured[item]
	return m.decided && m.in("executing", "impeded", "reopened") && slices.Contains(m.items, item) && !done
}

// confirmIfDone ends the hour when the last item has its measure. In time or late is a matter of when the
// measure was taken, not of when the host heard of it.
func (m *orderAtHost) confirmIfDone() {
	if m.in("reopened") || m.measureAt != nil || len(m.items) == 0 || len(m.measured) < len(m.items) {
		return
	}
	var last time.Time
	for _, at := range m.measured {
		if at.After(last) {
			last = at
		}
	}
	m.state, m.measureAt = "confirmed", &last
	m.late = m.deadline != nil && last.After(*m.deadline)
}

// restricts says whether the order keeps an item restricted.
func (m *orderAtHost) restricts(item tocsin.RecordID) bool {
	return m.decided && !m.in("withdrawn", "dismissed") && slices.Contains(m.items, item)
}
