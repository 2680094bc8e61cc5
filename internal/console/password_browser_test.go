// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"tocsin"
)

// TestModeratorWithAPasswordInABrowser enrols somebody in Chromium with a password and an app, signs her in, and lets an
// administrator try to make an officer of her.
func TestModeratorWithAPasswordInABrowser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newWorld(t, false, host)
	boss := b.enrol(w, host, "Administrator", tocsin.DutyAdministrator)
	p := b.sit(w.nodes[host].url)
	p.open(w.invite(host, "Night Shift", tocsin.DutyModerator))
	p.run(chromedp.Click(chromedp.CSS("details > summary")))
	p.fill("sign_in", "night.shift")
	p.fill("password", sentence)
	p.fill("again", sentence)
	p.picture("enrol-password")
	p.click("Continue")
	p.reads("An app for your codes")
	for _, l := range []struct{ language, name string }{{"ar", "rtl"}, {"en", "ltr"}} {
		p.speaks(l.language)
		p.sees(look{width: 320, scale: 1, dark: l.language == "ar"})
		p.run(chromedp.Reload())
		p.mustFit("enrol-code-"+l.name, 320)
		p.mustPass(axeText(t), "enrol-code-"+l.name)
		p.picture("enrol-code-" + l.name)
	}
	p.sees(look{width: 1280, scale: 1})
	key := strings.ReplaceAll(js[string](p, `document.querySelector("code.typed").textContent`), " ", "")
	code := func() string {
		c, err := totp.GenerateCode(key, w.clock.Now())
		check(t, err)
		return c
	}
	p.fill("code", code())
	p.click("Finish")
	p.reads("Keep these codes")
	p.picture("recovery-codes")
	p.click("I have kept them")
	p.reads("Night Shift")
	p.click("Sign out")
	p.reads("Sign in with a passkey")

	w.clock.jump(time.Minute)
	p.run(chromedp.Click(chromedp.CSS("details > summary")))
	p.fill("sign_in", "night.shift")
	p.fill("password", sentence)
	p.fill("code", "000000")
	p.run(chromedp.Click(chromedp.CSS(`details button`)))
	p.reads("The name, the password or the code is not right.")
	p.picture("sign-in-wrong")
	p.fill("password", sentence)
	p.fill("code", code())
	p.run(chromedp.Click(chromedp.CSS(`details button`)))
	p.reads("Night Shift")
	p.open("/account")
	p.reads("a password and a code")
	p.mustPass(axeText(t), "account")
	p.picture("account")

	boss.open("/people")
	boss.click("Night Shift")
	boss.click("Change the duties")
	boss.tick("duties", string(tocsin.DutyOfficer))
	boss.fill("reasons", "She passed the course.")
	boss.click("Change now")
	boss.reads("This duty needs a passkey")
	boss.picture("officer-without-passkey")

	p.click("Make my passkey")
	p.reads("Your passkey is enrolled")
	boss.click("Change now")
	boss.reads("A second person is needed")
	boss.picture("officer-proposed")
}
