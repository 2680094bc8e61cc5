// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"

	"tocsin"
)

// DecisionFile is the readable document of a decision.
type DecisionFile struct {
	Draft    tocsin.DecisionDraft
	Contents []string `json:",omitempty"` // SHA-256 of what it decided, where the host keeps hashes
}

// MostCopies bounds the identical items that one decision covers at once: its own is one of them.
const MostCopies = 500

// Decide is a person's decision on a case she holds. seen is the [tocsin.Case.Content] that she looked at. It covers
// every byte-identical copy that is known and not yet decided. The restriction begins with it, and what the
// content provider is told goes with the restriction. Asked twice under one key, it is one decision.
func (f *Flow) Decide(ctx context.Context, actor Actor, id tocsin.RecordID, draft tocsin.DecisionDraft, seen int64,
	key string) (tocsin.RecordID, error) {
	bound, err := f.boundKey(actor, ActionCaseDecide, key, id, draft, seen)
	if err != nil {
		return "", err
	}
	return command(f, ctx, bound, func(u *unit) (tocsin.RecordID, error) {
		c, err := authorised[*tocsin.Case](u, actor, ActionCaseDecide, id)
		if err != nil {
			return "", err
		}
		var file CaseFile
		if err := u.read(c, &file); err != nil {
			return "", err
		}
		by := u.by(actor.ID)
		earlier, err := u.decisionsOf(c)
		if err != nil {
			return "", err
		}
		d, taken, decided, err := c.Decide(by, draft, seen, f.Settings.UndoWindow, DecisionFile{Draft: draft}, earlier...)
		if err := u.did(d, taken, err); err != nil {
			return "", err
		}
		if err := u.stage(c, decided); err != nil {
			return "", err
		}
		out := DecisionFile{Draft: draft}
		if out.Contents, err = u.contents(file.Item); err != nil {
			return "", err
		}
		u.findable(d.ID, d.ID.Short())
		if err := u.write(d, out); err != nil {
			return "", err
		}
		if err := u.cover(by, d, c); err != nil {
			return "", err
		}
		if err := u.coverCopies(by, d, file.Item); err != nil {
			return "", err
		}
		return d.ID, u.sample(by, d, c)
	})
}

// cover extends a decision to the item of a case and does what it says there.
func (u *unit) cover(by tocsin.By, d *tocsin.Decision, c *tocsin.Case) error {
	events, err := d.Cover(by, c)
	if err := u.did(d, events, err); err != nil {
		return err
	}
	if err := u.noticesDecided(by, c, d); err != nil {
		return err
	}
	covered := d.Items[len(d.Items)-1]
	if covered.Restriction == "" {
		return nil
	}
	item, err := load[*tocsin.Item](u, covered.Item)
	if err != nil {
		return err
	}
	imposed, err := item.Impose(by, tocsin.Restriction{ID: covered.Restriction, Basis: d.Basis, Decision: d.ID,
		Territory: d.Territory, Until: d.Until})
	if err := u.did(item, imposed, err); err != nil {
		return err
	}
	u.enqueue(JobApply, imposed[0].ID, platformTarget, nil)
	return nil
}

// contents are the SHA-256 of the files of an item, in order, as far as they are kept. Two items are byte-identical
// when all of them are the same: one file in common, such as a picture that everybody posts, makes no copy.
func (u *unit) contents(item string) (digests []string, err error) {
	kept, err := u.tx.KeptOf(item, u.now)
	for _, k := range kept {
		if k.Type == "sha256" {
			digests = append(digests, k.Value)
		}
	}
	slices.Sort(digests)
	return digests, err
}

// copies are the references of other items with the very same content, as far as the host keeps hashes. more says that
// there may be others beyond what one decision covers.
func (u *unit) copies(item string) (refs []string, more bool, err error) {
	digests, kept, more, err := u.sharing(item)
	if err != nil {
		return nil, false, err
	}
	for _, k := range kept {
		if k.Item == item {
			continue
		}
		other, err := u.contents(k.Item)
		if err != nil {
			return nil, false, err
		}
		if slices.Equal(digests, other) {
			refs = append(refs, k.Item)
		}
	}
	return refs, more, nil
}

// sharing gives what has a file in common with an item, as many as one decision looks at, and whether there are more.
func (u *unit) sharing(item string) (digests []string, kept []KeptHash, more bool, err error) {
	digests, err = u.contents(item)
	if err != nil || len(digests) == 0 {
		return nil, nil, false, err
	}
	kept, err = u.tx.KeptAs("sha256", digests[0], u.now, MostCopies+1)
	if len(kept) > MostCopies {
		kept, more = kept[:MostCopies], true
	}
	return digests, kept, more, err
}

// beyond reports whether there may be more copies of what a decision is about than it covers.
func (u *unit) beyond(d *tocsin.Decision) (bool, error) {
	if len(d.Items) == 0 {
		return false, nil
	}
	c, err := load[*tocsin.Case](u, d.Items[0].Case)
	if err != nil {
		return false, err
	}
	var file CaseFile
	if err := u.read(c, &file); err != nil {
		if tocsin.CodeOf(err) == tocsin.CodeErased {
			err = nil
		}
		return false, err
	}
	_, _, more, err := u.sharing(file.Item)
	return more, err
}

// coverCopies extends a decision to the identical items. One that the platform has not named yet follows as soon
// as it has; one that somebody else decided stays as that was.
func (u *unit) coverCopies(by tocsin.By, d *tocsin.Decision, item string) error {
	refs, _, err := u.copies(item)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		c, file, _, err := u.caseOf(ref, d.ID, tocsin.PriorityMatch, nil)
		if err != nil {
			return err
		}
		if c.Status != tocsin.CaseOpen {
			continue
		}
		file.Follow, file.Anew = d.ID, false
		if err := u.followedBy(by, c, &file); err != nil {
			return err
		}
		if err := u.writeCase(c, file); err != nil {
			return err
		}
	}
	return nil
}

// followed extends what a case waited for to its item, once the platform has said what it is.
func (u *unit) followed(c *tocsin.Case, file *CaseFile) error {
	return u.followedBy(u.clock(), c, file)
}

func (u *unit) followedBy(by tocsin.By, c *tocsin.Case, file *CaseFile) error {
	if file.Follow == "" || c.Status != tocsin.CaseOpen {
		return nil
	}
	d, err := load[*tocsin.Decision](u, file.Follow)
	if err != nil {
		return err
	}
	if d.Outcome == tocsin.OutcomeRestrict && c.Item == "" {
		return nil
	}
	file.Follow = ""
	switch {
	case d.Status != tocsin.DecisionEffective:
		return nil // undone meanwhile
	case file.Anew && (len(c.Decisions) > 0 || c.Held(u.now)):
		return nil // a person looked at it, or does: no machine overrules her
	case file.Anew:
		return u.stood(c, d)
	}
	events, err := c.Follow(by, d)
	if err := u.did(c, events, err); err != nil {
		return err
	}
	return u.cover(by, d, c)
}
