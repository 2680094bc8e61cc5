// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"

	"tocsin"
)

// Complain takes the complaint of a content provider against the restriction that a statement of reasons told of. The
// token of the statement is all that is asked for. key is an idempotency key, or empty.
func (f *Flow) Complain(ctx context.Context, token, key string, form tocsin.ComplaintForm) (tocsin.RecordID, error) {
	bound, err := f.boundKey(Actor{ID: tocsin.ActorPublic}, "complaint.submit", key, token, form)
	if err != nil {
		return "", err
	}
	return command(f, ctx, bound, func(u *unit) (tocsin.RecordID, error) {
		told, err := u.statementOf(token, form.Language)
		if err != nil {
			return "", err
		}
		deciders, err := u.deciders(told.Decision)
		if err != nil {
			return "", err
		}
		return u.complain(providerComplaintKey(told.Restriction), told.Decision, form, tocsin.Against{
			From: tocsin.FromProvider, Decision: told.Decision.ID, Item: told.Item, Restriction: told.Restriction,
			Deciders: deciders, Until: told.Until})
	})
}

// ComplainNotice takes the complaint of a notifier against a decision to keep an item, from the status page.
func (f *Flow) ComplainNotice(ctx context.Context, token, key string, decision tocsin.RecordID,
	form tocsin.ComplaintForm) (tocsin.RecordID, error) {
	bound, err := f.boundKey(Actor{ID: tocsin.ActorPublic}, "complaint.submit", key, token, decision, form)
	if err != nil {
		return "", err
	}
	return command(f, ctx, bound, func(u *unit) (tocsin.RecordID, error) {
		n, _, err := u.byToken(token)
		if err != nil {
			return "", err
		}
		kept := func(a tocsin.NoticeAnswer) bool {
			return a.Decision == decision && a.Result == tocsin.ResultKeep
		}
		if !slices.ContainsFunc(n.Answers, kept) {
			return "", unknownRecord()
		}
		d, err := load[*tocsin.Decision](u, decision)
		if err != nil {
			return "", err
		}
		deciders, err := u.deciders(d)
		if err != nil {
			return "", err
		}
		return u.complain(noticeComplaintKey(n.ID, d.ID), d, form, tocsin.Against{From: tocsin.FromNotifier,
			Decision: d.ID, Notice: n.ID, Deciders: deciders, Until: n.ComplainUntil})
	})
}

func (u *unit) complain(key string, d *tocsin.Decision, form tocsin.ComplaintForm,
	against tocsin.Against) (tocsin.RecordID, error) {
	c, events, err := tocsin.ReceiveComplaint(u.by(tocsin.ActorPublic), against, form, form, u.f.Settings.Periods)
	if err := u.did(c, events, err); err != nil {
		return "", err
	}
	events, err = d.Contest(u.by(tocsin.ActorPublic), c.ID)
	if err := u.did(d, events, err); err != nil {
		return "", err
	}
	if err := u.contestStanding(d); err != nil {
		return "", err
	}
	err = u.tx.Reserve(lookupComplaint, u.f.Sealer.LookupKey(lookupComplaint, key), c.ID)
	if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate {
		return "", tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonDuplicate,
			"You complained of this decision already. The page shows where that stands.")
	}
	if err != nil {
		return "", err
	}
	u.findable(c.ID, c.ID.Short())
	return c.ID, u.write(c, ComplaintFile{Form: form})
}

// deciders is everybody who had a hand in a decision, and in the one it follows.
func (u *unit) deciders(d *tocsin.Decision) ([]tocsin.ActorID, error) {
	all := d.Deciders()
	if d.Follows == "" {
		return all, nil
	}
	first, err := load[*tocsin.Decision](u, d.Follows)
	if err != nil {
		return nil, err
	}
	more, err := u.deciders(first)
	return append(all, more...), err
}
