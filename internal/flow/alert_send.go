// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"errors"
	"time"

	"tocsin"
)

// alertMessage is the kind of delivery that a message to a person is.
const alertMessage = "alert"

// giveUpAfter is how long a message is tried: after a day the console is the better place to learn of it.
const giveUpAfter = 24 * time.Hour

// notify sends one message to one person, unless it has become moot.
func (f *Flow) notify(ctx context.Context, job ClaimedJob) (outcome, error) {
	m, moot, err := f.message(ctx, tocsin.EventID(job.Args["event"]), job.Args["target"])
	if err != nil {
		return outcome{}, err
	}
	if moot {
		return finished, ignoreLost(f.update(ctx, func(u *unit) error { return u.finish(job) }))
	}
	if f.Messenger == nil {
		return outcome{fail: "channel_not_configured"}, nil
	}
	if err := f.attempting(ctx, job, alertMessage); err != nil {
		return outcome{}, err
	}
	name, err := f.Messenger.Send(ctx, m)
	if err != nil {
		return f.unsent(ctx, job, err)
	}
	return finished, ignoreLost(f.update(ctx, func(u *unit) error { return u.sent(job, m, name) }))
}

// attempting notes the attempt before it is made.
func (f *Flow) attempting(ctx context.Context, job ClaimedJob, kind string) error {
	return f.Store.Update(ctx, func(tx Tx) error {
		d, err := f.deliveryRow(tx, job, job.Args["target"], kind)
		if err != nil {
			return err
		}
		return tx.SaveDelivery(d)
	})
}

// unsent tells an error that passes from one that stays.
func (f *Flow) unsent(ctx context.Context, job ClaimedJob, err error) (outcome, error) {
	var out outcome
	e, known := errors.AsType[*tocsin.Error](err)
	switch {
	case known && (e.Code == tocsin.CodeInvalid || e.Code == tocsin.CodeForbidden || e.Code == tocsin.CodeUnsupported),
		f.Clock.Now().Sub(job.FirstRun) > giveUpAfter:
		out.fail = errorCode(err)
	case known:
		out.retry, out.after = errorCode(err), e.RetryAfter
	default:
		return outcome{}, err
	}
	return out, f.Store.Update(ctx, func(tx Tx) error {
		d, err := tx.Delivery(tocsin.EventID(job.Args["event"]), job.Args["target"])
		if err != nil {
			return err
		}
		d.Code = out.fail + out.retry
		if now := f.Clock.Now(); out.fail != "" {
			d.RefusedAt = &now
		}
		return tx.SaveDelivery(d)
	})
}

// message puts together what one person is told, and whether there is still a reason to.
func (f *Flow) message(ctx context.Context, event tocsin.EventID, way string) (m Message, moot bool, err error) {
	err = f.view(ctx, func(u *unit) error {
		entry, err := u.tx.EntryByID(event)
		if err != nil {
			return err
		}
		a, err := load[*tocsin.Alert](u, entry.Header.Record)
		if err != nil {
			return err
		}
		person, channel := readWay(way)
		p, err := u.individual(person)
		if err != nil || p.Status != tocsin.PersonEnrolled {
			moot = true
			return ignoreMissing(err)
		}
		var file AlertFile
		if err := u.read(a, &file); err != nil {
			moot = tocsin.CodeOf(err) == tocsin.CodeErased
			return ignoreMissing(err)
		}
		handled := entry.Header.Kind == tocsin.EventAlertCleared
		m = Message{Key: string(event) + ":" + way, Channel: channel, Address: p.File.Reach.Addresses[channel],
			Language: p.File.Language, Zone: p.File.Reach.Quiet.Zone, Person: person, Alert: a.ID, About: a.About,
			Topic: a.Topic, At: entry.Header.At, Deadline: a.Deadline, Urgent: ruleOf(a.Topic).watch,
			Handled: handled, Earlier: file.Sent[way]}
		moot = !handled && a.Status != tocsin.AlertOpen || channel.NeedsAddress() && m.Address == ""
		return nil
	})
	return m, moot, err
}

// sent records a message that was taken. Was the thing handled meanwhile, she is told so too.
func (u *unit) sent(job ClaimedJob, m Message, name string) error {
	if err := u.delivered(job, func(d *Delivery) { d.AckedAt, d.Code = &u.now, "" }); err != nil {
		return err
	}
	a, err := load[*tocsin.Alert](u, m.Alert)
	if err != nil {
		return err
	}
	way := job.Args["target"]
	var file AlertFile
	if err := u.read(a, &file); err != nil {
		if ignoreMissing(err) == nil {
			return u.finish(job)
		}
		return err
	}
	if name != "" && !m.Handled && file.Sent[way] == "" {
		if file.Sent == nil {
			file.Sent = map[string]string{}
		}
		file.Sent[way] = name
		if err := u.write(a, file); err != nil {
			return err
		}
	}
	if a.Status == tocsin.AlertCleared && !m.Handled {
		entries, err := u.tx.EntriesOf(a.ID)
		if err != nil {
			return err
		}
		u.enqueue(JobNotify, entries[len(entries)-1].Header.ID, way, nil)
	}
	return u.finish(job)
}
