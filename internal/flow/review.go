// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/binary"
	"slices"
	"time"

	"tocsin"
)

// ReviewFile is the readable document of a blind review.
type ReviewFile struct {
	Reasons string `json:",omitempty"` // of whoever reviewed
}

const lookupReview = "review" // the decision that is looked at again

// ReviewLine is one line of the list of blind reviews. The decision is told only where it no longer matters.
type ReviewLine struct {
	ID       tocsin.RecordID
	Status   tocsin.ReviewState
	OpenedAt time.Time
	LapsesAt *time.Time
	Decision tocsin.RecordID // of one that was found to differ
}

// ReviewView is a case as whoever reviews it sees it: what the item is and what points to it, and nothing of what was
// decided, by whom, or what came of it. Once she has said what she found, the outcomes are told.
type ReviewView struct {
	ID       tocsin.RecordID
	Status   tocsin.ReviewState
	LapsesAt *time.Time
	Item     string
	Address  string
	Matches  []CaseMatch
	Readings []CaseReading
	Asked    []ReadingQuestion // about those, of whoever reviews
	Banks    map[tocsin.RecordID]string
	Notices  []string // what they say, without who gave them
	Erased   bool
	Settled  *ReviewResult
}

// ReviewResult is how a review ended.
type ReviewResult struct {
	Decision tocsin.RecordID
	Outcome  tocsin.Outcome // of the decision
	Reasons  string         // of the review
	FoundAt  time.Time
	Answers  []ReviewAnswer
}

// ReviewAnswer is what two people say of the readings of one kind; empty where one of them says nothing.
type ReviewAnswer struct {
	ReadingQuestion
	First, Second tocsin.Meant
}

// Differs reports whether both say something, and not the same.
func (a ReviewAnswer) Differs() bool { return a.First != "" && a.Second != "" && a.First != a.Second }

// sample puts a decision before a second person where the lot says so. The lot is drawn from the decision's id with a
// key of this node: whoever decides cannot know it, and it cannot be drawn twice.
func (u *unit) sample(by tocsin.By, d *tocsin.Decision, c *tocsin.Case) error {
	lot := binary.BigEndian.Uint32(u.f.Sealer.LookupKey("sample", string(d.ID))) % 100
	if int(lot) >= u.f.Settings.ReviewShare {
		return nil
	}
	without, err := u.hands(d, c)
	if err != nil {
		return err
	}
	r, events, err := tocsin.OpenReview(by, d, c.ID, without, u.f.Settings.Periods)
	if err := u.did(r, events, err); err != nil {
		return err
	}
	if err := u.write(r, ReviewFile{}); err != nil {
		return err
	}
	return u.tx.Reserve(lookupReview, u.f.Sealer.LookupKey(lookupReview, string(d.ID)), r.ID)
}

// hands are the people who had a hand in a case: those have an opinion of it.
func (u *unit) hands(d *tocsin.Decision, c *tocsin.Case) ([]tocsin.ActorID, error) {
	all := d.Deciders()
	entries, err := u.tx.EntriesOf(c.ID)
	for _, e := range entries {
		if tocsin.RecordID(e.Header.Actor).Is(tocsin.KindPerson) {
			all = append(all, e.Header.Actor)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), err
}

// unsample ends the review of a decision that no longer stands, where nobody made it yet.
func (u *unit) unsample(by tocsin.By, d *tocsin.Decision) error {
	id, err := u.tx.Lookup(lookupReview, u.f.Sealer.LookupKey(lookupReview, string(d.ID)))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	r, err := load[*tocsin.Review](u, id)
	if err != nil || r.Status != tocsin.ReviewOpen && r.Status != tocsin.ReviewDiffered {
		return err
	}
	events, err := r.Drop(by)
	return u.did(r, events, err)
}

// Reviews lists what waits for the actor's blind review, and what was found to differ, oldest first.
func (f *Flow) Reviews(ctx context.Context, actor Actor, after string) (list []ReviewLine, next string, err error) {
	page := Page{Kind: tocsin.KindReview, After: after, Limit: 100,
		Statuses: []string{string(tocsin.ReviewOpen), string(tocsin.ReviewDiffered)}}
	err = f.view(ctx, func(u *unit) error {
		rows, cursor, err := u.tx.Records(page)
		if err != nil {
			return err
		}
		next = cursor
		for _, row := range rows {
			rec, err := u.adopt(row)
			if err != nil {
				return err
			}
			r := rec.agg.(*tocsin.Review)
			if f.Policy.Decide(actor, ActionReviewFind, r) != nil {
				continue
			}
			line := ReviewLine{ID: r.ID, Status: r.Status, OpenedAt: r.OpenedAt, LapsesAt: r.LapsesAt}
			if r.Settled() {
				line.Decision = r.Decision
			}
			list = append(list, line)
		}
		return nil
	})
	return list, next, err
}

// Review opens a case for a blind review.
func (f *Flow) Review(ctx context.Context, actor Actor, id tocsin.RecordID) (ReviewView, error) {
	var v ReviewView
	err := f.view(ctx, func(u *unit) error {
		r, err := authorised[*tocsin.Review](u, actor, ActionReviewFind, id)
		if err != nil {
			return err
		}
		v = ReviewView{ID: r.ID, Status: r.Status, LapsesAt: r.LapsesAt, Banks: map[tocsin.RecordID]string{}}
		if r.Settled() {
			var said ReviewFile
			if err := u.read(r, &said); err != nil && tocsin.CodeOf(err) != tocsin.CodeErased {
				return err
			}
			v.Settled = &ReviewResult{Decision: r.Decision, Outcome: r.Outcome, FoundAt: *r.FoundAt, Reasons: said.Reasons}
		}
		return u.subject(actor, r, &v)
	})
	return v, err
}

// subject adds what a review is about.
func (u *unit) subject(actor Actor, r *tocsin.Review, v *ReviewView) error {
	c, err := load[*tocsin.Case](u, r.Case)
	if err != nil {
		return err
	}
	var file CaseFile
	err = u.read(c, &file)
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		v.Erased = true
		return nil
	}
	if err != nil {
		return err
	}
	v.Item, v.Address, v.Matches, v.Readings = file.Item, file.Address, file.Matches, file.Readings
	v.Asked = u.f.questions(file.Readings, c.Readings)
	if v.Settled != nil {
		if err := u.answered(r, v); err != nil {
			return err
		}
	}
	for _, m := range file.Matches {
		if bank, ok := u.f.catalogue.bank(string(m.Bank)); ok && u.f.Policy.Decide(actor, ActionBankRead, &bank.Bank) == nil {
			v.Banks[m.Bank] = bank.File.Name
		}
	}
	return u.eachNotice(c, func(n *tocsin.Notice) error {
		var said NoticeFile
		err := u.read(n, &said)
		if tocsin.CodeOf(err) == tocsin.CodeErased {
			return nil
		}
		v.Notices = append(v.Notices, said.Form.Reasons)
		return err
	})
}

// answered puts what the second person says of readings beside what the decision says.
func (u *unit) answered(r *tocsin.Review, v *ReviewView) error {
	d, err := load[*tocsin.Decision](u, r.Decision)
	if err != nil {
		return err
	}
	for _, q := range v.Asked {
		a := ReviewAnswer{ReadingQuestion: q}
		a.First, _ = d.Says(q.Code)
		for _, code := range r.Readings {
			if kind, meant := code.Kind(); kind == q.Code {
				a.Second = meant
			}
		}
		v.Settled.Answers = append(v.Settled.Answers, a)
	}
	return nil
}

// FindReview is a second person's finding, with what she answers about readings. It changes nothing of what was decided, nor
// of how often readings were right: a case counts once.
func (f *Flow) FindReview(ctx context.Context, actor Actor, id tocsin.RecordID, outcome tocsin.Outcome,
	reasons, key string, answers ...tocsin.ReadingAnswer) (tocsin.ReviewState, error) {
	bound, err := f.boundKey(actor, ActionReviewFind, key, id, outcome, reasons, answers)
	if err != nil {
		return "", err
	}
	return command(f, ctx, bound, func(u *unit) (tocsin.ReviewState, error) {
		r, err := authorised[*tocsin.Review](u, actor, ActionReviewFind, id)
		if err != nil {
			return "", err
		}
		c, err := load[*tocsin.Case](u, r.Case)
		if err != nil {
			return "", err
		}
		said, err := c.Answered(answers)
		if err != nil {
			return "", err
		}
		events, err := r.Find(u.by(actor.ID), outcome, reasons, said...)
		if err := u.did(r, events, err); err != nil {
			return "", err
		}
		return r.Status, u.write(r, ReviewFile{Reasons: reasons})
	})
}

// ResolveReview says that somebody with more experience looked at what two people found differently. Where the
// decision was wrong she reverses it; where it was right this is all.
func (f *Flow) ResolveReview(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.update(ctx, func(u *unit) error {
		r, err := authorised[*tocsin.Review](u, actor, ActionReviewResolve, id)
		if err != nil {
			return err
		}
		events, err := r.Resolve(u.by(actor.ID))
		return u.did(r, events, err)
	})
}
