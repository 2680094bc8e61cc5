// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

var noticeParts = []part{
	{"open", []string{string(tocsin.NoticeQueued), string(tocsin.NoticeComplete)}},
	{"incomplete", []string{string(tocsin.NoticeIncomplete)}},
	{"answered", []string{string(tocsin.NoticeDecided), string(tocsin.NoticeInformed)}},
	{"lapsed", []string{string(tocsin.NoticeLapsed)}},
}

var senderParts = []part{
	{"acted", []string{string(tocsin.MisuseSuspended), string(tocsin.MisuseWarned)}},
	{"suspended", []string{string(tocsin.MisuseSuspended)}},
	{"warned", []string{string(tocsin.MisuseWarned)}},
	{"counted", []string{string(tocsin.MisuseNone)}},
}

// listNotices shows notices: trusted flaggers first, then as they came.
func (c *Console) listNotices(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	at, after := partOf(r, noticeParts), r.URL.Query().Get("after")
	lines, next, err := c.Flow.TriageNotices(ctx, who.Actor(), flow.NoticeFilter{States: at.states, After: after,
		Limit: pageSize})
	if err != nil {
		return err
	}
	shown := page.Notices{Lines: lines}
	if shown.Filters, err = c.partTabs(ctx, who, tocsin.KindNotice, "/notices", noticeParts, at,
		func(name string) string { return page.T(ctx, "console.notice_desk.show."+name) }); err != nil {
		return err
	}
	shown.Kinds = noticeKinds(ctx, true)
	shown.Next, shown.First = pagesOf("/notices", at, next, after)
	if len(lines) == 0 {
		shown.Empty = page.Blank{Says: page.T(ctx, "console.notice_desk.empty_state")}
		if at.name == "open" {
			shown.Empty = page.Blank{Says: page.T(ctx, "console.notice_desk.empty"),
				Explain: page.T(ctx, "console.notice_desk.empty_explain"), Address: "/notice/new",
				Label: page.T(ctx, "console.notice_desk.form")}
		}
	}
	return c.render(w, r, http.StatusOK, page.NoticeList(shown))
}

// noticeKinds lead from notices to senders and back.
func noticeKinds(ctx context.Context, notices bool) []page.Tab {
	return []page.Tab{{Address: "/notices", Label: page.T(ctx, "console.notice_desk.title"), Current: notices},
		{Address: "/misuse", Label: page.T(ctx, "console.misuse.title"), Current: !notices}}
}

// showNotice opens a notice.
func (c *Console) showNotice(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	view, err := c.Flow.Notice(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.renderNaming(w, r, http.StatusOK, page.NoticeShow(page.NoticePage{NoticeView: view,
		Acts: c.deedActs(ctx, "notices", view.ID, view.Choices)}), c.names(ctx, actorsOf(view.History)...))
}

// noticeDeeds are what a person does with a notice.
func (c *Console) noticeDeeds() []deed {
	f := c.Flow
	return []deed{
		{kind: "notices", name: flow.ChoiceReferTo, action: flow.ActionNoticeTriage, field: "triage.reasons", pick: "triage.host",
			at:      map[string]string{"host": "triage.host", "result": "triage.host"},
			effects: says("console.refer_to.recorded", "console.refer_to.told"), options: c.hostOptions,
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.TriageNotice(ctx, who, on.id, flow.Triage{Result: tocsin.ResultReferred,
					Host: tocsin.PartyID(given.pickOne()), Reasons: given.text})
			}},
		{kind: "notices", name: flow.ChoiceAsk, action: flow.ActionNoticeTriage, pick: "ask.missing", many: true,
			at:      map[string]string{"missing": "ask.missing"},
			effects: says("console.ask.page", "console.ask.lapses"), options: elementOptions,
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				var missing []tocsin.NoticeElement
				for _, p := range given.picks {
					missing = append(missing, tocsin.NoticeElement(p))
				}
				return f.AskNotifier(ctx, who, on.id, missing)
			}},
		{kind: "notices", name: flow.ChoiceDismiss, action: flow.ActionNoticeTriage, field: "triage.reasons",
			effects: says("console.dismiss_report.told", "console.dismiss_report.inside"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.TriageNotice(ctx, who, on.id, flow.Triage{Result: tocsin.ResultNoAction, Reasons: given.text})
			}},
		{kind: "notices", name: flow.ChoiceJudge, action: flow.ActionNoticeJudge, field: "judge.reasons",
			effects: says("console.judge.counts", "console.judge.about", "console.judge.falls"),
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return f.JudgeNotice(ctx, who, on.id, given.text)
			}},
	}
}

func (c *Console) hostOptions(context.Context, flow.Individual, deedOn) (all []page.Option, err error) {
	for _, p := range hosts(c.Flow.Directory()) {
		all = append(all, page.Option{Value: string(p.ID), Label: p.Name})
	}
	return all, nil
}

func elementOptions(ctx context.Context, _ flow.Individual, _ deedOn) (all []page.Option, err error) {
	for _, e := range []tocsin.NoticeElement{tocsin.ElementAddress, tocsin.ElementReasons, tocsin.ElementName,
		tocsin.ElementEmail, tocsin.ElementGoodFaith} {
		all = append(all, page.Option{Value: string(e), Label: page.T(ctx, "console.element."+string(e))})
	}
	return all, nil
}

// listSenders shows senders of which something is counted: first those about whom somebody has to look again.
func (c *Console) listSenders(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	at, after := partOf(r, senderParts), r.URL.Query().Get("after")
	lines, next, err := c.Flow.Misuses(ctx, who.Actor(), flow.MisuseFilter{States: at.states, After: after, Limit: pageSize})
	if err != nil {
		return err
	}
	slices.SortStableFunc(lines, func(a, b flow.MisuseView) int { return order(a.Waits(), b.Waits()) })
	shown := page.Senders{Lines: lines}
	if shown.Filters, err = c.partTabs(ctx, who, tocsin.KindMisuse, "/misuse", senderParts, at,
		func(name string) string { return page.T(ctx, "console.misuse.show."+name) }); err != nil {
		return err
	}
	shown.Kinds = noticeKinds(ctx, false)
	shown.Next, shown.First = pagesOf("/misuse", at, next, after)
	if len(lines) == 0 {
		shown.Empty = page.Blank{Says: page.T(ctx, "console.misuse.empty"), Explain: page.T(ctx, "console.misuse.empty_explain")}
	}
	return c.render(w, r, http.StatusOK, page.SenderList(shown))
}

// showSender opens what is counted of a sender.
func (c *Console) showSender(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	view, err := c.Flow.MisuseOf(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.renderNaming(w, r, http.StatusOK, page.SenderShow(page.SenderPage{MisuseView: view,
		Acts: c.deedActs(ctx, "misuse", view.ID, view.Choices)}),
		c.names(ctx, actorsOf(view.History, view.WarnedBy, view.SuspendedBy)...))
}

// senderDeeds are what a person does about a sender.
func (c *Console) senderDeeds() []deed {
	deedOf := func(step flow.MisuseStep, date string, told []string, effects ...string) deed {
		return deed{kind: "misuse", name: flow.ChoiceName(step), action: flow.ActionNoticeJudge, field: "misuse.reasons",
			date: date, at: map[string]string{"until": "misuse.until"}, looks: true, effects: says(effects...), told: told,
			do: func(ctx context.Context, who flow.Actor, on deedOn, given deedForm) error {
				return c.Flow.TreatSender(ctx, who, on.id, step, given.at, given.text)
			}}
	}
	suspend := deedOf(flow.MisuseSuspend, "misuse.until", []string{"public.suspended.title"},
		"console.misuse.suspend.refused", "console.misuse.suspend.limit", "console.misuse.suspend.objects")
	suspend.ahead = suspensionDays
	return []deed{
		deedOf(flow.MisuseWarn, "", []string{"public.warned.title", "public.warned.means"}, "console.misuse.warn.page",
			"console.misuse.warn.then"),
		suspend,
		deedOf(flow.MisuseLift, "", nil, "console.misuse.lift.handled", "console.misuse.lift.counts"),
		deedOf(flow.MisuseConfirm, "", []string{"public.suspended.confirmed"}, "console.misuse.confirm.stands",
			"console.misuse.confirm.told"),
	}
}

// suspensionDays is how long a suspension is when nobody says otherwise.
const suspensionDays = 14 * 24 * time.Hour
