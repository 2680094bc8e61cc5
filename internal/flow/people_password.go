// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tocsin"
	"tocsin/internal/credential"
)

// ReasonSignIn is the one reason for which a sign-in fails, whichever part of it was wrong.
const ReasonSignIn tocsin.Reason = "sign_in_wrong"

func wrongSignIn() error {
	return tocsin.Errorf(tocsin.CodeUnauthenticated, ReasonSignIn, "The name, the password or the code is not right.")
}

// folded is a sign-in name as it is looked up: neither case nor the composition of characters matters.
func folded(name string) string {
	return norm.NFKC.String(strings.ToLower(norm.NFKC.String(strings.TrimSpace(name))))
}

// AccountOf is what attempts on a sign-in name are counted under. It tells nobody the name.
func (f *Flow) AccountOf(name string) tocsin.Digest {
	return tocsin.DigestOf(f.Sealer.LookupKey(lookupSignIn, folded(name)))
}

// PasswordForm is what an invited person chooses.
type PasswordForm struct {
	Name     string // by which colleagues know her; as invited when empty
	SignIn   string
	Password string
}

// BeginPassword keeps a password for an invited person until the first code of her app proves that she has it, and
// gives the key for the app.
func (f *Flow) BeginPassword(ctx context.Context, token string, form PasswordForm) (key string, err error) {
	if !f.Settings.Passwords {
		return "", tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonNeedsPasskey, "Passwords are switched off at this node.")
	}
	if err := checkSignInName(form.SignIn); err != nil {
		return "", err
	}
	if err := credential.CheckNewPassword(form.Password, form.SignIn, form.Name); err != nil {
		return "", err
	}
	if _, err := f.mayChoose(ctx, token, tocsin.WayPassword); err != nil {
		return "", err // before any work is done for whoever has no invitation
	}
	hash, err := credential.HashPassword(ctx, form.Password)
	if err != nil {
		return "", err
	}
	chosen := &PasswordFile{Handle: tocsin.NewToken("pwd"), SignIn: strings.TrimSpace(form.SignIn), Hash: hash,
		TimeKey: credential.NewTimeKey()}
	err = f.update(ctx, func(u *unit) error {
		p, err := u.expected(token)
		if err != nil {
			return err
		}
		if err := u.free(chosen.SignIn, p.ID); err != nil {
			return err
		}
		if form.Name != "" {
			p.File.Name = form.Name
		}
		p.File.Pending = chosen
		return u.write(p.Person, p.File)
	})
	return chosen.TimeKey, err
}

// mayChoose finds the invited person of a token, and refuses a way that her duties do not allow.
func (f *Flow) mayChoose(ctx context.Context, token string, way tocsin.Way) (Individual, error) {
	p, err := f.Invited(ctx, token)
	if err == nil && !p.MayEnrolBy(way) {
		err = tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonNeedsPasskey, "Your duties need a passkey. Make one on this page.")
	}
	return p, err
}

// expected loads the person of an enrolment token inside a transaction.
func (u *unit) expected(token string) (Individual, error) {
	digest := tocsin.DigestOf([]byte(token))
	id, err := u.tx.Lookup(lookupInvitation, u.f.Sealer.LookupKey(lookupInvitation, string(digest)))
	if err != nil {
		return Individual{}, err
	}
	p, err := u.individual(id)
	if err == nil && !p.Expected(digest, u.now) {
		err = unknownRecord()
	}
	return p, err
}

// free refuses a sign-in name that somebody else has.
func (u *unit) free(name string, id tocsin.RecordID) error {
	other, err := u.tx.Lookup(lookupSignIn, u.f.Sealer.LookupKey(lookupSignIn, folded(name)))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound || err == nil && other == id {
		return nil
	}
	if err == nil {
		err = tocsin.Invalid(tocsin.ReasonDuplicate, "sign_in", "Somebody else has this name. Choose another one.")
	}
	return err
}

// The limits of a sign-in name.
const (
	leastSignIn = 3
	mostSignIn  = 64
)

func checkSignInName(name string) error {
	name = strings.TrimSpace(name)
	n := utf8.RuneCountInString(name)
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@+", r)
	}
	switch {
	case n < leastSignIn || n > mostSignIn || len(name) > 4*mostSignIn:
		return tocsin.Invalid(tocsin.ReasonFormat, "sign_in", "A name to sign in with has %d to %d characters.", leastSignIn, mostSignIn)
	case !utf8.ValidString(name) || strings.ContainsFunc(norm.NFC.String(name), odd):
		return tocsin.Invalid(tocsin.ReasonFormat, "sign_in", "A name to sign in with holds letters, digits and . _ - @ + only.")
	}
	return nil
}

// PendingPassword gives the app's key again, for a page that is shown again.
func (f *Flow) PendingPassword(ctx context.Context, token string) (signIn, key string, err error) {
	p, err := f.Invited(ctx, token)
	if err == nil && p.File.Pending == nil {
		err = tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "Choose a password first.")
	}
	if err != nil {
		return "", "", err
	}
	return p.File.Pending.SignIn, p.File.Pending.TimeKey, nil
}

// FinishPassword enrols a person by the password she chose, once a code shows that her app has the key. The recovery
// codes are given this once.
func (f *Flow) FinishPassword(ctx context.Context, token, code string) (tocsin.RecordID, []string, error) {
	var shown []string
	id, err := f.enrol(ctx, token, tocsin.WayPassword, func(u *unit, p *Individual) (tocsin.Digest, error) {
		chosen := p.File.Pending
		if chosen == nil || !f.Settings.Passwords {
			return "", tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "Choose a password first.")
		}
		if err := u.spendCode(p.ID, chosen.TimeKey, code); err != nil {
			if tocsin.ReasonOf(err) == ReasonSignIn {
				err = tocsin.Invalid("code_wrong", "code", "This code is not right, or is over. Type the one that the app shows now.")
			}
			return "", err
		}
		if err := u.free(chosen.SignIn, p.ID); err != nil {
			return "", err
		}
		if err := u.tx.Reserve(lookupSignIn, f.Sealer.LookupKey(lookupSignIn, folded(chosen.SignIn)), p.ID); err != nil {
			return "", err
		}
		shown, chosen.Codes = credential.NewRecoveryCodes()
		chosen.EnrolledAt = u.now
		p.File.Password = chosen
		return tocsin.DigestOf([]byte(chosen.Handle)), nil
	})
	return id, shown, err
}

// spendCode uses a code of an app. Each counts once, whichever process is asked: a row that only one of two
// transactions can write says so.
func (u *unit) spendCode(id tocsin.RecordID, key, code string) error {
	step, right := credential.CodeStep(key, code, u.now)
	if !right {
		return wrongSignIn()
	}
	return u.spend("code "+id, strconv.FormatInt(step, 10), 4*credential.Step)
}

func (u *unit) spend(of tocsin.RecordID, what string, period time.Duration) error {
	fresh, err := u.tx.UseNonce(tocsin.KeyID(of), what, u.now.Add(period))
	if err == nil && !fresh {
		err = wrongSignIn()
	}
	return err
}

// SignInPassword finds the person of a name, a password and a code of her app, or one of her recovery codes; left says
// how many of those she has still, after one was used, and is -1 otherwise. Whatever is wrong, the answer is one and
// takes as long; counting attempts is the caller's matter.
func (f *Flow) SignInPassword(ctx context.Context, name, password, code string) (who Individual, left int, err error) {
	p, err := f.individual(ctx, lookupSignIn, folded(name))
	if err != nil && tocsin.CodeOf(err) != tocsin.CodeNotFound {
		return Individual{}, -1, err
	}
	stored := ""
	if err == nil && f.admits(p) && p.SignsInBy() == tocsin.WayPassword {
		stored = p.File.Password.Hash
	}
	right, again, err := credential.CheckPassword(ctx, stored, password)
	if err != nil {
		return Individual{}, -1, err
	}
	if !right {
		return Individual{}, -1, wrongSignIn()
	}
	anew := ""
	if again {
		if anew, err = credential.HashPassword(ctx, password); err != nil {
			return Individual{}, -1, err
		}
	}
	left = -1
	err = f.update(ctx, func(u *unit) error {
		if who, err = u.individual(p.ID); err != nil {
			return err
		}
		if !f.admits(who) || who.SignsInBy() != tocsin.WayPassword || who.File.Password.Hash != stored {
			return wrongSignIn()
		}
		err := u.spendCode(who.ID, who.File.Password.TimeKey, code)
		if tocsin.ReasonOf(err) == ReasonSignIn {
			err = u.spendRecovery(&who, code)
			left = len(who.File.Password.Codes)
		}
		if err != nil || left < 0 && anew == "" {
			return err
		}
		if anew != "" {
			who.File.Password.Hash = anew
		}
		return u.write(who.Person, who.File)
	})
	if err != nil {
		return Individual{}, -1, err
	}
	return who, left, nil
}

// spendRecovery uses a recovery code, once.
func (u *unit) spendRecovery(p *Individual, code string) error {
	digest := credential.RecoveryDigest(code)
	at := slices.Index(p.File.Password.Codes, digest)
	if at < 0 {
		return wrongSignIn()
	}
	p.File.Password.Codes = slices.Delete(slices.Clone(p.File.Password.Codes), at, at+1)
	return u.spend("recovery "+p.ID, string(digest), time.Hour) // until then the document is written anywhere
}

// RenewRecoveryCodes gives a person new recovery codes, this once; the old ones are worth nothing.
func (f *Flow) RenewRecoveryCodes(ctx context.Context, actor Actor) (shown []string, err error) {
	err = f.changePassword(ctx, actor, func(p *PasswordFile) { shown, p.Codes = credential.NewRecoveryCodes() })
	return shown, err
}

// ChangePassword gives the actor another password; her sessions end, this one too.
func (f *Flow) ChangePassword(ctx context.Context, actor Actor, password string) error {
	p, err := f.ByID(ctx, tocsin.RecordID(actor.ID))
	if err != nil {
		return err
	}
	if p.SignsInBy() != tocsin.WayPassword {
		return noPassword()
	}
	if err := credential.CheckNewPassword(password, p.File.Password.SignIn, p.File.Name); err != nil {
		return err
	}
	hash, err := credential.HashPassword(ctx, password)
	if err != nil {
		return err
	}
	return f.changePassword(ctx, actor, func(p *PasswordFile) { p.Hash = hash })
}

func noPassword() error {
	return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "You sign in without a password.")
}

func (f *Flow) changePassword(ctx context.Context, actor Actor, change func(*PasswordFile)) error {
	return f.update(ctx, func(u *unit) error {
		p, err := u.individual(tocsin.RecordID(actor.ID))
		if err != nil {
			return err
		}
		if !f.admits(p) || p.SignsInBy() != tocsin.WayPassword {
			return noPassword()
		}
		before := p.File.Password.Hash
		change(p.File.Password)
		if p.File.Password.Hash != before {
			p.File.SessionsFrom = u.now
		}
		return u.write(p.Person, p.File)
	})
}

// AddPasskey gives the actor a passkey instead of how she signed in; her sessions end, this one too.
func (f *Flow) AddPasskey(ctx context.Context, actor Actor, c Credential) error {
	if err := f.genuine(c); err != nil {
		return err
	}
	return f.update(ctx, func(u *unit) error {
		p, err := u.individual(tocsin.RecordID(actor.ID))
		if err != nil {
			return err
		}
		if !f.admits(p) {
			return unknownRecord()
		}
		name := tocsin.DigestOf(c.ID)
		events, err := p.AddPasskey(u.by(actor.ID), name)
		if err := u.did(p.Person, events, err); err != nil {
			return err
		}
		if err := u.unbind(&p); err != nil {
			return err
		}
		c.EnrolledAt = u.now
		p.File.Credential = c
		return u.bound(p, name)
	})
}
