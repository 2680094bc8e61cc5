// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import "tocsin"

// intakeNeeds says why a notice or a complaint is not to be erased yet.
func (u *unit) intakeNeeds(agg tocsin.Aggregate) error {
	switch r := agg.(type) {
	case *tocsin.Notice:
		if r.Status != tocsin.NoticeLapsed && r.Status != tocsin.NoticeInformed || r.Contestable(u.now) {
			return stillNeeded("This notice is not answered yet, or the notifier may still complain.")
		}
	case *tocsin.Complaint:
		if r.InformedAt == nil {
			return stillNeeded("This complaint is not answered yet, or nobody told the complainant.")
		}
	}
	return nil
}

// forgetIntake gives free what leads to an erased notice, sender or entry. A complaint keeps its place: a decision is
// complained of once.
func (u *unit) forgetIntake(agg tocsin.Aggregate) error {
	switch r := agg.(type) {
	case *tocsin.Notice:
		return u.forgetNotice(r)
	case *tocsin.Challenge:
		var file ChallengeFile
		if err := u.read(r, &file); err != nil {
			return err
		}
		return u.tx.Release(lookupChallenge, u.f.Sealer.LookupKey(lookupChallenge, file.Token))
	case *tocsin.SharedEntry:
		return u.tx.Release(lookupEntry, u.f.Sealer.LookupKey(lookupEntry, string(r.Content)))
	case *tocsin.Misuse:
		var file MisuseFile
		if err := u.read(r, &file); err != nil {
			return err
		}
		return u.tx.Release(lookupSender, u.f.Sealer.LookupKey(lookupSender, file.Sender))
	}
	return nil
}

func (u *unit) forgetNotice(n *tocsin.Notice) error {
	var file NoticeFile
	if err := u.read(n, &file); err != nil {
		return err
	}
	if err := u.tx.Release(lookupNoticeToken, u.f.Sealer.LookupKey(lookupNoticeToken, file.Token)); err != nil {
		return err
	}
	if file.Mailed != "" {
		if err := u.tx.Release(lookupMailed, u.f.Sealer.LookupKey(lookupMailed, file.Mailed)); err != nil {
			return err
		}
	}
	if file.External == "" {
		return nil
	}
	first, err := u.firstActor(n)
	if err != nil {
		return err
	}
	return u.tx.Release(lookupNoticeExternal, u.externalKey(Actor{ID: first}, file.External))
}
