// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"strings"

	"tocsin"
)

// Lookups of notices.
const (
	lookupNoticeToken    = "notice_token"    // the token of a status page
	lookupNoticeExternal = "notice_external" // the sender's own id
	lookupSender         = "sender"          // whose notices are counted together
)

// NoticeFile is the readable document of a notice. Who sent it stands here and nowhere else.
type NoticeFile struct {
	Form     tocsin.NoticeForm
	External string // the sender's own id of it
	Content  tocsin.Digest
	Token    string // of the status page
	Sender   string // whose notices are counted together, see senderOf; empty for nobody's
	Item     string // the platform's own reference, where the platform passed a report on
	Located  []NoticedAddress
	Mailed   string `json:",omitempty"` // the place among the day's mails to the notifier; empty: none are written
}

// NoticedAddress is what an address of a notice was found to name.
type NoticedAddress struct {
	Address string
	Kind    string
	Ref     string
	Case    tocsin.RecordID
}

// NoticeView is a notice for somebody who may read it.
type NoticeView struct {
	tocsin.Notice
	File    NoticeFile
	Conduct *tocsin.Misuse // of its sender, when something is counted
	History []Past
	Erased  bool
	Mails   []Delivery // to the notifier
	Choices []Choice   // of a single one
}

// partyScope opens the scope of a service key that speaks for an organisation of the directory: "party:fr-notifier".
const partyScope = "party:"

// notifier is the organisation a service key speaks for; empty when it speaks for none that gives notice.
func (f *Flow) notifier(actor Actor) tocsin.PartyID {
	for _, scope := range actor.Scopes {
		id, speaks := strings.CutPrefix(scope, partyScope)
		if !speaks {
			continue
		}
		if p, err := f.Directory().Party(tocsin.PartyID(id)); err == nil && p.Has(tocsin.RoleNotifier) {
			return p.ID
		}
	}
	return ""
}

// TakesNotices reports how this node answers notices: a host by decisions about its items, an authority by triage.
// Others take none.
func (f *Flow) TakesNotices() (host, authority bool) {
	if f.Platform != nil {
		return true, false
	}
	self, err := f.Self()
	return false, err == nil && self.Has(tocsin.RoleIssuingAuthority)
}

// NoticePage is the address of the status page of a notice.
func (f *Flow) NoticePage(token string) string { return f.Settings.Source + "/notice/" + token }

// NoticeFilter chooses notices.
type NoticeFilter struct {
	States []string
	ByDue  bool // what somebody must look at soonest first
	After  string
	Limit  int
}

// Notices lists notices, the latest first.
func (f *Flow) Notices(ctx context.Context, actor Actor, filter NoticeFilter) (list []NoticeView, next string,
	err error) {
	return pageOf(ctx, f, actor, ActionNoticeRead, Page{Kind: tocsin.KindNotice, Statuses: filter.States, ByDue: filter.ByDue,
		After: filter.After, Limit: filter.Limit},
		func(u *unit, rec *record) (v NoticeView, err error) {
			v.Notice = *rec.agg.(*tocsin.Notice)
			v.Erased, err = u.readUnlessErased(rec.agg, &v.File)
			return v, err
		})
}

// Notice opens a notice.
func (f *Flow) Notice(ctx context.Context, actor Actor, id tocsin.RecordID) (NoticeView, error) {
	var v NoticeView
	err := f.view(ctx, func(u *unit) error {
		n, err := authorised[*tocsin.Notice](u, actor, ActionNoticeRead, id)
		if err != nil {
			return err
		}
		v.Notice = *n
		if v.Erased, v.History, v.Mails, err = u.about(n, &v.File); err != nil {
			return err
		}
		v.Choices = f.noticeChoices(actor, n)
		if v.Erased {
			return nil
		}
		v.Conduct, err = u.conductOf(v.File.Sender)
		return err
	})
	return v, err
}

// byToken finds the notice of a status page.
func (u *unit) byToken(token string) (n *tocsin.Notice, file NoticeFile, err error) {
	n, err = behindToken[*tocsin.Notice](u, token, &file)
	return n, file, err
}

// answerTo is the answer of a notice about one case; nil while there is none.
func (u *unit) answerTo(n *tocsin.Notice, id tocsin.RecordID) (*tocsin.NoticeAnswer, error) {
	for _, a := range slices.Backward(n.Answers) {
		d, err := load[*tocsin.Decision](u, a.Decision)
		if err != nil {
			return nil, err
		}
		if d.Covers(id) {
			return &a, nil
		}
	}
	return nil, nil
}
