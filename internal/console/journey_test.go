// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"tocsin"
)

// TestOfficersAndModeratorInABrowser goes the whole way of an order in Chromium, with a passkey of each
// person's own.
func TestOfficersAndModeratorInABrowser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newWorld(t, false)
	officer := b.enrol(w, authority, "Officer One", tocsin.DutyOfficer)
	approver := b.enrol(w, authority, "Officer Two", tocsin.DutyApprover)
	moderator := b.enrol(w, host, "Night Shift", tocsin.DutyModerator)

	officer.picture("orders-empty")
	officer.click("New order")
	officer.reads("New removal order")
	officer.draft("REF-1", w.board.URL+"/post/3")
	officer.picture("draft-form")
	officer.click("Save the draft")
	officer.reads("The draft is stored")
	officer.picture("draft")
	officer.click("Sign and submit")
	officer.reads("Waits for approval")
	officer.picture("submitted")

	// What changes elsewhere is offered, not forced upon whoever reads.
	approver.open("/orders")
	approver.picture("orders")
	approver.click("REF-1")
	approver.reads("Order issued")
	approver.picture("approve")
	approver.click("Approve with my passkey")
	approver.reads("Approved. The order goes its way")
	officer.reads("This record has changed since the page was opened.")
	approver.reloads("The hour runs")
	approver.picture("running")

	moderator.open("/orders")
	moderator.reloads("REF-1")
	moderator.click("REF-1")
	moderator.reads("Order received")
	moderator.reloads("Item 3")
	moderator.picture("received")
	for _, mark := range []int{30, 15, 5} {
		moderator.waits(mark)
		moderator.reads(fmt.Sprintf("%d minutes left.", mark)) // said once to who listens
	}
	moderator.click("Restrict the content")
	moderator.reads("What will happen")
	moderator.picture("execute")
	moderator.click("Restrict it now")
	moderator.reads("Decided.")
	moderator.reloads("Carried out")
	moderator.picture("carried-out")

	officer.reloads("Complied with")
	officer.picture("complied")
	officer.click("Withdraw the order")
	officer.reads("What will happen")
	officer.fill("text", "It was a test.")
	officer.click("Continue")
	officer.reads("Change the text")
	officer.picture("withdraw-review")
	officer.click("Withdraw it now")
	officer.reads("The order is withdrawn")
}

// draft fills in the form of an order.
func (p *tab) draft(reference, address string) {
	p.t.Helper()
	p.run(chromedp.SetValue(byName("annex_i.a.addressee"), string(host)))
	p.fill("annex_i.a.reference", reference)
	p.fill("annex_i.b.addresses.url", address)
	p.tick("annex_i.b.categories", string(tocsin.CategoryIncites))
	p.fill("reasons", "The picture of the garden is only a test of this exchange.")
	for _, e := range tocsin.Exemptions() {
		p.tick("exemption_assessment.considered", string(e))
	}
	p.fill("exemption_assessment.rationale", "A garden picture made for tests.")
	p.tick("annex_i.e.type", string(tocsin.AuthorityJudicial))
	p.fill("annex_i.e.file_number", "F-1")
	p.fill("annex_i.g.body", "Test court")
	p.fill("annex_i.g.deadline", "Two months from receipt")
}

// waits lets the browser's own clock run on until that many minutes are left: whoever tests need not wait.
func (p *tab) waits(minutes int) {
	p.t.Helper()
	js[bool](p, fmt.Sprintf(`(clock => {
		const now = Date.now, left = Date.parse(clock.dataset.due) - Date.parse(clock.dataset.now);
		window.began ??= now();
		const ahead = left - %d * 60_000 - (now() - window.began);
		Date.now = () => now() + ahead;
		return true;
	})(document.querySelector("[data-clock]"))`, minutes))
}

func TestPasskeyTroubleIsTold(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newWorld(t, false, authority)
	p := b.sit(w.nodes[authority].url)
	p.open(w.invite(authority, "Officer One", tocsin.DutyOfficer))
	call(p, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: p.device, IsUserVerified: false})
	p.click("Make my passkey")
	p.reads("No passkey was used.")
	call(p, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: p.device, IsUserVerified: true})
	w.clock.jump(25 * time.Hour)
	p.click("Make my passkey")
	p.reads("This enrolment link was used or has expired.")
}
