// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"

	"tocsin"
	"tocsin/wire"
)

// Invitation is a one-time token; only its digest is kept.
type Invitation struct {
	Person tocsin.RecordID
	Token  string
	Until  time.Time
}

// certificatePeriod is how long an officer certificate holds before it must be issued again.
const certificatePeriod = 365 * 24 * time.Hour

// InvitePerson opens a person and returns the token of her enrolment link. Duties that sign, oversee or administer
// wait for a second person, but for the administrators whom the operator of the machine names, and in a
// demonstration.
func (f *Flow) InvitePerson(ctx context.Context, actor Actor, name string, duties []tocsin.Duty) (Invitation, error) {
	inv := Invitation{Token: tocsin.NewToken("inv")}
	err := f.update(ctx, func(u *unit) error {
		_, err := u.invite(actor, name, duties, &inv)
		return err
	})
	return inv, err
}

func (u *unit) invite(actor Actor, name string, duties []tocsin.Duty, inv *Invitation) (*tocsin.Person, error) {
	if err := u.f.Policy.Decide(actor, ActionPersonInvite, nil); err != nil {
		return nil, err
	}
	digest := tocsin.DigestOf([]byte(inv.Token))
	invite := tocsin.InvitePerson
	founds, err := u.founds(actor, duties)
	if err != nil {
		return nil, err
	}
	if founds {
		invite = tocsin.InviteFounder
	}
	p, events, err := invite(u.by(actor.ID), duties, digest, nil)
	if err != nil {
		return nil, err
	}
	if err := u.f.Policy.Decide(actor, ActionPersonInvite, p); err != nil {
		return nil, err
	}
	if err := u.did(p, events, nil); err != nil {
		return nil, err
	}
	inv.Person, inv.Until = p.ID, *p.InvitedTil
	if err := u.tx.Reserve(lookupInvitation, u.f.Sealer.LookupKey(lookupInvitation, string(digest)), p.ID); err != nil {
		return nil, err
	}
	return p, u.write(p, PersonFile{Name: name})
}

// founds reports whether one word is enough: the operator's for administrators, and for anybody in a demonstration;
// the first administrator's for the second, since nobody else could confirm. The first two are what a node's rights
// rest on.
func (u *unit) founds(actor Actor, duties []tocsin.Duty) (bool, error) {
	needsTwo := func(d tocsin.Duty) bool { return d.Grave() && d != tocsin.DutyAdministrator }
	switch {
	case actor.Operator && u.f.Settings.Demonstration:
		return true, nil
	case slices.ContainsFunc(duties, needsTwo) || !slices.Contains(duties, tocsin.DutyAdministrator):
		return false, nil
	case actor.Operator:
		return true, nil
	}
	rows, _, err := u.tx.Records(Page{Kind: tocsin.KindPerson, Limit: 200})
	if err != nil {
		return false, err
	}
	founders := 0
	for _, row := range rows {
		rec, err := u.adopt(row)
		if err != nil {
			return false, err
		}
		p := rec.agg.(*tocsin.Person)
		if slices.Contains(p.Duties, tocsin.DutyAdministrator) &&
			(p.Credential != "" || p.Expected(p.Invitation, u.now)) { // ever enrolled, or about to be
			founders++
		}
	}
	return founders < 2, nil
}

// HasPeople reports whether anybody was ever invited; the first serve invites an administrator.
func (f *Flow) HasPeople(ctx context.Context) (bool, error) {
	var n int64
	err := f.Store.View(ctx, func(tx Tx) (err error) {
		n, err = tx.Count(tocsin.KindPerson, 1)
		return err
	})
	return n > 0, err
}

// Individual is a person with her readable document.
type Individual struct {
	*tocsin.Person
	File PersonFile
}

// Actor is the person signed in, in the one way she has.
func (i Individual) Actor() Actor {
	return Actor{ID: i.Person.Actor(), Duties: i.Duties, Passkey: i.SignsInBy() == tocsin.WayPasskey}
}

// EnrolledAt is since when she signs in as she does; zero while she was only invited.
func (i Individual) EnrolledAt() time.Time {
	switch {
	case i.File.Password != nil:
		return i.File.Password.EnrolledAt
	case i.File.Provider != nil:
		return i.File.Provider.EnrolledAt
	}
	return i.File.Credential.EnrolledAt
}

// Outlived reports whether a session that began at a time is over: since then she was suspended, lost a duty, or
// enrolled anew.
func (i Individual) Outlived(began time.Time) bool {
	return began.Before(i.File.SessionsFrom) || began.Before(i.EnrolledAt())
}

// Invited finds the person an enrolment token belongs to.
func (f *Flow) Invited(ctx context.Context, token string) (Individual, error) {
	digest := tocsin.DigestOf([]byte(token))
	p, err := f.individual(ctx, lookupInvitation, string(digest))
	if err != nil || !p.Expected(digest, f.Clock.Now()) {
		return Individual{}, tocsin.Errorf(tocsin.CodeExpired, tocsin.ReasonEnrolmentSpent,
			"This enrolment link was used or has expired. Ask an administrator for a new one.")
	}
	return p, nil
}

// ByCredential finds the enrolled person of a passkey.
func (f *Flow) ByCredential(ctx context.Context, credentialID []byte) (Individual, error) {
	p, err := f.individual(ctx, lookupCredential, string(tocsin.DigestOf(credentialID)))
	if err != nil || !f.admits(p) || p.Credential != tocsin.DigestOf(credentialID) {
		return Individual{}, tocsin.Errorf(tocsin.CodeUnauthenticated, tocsin.ReasonPasskeyRequired, "This passkey is not known here.")
	}
	return p, nil
}

// ByID finds a person by pseudonym, for a session; suspended people are not found.
func (f *Flow) ByID(ctx context.Context, id tocsin.RecordID) (Individual, error) {
	var p Individual
	err := f.view(ctx, func(u *unit) (err error) {
		p, err = u.individual(id)
		return err
	})
	if err == nil && !f.admits(p) {
		return Individual{}, unknownRecord()
	}
	return p, err
}

// admits tells whether a person may come in. A passkey enrolled while the settings allowed demonstrations
// proves nothing once they do not; nor does a way that the operator switched off.
func (f *Flow) admits(p Individual) bool {
	if p.Status != tocsin.PersonEnrolled {
		return false
	}
	switch p.SignsInBy() {
	case tocsin.WayPassword:
		return f.Settings.Passwords && p.File.Password != nil
	case tocsin.WayProvider:
		return p.File.Provider != nil && p.File.Provider.Issuer == f.Settings.Provider
	}
	return f.Settings.Demonstration || !p.File.Credential.Demonstration
}

func (f *Flow) individual(ctx context.Context, lookup, value string) (Individual, error) {
	var p Individual
	err := f.view(ctx, func(u *unit) error {
		id, err := u.tx.Lookup(lookup, f.Sealer.LookupKey(lookup, value))
		if err != nil {
			return err
		}
		p, err = u.individual(id)
		return err
	})
	return p, err
}

func (u *unit) individual(id tocsin.RecordID) (Individual, error) {
	person, err := load[*tocsin.Person](u, id)
	if err != nil {
		return Individual{}, err
	}
	p := Individual{Person: person}
	return p, u.read(person, &p.File)
}

// Enrol binds a passkey, verified by the console's ceremony, to an invited person, spends the invitation and
// certifies officers. Demonstration passkeys are refused outside a demonstration.
func (f *Flow) Enrol(ctx context.Context, token, name string, c Credential) (tocsin.RecordID, error) {
	if err := f.genuine(c); err != nil {
		return "", err
	}
	return f.enrol(ctx, token, tocsin.WayPasskey, func(u *unit, p *Individual) (tocsin.Digest, error) {
		c.EnrolledAt = u.now
		p.File.Credential = c
		if name != "" {
			p.File.Name = name
		}
		return tocsin.DigestOf(c.ID), nil
	})
}

func (f *Flow) genuine(c Credential) error {
	if c.Demonstration && !f.Settings.Demonstration {
		return tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedApprovalDemonstration,
			"This passkey was made by a demonstration authenticator. Use a real one.")
	}
	return nil
}

// enrol binds what bind puts into the file of an invited person, and names by a digest. Whatever she signed in with
// before is gone, and so are her sessions.
func (f *Flow) enrol(ctx context.Context, token string, way tocsin.Way,
	bind func(*unit, *Individual) (tocsin.Digest, error)) (tocsin.RecordID, error) {
	digest := tocsin.DigestOf([]byte(token))
	var id tocsin.RecordID
	err := f.update(ctx, func(u *unit) error {
		found, err := u.tx.Lookup(lookupInvitation, f.Sealer.LookupKey(lookupInvitation, string(digest)))
		if err != nil {
			return err
		}
		p, err := u.individual(found)
		if err != nil {
			return err
		}
		id = p.ID
		pending := p.File.Pending
		if err := u.unbind(&p); err != nil {
			return err
		}
		p.File.Pending = pending
		credential, err := bind(u, &p)
		if err != nil {
			return err
		}
		p.File.Pending = nil
		events, err := p.Enrol(u.by(p.Person.Actor()), digest, way, credential, nil)
		if err := u.did(p.Person, events, err); err != nil {
			return err
		}
		return u.bound(p, credential)
	})
	return id, err
}

// unbind forgets what a person signed in with.
func (u *unit) unbind(p *Individual) error {
	if old := p.File.Password; old != nil {
		key := u.f.Sealer.LookupKey(lookupSignIn, folded(old.SignIn))
		if err := u.tx.Release(lookupSignIn, key); err != nil {
			return err
		}
	}
	if old := p.File.Provider; old != nil {
		key := u.f.Sealer.LookupKey(lookupSubject, subjectOf(old.Issuer, old.Subject))
		if err := u.tx.Release(lookupSubject, key); err != nil {
			return err
		}
	}
	p.File.Credential, p.File.Password, p.File.Pending, p.File.Provider = Credential{}, nil, nil, nil
	return nil
}

// bound keeps what a person signs in with from now on.
func (u *unit) bound(p Individual, credential tocsin.Digest) (err error) {
	p.File.SessionsFrom = u.now
	if p.File.Certificate, err = u.certify(p); err != nil {
		return err
	}
	err = u.tx.Reserve(lookupCredential, u.f.Sealer.LookupKey(lookupCredential, string(credential)), p.ID)
	if err != nil {
		return err
	}
	return u.write(p.Person, p.File)
}

// certify issues the certificate by which a recipient knows an officer's passkey; empty for who signs nothing.
func (u *unit) certify(p Individual) (string, error) {
	roles := wire.RolesOf(p.Duties)
	if len(roles) == 0 || p.File.Credential.ID == nil {
		return "", nil
	}
	c := p.File.Credential
	signed, err := wire.Sign(u.f.Identity.Officer, wire.Letter{ID: wire.NewDocumentID(), At: u.now}, &wire.OfficerCertificate{
		Officer: p.Person.Actor(), Roles: roles,
		Credential: wire.Credential{ID: c.ID, PublicKey: c.PublicKey, Demonstration: c.Demonstration},
		From:       u.now.Truncate(time.Second), Until: u.now.Add(certificatePeriod).Truncate(time.Second)})
	return string(signed), err
}

// SignedIn advances the signature counter of a passkey after a sign-in the console verified.
func (f *Flow) SignedIn(ctx context.Context, id tocsin.RecordID, counter uint32, backedUp bool) error {
	return f.update(ctx, func(u *unit) error {
		p, err := u.individual(id)
		if err != nil {
			return err
		}
		p.File.Credential.Counter, p.File.Credential.BackedUp = counter, backedUp
		return u.write(p.Person, p.File)
	})
}

// People lists everyone at this node.
func (f *Flow) People(ctx context.Context, actor Actor) ([]Individual, error) {
	if err := f.Policy.Decide(actor, ActionPersonRead, nil); err != nil {
		return nil, err
	}
	var people []Individual
	err := f.view(ctx, func(u *unit) error {
		rows, _, err := u.tx.Records(Page{Kind: tocsin.KindPerson, Limit: 200})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if _, err := u.adopt(row); err != nil {
				return err
			}
			p, err := u.individual(row.ID)
			if err != nil {
				return err
			}
			people = append(people, p.seenBy(actor))
		}
		return nil
	})
	return people, err
}
