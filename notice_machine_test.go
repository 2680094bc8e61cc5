// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"time"

	"tocsin"
)

// noticeForm is a complete notice with text in every field that takes any.
func noticeForm() tocsin.NoticeForm {
	return tocsin.NoticeForm{
		Addresses: []tocsin.Address{{URL: "https://board.example/post/12?" + canary, Additional: text}},
		Reasons:   text, Categories: []tocsin.Category{tocsin.CategoryInstructs}, Name: text,
		Email: canary + "@notifier.example", GoodFaith: true, Language: "en"}
}

func receivedNotice(at time.Time, change func(*tocsin.NoticeArrival)) (*tocsin.Notice, []tocsin.Event) {
	a := tocsin.NoticeArrival{Channel: tocsin.ChannelForm, Form: noticeForm()}
	if change != nil {
		change(&a)
	}
	n, events, err := tocsin.ReceiveNotice(party(at), newID(tocsin.KindNotice), a, a.Form, tocsin.EUPeriods())
	return n, must(events, err)
}

// noticeMachine has a notice of two items, one without its good faith, and a report at an authority.
func noticeMachine() machine {
	type notice = *tocsin.Notice
	p := tocsin.EUPeriods()
	_, complete := receivedNotice(noon, nil)
	_, incomplete := receivedNotice(noon, func(a *tocsin.NoticeArrival) {
		a.Form.GoodFaith, a.Form.Anonymous, a.Form.Name, a.Form.Email = false, true, "", ""
	})
	_, public := receivedNotice(noon, func(a *tocsin.NoticeArrival) { a.Channel = tocsin.ChannelAuthority })
	form, lacking := noticeForm(), noticeForm()
	lacking.Reasons = ""
	first, second := newID(tocsin.KindDecision), newID(tocsin.KindDecision)
	cases := []tocsin.RecordID{newID(tocsin.KindCase)}
	return machine{tocsin.KindNotice, [][]tocsin.Event{complete, incomplete, public}, []command{
		clockwork,
		on(func(n notice, at time.Time) ([]tocsin.Event, error) {
			return n.Supplement(party(at), form, false, form, p)
		}),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) {
			return n.Supplement(party(at), lacking, false, form, p)
		}),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) { return n.Unlocated(party(at), p) }),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) { return n.Queue(party(at), cases) }),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) { return n.Queue(party(at), nil) }),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) {
			return n.Decide(officer(0, at), tocsin.OutcomeKeep, first)
		}),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) {
			return n.Decide(party(at), tocsin.OutcomeRestrict, second)
		}),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) {
			return n.Undecide(officer(0, at), first, periods)
		}),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) {
			return n.Undecide(officer(0, at), second, periods)
		}),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) {
			return n.Triage(officer(0, at), tocsin.ResultReferred, "", host, text)
		}),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) {
			return n.Ask(officer(0, at), []tocsin.NoticeElement{tocsin.ElementReasons}, p)
		}),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) { return n.Inform(party(at), "page") }),
		on(func(n notice, at time.Time) ([]tocsin.Event, error) { return n.Judge(officer(0, at), text) }),
	}}
}

func against() tocsin.Against {
	return tocsin.Against{From: tocsin.FromProvider, Decision: newID(tocsin.KindDecision),
		Item: newID(tocsin.KindItem), Restriction: tocsin.NewRestrictionID(), Deciders: []tocsin.ActorID{person(0)}}
}

func receivedComplaint(at time.Time, a tocsin.Against) (*tocsin.Complaint, []tocsin.Event) {
	form := tocsin.ComplaintForm{Reasons: text, Language: "fr"}
	c, events, err := tocsin.ReceiveComplaint(party(at), a, form, form, tocsin.EUPeriods())
	return c, must(events, err)
}

func complaintMachine() machine {
	type complaint = *tocsin.Complaint
	_, received := receivedComplaint(noon, against())
	return machine{tocsin.KindComplaint, [][]tocsin.Event{received}, []command{
		clockwork,
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) { return c.Assign(officer(0, at), person(1)) }),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) { return c.Assign(officer(0, at), person(2)) }),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) {
			return c.Uphold(officer(1, at), text, time.Hour)
		}),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) { return c.Leave(officer(0, at), c.Handler) }),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) {
			return c.Reject(officer(1, at), text, time.Hour)
		}),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) { return c.TakeBack(officer(1, at)) }),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) { return c.Inform(party(at), "page") }),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) { return c.NameBody(officer(1, at), text) }),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) { return c.Refer(officer(1, at), at) }),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) { return c.ExtendSettlement(officer(1, at)) }),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) {
			return c.Settle(officer(1, at), tocsin.SettledForComplainant, text)
		}),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) {
			return c.Settle(officer(1, at), tocsin.SettlementDropped, text)
		}),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) {
			return c.ConcludeSettlement(officer(1, at), tocsin.EffectImplemented, text)
		}),
		on(func(c complaint, at time.Time) ([]tocsin.Event, error) {
			return c.ConcludeSettlement(officer(1, at), tocsin.EffectNotImplemented, text)
		}),
	}}
}

// countedMisuse is a sender of which five notices were found manifestly unfounded.
func countedMisuse(at time.Time, unfounded int) (*tocsin.Misuse, []tocsin.Event) {
	var m *tocsin.Misuse
	var all []tocsin.Event
	for range unfounded {
		for _, found := range []tocsin.RecordID{"", newID(tocsin.KindNotice)} {
			var events []tocsin.Event
			var err error
			m, events, err = tocsin.CountMisuse(officer(0, at), m, found, tocsin.Text{Text: text}, tocsin.EUPeriods())
			all = append(all, must(events, err)...)
		}
	}
	return m, all
}

func misuseMachine() machine {
	type misuse = *tocsin.Misuse
	_, counted := countedMisuse(noon, 5)
	return machine{tocsin.KindMisuse, [][]tocsin.Event{counted}, []command{
		clockwork,
		on(func(m misuse, at time.Time) ([]tocsin.Event, error) {
			if m.Unfounded > 5 {
				return nil, nil
			}
			_, events, err := tocsin.CountMisuse(officer(0, at), m, newID(tocsin.KindNotice), nil, tocsin.EUPeriods())
			return events, err
		}),
		on(func(m misuse, at time.Time) ([]tocsin.Event, error) {
			if len(m.Notices) < 5 {
				return nil, nil
			}
			return m.Uncount(officer(0, at), m.Notices[len(m.Notices)-1])
		}),
		on(func(m misuse, at time.Time) ([]tocsin.Event, error) { return m.Confirm(officer(1, at), text) }),
		on(func(m misuse, at time.Time) ([]tocsin.Event, error) { return m.Warn(officer(0, at), text) }),
		on(func(m misuse, at time.Time) ([]tocsin.Event, error) {
			return m.Suspend(officer(0, at), at.Add(week), text)
		}),
		on(func(m misuse, at time.Time) ([]tocsin.Event, error) { return m.Contest(party(at), nil) }),
		on(func(m misuse, at time.Time) ([]tocsin.Event, error) { return m.Lift(officer(1, at), text) }),
	}}
}
