// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tocsin"
	"tocsin/decode/lexicon"
)

// The choices on a shared entry.
const (
	ChoiceApprove ChoiceName = "approve"
	ChoiceSend    ChoiceName = "send"
	ChoiceAdopt   ChoiceName = "adopt"
	ChoiceDrop    ChoiceName = "drop"
	ChoiceRetract ChoiceName = "retract"
)

// entryChoices are what a person may do with a shared entry now, or why not.
func (u *unit) entryChoices(actor Actor, e *tocsin.SharedEntry) (list []Choice) {
	add := func(name ChoiceName, action Action, refused error) {
		if err := u.f.Policy.Decide(actor, action, e); err != nil {
			refused = err
		}
		list = append(list, Choice{name, refused})
	}
	if self := u.f.Identity.Party; e.ApprovedBy(self) {
		add(ChoiceRetract, ActionLexiconApprove, nil)
	} else {
		add(ChoiceApprove, ActionLexiconApprove, u.f.voiceless())
	}
	if slices.ContainsFunc(e.Approvals, tocsin.EntryApproval.Holds) {
		add(ChoiceSend, ActionLexiconApprove, nil)
	}
	switch e.Status {
	case tocsin.EntryApproved:
		var reads error
		if u.f.Reader == nil {
			reads = tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "This node reads no texts.")
		}
		add(ChoiceAdopt, ActionLexiconAdopt, reads)
	case tocsin.EntryInUse:
		add(ChoiceDrop, ActionLexiconAdopt, nil)
	}
	return list
}

// EntryVoices are as what this party may approve an entry: the directory's word, and where it leaves a choice, its own.
func (f *Flow) EntryVoices() (all []lexicon.Role) {
	self, err := f.Self()
	if err != nil {
		return nil
	}
	for _, role := range lexicon.Roles() {
		if speaksAs(self, role) {
			all = append(all, role)
		}
	}
	return all
}

func (f *Flow) voiceless() error {
	if len(f.EntryVoices()) > 0 {
		return nil
	}
	return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonNoVoice,
		"The directory lists this party neither as an authority nor as one that gives notice, reviews or prevents.")
}

// entryCommand loads a shared entry for an action and writes what changed.
func (f *Flow) entryCommand(ctx context.Context, actor Actor, action Action, id tocsin.RecordID,
	do func(*unit, *tocsin.SharedEntry, *EntryFile) ([]tocsin.Event, error)) error {
	if err := f.mayExchange(actor, action); err != nil {
		return err
	}
	return f.update(ctx, func(u *unit) error {
		e, err := authorised[*tocsin.SharedEntry](u, actor, action, id)
		if err != nil {
			return err
		}
		file := &EntryFile{}
		if err := u.read(e, file); err != nil {
			return err
		}
		u.adoptedChanges()
		events, err := do(u, e, file)
		if err := u.did(e, events, err); err != nil {
			return err
		}
		return u.write(e, *file)
	})
}

// ApproveEntry signs an entry as it stands with the key of this party, and tells everybody who has it from here.
func (f *Flow) ApproveEntry(ctx context.Context, actor Actor, id tocsin.RecordID, voice lexicon.Role) error {
	return f.entryCommand(ctx, actor, ActionLexiconApprove, id,
		func(u *unit, e *tocsin.SharedEntry, file *EntryFile) ([]tocsin.Event, error) {
			if err := f.voiceless(); err != nil {
				return nil, err
			}
			if !slices.Contains(f.EntryVoices(), voice) {
				return nil, tocsin.Invalid(tocsin.ReasonMissing, "voice", "Say as what this party approves.")
			}
			if faults := faultsOf(file.Entry); len(faults) > 0 { // another release may have let it in
				return nil, tocsin.Invalid(tocsin.ReasonFormat, "entry", "%s", faults[0].Error())
			}
			a, err := ApproveEntry(f.Identity.Document, &file.Entry, voice, u.now)
			if err != nil {
				return nil, err
			}
			events, err := e.Approve(u.by(actor.ID), f.Identity.Party, tocsin.EntryVoice(voice), a.At, nil)
			if err == nil && len(events) == 0 {
				err = errAlready
			}
			if err != nil {
				return nil, err
			}
			file.approve(a)
			return events, u.tell(e, file, events, e.Sharers...)
		})
}

// RetractEntry takes this party's approval back, wherever the entry went.
func (f *Flow) RetractEntry(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.entryCommand(ctx, actor, ActionLexiconApprove, id,
		func(u *unit, e *tocsin.SharedEntry, file *EntryFile) ([]tocsin.Event, error) {
			reasons = strings.TrimSpace(reasons)
			if reasons == "" {
				return nil, tocsin.Invalid(tocsin.ReasonMissing, "reasons", "Say why.")
			}
			if len([]rune(reasons)) > mostRetracting {
				return nil, tocsin.Invalid(tocsin.ReasonTooLong, "reasons", "At most %d characters.", mostRetracting)
			}
			if !e.ApprovedBy(f.Identity.Party) {
				return nil, tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "This party does not approve it.")
			}
			d, err := u.retraction(file, reasons)
			if err != nil {
				return nil, err
			}
			events, err := e.Retract(u.by(actor.ID), f.Identity.Party, d.IssuedAt, nil)
			if err != nil {
				return nil, err
			}
			file.retract(d)
			return events, u.tell(e, file, events, e.Sharers...)
		})
}

// ShareEntry sends an entry to a party, which is told from then on what becomes of it.
func (f *Flow) ShareEntry(ctx context.Context, actor Actor, id tocsin.RecordID, to tocsin.PartyID) error {
	return f.entryCommand(ctx, actor, ActionLexiconApprove, id,
		func(u *unit, e *tocsin.SharedEntry, file *EntryFile) ([]tocsin.Event, error) {
			if _, err := f.Directory().Party(to); err != nil || to == f.Identity.Party {
				return nil, tocsin.Invalid(tocsin.ReasonUnknownParty, "party", "Choose a party of the directory.")
			}
			if err := passable(e, file); err != nil {
				return nil, err
			}
			events, err := e.Share(u.by(actor.ID), to, nil)
			if err != nil {
				return nil, err
			}
			return events, u.tell(e, file, events, to)
		})
}

// AdoptEntry makes this node read texts for an entry, in the place of an earlier version of it.
func (f *Flow) AdoptEntry(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.entryCommand(ctx, actor, ActionLexiconAdopt, id,
		func(u *unit, e *tocsin.SharedEntry, file *EntryFile) ([]tocsin.Event, error) {
			if held, wrong := CheckApprovals(&file.Entry, u.verification()); !lexicon.Approved(held) {
				return nil, tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState,
					"The directory does not bear out its approvals: %s", cmp.Or(firstProblem(wrong), "one is missing."))
			}
			if err := u.dropOthers(actor, file.Entry.ID); err != nil {
				return nil, err
			}
			return e.Adopt(u.by(actor.ID))
		})
}

func firstProblem(all []lexicon.Problem) string {
	if len(all) == 0 {
		return ""
	}
	return all[0].Text
}

// dropOthers ends reading for other versions of an entry: an id stands in what is read for once.
func (u *unit) dropOthers(actor Actor, entry string) error {
	return u.eachEntry([]string{string(tocsin.EntryInUse)}, func(e *tocsin.SharedEntry) error {
		var file EntryFile
		if err := u.read(e, &file); err != nil || file.Entry.ID != entry {
			return err
		}
		events, err := e.Drop(u.by(actor.ID))
		return u.did(e, events, err)
	})
}

// DropEntry makes this node read for an entry no more.
func (f *Flow) DropEntry(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.entryCommand(ctx, actor, ActionLexiconAdopt, id,
		func(u *unit, e *tocsin.SharedEntry, _ *EntryFile) ([]tocsin.Event, error) {
			return e.Drop(u.by(actor.ID))
		})
}
