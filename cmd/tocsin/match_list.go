// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/match"
	"tocsin/match/list"
	"tocsin/match/syntax"
)

// listMatch is one signal of a list that something matched.
type listMatch struct {
	List       string     `json:"list"`
	Line       int64      `json:"line"`
	Type       string     `json:"type"`
	Value      string     `json:"value"` // of the list, canonical
	Distance   int        `json:"distance"`
	Threshold  int        `json:"threshold"` // of the type
	Reference  string     `json:"reference,omitempty"`
	Labels     []string   `json:"labels,omitempty"`
	Confidence int        `json:"confidence,omitempty"`
	Until      *time.Time `json:"until,omitempty"`
	Why        match.Why  `json:"why"`
}

// loaded are the lists in memory: the set, and what stands beside the value of each of its signals.
type loaded struct {
	set  *match.Set
	rows []loadedRow // by the id of the signal
}

type loadedRow struct {
	list, reference string
	line            int64
	labels          []string
	confidence      int
	until           *time.Time
}

// alone matches against lists, without a node.
func (m *matching) alone(ctx context.Context, things []thing) error {
	defer m.close()
	known := &loaded{set: match.NewSet(match.Options{})}
	for _, path := range m.flags.lists {
		if err := m.load(ctx, known, path); err != nil {
			return err
		}
	}
	for _, t := range things {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := tell(m, m.examine(ctx, known, t), printListMatch); err != nil {
			return err
		}
	}
	return nil
}

// load reads a list. Bad lines are reported and stop nothing.
func (m *matching) load(ctx context.Context, known *loaded, path string) error {
	format, err := formatOf(m.flags.format, path)
	if err != nil {
		return err
	}
	from, end, err := m.p.openList(path, "list")
	if err != nil {
		return err
	}
	defer end()
	reader, err := list.NewReader(from, format, list.Options{Canonical: canonicalValue, Type: m.flags.listType})
	if err != nil {
		return usagef("--format takes %s", formatHelp)
	}
	now := m.p.clock.Now()
	for row, bad := range reader.All() {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case bad != nil:
			if reader.Tally().Bad <= mostBadShown {
				m.p.note("%s: line %d: %s (%s)", shownName(path), bad.Line, bad.Detail, bad.Reason)
			}
			continue
		case row.Deleted, row.Until != nil && !now.Before(*row.Until):
			continue
		}
		if err := known.set.Add(match.ID(len(known.rows)), row.Type, row.Value); err != nil {
			return fmt.Errorf("keep signal: %w", err)
		}
		known.rows = append(known.rows, loadedRow{path, row.Reference, row.Line, row.Labels, row.Confidence,
			row.Until})
	}
	if err := reader.Err(); err != nil {
		return unreadableList(err)
	}
	if tally := reader.Tally(); tally.Bad > 0 {
		m.p.note("%s: %d signals; lines not taken: %d", shownName(path), tally.Signals, tally.Bad)
	}
	return nil
}

const mostBadShown = 20

func canonicalValue(signalType, value string) (string, error) {
	t, known := match.Lookup(signalType)
	if !known {
		return "", syntax.Errorf("", list.ReasonUnknownType, "there is no such type of signal here")
	}
	return t.Parse(value)
}

func unreadableList(err error) error {
	if e, ok := errors.AsType[*list.Error](err); ok {
		return &tocsin.Error{Code: tocsin.CodeInvalid, Reason: tocsin.Reason(e.Reason), Public: e.Error()}
	}
	return err
}

// examine looks one thing up in the lists.
func (m *matching) examine(ctx context.Context, known *loaded, t thing) lookedUp[listMatch] {
	e := lookedUp[listMatch]{What: t.what}
	queries, err := m.queriesOf(ctx, t, &e.Fingerprints)
	for _, q := range queries {
		a, failed := known.set.Search(q)
		if failed != nil {
			err = cmp.Or(err, failed)
			continue
		}
		e.More = e.More || a.More
		own, _ := match.Lookup(q.Type)
		for _, hit := range a.Hits {
			r := known.rows[hit.ID]
			e.Matches = append(e.Matches, listMatch{List: r.list, Line: r.line, Type: hit.Type, Value: hit.Value,
				Distance: hit.Distance, Threshold: own.Default, Reference: r.reference, Labels: r.labels,
				Confidence: r.confidence, Until: r.until, Why: hit.Why})
		}
	}
	slices.SortStableFunc(e.Matches, func(a, b listMatch) int { return cmp.Compare(a.Distance, b.Distance) })
	if err != nil {
		e.Error = m.p.failureOf(err)
	}
	return e
}

// queriesOf gives what is to be looked up of a thing; an error says that it is not all.
func (m *matching) queriesOf(ctx context.Context, t thing, views *[]api.FingerprintView) ([]match.Query,
	error) {
	if t.file {
		f, err := m.fingerprint(ctx, t.what)
		*views = f.views
		return f.queries, cmp.Or(err, f.err)
	}
	var queries []match.Query
	for _, q := range t.queries {
		types, value := []string{q.Type}, q.Value
		switch {
		case q.Text != "":
			types, value = []string{"text"}, q.Text
		case q.Address != "":
			types, value = []string{"url", "domain"}, q.Address
		}
		for _, name := range types {
			queries = append(queries, match.Query{Type: name, Value: value, Radius: -1})
		}
	}
	return queries, nil
}

// failureOf says what is wrong with one thing, in the words that are for everyone.
func (p *program) failureOf(err error) *failure {
	f := failedHash("", "", err)
	return &failure{Exit: exitFailed, Code: tocsin.CodeOf(err), Reason: f.Reason, Message: f.Error}
}

func printListMatch(w io.Writer, known listMatch) {
	fmt.Fprintf(w, "  %s line %d\t%s\tdistance %d of %d\t%s\n", shownName(known.List), known.Line, known.Type,
		known.Distance, known.Threshold, known.Reference)
	printWhy(w, known.Why)
}
