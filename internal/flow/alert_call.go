// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"slices"
	"time"

	"tocsin"
)

// AlertFile is the readable document of an alert: what is needed to bring messages about it up to date.
type AlertFile struct {
	Key  string            // under which the alert is looked up while it is open
	Sent map[string]string `json:",omitempty"` // by way: what the channel called the message
}

// lessThanAnHour is when no quiet hours hold for whoever is on call.
const lessThanAnHour = time.Hour

// raise calls people about a fact; open is the alert about the same thing, nil when there is none.
func (u *unit) raise(r alertRule, open *tocsin.Alert, agg tocsin.Aggregate, about tocsin.RecordID,
	cause tocsin.EventID) error {
	return u.raiseAs(r, open, agg, about, string(about), cause)
}

// raiseAs is raise for a thing that has no record of its own; key names it.
func (u *unit) raiseAs(r alertRule, open *tocsin.Alert, agg tocsin.Aggregate, about tocsin.RecordID, key string,
	cause tocsin.EventID) error {
	deadline := r.due(agg)
	var before []tocsin.RecordID
	if open != nil && open.Status == tocsin.AlertOpen {
		before = open.Called // who was called and did not answer is called again, with the next
	}
	step, err := u.step(r, agg, before, open != nil)
	if err != nil {
		return err
	}
	if open != nil {
		step.spare(open, u.now)
		events, err := open.Renew(u.clock(), cause, deadline, step.call())
		return u.sends(open, events, err, step, deadline)
	}
	a, events, err := tocsin.OpenAlert(u.clock(), r.topic, about, cause, deadline, step.call())
	if err != nil {
		return err
	}
	value := alertValue(r.topic, key)
	if err := u.tx.Reserve(lookupAlert, u.f.Sealer.LookupKey(lookupAlert, value), a.ID); err != nil {
		return err
	}
	if err := u.sends(a, events, nil, step, deadline); err != nil {
		return err
	}
	return u.write(a, AlertFile{Key: value})
}

// sends stages the event of a call and the work that follows.
func (u *unit) sends(a *tocsin.Alert, events []tocsin.Event, err error, step step, deadline *time.Time) error {
	if err := u.did(a, events, err); err != nil {
		return err
	}
	for _, c := range step.called {
		for _, way := range c.over {
			u.enqueueAt(JobNotify, events[0].ID, way, c.from(u.now, deadline))
		}
	}
	return nil
}

// enqueueAt is enqueue for work that waits.
func (u *unit) enqueueAt(kind JobKind, event tocsin.EventID, target string, at time.Time) {
	u.enqueue(kind, event, target, nil)
	u.jobs[len(u.jobs)-1].RunAt = at
}

// called is one person who is called.
type called struct {
	person Individual
	over   []string
	// woken is set for whoever is on call, and for everybody when nobody on call answered.
	woken, urgent bool
}

// from is when a message to her may be sent. Her quiet hours hold, but for whoever is on call when less than an
// hour is left: then it is sent now, or when less than an hour will be left.
func (c called) from(now time.Time, deadline *time.Time) time.Time {
	at := c.person.File.Reach.Quiet.from(now)
	if !c.woken || at.Equal(now) {
		return at
	}
	if c.urgent {
		return now
	}
	if deadline == nil {
		return at
	}
	if last := deadline.Add(-lessThanAnHour); last.Before(at) {
		at = last
	}
	if at.Before(now) {
		return now
	}
	return at
}

// step is a rung of the ladder.
type step struct {
	called []called
	next   *time.Time
}

func (s step) call() tocsin.Call {
	c := tocsin.Call{Next: s.next}
	for _, p := range s.called {
		c.People = append(c.People, p.person.Person.ID)
		c.Over = append(c.Over, p.over...)
	}
	return c
}

// justCalled is how long after a call the same person is not called again about the same thing: a clock of the
// ladder and one of the law may run out at once.
const justCalled = time.Minute

// spare keeps whoever was just called from being told twice at once.
func (s *step) spare(a *tocsin.Alert, now time.Time) {
	if a.Status != tocsin.AlertOpen || now.Sub(a.CalledAt) >= justCalled {
		return
	}
	for i, c := range s.called {
		if slices.Contains(a.Latest, c.person.Person.ID) {
			s.called[i].over = nil
		}
	}
}

// step says who is called now, after some were called before; again calls those too. A rule with a watch calls
// whoever is on call, then who stands next in the rota, at last everybody; any other calls everybody at once.
func (u *unit) step(r alertRule, agg tocsin.Aggregate, before []tocsin.RecordID, again bool) (s step, err error) {
	all, err := u.concerned(r, agg)
	if err != nil {
		return s, err
	}
	plan, err := u.rotaPlan()
	if err != nil {
		return s, err
	}
	ladder := plan.ladder(u.now)
	call := func(p Individual) {
		woken := slices.Contains(ladder, p.Person.ID) || r.watch && !p.File.Reach.Undisturbed
		s.called = append(s.called, u.calledOver(r, p, woken))
	}
	var left []Individual
	for _, p := range all {
		switch known := slices.Contains(before, p.Person.ID); {
		case known && again:
			call(p)
		case !known:
			left = append(left, p)
		}
	}
	if next := firstOf(ladder, left); r.watch && next >= 0 {
		call(left[next])
		if len(left) > 1 {
			at := u.now.Add(u.f.Settings.EscalateAfter)
			s.next = &at
		}
		return s, nil
	}
	for _, p := range left {
		call(p)
	}
	return s, nil
}

// firstOf finds who of some people stands first on a ladder; -1 when nobody does.
func firstOf(ladder []tocsin.RecordID, people []Individual) int {
	for _, id := range ladder {
		if i := slices.IndexFunc(people, func(p Individual) bool { return p.Person.ID == id }); i >= 0 {
			return i
		}
	}
	return -1
}

func (u *unit) calledOver(r alertRule, p Individual, woken bool) called {
	c := called{person: p, woken: woken, urgent: r.watch}
	if u.f.Messenger == nil {
		return c
	}
	for _, channel := range p.File.Reach.over(r.topic, u.f.Messenger.Channels()) {
		c.over = append(c.over, wayTo(p.Person.ID, channel))
	}
	return c
}

// concerned gives the people whom a rule calls.
func (u *unit) concerned(r alertRule, agg tocsin.Aggregate) ([]Individual, error) {
	if r.person != nil {
		p, err := u.individual(r.person(agg))
		if err != nil || p.Status != tocsin.PersonEnrolled {
			return nil, ignoreMissing(err)
		}
		return []Individual{p}, nil
	}
	everybody, err := u.everybody()
	return slices.DeleteFunc(everybody, func(p Individual) bool { return !r.concerns(p.Person) }), err
}

func ignoreMissing(err error) error {
	if code := tocsin.CodeOf(err); code == tocsin.CodeNotFound || code == tocsin.CodeErased {
		return nil
	}
	return err
}

// everybody gives all people of the node but those whose text was erased.
func (u *unit) everybody() (people []Individual, err error) {
	page := Page{Kind: tocsin.KindPerson, Statuses: []string{tocsin.PersonEnrolled}, Limit: 200}
	for {
		rows, next, err := u.tx.Records(page)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if _, known := u.records[row.ID]; !known {
				if _, err := u.adopt(row); err != nil {
					return nil, err
				}
			}
			p, err := u.individual(row.ID)
			if err != nil {
				if ignoreMissing(err) == nil {
					continue
				}
				return nil, err
			}
			people = append(people, p)
		}
		if page.After = next; next == "" {
			return people, nil
		}
	}
}

// callNext is the clock of an alert that nobody acknowledged.
func (u *unit) callNext(a *tocsin.Alert) error {
	r := ruleOf(a.Topic)
	var agg tocsin.Aggregate
	if a.About != "" {
		rec, err := u.record(a.About)
		if err != nil {
			return err
		}
		agg = rec.agg
	}
	s, err := u.step(r, agg, a.Called, false)
	if err != nil {
		return err
	}
	events, err := a.CallNext(u.clock(), s.call())
	return u.sends(a, events, err, s, a.Deadline)
}

// clear ends an alert and tells those who were called, where their channel has a way to.
func (u *unit) clear(a *tocsin.Alert, why tocsin.Reason) error {
	if a == nil {
		return nil
	}
	var file AlertFile
	if err := u.read(a, &file); err != nil {
		return err
	}
	if err := u.tx.Release(lookupAlert, u.f.Sealer.LookupKey(lookupAlert, file.Key)); err != nil {
		return err
	}
	deliveries, err := u.tx.DeliveriesOf(a.ID)
	if err != nil {
		return err
	}
	var told []string
	for _, d := range deliveries {
		if d.AckedAt != nil && !slices.Contains(told, d.Target) {
			told = append(told, d.Target)
		}
	}
	slices.Sort(told)
	events, err := a.Clear(u.clock(), why, told)
	if err := u.did(a, events, err); err != nil {
		return err
	}
	for _, way := range told {
		person, _ := readWay(way)
		at := u.now
		if p, err := u.individual(person); err == nil {
			at = p.File.Reach.Quiet.from(u.now)
		}
		u.enqueueAt(JobNotify, events[0].ID, way, at)
	}
	return nil
}
