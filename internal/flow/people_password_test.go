// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/credential"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

const sentence = "nine kettles under the bridge"

// newcomer is somebody who enrols with a password.
type newcomer struct {
	*office
	id       tocsin.RecordID
	signIn   string
	password string
	key      string
	codes    []string
}

// code is what her app shows at a time.
func (n newcomer) code(at time.Time) string {
	n.Helper()
	code, err := totp.GenerateCode(n.key, at)
	if err != nil {
		n.Fatal(err)
	}
	return code
}

func (n newcomer) enter(name, password, code string) error {
	_, _, err := n.f.SignInPassword(n.Context(), name, password, code)
	return err
}

// enrolled invites somebody and enrols her with a password; the next code of her app is fresh.
func (o *office) newcomer(signIn string, duties ...tocsin.Duty) newcomer {
	o.Helper()
	inv, err := o.f.InvitePerson(o.Context(), o.first.Actor, "Night shift", duties)
	if err != nil {
		o.Fatal(err)
	}
	n := newcomer{office: o, signIn: signIn, password: sentence}
	n.key, err = o.f.BeginPassword(o.Context(), inv.Token, flow.PasswordForm{SignIn: signIn, Password: sentence})
	if err != nil {
		o.Fatal(err)
	}
	if _, _, err := o.f.FinishPassword(o.Context(), inv.Token, "000000"); tocsin.ReasonOf(err) != "code_wrong" {
		o.Errorf("a wrong first code: %v", err)
	}
	if n.id, n.codes, err = o.f.FinishPassword(o.Context(), inv.Token, n.code(o.clock.Now())); err != nil {
		o.Fatal(err)
	}
	o.clock.Advance(time.Minute)
	return n
}

func TestPasswordAndCodeSignInAndNothingLess(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	n := o.newcomer("Night.Shift", tocsin.DutyModerator)
	if err := n.enter(" night.shift", sentence, n.code(o.clock.Now())); err != nil {
		t.Fatal(err)
	}
	o.clock.Advance(time.Minute)
	code := n.code(o.clock.Now())
	for what, try := range map[string][3]string{
		"another password": {n.signIn, sentence + ".", code}, "no password": {n.signIn, "", code},
		"another code": {n.signIn, sentence, "123 456"}, "no code": {n.signIn, sentence, ""},
		"another name": {"day.shift", sentence, code}, "no name": {"", sentence, code},
		"an old code":      {n.signIn, sentence, n.code(o.clock.Now().Add(-2 * credential.Step))},
		"nothing right":    {"day.shift", "other kettles under it", "123456"},
		"a made up rescue": {n.signIn, sentence, "aaaa-bbbb-cccc-dddd"},
	} {
		err := n.enter(try[0], try[1], try[2])
		if tocsin.CodeOf(err) != tocsin.CodeUnauthenticated || tocsin.ReasonOf(err) != flow.ReasonSignIn ||
			err.Error() != "The name, the password or the code is not right." {
			t.Errorf("%s: %v", what, err)
		}
	}
	who, left, err := o.f.SignInPassword(t.Context(), n.signIn, sentence, code)
	if err != nil || left != -1 || who.ID != n.id || who.Actor().Passkey {
		t.Errorf("%v: %d left, %+v", err, left, who.Actor())
	}
}

func TestCodeCountsOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		o := officeOn(t, on, nil)
		n := o.newcomer("night.shift", tocsin.DutyModerator)
		for what, code := range map[string]string{"an app's": n.code(o.clock.Now()), "a recovery": n.codes[3]} {
			var in sync.WaitGroup
			var mu sync.Mutex
			entered := 0
			for range 4 {
				in.Go(func() {
					if n.enter(n.signIn, sentence, code) == nil {
						mu.Lock()
						entered++
						mu.Unlock()
					}
				})
			}
			in.Wait()
			if entered != 1 {
				t.Errorf("%s code let %d in", what, entered)
			}
		}
		if err := n.enter(n.signIn, sentence, strings.ToUpper(n.codes[0])); err != nil {
			t.Errorf("another recovery code: %v", err)
		}
		if who, err := o.f.ByID(t.Context(), n.id); err != nil || len(who.File.Password.Codes) != credential.Recoveries-2 {
			t.Errorf("%v: %d codes left", err, len(who.File.Password.Codes))
		}
	})
}

func TestWeakPasswordsAndTakenNamesAreRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.newcomer("night.shift", tocsin.DutyModerator)
	inv, err := o.f.InvitePerson(t.Context(), o.first.Actor, "Day shift", []tocsin.Duty{tocsin.DutyAnalyst})
	if err != nil {
		t.Fatal(err)
	}
	for want, form := range map[tocsin.Reason]flow.PasswordForm{
		"password_short":          {SignIn: "day", Password: "eleven char"},
		credential.ReasonCommon:   {SignIn: "day", Password: "password1234"},
		tocsin.ReasonFormat:       {SignIn: "a day", Password: sentence},
		tocsin.ReasonDuplicate:    {SignIn: "NIGHT.SHIFT", Password: sentence},
		tocsin.ReasonUnknownValue: {},
	} {
		if form.SignIn == "" {
			continue
		}
		if _, err := o.f.BeginPassword(t.Context(), inv.Token, form); tocsin.ReasonOf(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, _, err := o.f.FinishPassword(t.Context(), inv.Token, "123456"); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		t.Errorf("a code without a password: %v", err)
	}
	if _, err := o.f.BeginPassword(t.Context(), "inv_nothing", flow.PasswordForm{SignIn: "day", Password: sentence}); tocsin.CodeOf(err) != tocsin.CodeExpired {
		t.Errorf("without an invitation: %v", err)
	}
}

func TestDutiesThatNeedAPasskeyGetNoPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, d := range tocsin.Duties() {
		if !d.NeedsPasskey() {
			continue
		}
		inv, err := o.f.InvitePerson(t.Context(), o.first.Actor, "Somebody", []tocsin.Duty{d})
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.f.BeginPassword(t.Context(), inv.Token, flow.PasswordForm{SignIn: "some." + string(d), Password: sentence})
		if tocsin.ReasonOf(err) != tocsin.ReasonNeedsPasskey {
			t.Errorf("%s: %v", d, err)
		}
	}
	n := o.newcomer("night.shift", tocsin.DutyModerator)
	stronger := []tocsin.Duty{tocsin.DutyModerator, tocsin.DutyOfficer}
	if err := o.f.ChangeDuties(t.Context(), o.first.Actor, n.id, stronger, "She passed the course."); tocsin.ReasonOf(err) != tocsin.ReasonNeedsPasskey ||
		!strings.Contains(err.Error(), "passkey under") {
		t.Errorf("an officer without a passkey: %v", err)
	}
	key := flow.Credential{ID: []byte("a key of hers"), PublicKey: []byte("a public key"), Demonstration: true}
	before := o.clock.Now()
	o.clock.Advance(time.Second)
	if err := o.f.AddPasskey(t.Context(), flow.Actor{ID: tocsin.ActorID(n.id)}, key); err != nil {
		t.Fatal(err)
	}
	if err := n.enter(n.signIn, sentence, n.code(o.clock.Now())); tocsin.ReasonOf(err) != flow.ReasonSignIn {
		t.Errorf("the password lives on beside the passkey: %v", err)
	}
	who, err := o.f.ByCredential(t.Context(), key.ID)
	if err != nil || !who.Actor().Passkey || who.File.Password != nil || !who.Outlived(before) {
		t.Errorf("%v: %+v", err, who.File)
	}
	if err := o.f.ChangeDuties(t.Context(), o.first.Actor, n.id, stronger, "She passed the course."); err != nil {
		t.Errorf("with a passkey: %v", err)
	}
	o.mustBeWhole()
}

func TestPasswordIsSwitchedOffByTheOperator(t *testing.T) {
	t.Parallel()
	o := officeOn(t, testkit.SQLite, nil)
	n := o.newcomer("night.shift", tocsin.DutyModerator)
	o.f.Settings.Passwords = false
	if err := n.enter(n.signIn, sentence, n.code(o.clock.Now())); tocsin.ReasonOf(err) != flow.ReasonSignIn {
		t.Errorf("%v", err)
	}
	if _, err := o.f.ByID(t.Context(), n.id); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("her session goes on: %v", err)
	}
}

func TestSessionsEndWithASuspensionALostDutyAndANewPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	n := o.newcomer("night.shift", tocsin.DutyModerator, tocsin.DutyAnalyst)
	outlived := func(began time.Time) bool {
		who, err := o.f.ByID(t.Context(), n.id)
		if err != nil {
			t.Fatal(err)
		}
		return who.Outlived(began)
	}
	began := o.clock.Now()
	later := func() time.Time { o.clock.Advance(time.Second); return o.clock.Now() }
	change := func(duties ...tocsin.Duty) {
		later()
		if err := o.f.ChangeDuties(t.Context(), o.first.Actor, n.id, duties, "A test."); err != nil {
			t.Fatal(err)
		}
	}
	change(tocsin.DutyModerator, tocsin.DutyAnalyst, tocsin.DutyNotifier)
	if outlived(began) {
		t.Error("a duty more ends a session")
	}
	change(tocsin.DutyModerator, tocsin.DutyNotifier)
	if !outlived(began) || outlived(o.clock.Now()) {
		t.Error("a lost duty ends no session, or one that began afterwards")
	}
	began = later()
	later()
	if err := o.f.SuspendPerson(t.Context(), o.first.Actor, n.id, "Away for a season."); err != nil {
		t.Fatal(err)
	}
	if err := o.f.ReinstatePerson(t.Context(), o.first.Actor, n.id, "Back again."); err != nil {
		t.Fatal(err)
	}
	if !outlived(began) {
		t.Error("a session outlives a suspension that is over")
	}
	began = later()
	later()
	self := flow.Actor{ID: tocsin.ActorID(n.id)}
	if err := o.f.ChangePassword(t.Context(), self, "short"); tocsin.ReasonOf(err) != "password_short" {
		t.Errorf("%v", err)
	}
	if err := o.f.ChangePassword(t.Context(), self, "ten kettles beside a bridge"); err != nil || !outlived(began) {
		t.Errorf("a session outlives its password: %v", err)
	}
	if err := n.enter(n.signIn, "ten kettles beside a bridge", n.code(o.clock.Now())); err != nil {
		t.Errorf("%v", err)
	}
	codes, err := o.f.RenewRecoveryCodes(t.Context(), self)
	if err != nil || n.enter(n.signIn, "ten kettles beside a bridge", n.codes[5]) == nil ||
		n.enter(n.signIn, "ten kettles beside a bridge", codes[5]) != nil {
		t.Errorf("old recovery codes work, or new ones do not: %v", err)
	}
	o.mustBeWhole()
}

func TestLostPasswordIsReplacedByTwoOthers(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	n := o.newcomer("night.shift", tocsin.DutyModerator)
	if err := o.f.AskRecovery(t.Context(), o.first.Actor, n.id, "She lost her telephone."); err != nil {
		t.Fatal(err)
	}
	c, err := o.f.BeginAgreeing(t.Context(), o.next.Actor, n.id)
	if err != nil {
		t.Fatal(err)
	}
	a, err := o.next.Assert(c.Challenge)
	if err == nil {
		err = o.f.AgreeRecovery(t.Context(), o.next.Actor, c, a)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.clock.Advance(tocsin.RecoveryDelay)
	inv, err := o.f.OpenRecovery(t.Context(), o.first.Actor, n.id)
	if err != nil {
		t.Fatal(err)
	}
	if n.key, err = o.f.BeginPassword(t.Context(), inv.Token, flow.PasswordForm{SignIn: "night.shift",
		Password: "ten kettles beside a bridge"}); err != nil {
		t.Fatal(err)
	}
	if err := n.enter(n.signIn, sentence, n.codes[0]); err != nil {
		t.Errorf("the old password ends before the new one is there: %v", err)
	}
	if _, _, err := o.f.FinishPassword(t.Context(), inv.Token, n.code(o.clock.Now())); err != nil {
		t.Fatal(err)
	}
	o.clock.Advance(time.Minute)
	if err := n.enter(n.signIn, sentence, n.codes[1]); tocsin.ReasonOf(err) != flow.ReasonSignIn {
		t.Errorf("the old password lives on: %v", err)
	}
	if err := n.enter(n.signIn, "ten kettles beside a bridge", n.code(o.clock.Now())); err != nil {
		t.Errorf("the new password: %v", err)
	}
	o.mustBeWhole()
}

func TestAccountOfAProviderIsBoundByAnInvitationOnly(t *testing.T) {
	t.Parallel()
	const issuer = "https://accounts.garden.example"
	o := officeOn(t, testkit.SQLite, func(c *config.Config) { c.SignIn.ProviderIssuer = issuer })
	if _, err := o.f.BySubject(t.Context(), issuer, "17"); tocsin.CodeOf(err) != tocsin.CodeUnauthenticated {
		t.Errorf("nobody invited her: %v", err)
	}
	invite := func(d tocsin.Duty) string {
		inv, err := o.f.InvitePerson(t.Context(), o.first.Actor, "Somebody", []tocsin.Duty{d})
		if err != nil {
			t.Fatal(err)
		}
		return inv.Token
	}
	token := invite(tocsin.DutyModerator)
	if _, err := o.f.EnrolProvider(t.Context(), token, "", "https://other.example", "17"); tocsin.CodeOf(err) != tocsin.CodeUnauthenticated {
		t.Errorf("another issuer: %v", err)
	}
	if _, err := o.f.EnrolProvider(t.Context(), invite(tocsin.DutySupervisor), "", issuer, "18"); tocsin.ReasonOf(err) != tocsin.ReasonNeedsPasskey {
		t.Errorf("a supervisor: %v", err)
	}
	id, err := o.f.EnrolProvider(t.Context(), token, "Night shift", issuer, "17")
	if err != nil {
		t.Fatal(err)
	}
	if who, err := o.f.BySubject(t.Context(), issuer, "17"); err != nil || who.ID != id || who.Actor().Passkey {
		t.Errorf("%v: %+v", err, who.Actor())
	}
	if _, err := o.f.EnrolProvider(t.Context(), invite(tocsin.DutyAnalyst), "", issuer, "17"); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("two people behind one account: %v", err)
	}
	if err := o.f.SuspendPerson(t.Context(), o.first.Actor, id, "Away."); err != nil {
		t.Fatal(err)
	}
	if _, err := o.f.BySubject(t.Context(), issuer, "17"); tocsin.CodeOf(err) != tocsin.CodeUnauthenticated {
		t.Errorf("a suspended person: %v", err)
	}
	o.mustBeWhole()
}

// mustBeWhole examines the whole node.
func (o *office) mustBeWhole() {
	o.Helper()
	examined, err := o.f.Fsck(o.Context(), nil)
	if err != nil || len(examined.Differences) > 0 {
		o.Errorf("%v: %+v", err, examined.Differences)
	}
}
