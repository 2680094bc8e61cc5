// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strconv"
	"strings"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// Notices is a page of notices.
type Notices struct {
	Listing
	Lines []flow.NoticeView
}

// NoticePage is a notice as a person looks at it.
type NoticePage struct {
	flow.NoticeView
	Acts []Act
}

// Senders is a page of senders of which something is counted.
type Senders struct {
	Listing
	Lines []flow.MisuseView
}

// SenderPage is what is counted of one sender.
type SenderPage struct {
	flow.MisuseView
	Acts []Act
}

func noticeMark(n flow.NoticeView) string {
	return string(n.ID) + "/" + strconv.FormatInt(n.Version, 10)
}

func senderMark(m flow.MisuseView) string {
	return string(m.ID) + "/" + strconv.FormatInt(m.Version, 10)
}

func senderName(ctx context.Context, id tocsin.RecordID) string {
	return T(ctx, "console.misuse.name", "Ref", ShortName(id))
}

func channelOf(ctx context.Context, c tocsin.NoticeChannel) string {
	return known(T(ctx, "console.channel."+string(c)), string(c))
}

func resultWord(ctx context.Context, r tocsin.Result) string {
	return known(T(ctx, "console.result."+string(r)), string(r))
}

// elements names what a notice lacks.
func elements[S ~string](ctx context.Context, codes []S) string {
	var names []string
	for _, c := range codes {
		names = append(names, known(T(ctx, "console.element."+string(c)), string(c)))
	}
	return locale.From(ctx).List(names)
}

// completeness says whether a notice says what it must (Art. 16(2) DSA).
func completeness(ctx context.Context, n flow.NoticeView) string {
	if n.Status == tocsin.NoticeIncomplete || n.Status == tocsin.NoticeLapsed {
		return T(ctx, "console.notice_desk.lacks", "What", elements(ctx, n.Missing))
	}
	return T(ctx, "console.notice_desk.complete")
}

// senderKind says in words what kind of sender it is, and the name under which it is counted.
func senderKind(ctx context.Context, sender string) (kind, name string) {
	kind, name, _ = strings.Cut(sender, ":")
	if kind == "party" {
		name = party(ctx, tocsin.PartyID(name))
	}
	return known(T(ctx, "console.sender."+kind), kind), name
}

// counted says what came of a sender's notices.
func counted(ctx context.Context, m tocsin.Misuse) string {
	return T(ctx, "console.misuse.of", "Unfounded", N(ctx, "console.misuse.unfounded", int(m.Unfounded)),
		"Submitted", N(ctx, "console.misuse.submitted", int(m.Submitted)))
}

// who a mail went to stands nowhere but in the notice itself.
func mailState(ctx context.Context, d flow.Delivery) string {
	switch {
	case d.AckedAt != nil:
		return T(ctx, "console.mail.taken")
	case d.RefusedAt != nil:
		return T(ctx, "console.mail.refused")
	}
	return T(ctx, "console.mail.trying")
}

func kindOf(ctx context.Context, m flow.MisuseView) string {
	kind, _ := senderKind(ctx, m.File.Sender)
	return kind
}

func nameOf(ctx context.Context, m flow.MisuseView) string {
	_, name := senderKind(ctx, m.File.Sender)
	return name
}

// shown are the latest of the notices.
func (m SenderPage) shown() []tocsin.RecordID { return m.Notices[max(0, len(m.Notices)-mostItems):] }
