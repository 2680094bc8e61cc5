// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"

	"tocsin"
)

// AlertView is an alert as the person sees it whom it concerns.
type AlertView struct {
	*tocsin.Alert
	AboutKind   tocsin.RecordKind // of the record it is about; empty where there is none
	OnCall      bool              // the reader is on call now
	Acknowledge bool              // may the reader, now
	Watch       bool              // people are called one after the other until one acknowledges
}

// AlertTold is one message to one person, and what became of it.
type AlertTold struct {
	Person  tocsin.RecordID
	Channel Channel
	Delivery
}

// AlertFilter asks for a page of alerts.
type AlertFilter struct {
	All   bool // also what is over
	After string
	Limit int // 1 to 200; 50 when 0
}

const (
	// mostAlerts is how many open alerts are counted. Beyond it a person has other worries than the number.
	mostAlerts = 200
	// alertPages is how many pages of everybody's alerts are looked through for one of hers.
	alertPages = 5
)

// waitingAlerts are the states in which an alert waits.
var waitingAlerts = []string{string(tocsin.AlertOpen), string(tocsin.AlertAcknowledged)}

// Alerts lists what concerns the actor: what waits by when somebody is called next, or everything by what changed last.
// On a page, what is due first stands first, and what is over last. Others' alerts are left out, so that a page may hold
// few and have a next one all the same.
func (f *Flow) Alerts(ctx context.Context, actor Actor, q AlertFilter) (list []AlertView, next string, err error) {
	if err := f.Policy.Decide(actor, ActionAlertRead, nil); err != nil {
		return nil, "", err
	}
	if q.Limit < 1 || q.Limit > 200 {
		q.Limit = 50
	}
	err = f.view(ctx, func(u *unit) error {
		list = nil
		page := Page{Kind: tocsin.KindAlert, After: q.After, Limit: q.Limit}
		if !q.All { // by state and by when somebody is called next, however many are over
			page.Statuses, page.ByDue = waitingAlerts, true
		}
		for range alertPages {
			rows, after, err := u.tx.Records(page)
			if err != nil {
				return err
			}
			some, err := u.alertViews(actor, rows)
			if err != nil {
				return err
			}
			list = append(list, some...)
			page.After, next = after, after
			if page.Limit = q.Limit - len(list); page.Limit < 1 || next == "" {
				break
			}
		}
		slices.SortStableFunc(list, alertOrder)
		return nil
	})
	return list, next, err
}

func (u *unit) alertViews(actor Actor, rows []Row) (list []AlertView, err error) {
	on, err := u.onCall(actor)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		rec, err := u.adopt(row)
		if err != nil {
			return nil, err
		}
		a := rec.agg.(*tocsin.Alert)
		if concerns(actor, a) {
			list = append(list, u.f.alertView(actor, a, on))
		}
	}
	return list, nil
}

// alertOrder puts what is over last, and of the rest what is due first.
func alertOrder(a, b AlertView) int {
	over := func(v AlertView) bool { return v.Status == tocsin.AlertCleared }
	switch {
	case over(a) != over(b):
		if over(a) {
			return 1
		}
		return -1
	case over(a) || a.Deadline == nil && b.Deadline == nil:
		return b.OpenedAt.Compare(a.OpenedAt)
	case a.Deadline == nil:
		return 1
	case b.Deadline == nil:
		return -1
	}
	return a.Deadline.Compare(*b.Deadline)
}

func (u *unit) onCall(actor Actor) (bool, error) {
	plan, err := u.rotaPlan()
	return slices.Contains(plan.OnCall(u.now), tocsin.RecordID(actor.ID)), err
}

func (f *Flow) alertView(actor Actor, a *tocsin.Alert, on bool) AlertView {
	return AlertView{Alert: a, AboutKind: tocsin.KindOf(a.About), OnCall: on, Watch: ruleOf(a.Topic).watch,
		Acknowledge: a.Status == tocsin.AlertOpen && !ofHerself(actor, a) && f.Policy.Decide(actor, ActionAlertAcknowledge, a) == nil}
}

// concerns reports whether an alert is for an actor: she was called, or holds a duty whose holders are. The
// operator and a service key, whose scope says so, see every alert.
func concerns(actor Actor, a *tocsin.Alert) bool {
	if actor.Operator || actor.IsService() {
		return true
	}
	return slices.Contains(a.Called, tocsin.RecordID(actor.ID)) ||
		slices.ContainsFunc(ruleOf(a.Topic).duties, actor.Has)
}

// CountAlerts tells how many open alerts concern the actor and nobody has acknowledged, as far as anybody counts.
func (f *Flow) CountAlerts(ctx context.Context, actor Actor) (count int, err error) {
	if err := f.Policy.Decide(actor, ActionAlertRead, nil); err != nil {
		return 0, err
	}
	err = f.view(ctx, func(u *unit) error {
		count = 0
		rows, _, err := u.tx.Records(Page{Kind: tocsin.KindAlert, Statuses: waitingAlerts, ByDue: true, Limit: mostAlerts})
		if err != nil {
			return err
		}
		list, err := u.alertViews(actor, rows)
		for _, a := range list {
			if a.Status == tocsin.AlertOpen {
				count++
			}
		}
		return err
	})
	return count, err
}

// Alerted shows one alert, with who was told over what.
func (f *Flow) Alerted(ctx context.Context, actor Actor, id tocsin.RecordID) (v AlertView, told []AlertTold, err error) {
	err = f.view(ctx, func(u *unit) error {
		a, err := u.alertFor(actor, ActionAlertRead, id)
		if err != nil {
			return err
		}
		on, err := u.onCall(actor)
		if err != nil {
			return err
		}
		v = f.alertView(actor, a, on)
		deliveries, err := u.tx.DeliveriesOf(id)
		for _, d := range deliveries {
			person, channel := readWay(d.Target)
			told = append(told, AlertTold{person, channel, d})
		}
		return err
	})
	return v, told, err
}

// alertFor loads an alert that concerns the actor; any other is as unknown as none.
func (u *unit) alertFor(actor Actor, action Action, id tocsin.RecordID) (*tocsin.Alert, error) {
	a, err := authorised[*tocsin.Alert](u, actor, action, id)
	if a != nil && !concerns(actor, a) {
		return nil, unknownRecord()
	}
	return a, err
}

// ofHerself reports whether somebody would put out of sight that she herself was given power.
func ofHerself(actor Actor, a *tocsin.Alert) bool {
	return a.Topic == tocsin.TopicAccess && a.About == tocsin.RecordID(actor.ID)
}

// AcknowledgeAlert records that the actor takes care. An alert that only tells something is over with it. It
// is no receipt of anything, and no clock stops.
func (f *Flow) AcknowledgeAlert(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.update(ctx, func(u *unit) error {
		a, err := u.alertFor(actor, ActionAlertAcknowledge, id)
		if err != nil {
			return err
		}
		if a.Status == tocsin.AlertAcknowledged && a.AcknowledgedBy == actor.ID {
			return nil // the button was pressed twice
		}
		if ofHerself(actor, a) {
			return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonSamePerson, "This is about you: somebody else has to see it.")
		}
		events, err := a.Acknowledge(u.by(actor.ID))
		if err := u.did(a, events, err); err != nil {
			return err
		}
		if r := ruleOf(a.Topic); r.of != "" && r.waits == nil {
			return u.clear(a, tocsin.ClearedSeen)
		}
		return nil
	})
}
