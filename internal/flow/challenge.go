// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"fmt"
	"strings"

	"tocsin"
	"tocsin/decode"
	"tocsin/decode/lexicon"
)

// ChallengeFile is the readable document of a challenge.
type ChallengeFile struct {
	Form   tocsin.ChallengeForm
	Token  string // of the page that says where it stands
	Entry  string `json:",omitempty"` // that is read for no more, as "lex:…@version"
	Answer string `json:",omitempty"`
}

const (
	lookupChallenge = "challenge"  // the token of a status page
	lookupHeldEntry = "entry_held" // an entry, in one version, that a challenge was upheld against
)

// TakesChallenges reports whether this node reads texts for the entries of lexicons, so that a reading can be contested.
func (f *Flow) TakesChallenges() bool { return f.Reader != nil }

// SubmitChallenge takes what somebody has against a reading or an entry, and gives the token of the page that says where it
// stands. Nobody needs an account. key is an idempotency key, or empty.
func (f *Flow) SubmitChallenge(ctx context.Context, key string, form tocsin.ChallengeForm) (token string, err error) {
	if !f.TakesChallenges() {
		return "", tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord, "This node reads no texts.")
	}
	bound, err := f.boundKey(Actor{ID: tocsin.ActorPublic}, "challenge.submit", key, form)
	if err != nil {
		return "", err
	}
	// What the command keeps is in the clear: the token is read from the sealed document.
	id, err := command(f, ctx, bound, func(u *unit) (tocsin.RecordID, error) { return u.challenge(form) })
	if err != nil {
		return "", err
	}
	var file ChallengeFile
	err = f.view(ctx, func(u *unit) error {
		c, err := load[*tocsin.Challenge](u, id)
		if err != nil {
			return err
		}
		return u.read(c, &file)
	})
	return file.Token, err
}

// ChallengePage is where a challenge says where it stands.
func (f *Flow) ChallengePage(token string) string { return f.Settings.Source + "/reading/" + token }

func (u *unit) challenge(form tocsin.ChallengeForm) (tocsin.RecordID, error) {
	form.Entry = strings.TrimSpace(form.Entry)
	c, events, err := tocsin.SubmitChallenge(u.by(tocsin.ActorPublic), form, form, u.f.Settings.Periods)
	if err := u.did(c, events, err); err != nil {
		return "", err
	}
	file := ChallengeFile{Form: form, Token: tocsin.NewToken(challengeTokenPrefix)}
	if err := u.tx.Reserve(lookupChallenge, u.f.Sealer.LookupKey(lookupChallenge, file.Token), c.ID); err != nil {
		return "", err
	}
	u.findable(c.ID, c.ID.Short())
	return c.ID, u.write(c, file)
}

// ChallengeStatus is what whoever challenged reads.
type ChallengeStatus struct {
	tocsin.Challenge
	Form   tocsin.ChallengeForm
	Answer string
	Erased bool
}

// ChallengeByToken opens the page of a challenge. The first look at its answer is recorded.
func (f *Flow) ChallengeByToken(ctx context.Context, token string) (ChallengeStatus, error) {
	var s ChallengeStatus
	err := f.view(ctx, func(u *unit) error {
		var file ChallengeFile
		c, err := behindToken[*tocsin.Challenge](u, token, &file)
		if err == nil {
			s = ChallengeStatus{Challenge: *c, Form: file.Form, Answer: file.Answer}
		}
		return err
	})
	if err != nil || s.AnsweredAt == nil || s.ToldAt != nil {
		return s, err
	}
	return s, f.update(ctx, func(u *unit) error {
		c, err := load[*tocsin.Challenge](u, s.ID)
		if err != nil || c.ToldAt != nil {
			return err
		}
		events, err := c.Tell(u.by(tocsin.ActorPublic))
		return u.did(c, events, err)
	})
}

// ChallengeView is a challenge for somebody who may read it.
type ChallengeView struct {
	tocsin.Challenge
	File     ChallengeFile
	Readings []CaseReading // what this node reads in the text now, while nobody answered
	History  []Past
	Erased   bool
	Choices  []Choice // of a single one
}

// ChallengeFilter chooses challenges.
type ChallengeFilter struct {
	States []string
	After  string
	Limit  int
}

// Challenges lists challenges, what is due first standing first.
func (f *Flow) Challenges(ctx context.Context, actor Actor, filter ChallengeFilter) (list []ChallengeView, next string,
	err error) {
	return pageOf(ctx, f, actor, ActionChallengeRead, Page{Kind: tocsin.KindChallenge, Statuses: filter.States, ByDue: true,
		After: filter.After, Limit: filter.Limit},
		func(_ *unit, rec *record) (ChallengeView, error) {
			return ChallengeView{Challenge: *rec.agg.(*tocsin.Challenge), Erased: rec.key == nil}, nil
		})
}

// ChallengeOf opens a challenge, with what this node reads in the text now.
func (f *Flow) ChallengeOf(ctx context.Context, actor Actor, id tocsin.RecordID) (ChallengeView, error) {
	var v ChallengeView
	err := f.view(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Challenge](u, actor, ActionChallengeRead, id)
		if err != nil {
			return err
		}
		v.Challenge = *c
		if v.Erased, v.History, _, err = u.about(c, &v.File); err != nil {
			return err
		}
		if c.Status == tocsin.ChallengeOpen {
			refused := f.Policy.Decide(actor, ActionChallengeAnswer, c)
			v.Choices = []Choice{{ChoiceUphold, refused}, {ChoiceReject, refused}}
		}
		return nil
	})
	if err != nil || v.Status != tocsin.ChallengeOpen {
		return v, err
	}
	found, err := f.read(ctx, v.File.Form.Text, decode.About{Language: v.File.Form.Language})
	if err == nil && len(found.Decodes) == 0 { // whoever contests a reading need not know that the text came from a picture
		found, err = f.read(ctx, v.File.Form.Text, decode.About{Language: v.File.Form.Language, FromPicture: true})
	}
	v.Readings = (&CaseFile{}).take(v.File.Form.Text, found.Decodes, f.Clock.Now())
	return v, err
}

// UpholdChallenge holds an entry for wrong: this node reads for it no more until its lexicon has another version of it.
// entry is "lex:…@version", one of those that the text is read as or that the challenge names.
func (f *Flow) UpholdChallenge(ctx context.Context, actor Actor, id tocsin.RecordID, entry, reasons string) error {
	return f.answerChallenge(ctx, actor, id, func(u *unit, c *tocsin.Challenge, file *ChallengeFile) ([]tocsin.Event, error) {
		if !heldForm(entry) {
			return nil, tocsin.Invalid(tocsin.ReasonMissing, "entry", "Say which entry is wrong.")
		}
		err := u.tx.Reserve(lookupHeldEntry, u.f.Sealer.LookupKey(lookupHeldEntry, entry), c.ID)
		if err != nil && tocsin.ReasonOf(err) != tocsin.ReasonDuplicate { // another challenge was upheld before
			return nil, err
		}
		file.Entry, file.Answer = entry, reasons
		return c.Uphold(u.by(actor.ID), reasons, answered{entry, reasons})
	})
}

// RejectChallenge says why an entry goes on being read for.
func (f *Flow) RejectChallenge(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.answerChallenge(ctx, actor, id, func(u *unit, c *tocsin.Challenge, file *ChallengeFile) ([]tocsin.Event, error) {
		file.Answer = reasons
		return c.Reject(u.by(actor.ID), reasons, answered{"", reasons})
	})
}

// answered is the payload of an answer.
type answered struct {
	Entry string `json:",omitempty"`
	Text  string
}

func (f *Flow) answerChallenge(ctx context.Context, actor Actor, id tocsin.RecordID,
	answer func(*unit, *tocsin.Challenge, *ChallengeFile) ([]tocsin.Event, error)) error {
	return f.update(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Challenge](u, actor, ActionChallengeAnswer, id)
		if err != nil {
			return err
		}
		var file ChallengeFile
		if err := u.read(c, &file); err != nil {
			return err
		}
		events, err := answer(u, c, &file)
		if err := u.did(c, events, err); err != nil {
			return err
		}
		return u.write(c, file)
	})
}

// EntryName names an entry in one version.
func EntryName(e *lexicon.Entry) string { return fmt.Sprintf("%s@%d", e.ID, e.Version) }

// unheld leaves out readings of entries that a challenge was upheld against.
func (f *Flow) unheld(tx Tx, found []decode.Decode) (left []decode.Decode, err error) {
	held := map[string]bool{}
	for _, d := range found {
		name := EntryName(&d.Entry)
		if _, asked := held[name]; !asked {
			_, err := tx.Lookup(lookupHeldEntry, f.Sealer.LookupKey(lookupHeldEntry, name))
			if err != nil && tocsin.CodeOf(err) != tocsin.CodeNotFound {
				return nil, err
			}
			held[name] = err == nil
		}
		if !held[name] {
			left = append(left, d)
		}
	}
	return left, nil
}

func heldForm(entry string) bool {
	id, version, ok := strings.Cut(entry, "@")
	return ok && strings.HasPrefix(id, "lex:") && len(entry) <= 180 && version != ""
}
