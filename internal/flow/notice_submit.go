// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tocsin"
)

// NoticeDraft is a notice as it comes in.
type NoticeDraft struct {
	Form tocsin.NoticeForm
	// External is the sender's own id: the same id with the same content is the same notice, with another it is refused.
	External string
	// Item and Sender come with what a platform passes on: its own reference of the item, and its own opaque
	// reference of who reported it there, so that misuse can be told from a mistake (Art. 23 DSA).
	Item   string
	Sender string
	Report bool
}

// NoticeReceipt confirms that a notice was received (Art. 16(4) DSA), and says what it lacks.
type NoticeReceipt struct {
	ID         tocsin.RecordID
	Token      string // of the status page
	State      tocsin.NoticeState
	ReceivedAt time.Time
	Missing    []tocsin.NoticeElement
	CompleteBy *time.Time
	Again      bool // it was received before, under the same external id
}

// SubmitNotice records a notice from a machine: a notifier's own, or what a platform passes on. key is an
// idempotency key, or empty.
func (f *Flow) SubmitNotice(ctx context.Context, actor Actor, key string, d NoticeDraft) (NoticeReceipt, error) {
	if err := f.Policy.Decide(actor, ActionNoticeSubmit, nil); err != nil {
		return NoticeReceipt{}, err
	}
	return f.submit(ctx, actor, key, d)
}

// SubmitPublicNotice records a notice from the public form, which asks nobody for an account.
func (f *Flow) SubmitPublicNotice(ctx context.Context, key string, form tocsin.NoticeForm) (NoticeReceipt, error) {
	return f.submit(ctx, Actor{ID: tocsin.ActorPublic}, key, NoticeDraft{Form: form})
}

func (f *Flow) submit(ctx context.Context, actor Actor, key string, d NoticeDraft) (NoticeReceipt, error) {
	if host, authority := f.TakesNotices(); !host && !authority {
		return NoticeReceipt{}, tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord,
			"This node takes no notices.")
	}
	bound, err := f.boundKey(actor, ActionNoticeSubmit, key, d)
	if err != nil {
		return NoticeReceipt{}, err
	}
	// What the command keeps is in the clear: the token of the status page is read from the sealed document.
	made, err := command(f, ctx, bound, func(u *unit) (submitted, error) {
		return u.submit(actor, d)
	})
	if err != nil {
		return NoticeReceipt{}, err
	}
	var r NoticeReceipt
	err = f.view(ctx, func(u *unit) error {
		n, err := load[*tocsin.Notice](u, made.ID)
		if err != nil {
			return err
		}
		var file NoticeFile
		if err := u.read(n, &file); err != nil {
			return err
		}
		r = NoticeReceipt{n.ID, file.Token, n.Status, n.ReceivedAt, n.Missing, n.CompleteBy, made.Again}
		return nil
	})
	return r, err
}

type submitted struct {
	ID    tocsin.RecordID
	Again bool
}

func (u *unit) submit(actor Actor, d NoticeDraft) (submitted, error) {
	content, err := d.digest()
	if err != nil {
		return submitted{}, err
	}
	if known, err := u.submittedBefore(actor, d, content); known.ID != "" || err != nil {
		return known, err
	}
	if err := d.check(); err != nil {
		return submitted{}, err
	}
	arrival := u.arrival(actor, d)
	sender := senderOf(actor, arrival, d)
	if err := u.suspended(sender); err != nil {
		return submitted{}, err
	}
	file := NoticeFile{Form: d.Form, External: d.External, Content: content, Item: d.Item, Sender: sender,
		Token: tocsin.NewToken(noticeTokenPrefix)}
	n, events, err := tocsin.ReceiveNotice(u.by(actor.ID), tocsin.NewRecordID(tocsin.KindNotice), arrival, d.Form,
		u.f.Settings.Periods)
	if err := u.did(n, events, err); err != nil {
		return submitted{}, err
	}
	if err := u.reserveNotice(actor, n.ID, file); err != nil {
		return submitted{}, err
	}
	if file.Mailed, err = u.mayMail(d.Form, n.ID); err != nil {
		return submitted{}, err
	}
	u.mailedAs(file, events)
	if err := u.countSender(sender, ""); err != nil {
		return submitted{}, err
	}
	u.findable(n.ID, noticeText(n.ID, file))
	return submitted{ID: n.ID}, u.enter(n, file, events)
}

// noticeText is what a notice is found by: what people call it, the sender's own id, and the addresses it names.
func noticeText(id tocsin.RecordID, file NoticeFile) string {
	words := []string{id.Short(), file.External}
	for _, a := range file.Form.Addresses {
		words = append(words, a.URL)
	}
	return strings.Join(words, " ")
}

// check refuses a report without the item it is about, and references that are not opaque.
func (d NoticeDraft) check() error {
	for _, r := range []struct {
		field, ref string
		required   bool
	}{{"item", d.Item, d.Report}, {"sender", d.Sender, false}, {"external_id", d.External, false}} {
		if (r.ref != "" || r.required) && !itemForm.MatchString(r.ref) {
			return tocsin.Invalid(tocsin.ReasonFormat, r.field,
				"Give your own opaque reference: letters, digits and . _ : - only, at most 80.")
		}
	}
	return nil
}

// digest tells whether the same id came with other content.
func (d NoticeDraft) digest() (tocsin.Digest, error) {
	d.External = ""
	b, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("encode notice: %w", err)
	}
	return tocsin.DigestOf(b), nil
}

// submittedBefore finds the notice that the sender gave the same id.
func (u *unit) submittedBefore(actor Actor, d NoticeDraft, content tocsin.Digest) (submitted, error) {
	if d.External == "" {
		return submitted{}, nil
	}
	id, err := u.tx.Lookup(lookupNoticeExternal, u.externalKey(actor, d.External))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return submitted{}, nil
	}
	if err != nil {
		return submitted{}, err
	}
	n, err := load[*tocsin.Notice](u, id)
	if err != nil {
		return submitted{}, err
	}
	var file NoticeFile
	if err := u.read(n, &file); err != nil {
		return submitted{}, err
	}
	if file.Content != content {
		return submitted{}, otherContent()
	}
	return submitted{ID: id, Again: true}, nil
}

func otherContent() error {
	return &tocsin.Error{Code: tocsin.CodeConflict, Reason: tocsin.ReasonDuplicate, Field: "external_id",
		Public: "This id came before, with other content."}
}

func (u *unit) externalKey(actor Actor, external string) []byte {
	return u.f.Sealer.LookupKey(lookupNoticeExternal, string(actor.ID)+"\x00"+external)
}

func (u *unit) reserveNotice(actor Actor, id tocsin.RecordID, file NoticeFile) error {
	key := u.f.Sealer.LookupKey(lookupNoticeToken, file.Token)
	if err := u.tx.Reserve(lookupNoticeToken, key, id); err != nil {
		return err
	}
	if file.External == "" {
		return nil
	}
	err := u.tx.Reserve(lookupNoticeExternal, u.externalKey(actor, file.External), id)
	if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate {
		return errConcurrent // the same id came twice at once
	}
	return err
}

// arrival is what the node itself establishes about a notice.
func (u *unit) arrival(actor Actor, d NoticeDraft) tocsin.NoticeArrival {
	a := tocsin.NoticeArrival{Channel: tocsin.ChannelAPI, Form: d.Form}
	_, authority := u.f.TakesNotices()
	switch party := u.f.notifier(actor); {
	case authority:
		a.Channel, a.Notifier = tocsin.ChannelAuthority, party
	case d.Report:
		a.Channel = tocsin.ChannelReport
	case party != "":
		a.Channel, a.Notifier = tocsin.ChannelFlagger, party
	case actor.ID == tocsin.ActorPublic:
		a.Channel = tocsin.ChannelForm
	}
	a.Trusted = u.trusted(a.Notifier, d.Form)
	return a
}

// trusted reports whether a party is a trusted flagger within the field of a form.
func (u *unit) trusted(notifier tocsin.PartyID, form tocsin.NoticeForm) bool {
	p, err := u.f.Directory().Party(notifier)
	return notifier != "" && err == nil && p.TrustedFor(form.Categories, u.now)
}

// senderOf names whose notices are counted together: an organisation, a service key, or the reference a platform gave.
// Each way of sending is a sender of its own. A notice of the public form is nobody's: nobody checked the mail address
// in it, and counting by it would let anybody have a stranger suspended.
func senderOf(actor Actor, a tocsin.NoticeArrival, d NoticeDraft) string {
	switch {
	case a.Notifier != "":
		return "party:" + string(a.Notifier)
	case d.Report && d.Sender != "":
		return "platform:" + string(actor.ID) + ":" + d.Sender
	case d.Report:
		return ""
	case actor.ID != tocsin.ActorPublic:
		return "key:" + string(actor.ID)
	}
	return ""
}

// enter takes a notice on from where its events left it.
func (u *unit) enter(n *tocsin.Notice, file NoticeFile, events []tocsin.Event) error {
	switch {
	case n.Status != tocsin.NoticeComplete:
	case n.Channel == tocsin.ChannelAuthority:
		queued, err := n.Queue(u.clock(), nil)
		if err := u.did(n, queued, err); err != nil {
			return err
		}
	case file.Item != "":
		return u.queueReported(n, file)
	default:
		u.enqueue(JobResolve, events[len(events)-1].ID, platformTarget, nil)
	}
	return u.write(n, file)
}

// queueReported puts what a platform passed on before a person: the platform named the item by itself.
func (u *unit) queueReported(n *tocsin.Notice, file NoticeFile) error {
	id, err := u.reported(file.Item, n.ID, n.Priority, file.Form.Categories)
	if err != nil {
		return err
	}
	file.Located = []NoticedAddress{{Kind: "item", Ref: file.Item, Case: id}}
	if err := u.write(n, file); err != nil {
		return err
	}
	return u.queue(n, []tocsin.RecordID{id})
}

// SupplementNotice adds what a notice lacked: form is the whole of it as it reads now, but that who named herself
// before need not again.
func (f *Flow) SupplementNotice(ctx context.Context, token string, form tocsin.NoticeForm) error {
	return f.update(ctx, func(u *unit) error {
		n, file, err := u.byToken(token)
		if err != nil {
			return err
		}
		if form.Name == "" && form.Email == "" && !form.Anonymous {
			form.Name, form.Email, form.ByMail = file.Form.Name, file.Form.Email, file.Form.ByMail
		}
		return u.supplement(tocsin.ActorPublic, n, file, form)
	})
}

// SupplementSubmitted is [Flow.SupplementNotice] for the service key that gave the notice.
func (f *Flow) SupplementSubmitted(ctx context.Context, actor Actor, id tocsin.RecordID,
	form tocsin.NoticeForm) error {
	return f.update(ctx, func(u *unit) error {
		n, file, err := u.submittedBy(actor, id)
		if err != nil {
			return err
		}
		return u.supplement(actor.ID, n, file, form)
	})
}

func (u *unit) supplement(who tocsin.ActorID, n *tocsin.Notice, file NoticeFile, form tocsin.NoticeForm) error {
	file.Form = form
	events, err := n.Supplement(u.by(who), form, u.trusted(n.Notifier, form), form, u.f.Settings.Periods)
	if err := u.did(n, events, err); err != nil {
		return err
	}
	if file.Mailed == "" {
		if file.Mailed, err = u.mayMail(form, n.ID); err != nil {
			return err
		}
	}
	u.mailedAs(file, events)
	u.findable(n.ID, noticeText(n.ID, file))
	return u.enter(n, file, events)
}
