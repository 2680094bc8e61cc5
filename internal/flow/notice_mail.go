// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin"
)

// JobMail writes to a notifier who gave an address and asked for it.
const JobMail JobKind = "mail"

// notifierTarget is the target of work done for whoever gave a notice: its address stands in the sealed document only.
const notifierTarget = "notifier"

// noticeMail is the kind of delivery that a mail to a notifier is.
const noticeMail = "notice_mail"

// Tidings is what a mail to a notifier says.
type Tidings string

// What there is to say.
const (
	TidingsReceipt  Tidings = "receipt"   // Art. 16(4) DSA
	TidingsMissing  Tidings = "missing"   // something is, until a time
	TidingsOutcome  Tidings = "outcome"   // a decision was taken; with the ways to contest it (Art. 16(5) DSA)
	TidingsTriage   Tidings = "triage"    // an authority answered a report: there is no such way
	TidingsSecond   Tidings = "complaint" // a complaint was answered
	mostMailsPerDay         = 5           // notices that write to one address: nobody checked whose it is
)

// NoticeMail is all that a mail to a notifier holds: which notice, when, and the way to her own status page. It has no
// place for content, for an address of content, or for a word that anybody wrote, because nobody verified whose the
// mail address is.
type NoticeMail struct {
	Key       string // the same on each attempt
	Address   string
	Language  string
	Tidings   Tidings
	Reference tocsin.RecordID
	At        time.Time
	Until     *time.Time // until when what is missing can be added
	Page      string     // address of the status page
}

// Mails reports whether this node writes mail.
func (f *Flow) Mails() bool {
	return f.Messenger != nil && slices.Contains(f.Messenger.Channels(), ChannelMail)
}

// lookupMailed counts the notices that write to one address in a day.
const lookupMailed = "notice_mail"

// mayMail reserves one of the day's places of an address for a notice; "" when none is left.
func (u *unit) mayMail(form tocsin.NoticeForm, notice tocsin.RecordID) (string, error) {
	if !form.WantsMail() || !u.f.Mails() {
		return "", nil
	}
	for n := range mostMailsPerDay {
		place := fmt.Sprintf("%s %d %s", u.now.UTC().Format(time.DateOnly), n, strings.ToLower(form.Email))
		key := u.f.Sealer.LookupKey(lookupMailed, place)
		_, err := u.tx.Lookup(lookupMailed, key)
		if err == nil {
			continue
		}
		if tocsin.CodeOf(err) != tocsin.CodeNotFound {
			return "", err
		}
		if err := u.tx.Reserve(lookupMailed, key, notice); err != nil {
			if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate {
				return "", errConcurrent
			}
			return "", err
		}
		return place, nil
	}
	return "", nil
}

// mailed enqueues what the latest events of a notice give to write. An answer waits until its decision cannot be undone.
func (u *unit) mailed(n *tocsin.Notice, events []tocsin.Event) error {
	var file NoticeFile
	if err := u.read(n, &file); err != nil {
		return ignoreMissing(err)
	}
	u.mailedAs(file, events)
	return nil
}

func (u *unit) mailedAs(file NoticeFile, events []tocsin.Event) {
	if file.Mailed == "" {
		return
	}
	incomplete := func(e tocsin.Event) bool { return e.Kind == tocsin.EventNoticeIncomplete }
	for _, e := range events {
		switch e.Kind {
		case tocsin.EventNoticeReceipted:
			if !slices.ContainsFunc(events, incomplete) { // which says that it was received
				u.enqueueAt(JobMail, e.ID, notifierTarget, u.now)
			}
		case tocsin.EventNoticeIncomplete:
			u.enqueueAt(JobMail, e.ID, notifierTarget, u.now)
		case tocsin.EventNoticeDecided:
			u.enqueueAt(JobMail, e.ID, notifierTarget, u.now.Add(u.f.Settings.UndoWindow))
		}
	}
}

// answeredByMail enqueues the answer to a complaint for a notifier who gets mail. It waits until the answer cannot be
// taken back.
func (u *unit) answeredByMail(c *tocsin.Complaint, events []tocsin.Event) error {
	if c.Notice == "" || len(events) == 0 {
		return nil
	}
	n, err := load[*tocsin.Notice](u, c.Notice)
	if err != nil {
		return ignoreMissing(err)
	}
	var file NoticeFile
	if err := u.read(n, &file); err != nil {
		return ignoreMissing(err)
	}
	if file.Mailed != "" {
		u.enqueueAt(JobMail, events[0].ID, notifierTarget, u.now.Add(u.f.Settings.UndoWindow))
	}
	return nil
}

// mailNotifier writes one mail, unless it has become moot. An address that takes no mail is the end of it: whoever
// mistyped hers still has the status page, and nobody here can do anything about it.
func (f *Flow) mailNotifier(ctx context.Context, job ClaimedJob) (outcome, error) {
	m, moot, err := f.noticeMail(ctx, tocsin.EventID(job.Args["event"]))
	if err != nil {
		return outcome{}, err
	}
	if moot || !f.Mails() {
		return finished, ignoreLost(f.update(ctx, func(u *unit) error { return u.finish(job) }))
	}
	if err := f.attempting(ctx, job, noticeMail); err != nil {
		return outcome{}, err
	}
	if sent := f.Messenger.WriteTo(ctx, m); sent != nil {
		out, err := f.unsent(ctx, job, sent)
		if err != nil || out.fail == "" {
			return out, err
		}
		return finished, ignoreLost(f.update(ctx, func(u *unit) error { return u.finish(job) }))
	}
	return finished, ignoreLost(f.update(ctx, func(u *unit) error {
		if err := u.delivered(job, func(d *Delivery) { d.AckedAt, d.Code = &u.now, "" }); err != nil {
			return err
		}
		return u.finish(job)
	}))
}

// noticeMail puts a mail together, and says whether there is still a reason to send it.
func (f *Flow) noticeMail(ctx context.Context, event tocsin.EventID) (m NoticeMail, moot bool, err error) {
	err = f.view(ctx, func(u *unit) error {
		entry, err := u.tx.EntryByID(event)
		if err != nil {
			return err
		}
		h := entry.Header
		m = NoticeMail{Key: string(event) + ":" + notifierTarget, At: h.At}
		of, fell := h.Record, false
		if h.Of == tocsin.KindComplaint {
			c, err := load[*tocsin.Complaint](u, h.Record)
			if err != nil {
				return err
			}
			of, fell = c.Notice, c.AnsweredAt == nil || !c.AnsweredAt.Equal(h.At)
		}
		n, err := load[*tocsin.Notice](u, of)
		if err != nil {
			moot = ignoreMissing(err) == nil
			return ignoreMissing(err)
		}
		var file NoticeFile
		if err := u.read(n, &file); err != nil {
			moot = ignoreMissing(err) == nil
			return ignoreMissing(err)
		}
		m.Address, m.Language, m.Reference, m.Page = file.Form.Email, file.Form.Language, n.ID, f.NoticePage(file.Token)
		m.Tidings, moot = tidingsOf(n, h)
		if m.Tidings == TidingsMissing {
			m.Until = n.CompleteBy
		}
		moot = moot || fell || file.Mailed == "" || !file.Form.WantsMail()
		return nil
	})
	return m, moot, err
}

// tidingsOf says what an event gives to write, and whether it is still so: what is missing may have come, and an answer
// may have been undone or followed by another, which is written of by itself.
func tidingsOf(n *tocsin.Notice, h tocsin.Header) (t Tidings, moot bool) {
	switch h.Kind {
	case tocsin.EventNoticeReceipted:
		return TidingsReceipt, false
	case tocsin.EventNoticeIncomplete:
		return TidingsMissing, n.Status != tocsin.NoticeIncomplete
	case tocsin.EventNoticeDecided:
		t = TidingsOutcome
		if n.Channel == tocsin.ChannelAuthority {
			t = TidingsTriage
		}
		latest := len(n.Answers) - 1
		return t, latest < 0 || n.Answers[latest].Decision != h.Facts.Record || n.Answers[latest].At.After(h.At)
	}
	return TidingsSecond, false
}
