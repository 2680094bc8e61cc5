// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"

	"tocsin"
	"tocsin/translog"
	"tocsin/wire"
)

// ImportDirectory takes a new edition signed by enough pinned publishers. Revocations take effect at once
// and reopen the orders they touch, for a person to look at.
func (f *Flow) ImportDirectory(ctx context.Context, actor Actor, signed []byte,
	pinned wire.Publishers) (reopened int, err error) {
	dir, err := wire.VerifyDirectory(signed, pinned, f.Clock.Now(), f.Settings.Demonstration)
	if err != nil {
		return 0, err
	}
	if _, err := dir.Party(f.Identity.Party); err != nil {
		return 0, tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonUnknownParty,
			"This directory does not list this node's own party.")
	}
	err = f.update(ctx, func(u *unit) error {
		if err := f.Policy.Decide(actor, ActionDirectoryLoad, nil); err != nil {
			return err
		}
		agg, err := u.singleton(tocsin.KindDirectory, &tocsin.DirectoryEdition{})
		if err != nil {
			return err
		}
		edition := agg.(*tocsin.DirectoryEdition)
		before, err := u.editionInUse(edition)
		if err != nil {
			return err
		}
		events, err := edition.Import(u.by(actor.ID), dir, tocsin.DigestOf(signed), nil)
		if err := u.did(edition, events, err); err != nil {
			return err
		}
		leaf := translog.Leaf{Type: translog.TypeKeyEvent, Issuer: string(f.Identity.Party),
			Code:   "directory-imported",
			Digest: translog.DigestOf(signed)}
		if err := u.account(tocsin.EventDirectoryImported, leaf, nil); err != nil {
			return err
		}
		if err := u.write(edition, DirectoryFile{Signed: signed}); err != nil {
			return err
		}
		if reopened, err = u.reopenTouched(u.by(actor.ID), before, dir); err != nil {
			return err
		}
		u.after = append(u.after, func() {
			f.edition.Store(dir.Serial)
			f.use(dir)
		})
		return nil
	})
	if tocsin.ReasonOf(err) == ReasonUnknownOutcome {
		// What the database holds is in use from now on; it may be this edition.
		if reload := f.refreshDirectory(ctx); reload == nil && f.Directory().Serial == dir.Serial {
			return reopened, nil
		}
	}
	return reopened, err
}

// editionInUse is what the edition's record holds before it changes; empty when none was imported.
func (u *unit) editionInUse(edition *tocsin.DirectoryEdition) (tocsin.Directory, error) {
	if edition.Serial == 0 {
		return tocsin.Directory{}, nil
	}
	var file DirectoryFile
	if err := u.read(edition, &file); err != nil {
		return tocsin.Directory{}, err
	}
	return wire.OpenDirectory(file.Signed)
}

// reopenTouched puts in doubt every order that would not be accepted under this edition: its key was
// compromised
// or revoked when it signed, or its issuer had no mandate. What the edition before said already, a person has
// judged.
func (u *unit) reopenTouched(by tocsin.By, before, dir tocsin.Directory) (int, error) {
	count := 0
	page := Page{Kind: tocsin.KindReceivedOrder, Limit: 200,
		Statuses: []string{string(tocsin.ReceivedAuthenticated),
			string(tocsin.ReceivedExecuting), string(tocsin.ReceivedConfirmed), string(tocsin.ReceivedImpeded)}}
	for {
		rows, next, err := u.tx.Records(page)
		if err != nil {
			return count, err
		}
		for _, row := range rows {
			rec, err := u.adopt(row)
			if err != nil {
				return count, err
			}
			o := rec.agg.(*tocsin.ReceivedOrder)
			reason := doubt(dir, o)
			if reason == "" || reason == doubt(before, o) {
				continue
			}
			events, err := o.Reopen(by, reason)
			if err := u.did(o, events, err); err != nil {
				return count, err
			}
			count++
		}
		if next == "" {
			return count, nil
		}
		page.After = next
	}
}

// doubt says why an order's authenticity is in question under a directory, or "" when it is not.
func doubt(dir tocsin.Directory, o *tocsin.ReceivedOrder) tocsin.Reason {
	party, err := dir.Party(o.Issuer)
	if err != nil {
		return tocsin.RefusedUnknownIssuer
	}
	key, known := party.Key(o.Key)
	if !known {
		return tocsin.RefusedWrongKey
	}
	if err := key.Usable(tocsin.UseDocument, *o.SignedAt); err != nil {
		return tocsin.ReasonOf(err)
	}
	return tocsin.ReasonOf(party.Competent(tocsin.ActRemovalOrder, *o.SignedAt))
}

// refreshDirectory takes into use what another process of this node imported.
func (f *Flow) refreshDirectory(ctx context.Context) error {
	var edition tocsin.DirectoryEdition
	err := f.Store.View(ctx, func(tx Tx) error {
		rows, _, err := tx.Records(Page{Kind: tocsin.KindDirectory, Limit: 1})
		if err != nil || len(rows) == 0 {
			return err
		}
		return json.Unmarshal(rows[0].Body, &edition)
	})
	if err != nil || edition.Serial <= f.edition.Load() {
		return err
	}
	return f.loadDirectory(ctx)
}

// loadDirectory reads the edition in use. It was verified when it was imported and is covered by the journal.
func (f *Flow) loadDirectory(ctx context.Context) error {
	return f.view(ctx, func(u *unit) error {
		rows, _, err := u.tx.Records(Page{Kind: tocsin.KindDirectory, Limit: 1})
		if err != nil || len(rows) == 0 {
			return err
		}
		rec, err := u.adopt(rows[0])
		if err != nil {
			return err
		}
		var file DirectoryFile
		if err := u.read(rec.agg, &file); err != nil {
			return err
		}
		dir, err := wire.OpenDirectory(file.Signed)
		if err != nil {
			return err
		}
		f.edition.Store(dir.Serial)
		if dir.Demonstration && !f.Settings.Demonstration {
			f.Log.Error("the directory lists demonstration parties and is not used: import a real one",
				"serial", dir.Serial)
			return nil
		}
		f.use(dir)
		return nil
	})
}
