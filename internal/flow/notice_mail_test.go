// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// correspondence is a host that writes to notifiers.
type correspondence struct {
	intake
	pager *pager
}

func newCorrespondence(t *testing.T) correspondence {
	p := &pager{}
	w := testkit.New(t, testkit.Options{Messenger: p, Down: []tocsin.PartyID{testkit.Supervisor, testkit.Authority}})
	return correspondence{intake{w}, p}
}

// got are the mails that arrived, each once however often it came.
func (c correspondence) got() (all []flow.NoticeMail) {
	c.pager.mu.Lock()
	defer c.pager.mu.Unlock()
	for _, same := range c.pager.written {
		all = append(all, same[0])
	}
	slices.SortFunc(all, func(a, b flow.NoticeMail) int { return strings.Compare(string(a.Tidings), string(b.Tidings)) })
	return all
}

func (c correspondence) tidings() (all []flow.Tidings) {
	for _, m := range c.got() {
		all = append(all, m.Tidings)
	}
	return all
}

func (c correspondence) mustHave(when string, want ...flow.Tidings) {
	c.Helper()
	if got := c.tidings(); !slices.Equal(got, want) {
		c.Errorf("%s: %v, not %v", when, got, want)
	}
}

func mailed(addresses ...string) tocsin.NoticeForm {
	form := noticeOf(addresses...)
	form.ByMail = true
	return form
}

// TestNotifierWhoAskedGetsReceiptAndOutcomeByMail: a reference, times and the way to her own page, and nothing else; the
// answer when it cannot be undone any more.
func TestNotifierWhoAskedGetsReceiptAndOutcomeByMail(t *testing.T) {
	t.Parallel()
	c := newCorrespondence(t)
	c.public(noticeOf(testkit.Post(1))) // gave an address and did not ask
	form := mailed(testkit.Post(1))
	r := c.public(form)
	c.Drain()
	c.mustHave("after the notice", flow.TidingsReceipt)
	page := c.Host.Flow().NoticePage(r.Token)
	if m := c.got()[0]; m.Address != form.Email || m.Reference != r.ID || m.Page != page || m.Language != "en" {
		c.Errorf("%+v", m)
	}
	c.keep(c.settled(r.ID).Cases[0])
	c.Wake()
	c.mustHave("while it can be undone", flow.TidingsReceipt)
	c.Pass(c.Host.Flow().Settings.UndoWindow)
	c.Drain()
	c.mustHave("after it", flow.TidingsOutcome, flow.TidingsReceipt)
	for _, m := range c.got() {
		text, err := json.Marshal(m)
		c.must(err)
		for _, secret := range []string{form.Reasons, form.Name, testkit.Post(1), "/post/"} {
			if strings.Contains(string(text), secret) {
				c.Errorf("a mail holds %q: %s", secret, text)
			}
		}
	}
	if places := c.Where(c.Host, form.Email); len(places) > 0 {
		c.Errorf("the address stands in the clear in %v", places)
	}
	if v := c.notice(r.ID); len(v.Mails) != 2 || v.Mails[0].AckedAt == nil || v.Status != tocsin.NoticeDecided {
		c.Errorf("the desk sees %+v, %s: a mail tells nobody, the page does", v.Mails, v.Status)
	}
	c.MustBeIntact(c.Host)
}

func TestUndoneAnswerIsNotMailed(t *testing.T) {
	t.Parallel()
	c := newCorrespondence(t)
	r := c.public(mailed(testkit.Post(1)))
	id := c.settled(r.ID).Cases[0]
	c.keep(id)
	view, err := c.Host.Flow().Case(c.Context(), c.Moderator.Actor, id)
	c.must(err)
	c.must(c.Host.Flow().UndoDecision(c.Context(), c.Moderator.Actor, view.LatestDecision()))
	c.Pass(c.Host.Flow().Settings.UndoWindow)
	c.Drain()
	c.mustHave("after an undo", flow.TidingsReceipt)
}

func TestWhatIsMissingIsMailedWithItsTime(t *testing.T) {
	t.Parallel()
	c := newCorrespondence(t)
	form := mailed(testkit.Post(1))
	form.GoodFaith = false
	r := c.public(form)
	c.Drain()
	c.mustHave("incomplete", flow.TidingsMissing)
	if m := c.got()[0]; m.Until == nil || !m.Until.Equal(*r.CompleteBy) {
		c.Errorf("until %v, not %v", m.Until, r.CompleteBy)
	}
}

// TestMailThatIsLostIsSentAgain, and one that arrived though it looked lost arrives under the same key: her mailbox
// shows it once.
func TestMailThatIsLostIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, arrives := range map[string]bool{"lost": false, "happened but looked lost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCorrespondence(t)
			c.pager.arrives = arrives
			c.pager.failing(tocsin.Errorf(tocsin.CodeBusy, "channel_unreachable", "No."))
			r := c.public(mailed(testkit.Post(1)))
			c.Until("it was tried", func() bool {
				m := c.notice(r.ID).Mails
				return len(m) == 1 && m[0].Code == "channel_unreachable"
			})
			c.pager.failing(nil)
			c.Drain()
			c.mustHave(name, flow.TidingsReceipt)
			if m := c.notice(r.ID).Mails; len(m) != 1 || m[0].AckedAt == nil || m[0].Attempts < 2 {
				c.Errorf("%+v", m)
			}
		})
	}
}

// TestAddressThatTakesNoMailIsTheEndOfIt: nobody is called about what a stranger mistyped.
func TestAddressThatTakesNoMailIsTheEndOfIt(t *testing.T) {
	t.Parallel()
	c := newCorrespondence(t)
	c.pager.failing(tocsin.Errorf(tocsin.CodeInvalid, "channel_address", "No."))
	r := c.public(mailed(testkit.Post(1)))
	c.Drain()
	jobs, err := c.Host.Flow().Jobs(c.Context(), testkit.Operator, true, 50)
	c.must(err)
	if m := c.notice(r.ID).Mails; len(jobs) > 0 || len(m) != 1 || m[0].RefusedAt == nil || m[0].Code != "channel_address" {
		c.Errorf("jobs %v, mails %+v", jobs, m)
	}
}

// TestStrangerIsNotFloodedWithMail: nobody checked whose an address is.
func TestStrangerIsNotFloodedWithMail(t *testing.T) {
	t.Parallel()
	c := newCorrespondence(t)
	form := mailed(testkit.Post(1))
	for n := range 8 {
		form.Email = strings.ToUpper(form.Email[:1+n%2]) + form.Email[1+n%2:]
		c.public(form)
	}
	c.Drain()
	if got := len(c.got()); got != 5 {
		c.Errorf("%d mails", got)
	}
	c.Pass(24 * time.Hour)
	c.public(form)
	c.Drain()
	if got := len(c.got()); got != 6 {
		c.Errorf("%d mails on the next day", got)
	}
}
