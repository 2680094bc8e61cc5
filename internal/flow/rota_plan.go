// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"tocsin"
)

// RotaPlan says who is on call when. Its hours are those on the wall of the slot's zone, so that a change to or
// from summer time leaves neither a gap nor two people on call who did not expect it.
type RotaPlan struct {
	Slots     []RotaSlot
	Overrides []RotaOverride
	Backup    []tocsin.RecordID // called next, in this order, when whoever is on call does not acknowledge
}

// RotaSlot is an hour of the week at which a person is on call.
type RotaSlot struct {
	Day    string // "monday" to "sunday"
	From   string // "HH:MM"
	To     string // "HH:MM", not reached; at or before From it is on the next day, "24:00" is midnight
	Zone   string // IANA name, such as "Europe/Paris"
	Person tocsin.RecordID
}

// RotaOverride puts a person first for a time, before whoever the week names.
type RotaOverride struct {
	From, To time.Time
	Person   tocsin.RecordID
}

const (
	mostSlots     = 200
	mostOverrides = 200
	dayMinutes    = 24 * 60
)

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// Weekdays lists the names of the days as a plan has them, from Monday.
func Weekdays() []string { return append(slices.Clone(weekdays[1:]), weekdays[0]) }

// Validate refuses a plan that does not say clearly who is on call.
func (p RotaPlan) Validate() error {
	if len(p.Slots) > mostSlots || len(p.Overrides) > mostOverrides || len(p.Backup) > mostSlots {
		return tocsin.Invalid(tocsin.ReasonTooMany, "slots", "A rota takes at most %d entries of a kind.", mostSlots)
	}
	for i, s := range p.Slots {
		if err := s.validate(fmt.Sprintf("slots[%d]", i)); err != nil {
			return err
		}
	}
	for i, o := range p.Overrides {
		if field := fmt.Sprintf("overrides[%d]", i); !o.From.Before(o.To) {
			return tocsin.Invalid(tocsin.ReasonFormat, field+".to", "An override must end after it begins.")
		}
	}
	return nil
}

func (s RotaSlot) validate(field string) error {
	if !slices.Contains(weekdays, s.Day) {
		return tocsin.Invalid(tocsin.ReasonUnknownValue, field+".day", "Name a day of the week, such as monday.")
	}
	if _, ok := minuteOf(s.From); !ok || s.From == "24:00" {
		return tocsin.Invalid(tocsin.ReasonFormat, field+".from", "Give a time of day as HH:MM.")
	}
	if _, ok := minuteOf(s.To); !ok {
		return tocsin.Invalid(tocsin.ReasonFormat, field+".to", "Give a time of day as HH:MM.")
	}
	if _, ok := zoneNamed(s.Zone); !ok {
		return tocsin.Invalid(tocsin.ReasonUnknownValue, field+".zone",
			"Name a time zone as the tz database does, such as Europe/Paris.")
	}
	return nil
}

// people are all in the plan, each once, in order of appearance.
func (p RotaPlan) people() (all []tocsin.RecordID) {
	add := func(id tocsin.RecordID) {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	for _, s := range p.Slots {
		add(s.Person)
	}
	for _, o := range p.Overrides {
		add(o.Person)
	}
	for _, id := range p.Backup {
		add(id)
	}
	return all
}

// OnCall gives who is on call at a time, who is to be called first standing first.
func (p RotaPlan) OnCall(at time.Time) (on []tocsin.RecordID) {
	add := func(id tocsin.RecordID) {
		if !slices.Contains(on, id) {
			on = append(on, id)
		}
	}
	for _, o := range slices.Backward(p.Overrides) { // the later one was written knowing the earlier
		if !at.Before(o.From) && at.Before(o.To) {
			add(o.Person)
		}
	}
	for _, s := range p.Slots {
		if s.covers(at) {
			add(s.Person)
		}
	}
	return on
}

// ladder is everybody the plan would have called at a time, in the order of calling.
func (p RotaPlan) ladder(at time.Time) []tocsin.RecordID {
	on := p.OnCall(at)
	for _, id := range p.Backup {
		if !slices.Contains(on, id) {
			on = append(on, id)
		}
	}
	return on
}

func (s RotaSlot) covers(at time.Time) bool {
	zone, ok := zoneNamed(s.Zone)
	if !ok {
		return false
	}
	from, okFrom := minuteOf(s.From)
	to, okTo := minuteOf(s.To)
	wall := at.In(zone)
	day := slices.Index(weekdays, s.Day)
	return okFrom && okTo && onDay(int(wall.Weekday()), minuteOn(wall), day, from, to)
}

// onDay tells whether a minute of a day lies in a span that begins on a day and may run into the next.
func onDay(today, minute, day, from, to int) bool {
	if to > from {
		return today == day && minute >= from && minute < to
	}
	return today == day && minute >= from || today == (day+1)%7 && minute < to
}

func minuteOn(wall time.Time) int { return wall.Hour()*60 + wall.Minute() }

// minuteOf reads "HH:MM", up to "24:00".
func minuteOf(text string) (int, bool) {
	if text == "24:00" {
		return dayMinutes, true
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, false
	}
	return minuteOn(t), true
}

// zoneNamed finds a time zone. "Local" would mean another one on each machine.
func zoneNamed(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), true
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	zones.Store(name, zone)
	return zone, true
}

// zones are those that were asked for and exist: some hundreds at most.
var zones sync.Map
