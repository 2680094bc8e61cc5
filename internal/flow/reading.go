// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"

	"tocsin"
	"tocsin/decode"
	tier "tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// Reader reads texts for the entries of a node's lexicons. What it finds is no finding of anything: it is shown to whoever
// asked and to whoever decides, with its steps, and restricts nothing.
type Reader interface {
	Read(text string, about decode.About) decode.Result
	// Lexicon is what it reads for now.
	Lexicon() *lexicon.Snapshot
}

// read reads a text, where this node has a lexicon, for the entries that no challenge was upheld against.
func (f *Flow) read(ctx context.Context, text string, about decode.About) (decode.Result, error) {
	if f.Reader == nil || text == "" {
		return decode.Result{}, nil
	}
	found := f.Reader.Read(text, about)
	if len(found.Decodes) == 0 {
		return found, nil
	}
	return found, f.Store.View(ctx, func(tx Tx) (err error) {
		found.Decodes, err = f.unheld(tx, found.Decodes)
		return err
	})
}

// asks tells what a reading asks for by itself: how urgently a person should look, or that nobody needs to. An entry that
// people often found wrong in a tier asks for less.
func asks(d *decode.Decode) (p tocsin.Priority, queues bool) {
	switch state := d.State(); {
	case d.Tier >= tier.T4, d.Context.CounterExample != "", !state.Read():
		return tocsin.PriorityReading, false
	case d.Tier <= tier.T1 && state == lexicon.StatusPublished:
		return tocsin.PriorityMatch, true
	}
	return tocsin.PriorityReading, true
}

// ask is what readings ask for together.
func ask(all []decode.Decode) (p tocsin.Priority, queues bool) {
	p = tocsin.PriorityReading
	for i := range all {
		own, queue := asks(&all[i])
		p, queues = max(p, own), queues || queue
	}
	return p, queues
}

// raiseReadings puts before a person what a text can be read as, where the platform named the item and is there to say
// what it is. What asks for nobody opens no case, and is kept where there is one.
func (f *Flow) raiseReadings(ctx context.Context, p Piece, found []decode.Decode) error {
	if p.Item == "" || f.Platform == nil || len(found) == 0 {
		return nil
	}
	return f.update(ctx, func(u *unit) error { return u.proposeReadings(p, found) })
}

func (u *unit) proposeReadings(p Piece, found []decode.Decode) error {
	priority, queues := ask(found)
	if !queues {
		_, err := u.tx.Lookup(lookupCase, u.f.Sealer.LookupKey(lookupCase, p.Item))
		if tocsin.CodeOf(err) == tocsin.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
	}
	c, file, _, err := u.caseOf(p.Item, "", priority, nil)
	if err != nil {
		return err
	}
	fresh := file.take(p.Text, found, u.now)
	if len(fresh) == 0 {
		return nil
	}
	priority, queues = ask(decodes(fresh))
	events, err := c.ReadAs(u.clock(), u.f.readingCodes(fresh), priority, queues, u.f.Settings.Periods, caseReadings{fresh})
	if err := u.did(c, events, err); err != nil {
		return err
	}
	u.identifyAgain(events)
	return u.writeCase(c, file)
}

// readingCodes name readings in a header, each kind once.
func (f *Flow) readingCodes(all []CaseReading) (codes []tocsin.ReadingCode) {
	for i := range all {
		if code, counts := f.codeOf(&all[i]); counts && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}
