// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"tocsin"
	"tocsin/internal/softkey"
)

const sentence = "nine kettles under the bridge"

// typist signs in with a password and an app.
type typist struct {
	*person
	w     *world
	key   string
	codes []string
}

func (p typist) code() string {
	p.t.Helper()
	code, err := totp.GenerateCode(p.key, p.w.clock.Now())
	check(p.t, err)
	return code
}

// enter signs in half a minute after the last code, so that the code is a fresh one.
func (p typist) enter(password, code string) answer {
	p.t.Helper()
	return p.post("/sign-in/password", url.Values{"sign_in": {"night.shift"}, "password": {password}, "code": {code}, "to": {"/account"}})
}

var (
	keyOnPage   = regexp.MustCompile(`<code class="typed" dir="ltr">([A-Z2-7 ]+)</code>`)
	codesOnPage = regexp.MustCompile(`<code>([a-z2-7-]{19})</code>`)
)

// typed enrols a moderator with a password.
func (w *world) typed(duties ...tocsin.Duty) typist {
	t := w.t
	t.Helper()
	p := typist{person: w.person(host), w: w}
	if a := p.get(w.invite(host, "Night Shift", duties...)); !strings.Contains(a.body, "/enrol/password") {
		t.Fatalf("no choice: %s", words(a.body))
	}
	form := url.Values{"name": {"Night Shift"}, "sign_in": {"Night.Shift"}, "password": {sentence}, "again": {sentence}}
	a := p.post("/enrol/password", form)
	found := keyOnPage.FindStringSubmatch(a.body)
	if found == nil || a.path != "/enrol/code" {
		t.Fatalf("%d at %s: %s", a.status, a.path, words(a.body))
	}
	p.key = strings.ReplaceAll(found[1], " ", "")
	if a := p.post("/enrol/code", url.Values{"code": {"123"}}); a.status != unprocessable || !strings.Contains(a.body, found[1]) {
		t.Errorf("a wrong code: %d", a.status)
	}
	a = p.post("/enrol/code", url.Values{"code": {p.code()}})
	for _, c := range codesOnPage.FindAllStringSubmatch(a.body, -1) {
		p.codes = append(p.codes, c[1])
	}
	if a.status != http.StatusOK || len(p.codes) != 10 {
		t.Fatalf("%d: %s", a.status, words(a.body))
	}
	w.clock.jump(time.Minute)
	return p
}

func TestModeratorEnrolsWithAPasswordAndSignsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	p := w.typed(tocsin.DutyModerator)
	if !p.signedIn() {
		t.Error("she is not inside")
	}
	if strings.Contains(p.get("/account").body, p.codes[0]) {
		t.Error("recovery codes are shown again")
	}
	p.post("/sign-out", nil)
	spent := p.code()
	if a := p.enter(sentence, spent); a.path != "/account" || !strings.Contains(a.body, "a password and a code") {
		t.Fatalf("sign in: %d at %s: %s", a.status, a.path, words(a.body))
	}
	p.post("/sign-out", nil)
	wrong := map[string]answer{"a code twice": p.enter(sentence, spent)}
	w.clock.jump(time.Minute)
	wrong["another password"] = p.enter("ten kettles under the bridge", p.code())
	wrong["no such name"] = p.post("/sign-in/password", url.Values{"sign_in": {"nobody"}, "password": {sentence}, "code": {p.code()}})
	for what, a := range wrong {
		said := regexp.MustCompile(`role="alert">([^<]+)<`).FindStringSubmatch(a.body)
		if a.status != http.StatusUnauthorized || said == nil || said[1] != "The name, the password or the code is not right." {
			t.Errorf("%s: %d %v", what, a.status, said)
		}
	}
	if a := p.enter(sentence, p.codes[2]); a.path != "/account" || !strings.Contains(a.body, "You used a recovery code") ||
		!strings.Contains(a.body, "9 are left") {
		t.Errorf("a recovery code: %d at %s: %s", a.status, a.path, words(a.body))
	}
	if text := w.log.String(); strings.Contains(text, "kettles") || strings.Contains(text, p.key) {
		t.Error("the log knows")
	}
}

func TestAccountIsGuardedWhereverAttemptsComeFrom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	p := w.typed(tocsin.DutyModerator)
	p.post("/sign-out", nil)
	statuses := map[int]int{}
	for _, name := range []string{"night.shift", "nobody.there"} {
		for range 12 {
			a := p.post("/sign-in/password", url.Values{"sign_in": {name}, "password": {"a guess of some length"}, "code": {"000000"}})
			statuses[a.status]++
			if a.status == http.StatusTooManyRequests && a.header.Get("Retry-After") != "301" {
				t.Errorf("come again after %s", a.header.Get("Retry-After"))
			}
			w.clock.jump(2 * time.Second) // slower than an address may
		}
	}
	if statuses[http.StatusUnauthorized] != 20 || statuses[http.StatusTooManyRequests] != 4 {
		t.Errorf("%v: an account that is there and one that is not differ, or are not guarded", statuses)
	}
	if a := p.enter(sentence, p.code()); a.status != http.StatusTooManyRequests {
		t.Errorf("the right password: %d", a.status)
	}
	w.clock.jump(5 * time.Minute)
	if a := p.enter(sentence, p.code()); a.path != "/account" {
		t.Errorf("five minutes later: %d", a.status)
	}
}

func TestPasswordFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	p := w.person(host)
	p.get(w.invite(host, "Night Shift", tocsin.DutyModerator))
	good := url.Values{"name": {"Night Shift"}, "sign_in": {"night.shift"}, "password": {sentence}, "again": {sentence}}
	for field, value := range map[string]string{"password": "short", "again": "another sentence", "sign_in": "no", "name": ""} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form.Set(field, value)
		if field == "password" {
			form.Set("again", value)
		}
		if field == "name" {
			field = "person_name"
		}
		a := p.post("/enrol/password", form)
		if a.status != unprocessable || !strings.Contains(a.body, `id="`+field+`-problem"`) || strings.Contains(a.body, sentence) {
			t.Errorf("%s: %d %s", field, a.status, words(a.body))
		}
	}
	if a := p.get("/enrol/code"); a.status != http.StatusConflict {
		t.Errorf("a code before a password: %d", a.status)
	}
	officer := w.person(host)
	if a := officer.get(w.invite(host, "Lead", tocsin.DutySupervisor)); strings.Contains(a.body, "/enrol/password") {
		t.Error("a supervisor may choose a password")
	}
	if a := officer.post("/enrol/password", good); a.status != http.StatusForbidden {
		t.Errorf("a supervisor chooses one all the same: %d", a.status)
	}
}

func TestPasskeyTakesThePlaceOfAPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	boss := w.enrolled(host, "Administrator", tocsin.DutyAdministrator)
	p := w.typed(tocsin.DutyModerator)
	page := boss.pageOf("Night Shift")
	form := url.Values{"duties": {"moderator", "officer"}, "reasons": {"She passed the course."}}
	if a := boss.post(page+"/duties", form); a.status != http.StatusConflict || !strings.Contains(a.body, "How I sign in") {
		t.Errorf("an officer without a passkey: %d %s", a.status, words(a.body))
	}
	add := func() answer {
		o := p.begin("/account/passkey/begin", map[string]string{})
		var err error
		p.person.key, err = softkey.New(rand.Reader, softkey.ES256, o.PublicKey.RP.ID, decode(t, o.PublicKey.User.ID))
		check(t, err)
		made, err := p.person.key.Register(softkey.Ceremony{Challenge: decode(t, o.PublicKey.Challenge), Origin: p.url})
		check(t, err)
		return p.call("/account/passkey/finish", map[string]any{"credential": made})
	}
	w.clock.jump(15 * time.Minute)
	if a := p.call("/account/passkey/begin", map[string]string{}); a.status != http.StatusForbidden {
		t.Errorf("in a browser that somebody left: %d", a.status)
	}
	if a := p.get("/account"); !strings.Contains(a.body, "right after signing in") || strings.Contains(a.body, "/account/passkey/begin") {
		t.Errorf("the page offers what is refused: %s", words(a.body))
	}
	p.post("/sign-out", nil)
	if a := p.enter(sentence, p.code()); a.path != "/account" {
		t.Fatalf("sign in: %d", a.status)
	}
	if a := add(); a.status != http.StatusOK {
		t.Fatalf("add: %d %s", a.status, a.body)
	}
	if !p.signedIn() {
		t.Error("she has to sign in again at once")
	}
	if a := p.call("/account/passkey/begin", map[string]string{}); a.status != http.StatusConflict {
		t.Errorf("a second one: %d", a.status)
	}
	if a := boss.post(page+"/duties", form); a.path != page {
		t.Errorf("an officer with a passkey: %d", a.status)
	}
	p.post("/sign-out", nil)
	w.clock.jump(time.Minute)
	if a := p.enter(sentence, p.code()); a.status != http.StatusUnauthorized {
		t.Errorf("the password lives on: %d", a.status)
	}
	if a := p.signIn(); a.status != http.StatusOK {
		t.Errorf("the passkey: %d %s", a.status, a.body)
	}
}

func TestNewPasswordAndCodesEndTheOldOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, host)
	p := w.typed(tocsin.DutyModerator)
	other := typist{person: w.person(host), w: w, key: p.key}
	if a := other.enter(sentence, other.code()); a.path != "/account" {
		t.Fatalf("a second browser: %d", a.status)
	}
	a := p.post("/account/codes", nil)
	fresh := codesOnPage.FindStringSubmatch(a.body)
	if fresh == nil {
		t.Fatalf("%d %s", a.status, words(a.body))
	}
	const longer = "ten kettles beside a bridge"
	if a := p.post("/account/password", url.Values{"password": {longer}, "again": {"something else again"}}); a.status != unprocessable {
		t.Errorf("two passwords: %d", a.status)
	}
	if a := p.post("/account/password", url.Values{"password": {longer}, "again": {longer}}); a.path != "/account" ||
		!strings.Contains(a.body, "Your password is changed") {
		t.Fatalf("%d at %s: %s", a.status, a.path, words(a.body))
	}
	if !p.signedIn() || other.signedIn() {
		t.Error("this session ends, or the other one does not")
	}
	if a := other.enter(longer, p.codes[0]); a.status != http.StatusUnauthorized {
		t.Errorf("an old recovery code: %d", a.status)
	}
	if a := other.enter(longer, fresh[1]); a.path != "/account" {
		t.Errorf("a new recovery code: %d", a.status)
	}
}

// TestPersonRemovedInTheMiddleOfAFormLosesNothing sends a form whose session has just ended.
func TestPersonRemovedInTheMiddleOfAFormLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	boss := w.enrolled(authority, "Administrator", tocsin.DutyAdministrator)
	w.second(authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer, tocsin.DutyModerator)
	order := p.draft(gardenForm("REF-1", "https://board.example/post/1"))
	page := boss.pageOf("Officer One")
	// In this order: whoever is reinstated has a grave duty again only when a second person agrees, and could not lose it.
	for _, step := range []struct {
		what   string
		remove func() answer
	}{
		{"a lost duty", func() answer {
			return boss.post(page+"/duties", url.Values{"duties": {"moderator"}, "reasons": {"She moves on."}})
		}},
		{"a suspension", func() answer { return boss.post(page+"/suspend", confirmedWith("Away for a season.")) }},
	} {
		what, remove := step.what, step.remove
		if a := p.signIn(); a.status != http.StatusOK {
			t.Fatalf("%s: sign in: %d", what, a.status)
		}
		before := boss.get(page).body
		if a := remove(); a.path != page {
			t.Fatalf("%s: %d at %s", what, a.status, a.path)
		}
		form := gardenForm("REF-2", "https://board.example/post/2")
		form.Set("reasons", "A long thought <b>about</b> a garden.")
		a := p.post(order, form)
		if a.status != http.StatusUnauthorized || !strings.Contains(a.body, "A long thought &lt;b&gt;about&lt;/b&gt; a garden.") ||
			!strings.Contains(a.body, "Nothing of it was done") {
			t.Errorf("%s: %d %s", what, a.status, words(a.body))
		}
		if strings.Contains(before, "REF-2") || p.signedIn() {
			t.Errorf("%s: her session goes on", what)
		}
		if what == "a suspension" {
			if a := boss.post(page+"/reinstate", confirmedWith("She is back.")); a.path != page {
				t.Fatalf("reinstate: %d", a.status)
			}
			if p.signedIn() {
				t.Error("a session comes back to life with its person")
			}
		}
	}
}
