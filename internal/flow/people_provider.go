// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// subjectOf names a person at a provider. Only issuer and subject do: neither a name nor a mail address says who she is.
func subjectOf(issuer, subject string) string { return issuer + "\x00" + subject }

// EnrolProvider binds who somebody is at the provider, as the console verified it, to an invited person.
func (f *Flow) EnrolProvider(ctx context.Context, token, name, issuer, subject string) (tocsin.RecordID, error) {
	if issuer == "" || issuer != f.Settings.Provider || subject == "" {
		return "", unknownSubject()
	}
	if _, err := f.mayChoose(ctx, token, tocsin.WayProvider); err != nil {
		return "", err
	}
	return f.enrol(ctx, token, tocsin.WayProvider, func(u *unit, p *Individual) (tocsin.Digest, error) {
		if name != "" {
			p.File.Name = name
		}
		key := f.Sealer.LookupKey(lookupSubject, subjectOf(issuer, subject))
		if err := u.tx.Reserve(lookupSubject, key, p.ID); err != nil {
			if tocsin.CodeOf(err) == tocsin.CodeConflict {
				err = tocsin.Errorf(tocsin.CodeConflict, "subject_taken",
					"Somebody else here signs in with this account of the provider.")
			}
			return "", err
		}
		p.File.Provider = &ProviderFile{Handle: tocsin.NewToken("pro"), Issuer: issuer, Subject: subject,
			EnrolledAt: u.now}
		return tocsin.DigestOf([]byte(p.File.Provider.Handle)), nil
	})
}

// BySubject finds the enrolled person behind an account of the provider. Whoever was not invited is nobody.
func (f *Flow) BySubject(ctx context.Context, issuer, subject string) (Individual, error) {
	p, err := f.individual(ctx, lookupSubject, subjectOf(issuer, subject))
	if err != nil && tocsin.CodeOf(err) != tocsin.CodeNotFound {
		return Individual{}, err
	}
	if err != nil || !f.admits(p) || p.SignsInBy() != tocsin.WayProvider || issuer != p.File.Provider.Issuer ||
		subject != p.File.Provider.Subject {
		return Individual{}, unknownSubject()
	}
	return p, nil
}

func unknownSubject() error {
	return tocsin.Errorf(tocsin.CodeUnauthenticated, "subject_unknown",
		"Nobody here signs in with this account. Ask an administrator for an enrolment link.")
}
