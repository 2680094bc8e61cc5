// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

import (
	"errors"
	"math"

	"tocsin/match/syntax"
	"tocsin/match/winnow"
)

// CaveatResemblance goes with a hit between texts that resemble each other without one containing much of the
// other word by word. How much is estimated, and no passage can be shown.
const CaveatResemblance = "resemblance_estimated"

// farthestText is the greatest distance between texts that match. It is percent: 100 less what of the known
// text the other contains, or less how much they resemble each other, whichever is nearer.
const farthestText = 60

// texts keeps signals of the type "text": fingerprints.
type texts struct {
	roll[struct{}]
	index *winnow.Index
}

func keepTextPrints(Options) kind {
	return &texts{newRoll[struct{}](), winnow.NewIndex(winnow.KeyID{})}
}

// parseText reads a fingerprint, or makes one of a text.
func parseText(text string) (string, error) {
	f, err := fingerprint(text)
	if err != nil {
		return "", err
	}
	return f.String(), nil
}

func fingerprint(text string) (winnow.Fingerprint, error) {
	if f, err := winnow.Parse(text); err == nil {
		return f, nil
	}
	if text == "" {
		return winnow.Fingerprint{}, syntax.Errorf(winnow.Type, syntax.Empty, "there is no text")
	}
	f, err := winnow.Public.Sum(text)
	if errors.Is(err, winnow.ErrLong) {
		return f, syntax.Errorf(winnow.Type, syntax.Length, "a text has at most %d bytes", winnow.MaxSize)
	}
	return f, err
}

// textDistance is how far a text is from a known one.
func textDistance(known, query string) (int, error) {
	a, err := fingerprint(known)
	if err != nil {
		return 0, err
	}
	b, err := fingerprint(query)
	if err != nil {
		return 0, err
	}
	c, err := winnow.Compare(&a, &b)
	if err != nil {
		return 0, otherKey()
	}
	return percentApart(c), nil
}

func otherKey() error {
	return syntax.Errorf(winnow.Type, "key", "the fingerprint was made with the key of a group")
}

// percentApart is 100 for texts that do not match: less is known of them than a distance claims.
func percentApart(c winnow.Comparison) int {
	near := 0.
	switch {
	case c.Equal:
		near = 1
	case containing(c):
		near = max(c.Containment, c.Resemblance)
	case c.Resemblance >= winnow.MatchResemblance:
		near = c.Resemblance
	}
	return int(math.Floor(100 * (1 - near)))
}

// containing says that the query has enough of the known text word by word.
func containing(c winnow.Comparison) bool {
	return c.Shared >= winnow.MinShared && c.Containment >= winnow.MatchContainment
}

func (x *texts) add(id ID, value string) error {
	f, err := fingerprint(value)
	if err != nil {
		return err
	}
	return x.roll.add(id, f.String(), struct{}{}, func(number uint64) error {
		if x.index.Add(number, &f) != nil {
			return otherKey()
		}
		return nil
	})
}

func (x *texts) leave(number uint64, _ struct{}) { x.index.Remove(number) }

func (x *texts) remove(id ID, value string) error {
	text, err := parseText(value)
	if err == nil {
		x.roll.remove(text, is(id), x.leave)
	}
	return err
}

func (x *texts) forget(gone func(ID) bool) { x.roll.forget(gone, x.leave) }

func (x *texts) find(value string) ([]ID, error) {
	text, err := parseText(value)
	if err != nil {
		return nil, err
	}
	return x.holders(text), nil
}

// search compares a text with all known ones that are worth it, each whole.
func (x *texts) search(q Query, _ func(ID) bool) (found, error) {
	query, err := fingerprint(q.Value)
	if err != nil {
		return found{}, err
	}
	hits, err := x.index.Search(&query)
	if err != nil {
		return found{}, otherKey()
	}
	var f found
	for _, hit := range hits {
		e, distance := x.at(hit.ID), percentApart(hit.Comparison)
		if e == nil || distance > q.Radius {
			continue
		}
		f.hits = e.hits(f.hits, Hit{Type: q.Type, Distance: distance, Why: whyText(hit.Comparison, query)})
	}
	return f, nil
}

func whyText(c winnow.Comparison, query winnow.Fingerprint) Why {
	why := Why{Share: c.Containment, Embedded: c.Embedded}
	for _, p := range c.Passages {
		why.Passages = append(why.Passages, Passage{p.Query.Start, p.Query.End})
	}
	switch {
	case c.Equal:
		why.Share, why.Passages = 1, []Passage{{0, int(query.Size)}}
	case !containing(c):
		why.Caveat = CaveatResemblance
	}
	return why
}
