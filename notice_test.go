// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
)

func TestNoticeSaysWhatItLacks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*tocsin.NoticeForm)
		want   []tocsin.NoticeElement
	}{
		"nothing": {func(*tocsin.NoticeForm) {}, nil},
		"address": {func(f *tocsin.NoticeForm) { f.Addresses = nil }, []tocsin.NoticeElement{tocsin.ElementAddress}},
		"reasons": {func(f *tocsin.NoticeForm) { f.Reasons = "  too short  " },
			[]tocsin.NoticeElement{tocsin.ElementReasons}},
		"name":  {func(f *tocsin.NoticeForm) { f.Name = " " }, []tocsin.NoticeElement{tocsin.ElementName}},
		"email": {func(f *tocsin.NoticeForm) { f.Email = "" }, []tocsin.NoticeElement{tocsin.ElementEmail}},
		"anonymous": {func(f *tocsin.NoticeForm) { f.Name, f.Email, f.Anonymous = "", "", true },
			nil},
		"good faith": {func(f *tocsin.NoticeForm) { f.GoodFaith = false },
			[]tocsin.NoticeElement{tocsin.ElementGoodFaith}},
	} {
		form := noticeForm()
		c.change(&form)
		if diff := cmp.Diff(c.want, form.Missing()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNoticeThatCannotBeKeptIsRefusedByItsField(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*tocsin.NoticeForm){
		"addresses": func(f *tocsin.NoticeForm) {
			f.Addresses = slices.Repeat(f.Addresses, tocsin.MaxNoticeAddresses+1)
		},
		"addresses[0].url": func(f *tocsin.NoticeForm) { f.Addresses[0].URL = "the garden behind the bridge" },
		"categories":       func(f *tocsin.NoticeForm) { f.Categories = []tocsin.Category{canary} },
		"reasons":          func(f *tocsin.NoticeForm) { f.Reasons = strings.Repeat("a", 5001) },
		"name":             func(f *tocsin.NoticeForm) { f.Name = "\x00" },
		"email":            func(f *tocsin.NoticeForm) { f.Email = "gardener at bridge" },
	} {
		a := tocsin.NoticeArrival{Channel: tocsin.ChannelForm, Form: noticeForm()}
		change(&a.Form)
		n, events, err := tocsin.ReceiveNotice(party(noon), newID(tocsin.KindNotice), a, nil, periods)
		if n != nil || events != nil || tocsin.CodeOf(err) != tocsin.CodeInvalid || fieldOf(err) != field {
			t.Errorf("%s: %v, %v, %v", field, n, events, err)
		}
	}
}

func fieldOf(err error) string {
	if e, ok := err.(*tocsin.Error); ok {
		return e.Field
	}
	return ""
}

func TestAnonymousNoticeGetsNoReceipt(t *testing.T) {
	t.Parallel()
	named, _ := receivedNotice(noon, nil)
	nameless, _ := receivedNotice(noon, func(a *tocsin.NoticeArrival) {
		a.Form.Name, a.Form.Email, a.Form.Anonymous = "", "", true
	})
	if named.ReceiptAt == nil || nameless.ReceiptAt != nil || nameless.Status != tocsin.NoticeComplete {
		t.Errorf("receipts %v, %v; %s", named.ReceiptAt, nameless.ReceiptAt, nameless.Status)
	}
}

func TestTrustedFlaggerIsFirstInItsFieldOnly(t *testing.T) {
	t.Parallel()
	ended := noon.Add(-time.Hour)
	flagger := tocsin.Party{ID: critic, Roles: []tocsin.Role{tocsin.RoleNotifier}, Competences: []tocsin.Competence{
		{Act: tocsin.ActTrustedFlagger + ":" + tocsin.Act(tocsin.CategoryInstructs), From: noon.Add(-week)},
		{Act: tocsin.ActTrustedFlagger + ":" + tocsin.Act(tocsin.CategoryThreatens), From: noon.Add(-week), Until: &ended},
	}}
	stranger := flagger
	stranger.Roles = []tocsin.Role{tocsin.RoleHost}
	for name, c := range map[string]struct {
		party  tocsin.Party
		fields []tocsin.Category
		want   bool
	}{
		"its field":          {flagger, []tocsin.Category{tocsin.CategoryInstructs}, true},
		"another":            {flagger, []tocsin.Category{tocsin.CategoryIncites}, false},
		"partly":             {flagger, []tocsin.Category{tocsin.CategoryInstructs, tocsin.CategoryIncites}, false},
		"suspended":          {flagger, []tocsin.Category{tocsin.CategoryThreatens}, false},
		"no field named":     {flagger, nil, false},
		"no notifier at all": {stranger, []tocsin.Category{tocsin.CategoryInstructs}, false},
	} {
		if got := c.party.TrustedFor(c.fields, noon); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	first, _ := receivedNotice(noon, func(a *tocsin.NoticeArrival) { a.Trusted = true })
	other, _ := receivedNotice(noon, nil)
	if first.Priority <= other.Priority {
		t.Errorf("priorities %d and %d", first.Priority, other.Priority)
	}
}

func TestMachineNeitherTriagesNorJudgesNorAnswersComplaints(t *testing.T) {
	t.Parallel()
	n, _ := receivedNotice(noon, func(a *tocsin.NoticeArrival) { a.Channel = tocsin.ChannelAuthority })
	ok(t)(n.Queue(party(noon), nil))
	complaint, _ := receivedComplaint(noon, against())
	conduct, _ := countedMisuse(noon, 5)
	for name, try := range map[string]func() ([]tocsin.Event, error){
		"triage": func() ([]tocsin.Event, error) {
			return n.Triage(party(noon), tocsin.ResultNoAction, "", "", text)
		},
		"judge":   func() ([]tocsin.Event, error) { return n.Judge(party(noon), text) },
		"assign":  func() ([]tocsin.Event, error) { return complaint.Assign(officer(1, noon), "svc_machine") },
		"uphold":  func() ([]tocsin.Event, error) { return complaint.Uphold(party(noon), text, time.Hour) },
		"reject":  func() ([]tocsin.Event, error) { return complaint.Reject(party(noon), text, time.Hour) },
		"warn":    func() ([]tocsin.Event, error) { return conduct.Warn(party(noon), text) },
		"suspend": func() ([]tocsin.Event, error) { return conduct.Suspend(party(noon), noon.Add(week), text) },
		"lift":    func() ([]tocsin.Event, error) { return conduct.Lift(party(noon), text) },
		"confirm": func() ([]tocsin.Event, error) { return conduct.Confirm(party(noon), text) },
		"ask": func() ([]tocsin.Event, error) {
			return n.Ask(party(noon), []tocsin.NoticeElement{tocsin.ElementReasons}, periods)
		},
		"name a body": func() ([]tocsin.Event, error) { return complaint.NameBody(party(noon), text) },
	} {
		if events, err := try(); events != nil || tocsin.ReasonOf(err) != tocsin.ReasonRole {
			t.Errorf("%s: %v, %v", name, events, err)
		}
	}
}

func TestComplaintIsAnsweredByAnother(t *testing.T) {
	t.Parallel()
	c, _ := receivedComplaint(noon, against())
	for name, try := range map[string]func() ([]tocsin.Event, error){
		"assign": func() ([]tocsin.Event, error) { return c.Assign(officer(1, noon), person(0)) },
		"uphold": func() ([]tocsin.Event, error) { return c.Uphold(officer(0, noon), text, time.Hour) },
		"reject": func() ([]tocsin.Event, error) { return c.Reject(officer(0, noon), text, time.Hour) },
	} {
		if events, err := try(); events != nil || tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
			t.Errorf("%s by the decider: %v, %v", name, events, err)
		}
	}
	if _, err := c.Reject(officer(1, noon), "no", time.Hour); tocsin.CodeOf(err) != tocsin.CodeInvalid {
		t.Errorf("rejected without reasons: %v", err)
	}
	ok(t)(c.Assign(officer(1, noon), person(2)))
	if _, err := c.Reject(officer(1, noon), text, time.Hour); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("answered by another than the handler: %v", err)
	}
	ok(t)(c.Reject(officer(2, noon), text, time.Hour))
}

func TestComplaintComesWithinItsTimeAndAgainstADecisionOnly(t *testing.T) {
	t.Parallel()
	form := tocsin.ComplaintForm{Reasons: text}
	over := noon.Add(-time.Second)
	for name, c := range map[string]struct {
		change func(*tocsin.Against)
		want   tocsin.Code
	}{
		"late":       {func(a *tocsin.Against) { a.Until = &over }, tocsin.CodeExpired},
		"order":      {func(a *tocsin.Against) { a.Decision = newID(tocsin.KindReceivedOrder) }, tocsin.CodeInvalid},
		"nothing":    {func(a *tocsin.Against) { a.Restriction = "" }, tocsin.CodeInvalid},
		"both sides": {func(a *tocsin.Against) { a.Notice = newID(tocsin.KindNotice) }, tocsin.CodeInvalid},
	} {
		a := against()
		c.change(&a)
		if _, _, err := tocsin.ReceiveComplaint(party(noon), a, form, nil, periods); tocsin.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMisuseNeedsNumberShareWarningAndAnEnd(t *testing.T) {
	t.Parallel()
	few, _ := countedMisuse(noon, 4)
	if _, err := few.Warn(officer(0, noon), text); tocsin.ReasonOf(err) != tocsin.ReasonNotFrequent {
		t.Errorf("warned for four: %v", err)
	}
	rare, _ := countedMisuse(noon, 5)
	for range 6 {
		_, events, err := tocsin.CountMisuse(officer(0, noon), rare, "", nil, periods)
		ok(t)(events, err)
	}
	if _, err := rare.Warn(officer(0, noon), text); tocsin.ReasonOf(err) != tocsin.ReasonNotFrequent {
		t.Errorf("warned for five of eleven: %v", err)
	}
	m, _ := countedMisuse(noon, 5)
	if _, err := m.Suspend(officer(0, noon), noon.Add(week), text); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("suspended unwarned: %v", err)
	}
	ok(t)(m.Warn(officer(0, noon), text))
	if _, err := m.Suspend(officer(0, noon), noon.Add(week), text); tocsin.ReasonOf(err) != tocsin.ReasonNothingSince {
		t.Errorf("suspended though nothing came after the warning: %v", err)
	}
	_, events, err := tocsin.CountMisuse(officer(0, noon), m, newID(tocsin.KindNotice), nil, periods)
	ok(t)(events, err)
	for _, until := range []time.Time{noon, noon.Add(tocsin.SuspensionLimit + time.Second)} {
		if _, err := m.Suspend(officer(0, noon), until, text); tocsin.ReasonOf(err) != tocsin.ReasonNoEnd {
			t.Errorf("suspended until %v: %v", until, err)
		}
	}
	ok(t)(m.Suspend(officer(0, noon), noon.Add(week), text))
	if _, err := m.Lift(officer(0, noon), text); tocsin.ReasonOf(err) != tocsin.ReasonSamePerson {
		t.Errorf("lifted by who suspended: %v", err)
	}
	if !m.Suspended(noon) || m.Suspended(noon.Add(week)) {
		t.Error("the suspension does not end by itself")
	}
}
